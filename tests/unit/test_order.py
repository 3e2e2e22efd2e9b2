"""The one total order: G#R#T#V#U#S#P#H, compared bytewise."""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

import pytest

from articles.feeds import Feed
from articles.metadata.shapes import generic, raw_text
from articles.metadata.shapes.shape import Shape
from articles.versions.order import (
    comparable_sequencer,
    decided_by,
    in_generation,
    is_lifted,
    is_same_version,
    natural_version,
    order_key,
    overtaken,
    rest_of,
)

from .build import a_feed, an_article

UPLOADED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EARLIER = UPLOADED - timedelta(hours=1)
NINE, FAR = "2026-03-01T09:00:00Z", "2062-03-01T09:00:00Z"
MODIFIED: dict[str, Any] = {"modified_at": NINE}


def a_key(
    *,
    feed: Feed | None = None,
    shape: Shape = generic.SHAPE,
    uploaded_at: datetime = UPLOADED,
    sequencer: str | None = None,
    record: int = 0,
    content_hash: str = "c" * 64,
    **fields: Any,
) -> str:
    return order_key(
        an_article(**fields),
        shape=shape,
        feed=feed or a_feed(),
        uploaded_at=uploaded_at,
        sequencer=sequencer,
        record=record,
        content_hash=content_hash,
    )


def effective_time(**given: Any) -> str:
    return a_key(**given).split("#")[2]


def test_the_key_has_the_form_it_always_had() -> None:
    content = "0123456789abcdef" * 4
    upload: dict[str, Any] = {"sequencer": "0066f1a2b3", "record": 7, "content_hash": content}

    assert a_key(modified_at=NINE, version="v1.9", **upload) == (
        "0000#1#2026-03-01T09:00:00Z#v00000000000000000001.00000000000000000009#2026-03-02T12:00:00Z"
        "#0066F1A2B3#0000000007#0123456789abcdef"
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "2026-03-02T12:00:00Z"),
        ({"modified_at": "2026-03-01T10:00:00Z"}, "2026-03-01T10:00:00Z"),
        ({"modified_at": "1851-09-18T00:00:00Z"}, "1851-09-18T00:00:00Z"),
        # not later than ten minutes after the upload
        ({"modified_at": "2026-03-02T12:10:00Z"}, "2026-03-02T12:10:00Z"),
        # a later date is skipped, not cut
        ({"modified_at": "2026-03-02T12:10:01Z"}, "2026-03-02T12:00:00Z"),
        # a local time is no known instant
        ({"modified_at_local": "2026-03-01T09:00:00"}, "2026-03-02T12:00:00Z"),
    ],
)
@pytest.mark.parametrize("other", [None, "1851-09-18T00:00:00Z", "2026-03-01T09:00:00Z", FAR])
def test_the_effective_time_is_that_of_modification_and_no_other(
    fields: Any, expected: str, other: str | None
) -> None:
    assert effective_time(**fields, published_at=other, retrieved_at=other) == expected


@pytest.mark.parametrize(
    ("shape", "order", "expected"),
    [
        *((raw_text.SHAPE, None, "2026-03-02T12:00:00Z"), (generic.SHAPE, None, NINE)),
        *((raw_text.SHAPE, "modified", NINE), (generic.SHAPE, "upload", "2026-03-02T12:00:00Z")),
    ],
)
def test_a_bare_text_is_ordered_by_its_upload_and_a_feed_may_say_otherwise(
    shape: Shape, order: str | None, expected: str
) -> None:
    assert effective_time(shape=shape, feed=a_feed(order=order), modified_at=NINE) == expected


@pytest.mark.parametrize(
    ("status", "profile", "rank"),
    [
        ("canceled", {}, "1"),  # a generic feed has no absorbing kills
        *(("canceled", {"kills": True}, "9"), ("canceled", {"kills": False}, "1")),
        *(("withheld", {"kills": True}, "1"), ("usable", {"kills": True}, "1")),
    ],
)
def test_only_a_kill_absorbs_where_its_feed_says_so(status: str, profile: Any, rank: str) -> None:
    assert a_key(status=status, feed=a_feed(**profile)).split("#")[1] == rank


