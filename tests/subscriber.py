"""A subscriber that goes by articles_reader, and what it should believe of what is stored."""

from collections.abc import Iterable
from typing import Any

from articles_reader import is_news, version_of

from .aws.expressions import Item

# A change of nothing else is no event.
UNTOLD = frozenset(
    "shape warnings retrieved_at retrieved_at_local modified_at modified_at_local version".split()
)


class Subscriber:
    """Holds the last event of each article that was news by the rule of the docs."""

    def __init__(self) -> None:
        self.held: dict[str, Item] = {}

    def take(self, events: Iterable[Item]) -> None:
        """Take the `detail` of events, in whatever order they come."""
        for event in (it for it in events if it["type"] != "UploadProcessed"):
            held = self.held.get(event["subject"])
            if is_news(event, version_of(held) if held else None):
                self.held[event["subject"]] = event

    def believes(self) -> dict[str, Any]:
        """Give what it believes of each article: its metadata, or why it was withdrawn."""
        return {name: believed(event) for name, event in self.held.items()}


def believed(event: Item | None) -> Any:
    """Give what a subscriber believes after an event."""
    if event is None:
        return None
    data = event["data"]
    return data["reason"] if event["type"] == "ArticleWithdrawn" else _told(data["article"])


def to_tell(item: Item) -> Any:
    """Give what a subscriber should believe of an article."""
    if item["status"] == "usable" and "hold_until" not in item:
        return _told(item["article"])
    if "released_at" not in item:
        return None  # never shown: nothing to take back
    return "embargoed" if item["status"] == "usable" else item["status"]


def _told(article: Item) -> Item:
    return {name: value for name, value in article.items() if name not in UNTOLD}
