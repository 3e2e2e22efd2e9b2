"""Articles per second in one process: `ours` ingests NDJSON with the bulk function.

`common` does what most services do: json.load, put_item of a boto3 resource and put_events, one
article at a time. The best round counts.
"""

import json
import sys
import time
from collections.abc import Callable

import boto3

import warm

ROUNDS, OURS, COMMON = 2, 2000, 50


def main() -> None:
    rounds = [{"ours": ours(number), "common": common()} for number in range(ROUNDS)]
    best = {name: max(it[name] for it in rounds) for name in ("ours", "common")}
    sys.stdout.write(json.dumps(best))


def ours(number: int) -> float:
    return per_second(lambda: warm.take_all(f"article-{OURS}-{number}.ndjson", OURS), OURS)


def common() -> float:
    s3, events = boto3.client("s3"), boto3.client("events")
    table = boto3.resource("dynamodb").Table("articles")

    def take() -> None:
        answer = s3.get_object(Bucket="inbox", Key=f"incoming/bench/article-{COMMON}-1.json")
        for article in json.load(answer["Body"]):
            table.put_item(Item=article)
            detail = json.dumps({"id": article["id"], "title": article["title"]})
            events.put_events(
                Entries=[{"Source": "common", "DetailType": "ArticleCreated", "Detail": detail}]
            )

    return per_second(take, COMMON)


def per_second(action: Callable[[], object], records: int) -> float:
    start = time.perf_counter()
    action()
    return records / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
