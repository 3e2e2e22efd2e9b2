"""Which article a record is about (frozen: golden vectors hold these functions in place).

No shape is part of it: a kill in one dialect hits the article that came in another.
"""

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from articles.catalogue import Code
from articles.problems import Problem, Rejected
from articles.unicode import nfc

if TYPE_CHECKING:  # keys and events only hash
    from articles.article import Article
    from articles.feeds import Feed

ID_LENGTH = 26
HASH_LENGTH = 32  # 128 bits: who finds two contents of one hash hides only his own correction


def article_id(article: "Article", feed: "Feed") -> str:
    """Return the 26 characters that name an article within its feed.

    Raises Rejected with E_REQUIRED when the article has none of the identities the feed uses.
    """
    values = {"id": article.source_id, "url": article.canonical_url}
    for kind in feed.profile.identity:
        value = _content_key(article) if kind == "content" else values[kind]
        if value is not None:
            return short_hash(json.dumps([feed.name, kind, value], ensure_ascii=False))
    *others, last = feed.profile.identity
    kinds = f"{', '.join(others)} or {last}" if others else last
    raise Rejected(Problem.of(Code.E_REQUIRED, "no_identity", feed=feed.name, kinds=kinds))


def _content_key(article: "Article") -> str | None:
    """Identify an article that has no id and no address by its content (N85)."""
    parts = (article.title, article.published_at or article.published_at_local, article.body_text)
    if not any(parts):  # a notice about nothing
        return None
    joined = "\x1f".join(nfc(part or "") for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()


def short_hash(text: str) -> str:
    """Give SHA-256 in lower-case base32, cut to 26 characters (130 bits)."""
    digest = hashlib.sha256(text.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:ID_LENGTH]


_NOT_CONTENT = frozenset(
    "shape warnings retrieved_at retrieved_at_local modified_at modified_at_local version".split()
)


def content_hash(article: dict[str, Any]) -> str:
    """Hash what a reader would notice: all but shape, warnings, crawl and modification time."""
    content = {name: value for name, value in article.items() if name not in _NOT_CONTENT}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()[:HASH_LENGTH]


def is_same_content(one: str, other: str) -> bool:
    """Compare hashes of contents; 0.1 stored all 64 digits."""
    return one[:HASH_LENGTH] == other[:HASH_LENGTH]


canonical_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
