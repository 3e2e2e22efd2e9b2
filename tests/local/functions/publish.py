"""Tells what it is given; an item says itself how often it fails, and whether by raising."""

# ruff: noqa: T201 - what a function prints is its log

import json
from collections import Counter
from typing import Any

failed: Counter[str] = Counter()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    print(json.dumps({"function": context.function_name, "event": event}))
    failing = []
    for record in event["Records"]:
        item = record["dynamodb"].get("NewImage", {})
        number = record["dynamodb"]["SequenceNumber"]
        if failed[number] < int(item.get("fails", {"N": "0"})["N"]):
            failed[number] += 1
            failing.append({"itemIdentifier": number})
            if "raises" in item:
                raise RuntimeError("asked to raise")
    return {"batchItemFailures": failing}
