"""Many items at once: receipts by upload, and articles by id as they are stored."""

from collections.abc import Iterable, Iterator
from itertools import islice

from articles.storing.items import Item, from_item
from articles.storing.keys import article_key, receipt_key
from articles.storing.lookup import Lookup
from articles.storing.receipts import Receipt, from_receipt_item
from articles_cli import waiting

BATCH = 100  # what BatchGetItem takes

Ref = tuple[str, str]  # the key and the version of an upload


def receipts(lookup: Lookup, refs: Iterable[Ref]) -> dict[Ref, Receipt]:
    """Return the receipts of uploads; those without one are left out."""
    keys = [receipt_key(*ref) for ref in dict.fromkeys(refs)]
    found = map(from_receipt_item, _items(lookup, lookup.receipts, keys))
    return {(it.key, it.version): it for it in found}


def articles(lookup: Lookup, ids: Iterable[str]) -> dict[str, Item]:
    """Return the items of articles; those that are not stored are left out."""
    keys = [article_key(it) for it in dict.fromkeys(ids)]
    return {it["article_id"]: it for it in _items(lookup, lookup.articles, keys)}


def _items(lookup: Lookup, table: str, keys: Iterable[Item]) -> Iterator[Item]:
    left = iter(keys)
    while batch := list(islice(left, BATCH)):
        while batch:
            answer = lookup.dynamodb.batch_get_item(
                RequestItems={table: {"Keys": batch, "ConsistentRead": True}}
            )
            yield from map(from_item, answer["Responses"].get(table, []))
            # What was too large for one answer, or throttled, comes with the next.
            unprocessed = answer["UnprocessedKeys"]
            batch = list(unprocessed[table]["Keys"]) if table in unprocessed else []
            if batch and not answer["Responses"].get(table):
                waiting.pause()
