"""For subscribers of article-ingest: which event is news, and what may be shown of an article.

An event is the `detail` that EventBridge delivers; an item is one of the articles table, as boto3's
client gives it (`{"status": {"S": "usable"}, …}`), as its resource does, or in JSON (base64 for
binaries). The promises behind this module are in docs/events.md.
"""

import base64
import gzip
import json
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from boto3.dynamodb.types import Binary, TypeDeserializer

__all__ = [
    "Behind",
    "Version",
    "body",
    "is_news",
    "look_up",
    "plain",
    "read",
    "readable",
    "version_of",
]

ATTEMPTS = 4
PAUSE_SECONDS = 0.2  # before the second; each further one is twice as long

_deserialize = TypeDeserializer().deserialize


class Version(NamedTuple):
    """Which state of an article is known: remember it for each article, withdrawn ones too."""

    order_key: str
    time: str


class Behind(Exception):
    """The table still has an older state than the event tells of: take the event again later."""


def version_of(known: Mapping[str, Any]) -> Version:
    """Give the version that an event tells of, or that an item holds: they are the same."""
    if "data" in known:
        return Version(known["data"]["order_key"], known["time"])
    item = plain(known)
    return Version(item["order_key"], item["ingested_at"])


def is_news(event: Mapping[str, Any], held: Version | None) -> bool:
    """Say whether an event tells of a later state than the version that is held, if any is."""
    if held is None:
        return True
    new = version_of(event)
    return (new.order_key.encode(), new.time) > (held.order_key.encode(), held.time)


def read(
    dynamodb: Any,
    event: Mapping[str, Any],
    *,
    sleep: Callable[[float], object] | None = None,
) -> dict[str, Any] | None:
    """Read the article that an event tells of; None if nothing of it may be shown now.

    `dynamodb` is boto3's client. What is read may be newer than the event: it is what holds now,
    and its own event is on its way. Raises Behind, and botocore's errors.
    """
    if event["type"] == "ArticleWithdrawn":
        return None
    table, article_id = event["data"]["stored"]["table"], event["data"]["stored"]["article_id"]
    for attempt in range(ATTEMPTS):
        if attempt:
            (sleep or time.sleep)(PAUSE_SECONDS * 2 ** (attempt - 1))
        item = look_up(dynamodb, table, article_id)
        if not item or item["order_key"].encode() >= event["data"]["order_key"].encode():
            return item if readable(item) else None
    raise Behind(f"{table} holds {article_id} as it was before {event['id']}")


def look_up(dynamodb: Any, table: str, article_id: str) -> dict[str, Any]:
    """Read an item as plain values, whether it is readable or not; empty if there is none."""
    answer = dynamodb.get_item(
        TableName=table, Key={"article_id": {"S": article_id}}, ConsistentRead=True
    )
    return plain(answer.get("Item") or {})


def readable(item: Mapping[str, Any] | None) -> bool:
    """Say whether an article may be shown: usable, under no embargo, and not past its retention.

    An entry of the index `by_feed` does not say enough: read the item.
    """
    known = plain(item or {})
    if known.get("status") != "usable" or "hold_until" in known:
        return False
    return "ttl" not in known or bool(known["ttl"] > time.time())


def body(item: Mapping[str, Any] | None) -> dict[str, str]:
    """Give an article's body: `text`, and `html` if it came as HTML, which is sanitized.

    Empty where it has none: a picture, a headline; and where nothing of it may be shown.
    """
    packed = plain(item or {}).get("body")
    if packed is None or not readable(item):
        return {}
    unpacked: dict[str, str] = json.loads(gzip.decompress(packed))
    return unpacked


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Give an item, in whichever form it comes, as text, int, float, bool, bytes, lists and dicts.

    What is plain already stays as it is.
    """
    is_typed = any(isinstance(item.get(name), Mapping) for name in ("article_id", "status"))
    return {name: _simple(_untyped(it) if is_typed else it) for name, it in item.items()}


def _untyped(value: Any) -> Any:
    packed = value.get("B")
    return base64.b64decode(packed) if isinstance(packed, str) else _deserialize(value)


def _simple(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _simple(member) for name, member in value.items()}
        case list() | set():
            return [_simple(member) for member in value]
        case Binary():
            return value.value  # type: ignore[attr-defined] # the stubs lack it
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
    return value
