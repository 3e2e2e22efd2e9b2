"""What an article takes of AWS, counted by infra/bench/cost.py; docs/costs.md says the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cost import Bill, measured, tables

PAGE = Path(__file__).parents[2] / "docs" / "costs.md"
# Another zlib packs bodies some bytes better or worse: some articles take a unit more or less.
MORE, LESS = 0.02, 0.1


@pytest.fixture(scope="module")
def bills() -> dict[str, Bill]:
    return measured()


QUEUED = {"SendMessage": 1, "ReceiveMessage": 0.1, "DeleteMessageBatch": 0.1}
SINGLE = {**QUEUED, "GetObject": 1, "UpdateItem": 1, "PutItem": 1}
MANY = {  # requests for all of a thousand
    "SendMessage": 2,
    "SendMessageBatch": 1,
    "ReceiveMessage": 3,
    "DeleteMessageBatch": 3,
    "GetObject": 3,
    "PutObject": 1,
    "UploadFileobj": 1,
    "UpdateItem": 1001,
    "PutItem": 4,
    "GetItem": 3,
    "Query": 1,
    "PutEvents": 101,
}
LISTED = {"articles.by_feed": 1, "articles.by_url": 1}
RECEIPTS = {"receipts": 0.009, "receipts.by_attention": 0.004, "receipts.by_open": 0.002}


@pytest.mark.parametrize(
    ("way", "requests", "article", "units"),
    [
        ("one per object", {**SINGLE, "PutEvents": 0.1}, 3.44, {**LISTED, "receipts": 1}),
        ("NDJSON", {it: n / 1000 for it, n in MANY.items()}, 3.57, {**LISTED, **RECEIPTS}),
        ("one per object, unchanged", SINGLE, 3.8, {"receipts": 1}),
        ("expired", {"PutItem": 1, "PutEvents": 0.1}, 1, {"articles.by_feed": 1}),
    ],
)
def test_an_article_takes_no_more_requests_and_write_units_than_it_did(
    bills: dict[str, Bill],
    way: str,
    requests: dict[str, float],
    article: float,
    units: dict[str, float],
) -> None:
    counted = {name: it for name, it in bills[way].units.items() if it}

    assert bills[way].requests == requests
    assert article - LESS <= counted.pop("articles") <= article + MORE
    assert counted == units


def test_the_dollars_on_the_page_are_those_that_are_counted(bills: dict[str, Bill]) -> None:
    told, counted = (dict(_rows(it)) for it in (PAGE.read_text("utf-8"), tables(bills)))
    exact = bills["NDJSON"].dollars.keys() - {"article (DynamoDB)"}

    assert told.keys() >= counted.keys()
    for name, dollars in counted.items():
        less = 0.01 if name in exact else LESS
        for one, other in zip(told[name], dollars, strict=True):
            assert one - less <= other <= one + MORE, name


def _rows(text: str) -> Iterator[tuple[str, list[float]]]:
    for name, values in re.findall(r"^\| (.+?)((?: \| \d+\.\d\d)+) \|$", text, re.MULTILINE):
        yield name, [float(it) for it in values.split(" | ")[1:]]
