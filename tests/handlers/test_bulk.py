"""Large uploads, planned and stored in parts: they end as if they had been ingested at once."""

import bz2
import gzip
import json
import random
from itertools import permutations

import pytest

from articles.uploads.message import announced
from articles_local.limits import item_size
from tests.aws.cloud import Announcements, Cloud
from tests.aws.expressions import Item
from tests.aws.records import dumped
from tests.newsroom import a_story

from .bulk import (
    COUNTS,
    LINES,
    STORIES,
    Bulk,
    at_once,
    essence,
    lines,
    receipt_of,
    state,
    uploaded,
)
from .messages import batch, body, failures, notice

LIST = json.dumps(STORIES).encode()
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "authors": [{"name": "Ann Miller"}],
    "items": [
        {"id": str(n), "content_text": "text " * 20, "date_published": "2026-03-01T09:00:00Z"}
        for n in range(7)
    ],
    "language": "en",
}
SAID_TWICE = json.dumps(JSON_FEED).replace(
    '"name": "Ann Miller"', '"name": "A", "name": "A\\ud800"'
)


def _node(number: int, **members: str) -> Item:
    """Write an article in JSON-LD."""
    told = {"@id": f"https://example.com/{number}", "headline": f"Story {number}", **members}
    return {"@type": "NewsArticle", "datePublished": "2026-03-01T09:00:00Z", **told}


JSON_LD = json.dumps(
    [
        {"@graph": [_node(1), _node(2)]},
        {"@type": "Organization", "name": "Courier"},
        {"@type": "Person", "name": "Ann Miller"},
        {"@graph": [_node(3), {"@type": "Person", "name": "Ann Miller"}]},
        _node(4, articleBody="A ferry sank."),
        {"@type": "WebPage", "name": "Courier"},
    ]
).encode()
OF_AP = {"data": {"items": [{"item": it} for it in STORIES], "total_items": 8}}
# No file of these tests is as small as one record.
STREAMED: dict[str, str | None] = {"MAX_RECORD_BYTES": "400"}

FORMS: dict[str, tuple[bytes, dict[str, str | None]]] = {
    "lines": (LINES, {}),
    "lines with gaps and a mark": (b"\xef\xbb\xbf" + LINES.replace(b"\n", b"\r\n \n"), {}),
    "a list in memory": (LIST, {}),
    "a list": (LIST, STREAMED),
    "a list with a mark": (b"\xef\xbb\xbf" + json.dumps(STORIES, indent=1).encode(), STREAMED),
    "a feed": (json.dumps(JSON_FEED).encode(), STREAMED),
    "a feed with odd writing": (SAID_TWICE.encode(), STREAMED),
    "JSON-LD": (JSON_LD, {**STREAMED, "PART_RECORDS": "1"}),
    "JSON-LD in pairs": (JSON_LD, STREAMED),
    "an envelope of envelopes": (json.dumps(OF_AP).encode(), STREAMED),
    "gzip": (gzip.compress(LINES), {}),
    "gzip of two members": (gzip.compress(LINES[:300]) + gzip.compress(LINES[300:]), {}),
    "bzip2 of a list": (bz2.compress(LIST), STREAMED),
    "parts by bytes": (LINES, {"PART_BYTES": "600", "PART_RECORDS": "100"}),
    "parts of one": (LINES, {"PART_RECORDS": "1"}),
    "one part": (LINES, {"PART_RECORDS": "100"}),
}


# ── What goes the bulk way ───────────────────────────────────────────────────────────────────────


INLINE = [
    (LINES, "MAX_INLINE_BYTES", len(LINES)),
    (gzip.compress(LINES), "MAX_INLINE_UNPACKED_BYTES", len(LINES)),
    (LINES, "PART_RECORDS", len(STORIES)),
]


@pytest.mark.parametrize(("data", "limit", "most"), INLINE)
def test_an_upload_over_a_limit_is_put_off_and_one_at_it_is_dealt_with_at_once(
    cloud: Cloud, data: bytes, limit: str, most: int
) -> None:
    notice_of_s3 = uploaded(cloud, data)
    ingest = cloud.function("IngestFunction", **{limit: str(most - 1)})
    assert failures(ingest.invoke(batch(notice_of_s3))) == []

    assert cloud.articles() == []
    [receipt] = cloud.receipts()
    assert (receipt["state"], "plan" in receipt) == ("processing", False)
    [message] = cloud.messages("BulkQueueUrl")
    assert message["Attributes"]["MessageGroupId"] == "courier"  # SQS's fair queues
    bucket = cloud.outputs["InboxBucket"]
    assert announced(message["Body"], bucket=bucket) == announced(notice_of_s3, bucket=bucket)

    cloud.empty()
    assert at_once(cloud, notice_of_s3, **{limit: str(most)}).receipt["counts"] == COUNTS


