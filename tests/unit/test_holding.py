"""N91: words that hold an article back are never ignored, whatever the format."""

from datetime import UTC, datetime
from typing import Any

import pytest

from articles.judging import Accepted, revise
from articles.metadata.shapes import SHAPES
from articles.metadata.spelling import folded
from articles.uploads.message import Upload

from .build import a_feed, accept, judge

SOON, PAST = "2027-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
FORMATS: dict[str, dict[str, Any]] = {
    "generic": {"title": "Ferry", "id": "1", "text": "Six."},
    "raw-text": {"text": "The ferry leaves at six."},
    "jsonld": {"@type": "NewsArticle", "@id": "https://a.example/1", "headline": "Ferry"},
    "ninjs-1": {"uri": "urn:1", "headline": "Ferry", "versioncreated": PAST, "body_text": "Six."},
    "news-please": {
        "title": "Ferry",
        "maintext": "Six.",
        "source_domain": "a.example",
        "url": "https://a.example/1",
        "title_page": "Ferry",
    },
    "wordpress": {"id": 1, "title": {"rendered": "Ferry"}, "content": {"rendered": "Six."}},
}
SPELLINGS = {
    "snake": "_".join,
    "camel": lambda words: words[0] + "".join(map(str.title, words[1:])),
    "kebab": "-".join,
    "spaced": " ".join,
    "upper": lambda words: "_".join(words).upper(),
}
EMBARGOES = [
    f"{word}{when}"
    for word in ("embargo", "embargoed")
    for when in ("", "_until", "_date", "_at", "_time")
]
SCHEDULES = ["release_at", "publish_at", "scheduled_at", "publish_on"]
DRAFTS, PUBLISHED = ["draft", "is_draft"], ["published", "is_published"]
DELETED = ["deleted", "is_deleted", "deleted_at", "retracted", "killed", "removed"]
WORDS = ["state", "_status", "post_status", "workflow_state", "publication_status", "pubstatus"]
MEANT: list[tuple[str, Any, str]] = [
    *((name, True, "withheld") for name in DRAFTS),
    *((name, False, "withheld") for name in PUBLISHED),
    *((name, True, "canceled") for name in DELETED),
    *((name, "draft", "withheld") for name in WORDS),
    ("visibility", "private", "withheld"),
]


def held(format_: str, **members: Any) -> dict[str, Any]:
    return accept({**FORMATS[format_], **members})


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
def test_every_name_in_every_spelling_holds_back_in_every_format(
    format_: str, spelled: Any
) -> None:
    assert held(format_)["shape"] == format_
    for name, value, status in MEANT:
        if format_ == "ninjs-1" and folded(name) == "pubstatus":
            continue  # its own member
        assert held(format_, **{spelled(name.split("_")): value})["status"] == status, name
    for name in EMBARGOES + SCHEDULES:
        article = held(format_, **{spelled(name.split("_")): SOON})
        assert article["embargoed_until"] == SOON, name


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        *(("draft", it, "withheld") for it in (True, "true", "Yes", 1, "1", 1.0)),
        ("draft", [True], "withheld"),
        *(("draft", it, "usable") for it in (False, "false", "no", 0, "0", None, "", "None")),
        *(("is_published", it, "withheld") for it in (False, "FALSE", "no", 0, "0", 0.0)),
        *(("is_published", it, "usable") for it in (True, "true", 1, None, "None", "never")),
        *(("published", it, "withheld") for it in (False, "false", " False ")),
        ("published", "2026-03-01", "usable"),
        *(("deleted_at", it, "canceled") for it in (PAST, "2026-03-01", True, 1577836800)),
        *(("deleted_at", it, "usable") for it in (None, False, "0000-00-00", "never", "")),
        *(("visibility", it, "withheld") for it in ("private", "Hidden")),
        ("visibility", "public", "usable"),
        *(("state", it, "usable") for it in ("published", "usable")),
        *(("state", it, "canceled") for it in ("trash", "killed", ["takedown"])),
    ],
)
def test_each_value_means_what_it_says(name: str, value: Any, status: str) -> None:
    article = held("generic", **{name: value})

    assert article["status"] == status
    assert "W_UNREAD" not in article.get("warnings", ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("state", it) for it in ("Active", "NY", 7, {"name": "draft"}, True)),
        *(("draft", it) for it in ("NFL draft", 2026, {"round": 1})),
        *(("deleted", it) for it in ("soon", ["scenes"])),
        *(("visibility", "10 km"), ("is_published", "perhaps"), ("Post-Status", "x")),
    ],
)
def test_any_other_word_holds_nothing_back_and_is_told(name: str, value: Any) -> None:
    verdict = judge({**FORMATS["generic"], name: value})

    assert isinstance(verdict, Accepted)
    assert verdict.article.status == "usable"
    assert verdict.unread.pointers == (f"/{name}",)
    [warning] = verdict.warnings
    assert (str(warning.code), warning.path) == ("W_UNREAD", f"/{name}")
    assert f"The field /{name} was not read" in warning.message


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"draft": True, "deleted": True}, "canceled"),
        ({"deleted": True, "draft": True}, "canceled"),
        ({"draft": True, "state": "published"}, "withheld"),
        ({"status": "usable", "draft": True}, "withheld"),
        ({"status": "canceled", "draft": True}, "canceled"),
        ({"status": "withheld", "deleted": True}, "canceled"),
        ({"status": "published", "pubstatus": "canceled"}, "canceled"),
        ({"status": "canceled", "pubstatus": "usable"}, "canceled"),
        ({"embargo": "soon", "deleted": True}, "canceled"),
    ],
)
def test_the_strictest_counts(members: Any, expected: str) -> None:
    assert held("generic", **members)["status"] == expected


