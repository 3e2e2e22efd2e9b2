"""A full-text index of articles in one SQLite database: replace it by what you search with."""

import sqlite3
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from articles_reader import Version, body, version_of

# `known` remembers the version of each article, hidden ones too: else an old event would bring one
# back. `expires` says until when it may be kept, in seconds since 1970. `shown` is what is found.
SCHEMA = """
CREATE TABLE known (
    number INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL UNIQUE,
    order_key TEXT NOT NULL,
    time TEXT NOT NULL,
    expires INTEGER
);
CREATE INDEX known_by_expiry ON known (expires);
CREATE VIRTUAL TABLE shown USING fts5 (
    title, description, text, feed UNINDEXED, language UNINDEXED, published_at UNINDEXED,
    url UNINDEXED, tokenize = "unicode61 remove_diacritics 2"
);
"""


class Hit(NamedTuple):
    """An article that was found; `excerpt` has the words in brackets."""

    article_id: str
    title: str
    excerpt: str
    feed: str
    language: str | None
    published_at: str | None
    url: str | None


class SearchIndex:
    """The index in memory: made from the bytes of its file, or empty."""

    def __init__(self, file: bytes = b"") -> None:
        self._db = sqlite3.connect(":memory:")
        if file:
            self._db.deserialize(file)
        else:
            self._db.executescript(SCHEMA)
        self._db.execute("PRAGMA secure_delete = ON")
        self._before = self._db.total_changes
        self._has_deleted = False

    @property
    def is_changed(self) -> bool:
        return self._db.total_changes > self._before

    def file(self) -> bytes:
        """Give the bytes of the index, in which nothing is left of what was taken out of it."""
        if self._has_deleted:  # the words of a deleted row stay until their segments are merged
            self._db.execute("PRAGMA journal_mode = OFF")  # would take once more the file's size
            with self._db:
                self._db.execute("INSERT INTO shown (shown) VALUES ('optimize')")
        return self._db.serialize()

    def close(self) -> None:
        """Give the memory back."""
        self._db.close()

    def version(self, article_id: str) -> Version | None:
        """Give the version of an article that the index knows, whether it is shown or not."""
        row = self._db.execute(
            "SELECT order_key, time FROM known WHERE article_id = ?", [article_id]
        ).fetchone()
        return Version(*row) if row else None

    def show(self, item: Mapping[str, Any]) -> None:
        """Have an item of the articles table found as it is now."""
        article = item["article"]
        values = [
            article.get("title"),
            article.get("description"),
            body(item).get("text"),
            item["feed"],
            article.get("language"),
            article.get("published_at") or article.get("published_at_local"),
            article.get("canonical_url"),
        ]
        with self._db:  # a version is known only if it is shown
            number = self._know(item["article_id"], version_of(item), item.get("ttl"))
            self._delete(number)
            self._db.execute(
                "INSERT INTO shown"
                " (rowid, title, description, text, feed, language, published_at, url)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [number, *values],
            )

    def hide(self, article_id: str, version: Version, *, expires: int | None = None) -> None:
        """Have an article found no longer; one that `expires` is looked at again then."""
        with self._db:
            self._delete(self._know(article_id, version, expires))

    def expired(self, limit: int) -> dict[str, Version]:
        """Give articles that may be kept no longer: by chance, as some may stay so for days."""
        rows = self._db.execute(
            "SELECT article_id, order_key, time FROM known WHERE expires <= ?"
            " ORDER BY random() LIMIT ?",
            [int(time.time()), limit],
        )
        return {article_id: Version(*version) for article_id, *version in rows}

    def search(self, words: str, limit: int = 10) -> list[Hit]:
        """Find the articles that have all the words, the best first; none that has expired."""
        quoted = " ".join('"{}"'.format(word.replace('"', '""')) for word in words.split())
        if not quoted:
            return []
        rows = self._db.execute(
            "SELECT article_id, coalesce(title, ''), snippet(shown, -1, '[', ']', '…', 16), feed,"
            " language, published_at, url FROM shown JOIN known ON number = shown.rowid"
            " WHERE shown MATCH ? AND (expires IS NULL OR expires > ?) ORDER BY rank LIMIT ?",
            [quoted, int(time.time()), limit],
        )
        return [Hit(*row) for row in rows]

    def _know(self, article_id: str, version: Version, expires: int | None) -> int:
        """Remember the version of an article; gives its number."""
        [(number,)] = self._db.execute(
            "INSERT INTO known (article_id, order_key, time, expires) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (article_id) DO UPDATE SET order_key = excluded.order_key,"
            " time = excluded.time, expires = excluded.expires RETURNING number",
            [article_id, *version, expires],
        ).fetchall()
        return int(number)

    def _delete(self, number: int) -> None:
        deleted = self._db.execute("DELETE FROM shown WHERE rowid = ?", [number])
        self._has_deleted |= deleted.rowcount > 0
