"""Items as the articles table holds them in each state, and the event of a change."""

from typing import Any

from articles.announcing.events import Event
from articles.announcing.transitions import article_event
from articles.versions.packing import pack

from .build import an_article

TTL = 1_775_000_000  # 2026-03-31T23:33:20Z
SINCE = "2026-03-01T09:00:00.000Z"
Item = dict[str, Any]


def an_item(
    *,
    released: bool = True,
    held: bool = False,
    version: int = 1,
    at: str = "2026-03-02T12:00:00.000Z",
    **fields: Any,
) -> Item:
    """Give an item as the store writes it; `version` moves its order key, fields its content."""
    article = an_article(source_id="ferry-1", **fields)
    metadata, body, content_hash = pack(article)
    item = {
        "article_id": "a" * 26,
        "feed": "desk",
        "order_key": f"1#2026-03-0{version}",
        "content_hash": content_hash,
        "status": article.status,
        "article": metadata,
        "body": body,
        "upload": {"key": "incoming/desk/a.json", "version": "v1", "record": 0},
        "ingested_at": at,
    }
    if released:
        item["released_at"] = SINCE
    if held:
        item |= {"hold_until": "2026-03-09T06:00:00Z", "held": "1"}
    return {name: value for name, value in item.items() if value is not None}


def event_of(old: Item | None, new: Item | None) -> Event | None:
    return article_event(old, new, stage="dev", table="articles-dev")


def visible(**kwargs: Any) -> Item:
    return an_item(**kwargs)


def withheld(**kwargs: Any) -> Item:
    return an_item(status="withheld", **kwargs)


def canceled(**kwargs: Any) -> Item:
    return an_item(status="canceled", **kwargs)


def embargoed(**kwargs: Any) -> Item:
    return an_item(held=True, embargoed_until="2026-03-09T06:00:00Z", **kwargs)


def removed(**kwargs: Any) -> Item:
    return a_tombstone("removed", **kwargs)


def moved(**kwargs: Any) -> Item:
    return a_tombstone("moved", **kwargs) | {"moved_to": "c" * 26}


def expired(**kwargs: Any) -> Item:
    return a_tombstone("expired", **kwargs)


def a_tombstone(status: str, **kwargs: Any) -> Item:
    """Give an item without content."""
    content = ("article", "body", "hold_until", "held")
    kept = {name: value for name, value in an_item(**kwargs).items() if name not in content}
    return kept | {"status": status, "content_hash": status, "article": {}}


def released(item: Item) -> Item:
    """Take the hold off, as release.py does."""
    rest = {k: v for k, v in item.items() if k not in ("hold_until", "held")}
    return {"released_at": SINCE} | rest


def id_of(old: Item | None, new: Item) -> str:
    event = event_of(old, new)
    assert event is not None
    return event.id
