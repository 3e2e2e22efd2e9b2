"""A subscriber that goes by articles_reader."""

from collections.abc import Iterable
from typing import Any

from articles_cli.local.invariants import believed
from articles_reader import is_news, version_of

from .aws.expressions import Item


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