def test_every_part_of_the_key_decides_before_the_next() -> None:
    kills = a_feed(kills=True)
    late = UPLOADED + timedelta(days=1)
    old = "2026-01-01T00:00:00Z"
    # Each is the greatest of all parts but the first that sets it apart from its successor.
    rising = [
        a_key(modified_at=old, content_hash="a" * 64),
        a_key(modified_at=old, content_hash="b" * 64),
        a_key(modified_at=old, record=2, content_hash="a" * 64),
        a_key(modified_at=old, record=10, content_hash="a" * 64),
        a_key(modified_at=old, sequencer="00A", record=1),
        a_key(modified_at=old, sequencer="00B", record=0),
        a_key(modified_at=old, uploaded_at=late, sequencer=None),
        a_key(modified_at=old, version="1.9", uploaded_at=UPLOADED),
        a_key(modified_at=old, version="1.10", uploaded_at=UPLOADED - timedelta(days=1)),
        a_key(modified_at="2026-01-01T00:00:01Z", version=None),
        a_key(modified_at=old, status="canceled", feed=kills),
    ]

    assert [key.encode() for key in rising] == sorted(key.encode() for key in rising)
    assert len(set(rising)) == len(rising)


@pytest.mark.parametrize(
    "rising",
    [
        ["", "0", "1", "1.1", "1.2", "1.9", "1.10", "1.10.1", "2", "10"],
        *(["9", "10", "99", "100"], ["v1", "v2", "v10"]),
        *(["2026-03-01", "2026-03-02", "2026-10-01"], ["1-rc1", "1-rc2", "1-rc10"]),
        ["urn:news.example:9", "urn:news.example:10"],
    ],
)
def test_versions_rise_as_a_reader_counts(rising: list[str]) -> None:
    keys = [f"{natural_version(version)}#2026".encode() for version in rising]

    assert all(one < other for one, other in pairwise(keys))
    # Leading zeros say nothing.
    padded = [re.sub(r"\d+", lambda number: "00" + number[0], version) for version in rising]
    assert list(map(natural_version, padded)) == list(map(natural_version, rising))


@pytest.mark.parametrize("version", ["#", "1#2", "a b", "x" * 3000, "ł" * 64, "1" * 400, "\x00-+"])
def test_no_version_breaks_the_form_of_the_key(version: str) -> None:
    padded = natural_version(version)

    assert len(padded.encode()) <= 64
    assert min(padded, default=".") >= "."


@pytest.mark.parametrize(
    ("sequencer", "expected"),
    [
        *((None, ""), ("", ""), ("000", ""), ("00ab", "00AB"), ("00AB00", "00AB")),
        *(("f" * 40, "F" * 40), ("f" * 41, ""), ("xyz", ""), ("00 ab#", "")),
    ],
)
def test_zeros_at_the_end_of_a_sequencer_say_nothing(sequencer: str | None, expected: str) -> None:
    assert comparable_sequencer(sequencer) == expected


PADDED = ["0" * 40, *(it.ljust(40, "0") for it in ("0055AED6DC", "0055AED6DC90", "0056"))]


def test_keys_compare_with_those_that_were_stored_when_sequencers_were_padded() -> None:
    short = [f"{comparable_sequencer(it)}#0000000007#" for it in PADDED]
    long = [f"{it}#0000000007#" for it in PADDED]

    assert short == sorted(short)
    for first, second in combinations(range(len(PADDED)), 2):
        assert long[first] < short[second]
        assert short[first] < long[second]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (a_key(sequencer="0A"), a_key(sequencer="0A"), True),
        (a_key(sequencer="0A"), in_generation(2, rest_of(a_key(sequencer="0A"))), True),
        (a_key(sequencer="0A"), a_key(sequencer="0A").replace("#0A#", f"#0A{'0' * 38}#"), True),
        *((a_key(), a_key(sequencer="0A"), False), (a_key(), a_key(record=1), False)),
        *(("1#2", "2#2", True), ("1#2", "1#3", False)),
    ],
)
def test_a_version_is_the_same_in_any_generation(one: str, other: str, *, is_same: bool) -> None:
    assert is_same_version(one, other) == is_same
    assert is_lifted(one, other) == (is_same and one != other)


