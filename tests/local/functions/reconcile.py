"""Tells that it ran."""

# ruff: noqa: T201 - what a function prints is its log

import json
from typing import Any


def handler(event: dict[str, Any], context: Any) -> None:
    print(json.dumps({"function": context.function_name, "event": event}))
