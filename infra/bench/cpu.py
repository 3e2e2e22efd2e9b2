"""CPU milliseconds of this process per article of 4 KB, by rounds: `cpu.py <rounds>`.

Of the service, one after the other: `text` and `html` judge an article with such a body that is
alone in its file, `judge` one of many; `pack` (a part of that), `revise` and `write` are the steps
after it was read; `publish` turns its stream record into an event. `ndjson` ingests many with the
bulk function, from the plan to the receipt, its writes at once; it makes `requests` to AWS, and
keeps the process of the null endpoint busy for `endpoint`. `upload` ingests a file of one article,
one of a batch of ten.

Beside them: `bare` and `common` are those of peers.py, and `orjson` parses the article.
"""

import json
import sys
from collections.abc import Callable
from itertools import count, islice
from typing import Any

import orjson

import peers
import publish
import warm
from articles.judging import Accepted, revise
from articles.storing.articles_table import ArticlesTable
from articles.uploads.message import Upload
from articles.versions.packing import pack
from articles.versions.revision import Revision
from peers import LENGTH, NOW, TEXT, judged
from rounds import by_turns, cpu_ms
from samples import ARTICLE, paragraphs, sample

EACH = 150
RECORDS = 1000
BATCH = 100  # records of a stream
FILES = 10  # of a batch of the queue of uploads


def main() -> None:
    body = "".join(f"<p>{it}</p>" for it in paragraphs(LENGTH))
    html = json.dumps({**ARTICLE, "body": body}).encode()
    lines = sample(f"article-{EACH}-1.ndjson")
    many = b"".join(lines.read(0, lines.size))
    accepted = peers.accepted()
    revision = revised(accepted)
    table = ArticlesTable(warm.CLIENTS.dynamodb, warm.settings().articles_table)
    table.put(revision, now=NOW)
    batch = stream_batch(warm.endpoint()["written"])
    uploads = (f"article-{RECORDS}-{number}.ndjson" for number in count())
    files = (f"article-1-{number}.ndjson" for number in count())
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
        bare=each(peers.bare_put()),
        orjson=each(lambda: orjson.loads(TEXT)),
        text=each(lambda: judged(TEXT)),
        html=each(lambda: judged(html)),
        judge=lambda: cpu_ms(lambda: judged(many)) / EACH,
        pack=each(lambda: pack(revision.article)),
        revise=each(lambda: revised(accepted)),
        write=each(lambda: table.put(revision, now=NOW)),
        ndjson=ndjson,
        upload=lambda: cpu_ms(lambda: warm.take_files(islice(files, FILES)), 10) / FILES,
        publish=lambda: cpu_ms(lambda: published(batch), 3) / BATCH,
        common=lambda: cpu_ms(peers.common) / peers.ARTICLES,
    )
    sys.stdout.write(json.dumps(found | {name: it[1:] for name, it in of_endpoint.items()}))


def each(action: Callable[[], object]) -> Callable[[], float]:
    return lambda: cpu_ms(action, EACH)


def revised(accepted: Accepted) -> Revision:
    return revise(accepted, peers.feed(), Upload("incoming/bench/a.json", "v"), NOW)


def stream_batch(written: dict[str, Any]) -> dict[str, Any]:
    """Return what the table's stream gives after writes like this one: a batch of new articles."""
    values = written["ExpressionAttributeValues"]
    image = {name.removeprefix(":"): value for name, value in values.items()}
    image |= dict.fromkeys(("first_ingested_at", "released_at"), values[":ingested_at"])
    return {"Records": [_stream_record(image, number) for number in range(BATCH)]}


def _stream_record(image: dict[str, Any], number: int) -> dict[str, Any]:
    keys = {"article_id": {"S": f"bench-{number}"}}
    return {
        "eventName": "INSERT",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/articles/stream/1",
        "dynamodb": {
            "ApproximateCreationDateTime": 0,
            "Keys": keys,
            "NewImage": image | keys,
            "SequenceNumber": str(number),
        },
    }


def published(batch: dict[str, Any]) -> None:
    """Publish a batch; an event must be sent for each of its records."""
    before = warm.endpoint()["events"]
    answer = publish.handler(batch, warm.Context())
    sent = warm.endpoint()["events"] - before
    if answer["batchItemFailures"] or sent != BATCH:
        raise warm.Failed(f"{sent} of {BATCH} events were sent")


if __name__ == "__main__":
    main()