@pytest.mark.parametrize(
    ("winner", "loser", "part"),
    [
        ({"status": "canceled", "feed": a_feed(kills=True)}, {}, "kill"),
        ({}, MODIFIED, "effective time"),
        ({"version": "2"}, {"version": "1"}, "version"),
        (MODIFIED, {**MODIFIED, "uploaded_at": EARLIER}, "time of upload"),
        ({"sequencer": "0B"}, {"sequencer": "0A"}, "sequencer"),
        ({"record": 1}, {"record": 0}, "position in the file"),
        ({"content_hash": "d" * 64}, {}, "content"),
    ],
)
def test_the_loser_is_told_which_part_decided(winner: Any, loser: Any, part: str) -> None:
    assert decided_by(a_key(**winner), a_key(**loser)) == part
    padded = a_key(**loser).split("#")
    padded[5] = padded[5].ljust(40, "0")  # as 0.1 stored it
    assert decided_by(a_key(**winner), "#".join(padded)) == part
    # Generations are none of its business: the loser would have lost in any of them.
    assert decided_by(in_generation(2, rest_of(a_key(**winner))), a_key(**loser)) == part


@pytest.mark.parametrize(
    ("winner", "loser", "told"),
    [
        (
            {"modified_at": "2026-03-01T10:00:00Z"},
            MODIFIED,
            [f"modified at {NINE}", "date after 2026-03-01T10:00:00Z, or none"],
        ),
        (
            {"published_at": "2026-03-01T08:00:00Z"},
            MODIFIED,
            [f"modified at {NINE}, before the upload", "after 2026-03-02T11:00:00Z"],
        ),
        (
            {"modified_at": "2026-03-02T12:05:00Z", "uploaded_at": UPLOADED - timedelta(minutes=5)},
            {"modified_at": FAR},
            ["its upload at 2026-03-02T12:00:00Z", "Upload it again after 2026-03-02T12:05:00Z"],
        ),
        (
            {**MODIFIED, "version": "1.10"},
            {**MODIFIED, "version": "1.9"},
            [f"dated {NINE}, as is", "Send a higher one"],
        ),
        ({"status": "canceled", "feed": a_feed(kills=True)}, {}, ["for good", "revive"]),
        # S3 tells whole seconds: of two uploads within one, the sequencer says which was first.
        (
            {"modified_at": "2026-03-01T10:00:00Z", "uploaded_at": UPLOADED, "sequencer": "0A"},
            {**MODIFIED, "sequencer": "0B"},
            ["modified at 2026-03-01T09:00:00Z, but"],
        ),
    ],
)
def test_who_loses_to_an_earlier_upload_is_told_why_and_what_to_do(
    winner: Any, loser: Any, told: list[str]
) -> None:
    won, lost = a_key(**{"uploaded_at": EARLIER, **winner}), a_key(**loser)
    warning = overtaken(won, lost)

    assert won > lost
    assert warning
    assert overtaken(in_generation(3, rest_of(won)), lost) == warning
    assert warning.code == "W_SUPERSEDED"
    assert [it for it in told if it not in warning.message] == []


@pytest.mark.parametrize(
    ("won", "lost"),
    [
        # by a later upload, or by its own
        *((a_key(), a_key(uploaded_at=EARLIER)), (a_key(), a_key(**MODIFIED))),
        (a_key(**MODIFIED, record=1), a_key(**MODIFIED)),
        (a_key(**MODIFIED, sequencer="0B"), a_key(**MODIFIED, sequencer="0A")),
        # by a key of another form
        *((it, a_key(**MODIFIED)) for it in ("", "2", a_key(uploaded_at=EARLIER) + "#0001")),
    ],
)
def test_nobody_else_is_warned(won: str, lost: str) -> None:
    assert overtaken(won, lost) is None
