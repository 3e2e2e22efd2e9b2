"""A subscriber that goes by docs/events.md, and what it should believe of what is stored."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

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
        is_news = _rule()
        for event in events:
            if event["type"] != "UploadProcessed" and is_news(
                event, self.held.get(event["subject"])
            ):
                self.held[event["subject"]] = event

    def believes(self) -> dict[str, Any]:
        """Give what it believes of each article: its metadata, or why it was withdrawn."""
        return {name: believed(event) for name, event in self.held.items()}


@cache
def _rule() -> Callable[[Item, Item | None], bool]:
    """Read the rule that the docs give to subscribers."""
    page = (Path(__file__).parents[1] / "docs/events.md").read_text(encoding="utf-8")
    written: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], written)  # noqa: S102
    rule: Callable[[Item, Item | None], bool] = written["is_news"]
    return rule


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
