"""However a file is packed, framed and written, and whatever its way, it comes to the same."""

import bz2
import gzip
import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from backports import zstd

from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.aws.records import dumped

from .messages import batch, body, bulk_batch, failures, notice

FERRY = {"id": "ferry", "title": "Fähre kehrt zurück", "text": "Nobody was hurt."}
PORT = {"id": "port", "title": "港口重新开放", "text": "Ships come and go."}
NO_STORY = {"neither": "a title", "nor": "a text"}

# ── How a file is made ───────────────────────────────────────────────────────────────────────────

PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "zstd": zstd.compress,
    "gzip in gzip": lambda data: gzip.compress(gzip.compress(data)),
}


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


# ── What it comes to ─────────────────────────────────────────────────────────────────────────────


class Outcome(NamedTuple):
    """What a receipt says, and each stored article's id with the number of its record."""

    outcome: str
    counts: dict[str, int]
    codes: list[str]
    articles: dict[str, int]


ONE = Outcome("accepted", {"created": 1}, [], {"ferry": 0})
TWO = Outcome(
    "partial", {"created": 2, "rejected": 1}, ["E_UNKNOWN_SHAPE"], {"ferry": 0, "port": 2}
)
NO_ARTICLE = Outcome("rejected", {"rejected": 1}, ["E_UNKNOWN_SHAPE"], {})
NOTHING = Outcome("rejected", {}, ["E_EMPTY"], {})
TWICE = Outcome("rejected", {}, ["E_COMPRESSION"], {})

TEXTS = ("plain", "BOM", "CRLF", "empty")
STORED = {
    "object": (ONE, NO_ARTICLE),
    **dict.fromkeys(("array", "envelope", "NDJSON"), (TWO, NOTHING)),
}
EXPECTED = {
    (framing, text): nothing if text == "empty" else stories
    for framing, (stories, nothing) in STORED.items()
    for text in TEXTS
}


def expected(packing: str) -> list[Outcome]:
    return [TWICE if packing == "gzip in gzip" else it for it in EXPECTED.values()]


class Tables(NamedTuple):
    articles: list[Item]
    receipts: list[Item]


def tables(cloud: Cloud) -> Tables:
    return Tables(cloud.articles(), cloud.receipts())


def outcomes(held: Tables) -> dict[str, Outcome]:
    """Give what became of each feed's one file."""
    told = {}
    for receipt in (it for it in held.receipts if "part" not in it):
        assert receipt["state"] == "done"
        problems = receipt.get("problems", []) + [
            problem for it in receipt.get("records", []) for problem in it.get("problems", [])
        ]
        stored = [it for it in held.articles if it["feed"] == receipt["feed"]]
        told[receipt["feed"]] = Outcome(
            receipt["outcome"],
            receipt.get("counts", {}),
            [problem["code"] for problem in problems],
            {it["article"]["source_id"]: it["upload"]["record"] for it in stored},
        )
    return told


# ── Its way ──────────────────────────────────────────────────────────────────────────────────────

IN_PARTS = {"MAX_INLINE_BYTES": "1", "PART_RECORDS": "2"}


class Way(NamedTuple):
    """Settings of both functions, and how the parts that come of them are read."""

    settings: dict[str, str]
    forms: set[str]


WAYS = {
    "at once": Way({}, set()),
    "in parts": Way(IN_PARTS, {"document", "items", "lines"}),
    # So is JSON-LD where it is larger than one record may be.
    "item by item": Way({**IN_PARTS, "MAX_RECORD_BYTES": "120"}, {"document", "lines", "items"}),
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


def changes(cloud: Cloud) -> int:
    """Count the changes of the articles table."""
    return len(cloud.memory.tables["articles"].changes)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_file_comes_to_the_same_whatever_its_way_and_comes_to_it_once(
    cloud: Cloud, way: Way, packing: str
) -> None:
    files = {
        f"{framing}-{text}".lower(): PACKINGS[packing](written(framing, text))
        for framing, text in EXPECTED
    }
    messages = [upload(cloud, feed, data) for feed, data in files.items()]
    followed = deliver(cloud, messages, way.settings)

    held = tables(cloud)
    assert len(followed) - len(parts(followed)) == (len(files) if way.forms else 0)
    assert set(parts(followed)) == (set() if packing == "gzip in gzip" else way.forms)
    assert outcomes(held) == dict(zip(files, expected(packing), strict=True))
    changed = changes(cloud)
    assert bool(changed) == bool(held.articles)

    bulk = cloud.function("BulkFunction", **way.settings)
    deliver(cloud, messages, way.settings)
    assert failures(bulk.invoke(bulk_batch(*reversed(followed), received=2))) == []

    assert changes(cloud) == changed
    assert tables(cloud) == held