@pytest.mark.parametrize(
    ("members", "until", "status"),
    [
        ({"publish_at": PAST}, None, "usable"),
        ({"publish_at": "2026-02-28"}, None, "usable"),
        ({"publish_at": "2026-03-02"}, None, "withheld"),  # over somewhere, and somewhere not
        ({"publish_at": "soon"}, None, "withheld"),
        ({"embargo_at": {"a": 1}}, None, "withheld"),
        ({"embargo_at": True}, None, "withheld"),
        *(({"embargo_at": it}, None, "usable") for it in (False, "no", "none", 0, None, "")),
        # of two, the later; and one that cannot be read before all
        ({"embargo_at": SOON, "publish_at": "2026-06-01T00:00:00Z"}, SOON, "usable"),
        ({"embargoed_until": PAST, "embargo": SOON}, SOON, "usable"),
        ({"embargoed_until": SOON, "embargo": PAST}, SOON, "usable"),
        ({"embargoed_until": SOON, "embargo": "soon"}, None, "withheld"),
        ({"embargo_at": "soon", "publish_at": SOON}, None, "withheld"),
    ],
)
def test_an_embargo_of_any_name_ends_when_it_surely_ends(
    members: Any, until: str | None, status: str
) -> None:
    article = held("generic", **members)

    assert (article.get("embargoed_until"), article["status"]) == (until, status)


@pytest.mark.parametrize(
    ("format_", "members", "profile", "rank"),
    [
        ("ninjs-1", {"pubstatus": "canceled"}, {}, "9"),
        ("ninjs-1", {"pubstatus": "canceled", "deleted": True}, {}, "9"),
        ("ninjs-1", {"deleted": True}, {}, "1"),
        ("ninjs-1", {"pubstatus": "usable", "killed": True}, {}, "1"),
        ("generic", {"status": "canceled"}, {"kills": True}, "9"),
        ("generic", {"state": "killed"}, {"kills": True}, "1"),
        ("generic", {"retracted": PAST}, {"kills": True}, "1"),
        ("generic", {"state": "gone"}, {"kills": True, "status": {"gone": "canceled"}}, "1"),
    ],
)
def test_what_nobody_mapped_never_ends_an_article_for_good(
    format_: str, members: Any, profile: Any, rank: str
) -> None:
    accepted = judge({**FORMATS[format_], **members}, **profile)

    assert isinstance(accepted, Accepted)
    assert accepted.article.status == "canceled"
    uploaded_at = datetime(2026, 3, 2, tzinfo=UTC)
    revision = revise(accepted, a_feed(**profile), Upload("incoming/desk/a.json", "1"), uploaded_at)
    assert revision.order_key.split("#")[1] == rank


def test_no_format_leaves_such_a_member_alone() -> None:
    alone = {folded(it[1:].partition("/")[0]) for shape in SHAPES for it in shape.left_alone}

    assert alone & {folded(name) for name, *_ in MEANT} == set()
    assert alone & {folded(name) for name in EMBARGOES + SCHEDULES} == set()