@pytest.mark.parametrize("size", [len(LINES), None])
def test_what_is_too_large_by_its_notice_is_not_downloaded(cloud: Cloud, size: int | None) -> None:
    bulk = Bulk(cloud)
    put = cloud.upload("incoming/courier/a+b 100%/é ⛴.json", LINES)

    bulk.put_off(body(notice(cloud, put, size=size)))

    assert len(cloud.border.asked("GetObject")) == (1 if size is None else 0)


def test_a_plan_is_told_and_nothing_stored(cloud: Cloud, announced_since: Announcements) -> None:
    parts = Bulk(cloud).plan(uploaded(cloud, LINES))

    receipt = receipt_of(cloud)
    assert receipt["state"] == "processing"
    assert (receipt["plan"]["parts"], receipt["plan"]["records"]) == (4, 8)
    assert receipt["plan"]["limits"]["part_records"] == 2
    assert receipt.keys() & {"outcome", "counts", "done", "finished_at", "report"} == set()
    assert receipt["attention"].startswith("processing#")
    assert len(parts) == 4
    assert cloud.articles() == []
    assert announced_since.read() == []


# ── In any order, any number of times ────────────────────────────────────────────────────────────


def test_parts_in_every_order_and_twice_end_as_one_file_at_once(
    cloud: Cloud, announced_since: Announcements
) -> None:
    notice_of_s3 = uploaded(cloud, LINES)
    whole, told = at_once(cloud, notice_of_s3), essence(announced_since.read())
    assert whole.receipt["counts"] == COUNTS
    assert [record["record"] for record in whole.report["records"]] == list(range(8))
    bulk = Bulk(cloud, {"PART_RECORDS": "3"})
    asked = bulk.put_off(notice_of_s3)

    for a, b, c in permutations(range(3)):
        cloud.empty()
        assert bulk.deliver(asked) == []
        parts = bulk.waiting()
        assert bulk.deliver(*(parts[place] for place in (a, b, a, c, b, c))) == []

        assert state(cloud) == whole, (a, b, c)
        assert essence(announced_since.read()) == told, (a, b, c)
        assert bulk.waiting() == []


@pytest.mark.parametrize("form", FORMS)
def test_a_file_in_parts_ends_as_at_once_whatever_its_form(
    cloud: Cloud, announced_since: Announcements, form: str
) -> None:
    data, limits = FORMS[form]
    notice_of_s3 = uploaded(cloud, data)
    whole, told = at_once(cloud, notice_of_s3), essence(announced_since.read())
    bulk = Bulk(cloud, limits)
    parts = bulk.plan(notice_of_s3)
    deliveries = parts * 2
    random.Random(form).shuffle(deliveries)  # noqa: S311

    assert bulk.deliver(*deliveries) == []

    assert state(cloud) == whole
    assert essence(announced_since.read()) == told
    receipt = receipt_of(cloud)
    assert receipt["done"] == set(range(1, len(parts) + 1))
    assert receipt["plan"]["parts"] == len(parts)
    assert receipt["plan"]["records"] == len(whole.report["records"])


def test_an_article_in_two_parts_ends_the_same_in_both_orders(cloud: Cloud) -> None:
    hours = [a_story(id="1", updated_at=f"2026-03-01T{hour:02}:00:00Z") for hour in (9, 10, 8)]
    titled = [{**story, "title": f"Version {n}"} for n, story in enumerate(hours)]
    bulk, notice_of_s3 = Bulk(cloud, {"PART_RECORDS": "1"}), uploaded(cloud, lines(titled))
    found: list[Item] = []

    for order in permutations(range(3)):
        cloud.empty()
        parts = bulk.plan(notice_of_s3)
        assert bulk.deliver(*(parts[place] for place in order)) == []

        [article] = state(cloud).articles
        assert article["title"] == "Version 1"
        assert sum(receipt_of(cloud)["counts"].values()) == 3
        found.append(article)
    assert all(article == found[0] for article in found)


# ── Nothing of what turns out broken is stored ───────────────────────────────────────────────────


def with_a_bad_checksum(data: bytes) -> bytes:
    packed = bytearray(gzip.compress(data))
    packed[-5] ^= 0xFF
    return bytes(packed)


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (with_a_bad_checksum(LINES), {}, "E_COMPRESSION"),
        (with_a_bad_checksum(LIST), STREAMED, "E_COMPRESSION"),
        (gzip.compress(LINES)[:-9], {}, "E_COMPRESSION"),
        (gzip.compress(LINES) + b"more", {}, "E_COMPRESSION"),
        (b"PK\x03\x04" + LINES, {}, "E_COMPRESSION"),
        (LIST[:-1], {}, "E_JSON"),
        (LIST[:-1], STREAMED, "E_JSON"),
        (LIST[:-20], STREAMED, "E_JSON"),
        (LIST + b" more", {}, "E_JSON"),
        (LIST + b" more", STREAMED, "E_JSON"),
        (LIST + LIST, STREAMED, "E_JSON"),
        (LIST[:-1] + b', "\xff"]', STREAMED, "E_ENCODING"),
        (LIST[:-1] + b', "' + b"x" * 400 + b'"]', STREAMED, "E_TOO_LARGE"),
        (LINES, {"MAX_RECORDS": "7"}, "E_TOO_LARGE"),
        (gzip.compress(LINES), {"MAX_UNPACKED_BYTES": str(len(LINES) - 1)}, "E_TOO_LARGE"),
    ],
)
def test_nothing_is_stored_of_what_turns_out_broken_late(
    cloud: Cloud,
    announced_since: Announcements,
    data: bytes,
    limits: dict[str, str | None],
    code: str,
) -> None:
    bulk = Bulk(cloud, limits)

    assert bulk.plan(uploaded(cloud, data)) == []

    assert cloud.articles() == []
    [receipt] = cloud.receipts()
    assert (receipt["state"], receipt["outcome"]) == ("done", "rejected")
    assert [problem["code"] for problem in receipt["problems"]] == [code]
    assert "plan" not in receipt
    assert announced_since.uploads() == [("done", "rejected")]


