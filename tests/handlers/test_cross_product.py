"""However a file is packed, framed and written, and whatever its way, it comes to the same."""

import bz2
import gzip
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from backports import zstd

from tests.aws.cloud import Cloud
from tests.aws.records import dumped

from .messages import batch, body, bulk_batch, failures, notice

FERRY = {"id": "ferry", "title": "Fähre kehrt zurück", "text": "Nobody was hurt."}
PORT = {"id": "port", "title": "港口重新开放", "text": "Ships come and go."}
NO_STORY = {"neither": "a title", "nor": "a text"}

PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "zstd": zstd.compress,
    "gzip in gzip": lambda data: gzip.compress(gzip.compress(data)),
}
TEXTS = ("plain", "BOM", "CRLF", "empty")


class Outcome(NamedTuple):
    """What a receipt says, and each stored article's id with the number of its record."""

    outcome: str
    counts: dict[str, int]
    codes: list[str]
    articles: dict[str, int]


ONE = Outcome("accepted", {"created": 1}, [], {"ferry": 0})
TWO_COUNTS = {"created": 2, "rejected": 1}
TWO = Outcome("partial", TWO_COUNTS, ["E_UNKNOWN_SHAPE"], {"ferry": 0, "port": 2})
NO_ARTICLE = Outcome("rejected", {"rejected": 1}, ["E_UNKNOWN_SHAPE"], {})
NOTHING = Outcome("rejected", {}, ["E_EMPTY"], {})
TWICE = Outcome("rejected", {}, ["E_COMPRESSION"], {})
# What stories come to in each framing, and what none do.
EXPECTED = {"object": (ONE, NO_ARTICLE)}
EXPECTED |= dict.fromkeys(("array", "envelope", "NDJSON"), (TWO, NOTHING))


def written(framing: str, text: str) -> bytes:
    """Write the stories, or none of them."""
    stories = [] if text == "empty" else [FERRY, NO_STORY, PORT]
    value = {
        "object": FERRY if stories else {},
        "array": stories,
        "envelope": {"status": "ok", "totalResults": 3, "articles": stories},
    }
    if framing == "NDJSON":
        data = "\n".join(map(dumped, stories)) + "\n\n"
    else:
        data = json.dumps(value[framing], ensure_ascii=False, indent=1 if text == "CRLF" else None)
    mark = "\ufeff" if text == "BOM" else ""
    return (mark + data.replace("\n", "\r\n" if text == "CRLF" else "\n")).encode()


def outcomes(cloud: Cloud) -> dict[str, Outcome]:
    """Give what became of each feed's one file."""
    told = {}
    for receipt in (it for it in cloud.receipts() if "part" not in it):
        assert receipt["state"] == "done"
        of_records = [it.get("problems", []) for it in receipt.get("records", [])]
        problems = sum(of_records, receipt.get("problems", []))
        told[receipt["feed"]] = Outcome(
            receipt["outcome"],
            receipt.get("counts", {}),
            [problem["code"] for problem in problems],
            {
                it["article"]["source_id"]: it["upload"]["record"]
                for it in cloud.articles()
                if it["feed"] == receipt["feed"]
            },
        )
    return told


# ── Its way ──────────────────────────────────────────────────────────────────────────────────────

IN_PARTS = {"MAX_INLINE_BYTES": "1", "PART_RECORDS": "2"}
# Settings of both functions, and how the parts that come of them are read.
WAYS: dict[str, tuple[dict[str, str], set[str]]] = {
    "at once": ({}, set()),
    "in parts": (IN_PARTS, {"document", "items", "lines"}),
    # So is JSON-LD where it is larger than one record may be.
    "item by item": ({**IN_PARTS, "MAX_RECORD_BYTES": "120"}, {"document", "lines", "items"}),
}


def upload(cloud: Cloud, feed: str, data: bytes) -> str:
    """Upload a file into a feed of its own, and write S3's notice."""
    put = cloud.upload(f"incoming/{feed}/file", data)
    return body(notice(cloud, put, size=len(data)))


def deliver(cloud: Cloud, messages: list[str], settings: dict[str, str]) -> list[str]:
    """Deliver S3's notices and all that follows; gives the messages of the bulk queue."""
    ingest = cloud.function("IngestFunction", **settings)
    bulk = cloud.function("BulkFunction", **settings)
    assert failures(ingest.invoke(batch(*messages))) == []
    followed: list[str] = []
    while waiting := [it["Body"] for it in cloud.messages("BulkQueueUrl")]:
        assert failures(bulk.invoke(bulk_batch(*waiting))) == []
        followed += waiting
    return followed


def parts(messages: list[str]) -> list[str]:
    """Name the forms of the parts that messages are about; the others ask for a plan."""
    records = [json.loads(message)["Records"][0] for message in messages]
    return [record["part"]["form"] for record in records if "part" in record]


def state(cloud: Cloud) -> tuple[Any, ...]:
    """Give what is stored, and how often an article has changed."""
    return cloud.articles(), cloud.receipts(), len(cloud.memory.tables["articles"].changes)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_file_comes_to_the_same_whatever_its_way_and_comes_to_it_once(
    cloud: Cloud, way: str, packing: str
) -> None:
    (settings, forms), is_refused = WAYS[way], packing == "gzip in gzip"
    messages: list[str] = []
    expected: dict[str, Outcome] = {}
    for framing, (stories, nothing) in EXPECTED.items():
        for text in TEXTS:
            feed = f"{framing}-{text}".lower()
            messages.append(upload(cloud, feed, PACKINGS[packing](written(framing, text))))
            expected[feed] = TWICE if is_refused else nothing if text == "empty" else stories

    followed = deliver(cloud, messages, settings)

    assert len(followed) - len(parts(followed)) == (len(messages) if forms else 0)
    assert set(parts(followed)) == (set() if is_refused else forms)
    assert outcomes(cloud) == expected
    held = state(cloud)

    deliver(cloud, messages, settings)
    bulk = cloud.function("BulkFunction", **settings)
    assert failures(bulk.invoke(bulk_batch(*reversed(followed), received=2))) == []

    assert state(cloud) == held
