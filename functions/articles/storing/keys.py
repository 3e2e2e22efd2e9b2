"""The keys and indexes of both tables, by the names that template.yaml gives them.

Writers and readers compose and take apart keys here alone.
"""

from zlib import crc32

from articles.storing.items import Item, to_item
from articles.versions.identity import short_hash

BY_FEED = "by_feed"  # feed_month, listing: a feed's articles by date
BY_URL = "by_url"  # url_key
BY_DUE = "by_due"  # held, hold_until: articles under an embargo
BY_ATTENTION = "by_attention"  # feed, attention: uploads that somebody should look at
BY_OPEN = "by_open"  # open, opened_at: uploads that are not finished

HELD = "1"  # the only partition of by_due
OPEN = "1"  # the only partition of by_open
LATEST = "latest"  # the partition of the latest uploads, among the receipts: no upload's key
PART = "#"  # between a version and the number of a part; no version contains it


def article_key(article_id: str) -> Item:
    return to_item({"article_id": article_id})


def url_key(canonical_url: str) -> str:
    """Return the key of by_url: an index key may not be as long as a URL."""
    return short_hash(canonical_url)


def feed_month(feed: str, listed_at: str, article_id: str, spread: int) -> str:
    """Return the partition of by_feed that lists an article under a date or a time in ISO 8601."""
    return feed_months(feed, listed_at[:7], spread)[crc32(article_id.encode()) % spread]


def feed_months(feed: str, month: str, spread: int) -> list[str]:
    """Return the partitions of by_feed that share a month of a feed.

    Those of a smaller spread are among them, so that what was stored under it is still found.
    """
    first = f"{feed}#{month}"
    return [first, *(f"{first}#{share}" for share in range(1, spread))]


def listing(listed_at: str, article_id: str) -> str:
    """Return the sort key of by_feed."""
    return f"{listed_at}#{article_id}"


def listed_at(listing: str) -> str:
    """Return the date of a sort key of by_feed."""
    return listing.partition("#")[0]


def receipt_key(key: str, version: str) -> Item:
    """Return the key of the receipt of one version of an object."""
    return to_item({"key": key, "version": version})


def attention(outcome: str, since: str) -> str:
    """Return the sort key of by_attention."""
    return f"{outcome}#{since}"


def part_version(version: str, number: int) -> str:
    """Return the sort key of the receipt of a part, which follows that of its upload."""
    return f"{version}{PART}{number:06}"
