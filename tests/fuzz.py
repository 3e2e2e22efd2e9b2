"""A fuzz of the ingestion: `make fuzz`, or `make fuzz N=<inputs> SEED=<seed>`.

Every input takes its whole way through the code of the functions, and takes it once more: most of
them with dictionaries for tables, some in moto, at once or in small parts. Whatever an input is,
nothing is raised, its outcome is one of three, no record meets a fault of ours, what is stored is
clean and small enough, and the second time changes nothing. The last line printed is JSON.
"""

import argparse
import json
import os
import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from unittest import mock

from botocore.exceptions import ClientError

from articles import streams
from articles.ingestion import Ingestion
from articles.limits import Limits
from articles.storing.articles_table import ArticlesTable
from articles.storing.items import from_item
from articles.storing.receipts import Receipt
from articles.storing.receipts_table import Receipts
from articles.storing.writing import Writer
from articles.uploads.inbox import Inbox
from articles.uploads.message import Upload, announced
from articles_local.limits import item_size
from tests.clock import TestClock

from .inputs import Input, an_input
from .integration.cloud import Cloud, Item, in_process
from .integration.newsroom import FEEDS, NOON, Newsroom, Shelf, body_of, moment

INPUTS, SEED = 20_000, 1
# Of so many inputs, one goes into moto as well, at once and in parts, unless it has more records.
ONE_OF, MAX_RECORDS = 40, 100
# Whatever is made here is dealt with at once.
LIMITS = Limits(max_inline_unpacked_bytes=2**30, part_records=10**6)
SHOWN = 10
OUTCOMES = ("accepted", "partial", "rejected")
MAX_ITEM_BYTES = 400 * 1024
UNCLEAN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef]"
)


class Seen(NamedTuple):
    """What an input has come to: items as the tables hold them."""

    outcome: str | None
    articles: dict[str, Item]
    receipts: dict[str, Item]

    @property
    def records(self) -> int:
        counts = [from_item(it).get("counts", {}) for it in self.receipts.values()]
        return sum(sum(it.values()) for it in counts)


# ── The ways of an input ─────────────────────────────────────────────────────────────────────────


class Refused(Exception):
    """The condition of a write did not hold."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.response = {"Item": item}


class Memory:
    """DynamoDB and S3 as far as an upload that is dealt with at once needs them."""

    exceptions = SimpleNamespace(ConditionalCheckFailedException=Refused)

    def __init__(self) -> None:
        self.articles: dict[str, Item] = {}
        self.receipts: dict[str, Item] = {}
        self.reports: dict[str, str] = {}

    def update_item(self, **asked: Any) -> Item:
        name, given = asked["Key"]["article_id"]["S"], asked["ExpressionAttributeValues"]
        old = self.articles.get(name, {})
        if old and old["order_key"]["S"] >= given[":order_key"]["S"]:
            raise Refused(old)
        names = asked["ExpressionAttributeNames"].values()
        new = {it: given[f":{it}"] for it in names if f":{it}" in given}
        new["previous_hash"] = old.get("content_hash", given[":first"])
        self.articles[name] = new
        return {"Attributes": old}

    def put_item(self, **asked: Any) -> Item:
        item = asked["Item"]
        if self.receipts.get(item["key"]["S"], {}).get("state") == {"S": "done"}:
            raise Refused({})
        self.receipts[item["key"]["S"]] = item
        return {}

    def get_item(self, **asked: Any) -> Item:
        found = self.receipts.get(asked["Key"]["key"]["S"])
        return {"Item": found} if found else {}

    def put_object(self, **asked: Any) -> Item:
        if asked["Key"] in self.reports and "IfNoneMatch" in asked:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.reports[asked["Key"]] = json.loads(asked["Body"])
        return {}


class Pieces(Shelf):
    """A shelf that gives ranges, and pieces of any size, as S3 does."""

    def get_object(self, **asked: Any) -> dict[str, Any]:
        first, _, last = asked.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        data = self.body[int(first) : int(last) + 1 if last else None]
        return {**super().get_object(), "Body": Piecewise(data), "ContentLength": len(data)}


class Piecewise(BytesIO):
    """A body that gives any number of bytes at a time."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._rng = Random(len(data))  # noqa: S311 - not for secrets

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._rng.randint(1, size) if size and size > 0 else size)


