"""Tells what it is given; a message says itself how often it fails, and whether by raising."""

# ruff: noqa: T201 - what a function prints is its log

import json
import os
from typing import Any

invocations: list[dict[str, Any]] = []


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    invocations.append(event)
    about = {"invocation": len(invocations), "environment": dict(os.environ)}
    print(json.dumps({"function": context.function_name, "event": event, **about}))
    failing = [it for it in event["Records"] if strikes(it) < asked(it).get("fails", 0)]
    if any(asked(it).get("by") == "raising" for it in failing):
        raise RuntimeError("asked to raise")
    return {"batchItemFailures": [{"itemIdentifier": it["messageId"]} for it in failing]}


def asked(record: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(record["body"])
    return body


def strikes(record: dict[str, Any]) -> int:
    """Count the failures before this delivery."""
    return int(record["attributes"]["ApproximateReceiveCount"]) - 1
