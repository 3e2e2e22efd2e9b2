"""CPU milliseconds of this process per article of 4 KB: to put, to validate and to ingest it.

`bare` is one botocore put_item with the default configuration; `text` and `html` validate an
article with such a body; `ndjson` ingests many with the bulk function, from the plan to the
receipt, with `requests` to AWS for each. They take turns; the best round of each counts.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple

import boto3

import warm
from articles.feeds import Feed, Feeds
from articles.judging import Accepted, Refused, revise, validate
from articles.metadata.shapes import NAMES
from articles.settings import IngestSettings
from articles.storing.items import to_item
from articles.uploads.message import Upload
from samples import ARTICLE, article, paragraphs

ROUNDS, EACH = 5, 150
RECORDS = 1000
LENGTH = 3600
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Action(NamedTuple):
    """What is measured, how often in a round, and how many articles these are."""

    act: Callable[[], object]
    times: int = EACH
    articles: int = EACH


def main() -> None:
    settings = IngestSettings.from_env()
    feed = Feeds.load(settings.feeds_file, shapes=NAMES).find("bench")
    assert feed  # noqa: S101 - feeds.toml admits any feed
    body = "".join(f"<p>{it}</p>" for it in paragraphs(LENGTH))
    html = json.dumps({**ARTICLE, "body": body}).encode()
    text = json.dumps(article(LENGTH)).encode()
    uploads = (f"article-{RECORDS}-{number}.ndjson" for number in count())
    requests: list[int] = []

    def take() -> None:
        before = warm.requests()
        warm.take_all(next(uploads), RECORDS, lambda: requests.append(warm.requests() - before))

    best = best_of(
        bare=Action(bare_put(text, feed)),
        text=Action(lambda: judged(text, feed)),
        html=Action(lambda: judged(html, feed)),
        ndjson=Action(take, 1, RECORDS),
    )
    sys.stdout.write(json.dumps({**best, "requests": requests[-1] / RECORDS}))


def bare_put(sample: bytes, feed: Feed) -> Callable[[], object]:
    (verdict,) = judged(sample, feed)
    assert isinstance(verdict, Accepted)  # noqa: S101 - a valid sample
    revision = revise(verdict, feed, Upload("incoming/bench/a.json", "v"), NOW)
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


def judged(sample: bytes, feed: Feed) -> list[Accepted | Refused]:
    return list(validate(sample, feed=feed, received=NOW).records)


def best_of(**actions: Action) -> dict[str, float]:
    """Measure actions in turns, after a warm-up round."""
    rounds = [{name: cpu_ms(it) for name, it in actions.items()} for _ in range(1 + ROUNDS)]
    return {name: min(it[name] for it in rounds[1:]) for name in actions}


def cpu_ms(action: Action) -> float:
    """Measure CPU milliseconds per article, of all threads."""
    start = time.process_time()
    for _ in range(action.times):
        action.act()
    return (time.process_time() - start) / action.articles * 1000


if __name__ == "__main__":
    main()
