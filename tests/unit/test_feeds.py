"""feeds.toml: a wrong file names its line and never half-works."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from articles.feeds import Feeds, FeedsError
from articles.judging import Accepted, validate
from articles.metadata.shapes import NAMES
from articles.refs import name_in

from .build import RECEIVED, a_feed, accept, refuse

ROOT = Path(__file__).parents[2]


def loaded(folder: Path, text: str) -> Feeds:
    path = folder / "feeds.toml"
    path.write_text(text, encoding="utf-8")
    return Feeds.load(path, shapes=NAMES)


def test_the_file_that_is_shipped_is_right() -> None:
    assert Feeds.load(ROOT / "functions" / "feeds.toml", shapes=NAMES).find("default") is not None


def fault_of(folder: Path, text: str) -> str:
    with pytest.raises(FeedsError) as error:
        loaded(folder, text)
    told = str(error.value)
    assert told.startswith("feeds.toml")
    assert not re.search(r"\b(Input|String|Tuple) should|\[key\]|Value error", told)
    return told


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        *(
            ('timezone = "Europe/Atlantis"', "timezone"),
            ('time_zone = "Europe/Warsaw"', "time_zone"),
        ),
        *(('identity = ["isbn"]', "identity"), ("identity = []", "identity")),
        *(("kills = 'maybe'", "kills"), ("retain_days = 0", "retain_days")),
        *(("retain_days = 100000", "retain_days"), ("silence_hours = 0", "silence_hours")),
        ("spread = 65", "spread: must be at most 64, not 65"),
        ("spread = 1.5", "spread: must be a whole number"),
        ("required = 'title'", "required: must be an array"),
        *(
            ('required = ["headline"]', "required"),
            ('reject_on = ["W_DATE", "E_JSON"]', "reject_on"),
        ),
        # only a warning about a record can reject it
        *((f'reject_on = ["{it}"]', "reject_on") for it in ("W_DAET", "W_DUPLICATE_KEY", "E_JSON")),
        *(('reject_on = ["W_SUPERSEDED"]', "reject_on"), ('shape = "newsml"', "shape")),
        *(('order = "newest"', "order"), ('language = "English"', "language")),
        *(("language = 1", "language: must be a string"), ("rights = {}", "rights")),
        *(("publisher = {}", "publisher"), ('fields = { title = "Kop" }', "fields")),
        *(('fields = { title = "" }', "fields"), ("fields = { title = [] }", "fields")),
        *(('fields = { headline = "/Kop" }', "fields"), ('fields = { title = "/a~2" }', "fields")),
        *(('fields = { is_amp = "/amp" }', "fields"), ('status = { klaar = "ready" }', "status")),
        ('status = { " " = "usable" }', "status"),
    ],
)
def test_a_wrong_setting_names_its_line(tmp_path: Path, setting: str, told: str) -> None:
    fault = fault_of(tmp_path, f"[feeds.desk]\n{setting}\n")

    assert fault.startswith(f"feeds.toml, line 2: feeds.desk.{told}")


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ('[feeds.wire]\n[feeds.desk]\ntime_zone = "Europe/Warsaw"\n', 3, "time_zone"),
        ('# ours\n\n[feeds.desk]\nlanguage = "pl"\nidentity = ["isbn"]\n', 5, "identity"),
        ("[feeds.desk]\nlanguage = 1\nfields = 2\n", 3, "language: must be a string"),
        *(("feeds = {desk = 2}\n", 1, "desk: must be a table"), ("[defaults]\n", 1, "defaults")),
        *(("[default]\nspread = 2\n", 2, "spread"), ("[default]\nopened = true\n", 2, "opened")),
        ("[default]\nsilence_hours = 4\n", 2, "silence_hours"),
        ('[feeds.Desk]\nlanguage = "pl"\n', 1, "feeds.Desk: must be the name of a feed"),
        ('[feeds.desk.publisher]\nname = "Courier"\nhomepage = "x"\n', 3, "homepage"),
        # two feeds with the same setting: the line of the wrong one
        (
            '[feeds.wire]\ntimezone = "Europe/Warsaw"\n\n[feeds.desk]\ntimezone = "nowhere"\n',
            5,
            "timezone",
        ),
        # not TOML at all
        *(("[feeds.desk]\nlanguage = pl\n", 2, ""), ("[feeds.desk]\n[feeds.desk]\n", 2, "")),
    ],
)
def test_a_wrong_file_names_its_line(tmp_path: Path, text: str, line: int, name: str) -> None:
    fault = fault_of(tmp_path, text)

    assert f"line {line}" in fault
    assert name in fault


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, "[default]\nopen = 'perhaps'\n[feeds.desk]\nkills = 7\n")

    places = [row.partition(":")[0] for row in fault.split("\n")]
    assert places == ["feeds.toml, line 2", "feeds.toml, line 4"]


@pytest.mark.parametrize(
    ("name", "is_found"),
    [("desk", True), ("wire", False), ("Desk", False), ("default", False), ("..", False)],
)
def test_closed_feeds_let_nobody_else_in(tmp_path: Path, name: str, *, is_found: bool) -> None:
    feeds = loaded(tmp_path, "[feeds.desk]\nkills = true\n")

    assert (feeds.find(name) is not None) == is_found


@pytest.mark.parametrize(
    ("name", "is_found"),
    [
        *(("wire", True), ("a", True), ("0-1", True), ("a" * 63, True), ("a" * 64, False)),
        *(("", False), ("-a", False), ("A", False), ("a b", False), ("a_b", False), ("ł", False)),
        *(("٣", False), ("..", False), ("a\n", False)),
    ],
)
def test_open_feeds_take_any_name_that_is_one(tmp_path: Path, name: str, *, is_found: bool) -> None:
    feeds = loaded(tmp_path, '[default]\nopen = true\nlanguage = "pl"\n')

    found = feeds.find(name)
    assert (found is not None) == is_found
    if found:
        assert (found.name, found.profile.language) == (name, "pl")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        *(("incoming/desk/a.json", "desk"), ("incoming/desk/2026/03/a.json", "desk")),
        *(("incoming/a.json", "default"), ("incoming/desk/../wire/a.json", "desk")),
        *(("incoming//a.json", ""), ("incoming/Desk/a.json", "Desk")),
    ],
)
def test_the_feed_is_the_segment_after_incoming(key: str, name: str) -> None:
    assert name_in(key) == name


COURIER = {"publisher": {"name": "The Courier"}}


@pytest.mark.parametrize(
    ("profile", "document", "expected"),
    [
        (COURIER, {}, {"source": {"name": "The Courier"}}),
        (COURIER, {"source": "The Post"}, {"source": {"name": "The Post"}}),
        (
            COURIER,
            {"url": "https://www.news.example/a"},
            {"source": {"name": "The Courier", "domain": "news.example"}},
        ),
        ({"rights": {"holder": "C"}}, {}, {"rights": {"holder": "C"}}),
        ({"rights": {"holder": "C"}}, {"rights": "© P"}, {"rights": {"notice": "© P"}}),
    ],
)
def test_a_feed_fills_in_and_never_overrules(profile: Any, document: Any, expected: Any) -> None:
    article = accept({"title": "Ferry", "id": 1, "text": "Six.", **document}, **profile)  # N86

    assert {k: v for k, v in article.items() if k in ("source", "rights")} == expected


@pytest.mark.parametrize(
    ("profile", "document", "expected"),
    [
        ({"required": ["section", "language"]}, {}, [("E_REQUIRED", None)] * 2),
        ({"required": ["section"]}, {"section": "Harbour"}, None),
        ({"required": ["language"], "language": "pl"}, {}, None),
        ({"reject_on": ["W_DATE"]}, {"date": "soon"}, [("E_REQUIRED", "/date")]),
        ({"reject_on": ["W_DATE"]}, {"language": "?"}, None),
        ({"identity": ["url"]}, {}, [("E_REQUIRED", None)]),
    ],
)
def test_a_feed_may_ask_for_more(profile: Any, document: Any, expected: Any) -> None:
    document = {"title": "Ferry", "id": 1, "text": "Six.", **document}

    if expected is None:
        accept(document, **profile)
    else:
        assert refuse(document, **profile) == expected


@pytest.mark.parametrize(
    ("title", "source", "expected"),
    [
        ("Ferry returns - The Courier", "The Courier", "Ferry returns"),
        ("Ferry returns – Courier", "The Courier", "Ferry returns"),
        ("Ferry returns | THE COURIER", "Courier", "Ferry returns"),
        ("Ferry returns — The Courier", "the courier", "Ferry returns"),
        ("Ferry returns - The Post", "The Courier", "Ferry returns - The Post"),
        ("Ferry - and bus - return", "The Courier", "Ferry - and bus - return"),
        ("Ferry-Courier", "Courier", "Ferry-Courier"),
        ("The Courier", "The Courier", "The Courier"),
        ("Ferry returns - The Courier", None, "Ferry returns - The Courier"),
    ],
)
def test_the_publishers_name_is_cut_off_a_title(
    title: str, source: str | None, expected: str
) -> None:
    assert (
        accept({"title": title, "id": 1, "text": "Six.", "source": source})["title"] == expected
    )  # N66


def test_a_file_of_feeds_that_is_no_text_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(FeedsError, match=r"feeds\.toml"):
        Feeds.load(tmp_path / "feeds.toml", shapes=NAMES)


# ── Documents of a system of one's own, without Python ───────────────────────────────────────────

STRAPI: dict[str, Any] = {
    "fields": {
        "title": "/attributes/title",
        "body_text": ["/attributes/text", "/attributes/body"],
        "published_at": "/attributes/publishedAt",
    }
}
OWN = {
    "fields": {"title": "/Kop", "body_html": "/Tekst", "source_id": "/Nr", "status": "/Staat"},
    "status": {"Klaar": "usable", " CONCEPT ": "withheld", "weg": "canceled"},
}


def test_what_a_feed_says_of_its_documents_is_read_also_in_an_envelope() -> None:
    attributes = {"title": "Ferry", "body": "Six.", "publishedAt": "2026-03-01T09:00:00Z"}
    upload = {"data": [{"id": 1, "attributes": attributes}], "meta": {"total": 1}}
    feed = a_feed(**STRAPI)

    found = validate(json.dumps(upload).encode(), feed=feed, received=RECEIVED)
    [record] = found.records

    assert isinstance(record, Accepted)
    assert record.frame.at == "/data/0"
    assert record.article.as_json() == {
        "shape": "generic",
        "source_id": "1",
        "title": "Ferry",
        "body_text": "Six.",
        "word_count": 1,
        "published_at": "2026-03-01T09:00:00Z",
        "status": "usable",
    }
    assert [str(it.code) for it in found.warnings] == ["W_ENVELOPE"]
    assert record.unread.pointers == ()


@pytest.mark.parametrize(
    ("word", "status"), [("klaar", "usable"), ("Concept", "withheld"), ("WEG", "canceled")]
)
def test_a_feed_says_what_its_own_words_mean(word: str, status: str) -> None:
    article = accept({"Nr": 7, "Kop": "Ferry", "Tekst": "<p>Six.</p>", "Staat": word}, **OWN)

    assert (article["source_id"], article["title"], article["body_text"]) == ("7", "Ferry", "Six.")
    assert article["status"] == status
    assert refuse({"Nr": 7, "Kop": "Ferry", "Staat": "onbekend"}, **OWN) == [
        ("E_FIELD_VALUE", "/Staat")
    ]
