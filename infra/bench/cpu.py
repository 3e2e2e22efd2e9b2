"""CPU milliseconds of this process per article of 4 KB, by rounds: `cpu.py <rounds>`.

Of the service, one after the other: `text` and `html` validate an article with such a body, and
`pack` (a part of that), `revise` and `write` are the steps after it was read; `publish` turns its
stream record into an event. `ndjson` ingests many with the bulk function, from the plan to the
receipt, its writes at once; it makes `requests` to AWS, and keeps the process of the null endpoint
busy for `endpoint`.

Beside them: `bare` is one botocore put_item of the article with the default configuration,
`orjson` parses the article, and `common` is the pattern of common.py.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import boto3
import orjson

import common
import publish
import warm
from articles.feeds import Feed, Feeds
from articles.judging import Accepted, Refused, revise, validate
from articles.metadata.shapes import NAMES
from articles.storing.articles_table import ArticlesTable
from articles.storing.items import to_item
from articles.uploads.message import Upload
from articles.versions.packing import pack
from articles.versions.revision import Revision
from rounds import by_turns, cpu_ms
from samples import ARTICLE, article, paragraphs

EACH = 150
RECORDS = 1000
BATCH = 100  # records of a stream
LENGTH = 3600
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    feed = Feeds.load(warm.settings().feeds_file, shapes=NAMES).find("bench")
    assert feed  # noqa: S101 - feeds.toml admits any feed
    text = json.dumps(article(LENGTH)).encode()
    body = "".join(f"<p>{it}</p>" for it in paragraphs(LENGTH))
    html = json.dumps({**ARTICLE, "body": body}).encode()
    (accepted,) = judged(text, feed)
    assert isinstance(accepted, Accepted)  # noqa: S101 - a valid sample
    revision = revised(accepted, feed)
    table = ArticlesTable(warm.CLIENTS.dynamodb, warm.settings().articles_table)
    table.put(revision, now=NOW)
    batch = stream_batch(warm.endpoint()["written"])
    uploads = (f"article-{RECORDS}-{number}.ndjson" for number in count())
    of_endpoint: dict[str, list[float]] = {"requests": [], "endpoint": []}

    def ndjson() -> float:
        name, before = next(uploads), warm.endpoint()
        used = cpu_ms(lambda: warm.take_all(name, RECORDS)) / RECORDS
        after = warm.endpoint()
        of_endpoint["requests"].append((after["requests"] - before["requests"]) / RECORDS)
        of_endpoint["endpoint"].append((after["cpu_ms"] - before["cpu_ms"]) / RECORDS)
        return used

    found = by_turns(
        int(sys.argv[1]),
        bare=each(bare_put(text, revision)),
        orjson=each(lambda: orjson.loads(text)),
        text=each(lambda: judged(text, feed)),
        html=each(lambda: judged(html, feed)),
        pack=each(lambda: pack(revision.article)),
        revise=each(lambda: revised(accepted, feed)),
        write=each(lambda: table.put(revision, now=NOW)),
        ndjson=ndjson,
        publish=lambda: cpu_ms(lambda: published(batch), 3) / BATCH,
        common=lambda: cpu_ms(common.take) / common.ARTICLES,
    )
    sys.stdout.write(json.dumps(found | {name: it[1:] for name, it in of_endpoint.items()}))


def each(action: Callable[[], object]) -> Callable[[], float]:
    return lambda: cpu_ms(action, EACH)


def judged(sample: bytes, feed: Feed) -> list[Accepted | Refused]:
    return list(validate(sample, feed=feed, received=NOW).records)


def revised(accepted: Accepted, feed: Feed) -> Revision:
    return revise(accepted, feed, Upload("incoming/bench/a.json", "v"), NOW)


def bare_put(sample: bytes, revision: Revision) -> Callable[[], object]:
    item = to_item(
        {
            "article_id": revision.article_id,
            "order_key": revision.order_key,
            "article": revision.packed.metadata,
            "text": json.loads(sample)["text"],
        }
    )
    client = boto3.client("dynamodb")
    return lambda: client.put_item(TableName="articles", Item=item)


def stream_batch(written: dict[str, Any]) -> dict[str, Any]:
    """Return what the table's stream gives after a write: a batch of new articles."""
    values = written["ExpressionAttributeValues"]
    image = written["Key"] | {name.removeprefix(":"): value for name, value in values.items()}
    image |= dict.fromkeys(("first_ingested_at", "released_at"), values[":ingested_at"])
    change = {"Keys": written["Key"], "NewImage": image, "ApproximateCreationDateTime": 0}
    records = [
        {
            "eventName": "INSERT",
            "dynamodb": change | {"SequenceNumber": str(number)},
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/articles/stream/1",
        }
        for number in range(BATCH)
    ]
    return {"Records": records}


def published(batch: dict[str, Any]) -> None:
    """Publish a batch; an event must be sent for each of its records."""
    before = warm.endpoint()["events"]
    answer = publish.handler(batch, warm.Context())
    sent = warm.endpoint()["events"] - before
    if answer["batchItemFailures"] or sent != BATCH:
        raise warm.Failed(f"{sent} of {BATCH} events were sent")


if __name__ == "__main__":
    main()