# ── Plans that come again ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stored", "deployed"),
    [
        (2, {}),
        (2, {"MAX_RECORD_BYTES": "400"}),
        (2, {"MAX_RECORDS": "7"}),
        *((n, {"PART_RECORDS": "3"}) for n in range(5)),
    ],
)
def test_a_plan_that_comes_again_sends_the_same_parts_that_are_missing_and_no_others(
    cloud: Cloud, announced_since: Announcements, stored: int, deployed: dict[str, str | None]
) -> None:
    notice_of_s3 = uploaded(cloud, LINES)
    whole = at_once(cloud, notice_of_s3)
    assert announced_since.uploads() == [("done", "partial")]
    bulk = Bulk(cloud)
    asked, parts = bulk.planned(notice_of_s3)
    random.Random(stored).shuffle(parts)  # noqa: S311
    bulk.deliver(*parts[:stored])

    bulk = Bulk(cloud, deployed)
    assert bulk.deliver(asked) == []
    again = bulk.waiting()

    assert set(again) == set(parts[stored:])
    assert bulk.deliver(*again, *parts) == []
    assert state(cloud) == whole
    assert receipt_of(cloud)["plan"]["parts"] == 4
    assert announced_since.uploads() == [("done", "partial")]


@pytest.mark.parametrize("other", ["2", "3"])
def test_two_plans_at_once_end_in_one(cloud: Cloud, other: str) -> None:
    notice_of_s3 = uploaded(cloud, LINES)
    whole = at_once(cloud, notice_of_s3)
    first = Bulk(cloud)
    second = Bulk(cloud, {"PART_RECORDS": other, "IS_ANOTHER": "true"})
    asked = first.put_off(notice_of_s3)
    only_once = iter([asked])

    def meanwhile(_: Item) -> bool:
        second.deliver(*only_once)
        return False

    cloud.border.fail("PutItem", "never", concerns=meanwhile)
    before = len(cloud.border.asked("GetObject"))
    assert first.deliver(asked) == []
    cloud.border.heal()
    # Each reads the file once; the first again only if the second cut it by other limits.
    assert len(cloud.border.asked("GetObject")) - before == (2 if other == "2" else 3)

    plan = receipt_of(cloud)["plan"]
    assert plan["limits"]["part_records"] == int(other)  # it was written first
    sent = first.waiting()
    assert len(sent) == 2 * plan["parts"]
    assert len(set(sent)) == plan["parts"]
    assert first.deliver(*sent) == []
    assert state(cloud) == whole


# ── What is told stays small ─────────────────────────────────────────────────────────────────────


def test_many_bad_records_are_told_in_brief(cloud: Cloud, announced_since: Announcements) -> None:
    secret = "What the minister said in private. " * 8
    lists = {name: [7, 8, 9] for name in ("author", "tags", "images")}
    dates = dict.fromkeys(("published_at", "updated_at"), "soon")
    bad = {"id": secret, "title": 7, "url": secret, "language": 7, **lists, **dates}
    file = lines([*[bad] * 9, f'{{"title": "{secret}'] * 6)
    bulk = Bulk(cloud, {"PART_RECORDS": "10"})
    parts = bulk.plan(uploaded(cloud, file))

    assert bulk.deliver(*reversed(parts)) == []

    receipt = receipt_of(cloud)
    assert (receipt["outcome"], receipt["counts"]) == ("rejected", {"rejected": 60})
    assert [record["record"] for record in receipt["records"]] == list(range(20))
    assert max(map(item_size, cloud.images("ReceiptsTable"))) < 400 * 1024
    report = cloud.report(receipt["report"])
    assert [record["record"] for record in report["records"]] == list(range(60))
    lines_told = [record["problems"][0]["line"] for record in report["records"]]
    assert lines_told == list(range(1, 61))
    [event] = announced_since.read()
    assert len(dumped(event).encode()) < 64 * 1024
    assert event["data"]["counts"] == {"rejected": 60}
    assert len(cloud.logged()) <= 3 * (2 + len(parts))
    assert secret[:200] not in cloud.log.getvalue()
