"""Where each value of an article comes from, and by which rules: recomputed, never stored."""

from collections.abc import Iterator
from typing import NamedTuple

from articles.article import Article
from articles.metadata.notes import Taken
from articles.metadata.rules import rules_of
from articles.values import Json

# What a final field is called while it is read, best first.
_READ_AS = {
    "canonical_url": ("canonical_url", "url"),
    "body_text": ("text", "html"),
    "body_html": ("html", "text"),
    "embargoed_until": ("embargoed",),
    "embargoed_until_local": ("embargoed",),
    "expires_at": ("expires",),
    **{
        f"{name}_at{suffix}": (name,)
        for name in ("published", "modified", "retrieved")
        for suffix in ("", "_local")
    },
}
# Rules that a field follows whatever it was read from, and what a field without source follows.
_ALSO = {
    "canonical_url": ("N34", "N35", "N36"),
    "title": ("N66",),
    "body_text": ("N61",),
    "body_html": ("N62",),
    "word_count": ("N65",),
    "status": ("N70",),
    "is_amp": ("N39",),
    "body_truncated": ("N64",),
    "source": ("N38", "N86"),
    "language": ("N86",),
    "rights": ("N86",),
}


class Origin(NamedTuple):
    """A field of an article: its value, the JSON Pointer it came from, and the rules it follows.

    `pointer` is None where the value was counted, derived, or taken from the feed's settings.
    """

    field: str
    value: Json
    pointer: str | None
    rules: tuple[str, ...]


def origins(article: Article, taken: dict[str, Taken]) -> Iterator[Origin]:
    """Return the origin of every field that an article has."""
    for field, value in article.as_json().items():
        names = _READ_AS.get(field, (field,))
        source = next((taken[name] for name in names if name in taken), None)
        rules = [*(rules_of(source.rule) if source else ()), *_ALSO.get(field, ())]
        pointer = source.pointer if source else None
        yield Origin(field, value, pointer, tuple(dict.fromkeys(rules)))
