"""A fuzz of the ingestion: `make fuzz`, or `make fuzz N=<inputs> SEED=<seed>`.

Every input takes its whole way through the code of the functions, and takes it once more: all of
them at once, some in small parts as well. Whatever an input is,
nothing is raised, its outcome is one of three, no record meets a fault of ours, what is stored is
clean and small enough, and the second time changes nothing. The last line printed is JSON.
"""

import argparse
import json
import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import count
from random import Random
from typing import Any, NamedTuple, cast
from unittest import mock

from articles import streams
from articles.limits import Limits
from articles.storing.items import from_item
from articles.storing.receipts import Receipt
from articles.uploads.inbox import Inbox
from articles.uploads.message import Upload, announced
from articles_local.limits import item_size

from .aws.cloud import Cloud
from .aws.expressions import Item, copied
from .inputs import Input, an_input
from .newsroom import NOON, Newsroom, body_of, moment

INPUTS, SEED = 20_000, 1
# Of so many inputs, one goes in parts as well, unless it has more records.
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


class Pieces(NamedTuple):
    """An S3 client whose bodies give any number of bytes at a time."""

    s3: Any

    def get_object(self, **asked: Any) -> Item:
        answer: Item = self.s3.get_object(**asked)
        return {**answer, "Body": Piecewise(answer["Body"].read())}


class Piecewise(BytesIO):
    """A body that gives any number of bytes at a time."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._rng = Random(len(data))  # noqa: S311 - not for secrets

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._rng.randint(1, size) if size and size > 0 else size)


def at_once(given: Input, newsroom: Newsroom) -> Iterator[Seen]:
    """Take an input as one that is not large, as often as asked."""
    for hour in count(12):
        now = f"2026-03-01T{hour}:00:00Z"
        receipt = newsroom.take(given.data, key=given.key, version="1", now=now)
        yield _seen(newsroom, receipt)


def in_parts(given: Input, newsroom: Newsroom) -> Iterator[Seen]:
    """Take an input as if it were large, its messages in a disorder of their own."""
    rng = Random(len(given.data))  # noqa: S311 - not for secrets
    limits = Limits(
        max_inline_bytes=1,
        max_record_bytes=rng.choice([300, 5_000, 1_000_000]),
        part_records=rng.choice([1, 3, 100]),
        part_bytes=rng.choice([100, 5_000]),
    )
    newsroom.cloud.memory.put(given.key, given.data, moment(NOON), "1")
    ingestion = replace(newsroom.ingestion, limits=limits)
    smallest = 16 if len(given.data) < 10_000 else 1_000
    delivered: list[Upload] = []
    while True:
        receipt = ingestion.ingest(Upload(key=given.key, version="1"))
        with mock.patch.object(streams, "PIECE", rng.choice([smallest, 1_000, 2**18])):
            waiting, delivered = delivered, []
            while waiting := [*waiting, *_messages(newsroom.cloud)]:
                upload = waiting.pop(rng.randrange(len(waiting)))
                delivered.append(upload)
                receipt = ingestion.ingest(upload, is_bulk=True) or receipt
        yield _seen(newsroom, receipt)


def _messages(cloud: Cloud) -> Iterator[Upload]:
    for message in cloud.all_messages("BulkQueueUrl"):
        yield from announced(message, bucket="inbox")


def _seen(newsroom: Newsroom, receipt: Receipt | None) -> Seen:
    _raise(newsroom.faults)
    tables = newsroom.cloud.memory.tables
    articles, receipts = (
        {"#".join(place): copied(it) for place, it in tables[name].items.items()}
        for name in ("articles", "receipts")
    )
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
    """Take the inputs of these numbers; one of so many goes in parts as well."""
    newsroom, tally = Newsroom(cloud), Tally(Counter(), Counter(), [])
    inbox = Inbox(cast("Any", Pieces(cloud.clients.s3)), "inbox")
    newsroom.ingestion = replace(newsroom.ingestion, limits=LIMITS, inbox=inbox)
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
    newsroom.cloud.forget()
    seen = check(at_once(given, newsroom))
    ways["at once"] += 1
    if everywhere and seen.records <= MAX_RECORDS:
        newsroom.cloud.forget()
        check(in_parts(given, newsroom))
        ways["in parts"] += 1
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
    one_of = ONE_OF if given.only is None else 1
    tally = run(Cloud(), numbers, seed=given.seed, one_of=one_of)
    sys.stderr.write("\n".join(tally.faults[:SHOWN]))
    sys.stdout.write(figure(tally, inputs=len(numbers), seed=given.seed) + "\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