def in_memory(given: Input) -> Iterator[Seen]:
    """Take an input with dictionaries for tables, as often as asked."""
    memory, faults = Memory(), list[BaseException]()
    aws, hours = cast("Any", memory), count()
    ingestion = Ingestion(
        limits=LIMITS,
        feeds=FEEDS,
        inbox=Inbox(cast("Any", Pieces(given.data)), "inbox"),
        writer=Writer(ArticlesTable(aws, "articles"), faults.append),
        receipts=Receipts(
            aws,
            aws,
            table="receipts",
            archive="archive",
            keep=timedelta(days=90),
            on_fault=faults.append,
        ),
        bulk_queue=cast("Any", None),  # nothing is put off
        on_fault=faults.append,
        clock=TestClock(lambda: moment(NOON) + timedelta(hours=next(hours))),
    )
    while True:
        receipt = ingestion.take(Upload(key=given.key, version="1"))
        _raise(faults)
        outcome = receipt.outcome if receipt else None
        yield Seen(outcome, dict(memory.articles), dict(memory.receipts))


def at_once(given: Input, newsroom: Newsroom) -> Iterator[Seen]:
    """Take an input into moto."""
    for hour in count(12):
        now = f"2026-03-01T{hour}:00:00Z"
        receipt = newsroom.take(given.data, key=given.key, version="1", now=now)
        yield _seen(newsroom, receipt)


def in_parts(given: Input, newsroom: Newsroom) -> Iterator[Seen]:
    """Take an input into moto as if it were large, its messages in a disorder of their own."""
    rng = Random(len(given.data))  # noqa: S311 - not for secrets
    limits = Limits(
        max_inline_bytes=1,
        max_record_bytes=rng.choice([300, 5_000, 1_000_000]),
        part_records=rng.choice([1, 3, 100]),
        part_bytes=rng.choice([100, 5_000]),
    )
    inbox = Inbox(cast("Any", Pieces(given.data)), "inbox")
    ingestion = replace(newsroom.ingestion, limits=limits, inbox=inbox)
    smallest = 16 if len(given.data) < 10_000 else 1_000
    delivered: list[Upload] = []
    while True:
        receipt = ingestion.take(Upload(key=given.key, version="1"))
        with mock.patch.object(streams, "PIECE", rng.choice([smallest, 1_000, 2**18])):
            waiting, delivered = delivered, []
            while waiting := [*waiting, *_messages(newsroom.cloud)]:
                upload = waiting.pop(rng.randrange(len(waiting)))
                delivered.append(upload)
                receipt = ingestion.take(upload, is_bulk=True) or receipt
        yield _seen(newsroom, receipt)


def _messages(cloud: Cloud) -> Iterator[Upload]:
    while messages := cloud.messages("BulkQueueUrl"):
        for message in messages:
            yield from announced(message["Body"], bucket="inbox")


def _seen(newsroom: Newsroom, receipt: Receipt | None) -> Seen:
    _raise(newsroom.faults)
    tables = []
    for table, names in (("ArticlesTable", ["article_id"]), ("ReceiptsTable", ["key", "version"])):
        found = newsroom.dynamodb.scan(TableName=newsroom.cloud.outputs[table])["Items"]
        tables.append({"#".join(it[name]["S"] for name in names): it for it in found})
    articles, receipts = tables
    header = receipts[f"{receipt.key}#1"] if receipt else {}
    return Seen(header.get("outcome", {}).get("S"), articles, receipts)


def _raise(faults: list[BaseException]) -> None:
    if faults:
        raise faults.pop()


# ── What holds for every input ───────────────────────────────────────────────────────────────────


