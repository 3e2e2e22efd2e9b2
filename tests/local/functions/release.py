"""Tells that it ran."""

# ruff: noqa: T201 - what a function prints is its log

import json
from typing import Any

from aws_lambda_powertools import Logger

logger = Logger()
print("release is loaded")


def handler(event: dict[str, Any], context: Any) -> None:
    remaining = context.get_remaining_time_in_millis()
    print(json.dumps({"function": context.function_name, "event": event, "remaining": remaining}))
    logger.info("released")