def check(way: Iterator[Seen]) -> Seen:
    """Take an input twice; gives what it has come to."""
    seen = next(way)
    assert seen.outcome in OUTCOMES, f"the outcome is {seen.outcome}"
    for item in (*seen.articles.values(), *seen.receipts.values()):
        size = item_size(item)
        assert size < MAX_ITEM_BYTES, f"an item has {size:,} bytes"
        for text in _texts(from_item(item)):
            found = UNCLEAN.search(text)
            assert not found, f"an item holds {found and found.group()!a}: {text[:200]!a}"
    for item in seen.articles.values():
        for text in _texts(body_of(from_item(item)) if "body" in item else {}):
            assert not UNCLEAN.search(text), f"a body is not clean: {text[:200]!a}"
    for item in seen.receipts.values():
        _check_receipt(from_item(item))
    again = next(way)
    assert again == seen, "the second time changed something"
    return seen


def _check_receipt(receipt: Item) -> None:
    codes = [problem["code"] for problem in receipt.get("problems", ())]
    for record in receipt.get("records", ()):
        told = [problem["code"] for problem in record.get("problems", ())]
        assert bool(told) == (record["outcome"] == "rejected"), (
            f"a record without a cause: {record}"
        )
        codes += told
    assert "E_INTERNAL" not in codes, "a fault of ours"
    if "part" not in receipt:
        assert receipt["state"] == "done", f"the upload is {receipt['state']}"
        assert bool(codes) == (receipt["outcome"] != "accepted"), f"{receipt['outcome']}: {codes}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from (name, *_texts(member))
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, str):
        yield value


# ── The run ──────────────────────────────────────────────────────────────────────────────────────


class Tally(NamedTuple):
    """What became of the inputs, on how many ways they went, and which met a fault."""

    outcomes: Counter[str]
    ways: Counter[str]
    faults: list[str]


def run(cloud: Cloud, numbers: Iterable[int], *, seed: int = SEED, one_of: int = ONE_OF) -> Tally:
    """Take the inputs of these numbers; one of so many goes into moto as well."""
    newsroom, tally = Newsroom(cloud), Tally(Counter(), Counter(), [])
    newsroom.ingestion = replace(newsroom.ingestion, limits=LIMITS)
    for number in numbers:
        given = an_input(seed, number)
        try:
            outcome = _take(given, newsroom, tally.ways, everywhere=number % one_of == 0)
        except Exception:  # noqa: BLE001 - what is looked for
            tally.faults.append(_told(seed, number, given))
            newsroom.faults.clear()
        else:
            tally.outcomes[outcome] += 1
    return tally


def _take(given: Input, newsroom: Newsroom, ways: Counter[str], *, everywhere: bool) -> str:
    """Take an input on its ways; gives its outcome."""
    seen = check(in_memory(given))
    ways["in memory"] += 1
    if everywhere and seen.records <= MAX_RECORDS:
        for way in (at_once, in_parts):
            newsroom.cloud.empty()
            found = check(way(given, newsroom))
            ways[way.__name__.replace("_", " ")] += 1
            if way is at_once:
                assert found.outcome == seen.outcome, "moto does not say the same"
    return str(seen.outcome)


def _told(seed: int, number: int, given: Input) -> str:
    """Say what went wrong, and how to see it again."""
    shown = f"{given.key!a}, {len(given.data):,} bytes: {given.data[:300]!a}"
    return f"{traceback.format_exc()}\n{shown}\nonce more: make fuzz SEED={seed} ONLY={number}\n"


def figure(tally: Tally, *, inputs: int, seed: int) -> str:
    """Sum up a run as one line of JSON."""
    told: dict[str, Any] = {"figure": "fuzz", "inputs": inputs, "seed": seed}
    told |= {name: tally.outcomes[name] for name in OUTCOMES}
    return json.dumps(told | {"faults": len(tally.faults), "ways": tally.ways})


def main() -> int:
    """Run the fuzz as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=INPUTS, help="how many")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed has other inputs")
    parser.add_argument("--only", type=int, help="the number of one input, which goes all ways")
    given = parser.parse_args()
    numbers = range(given.inputs) if given.only is None else [given.only]
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    with in_process() as cloud:
        one_of = ONE_OF if given.only is None else 1
        tally = run(cloud, numbers, seed=given.seed, one_of=one_of)
    sys.stderr.write("\n".join(tally.faults[:SHOWN]))
    sys.stdout.write(figure(tally, inputs=len(numbers), seed=given.seed) + "\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
