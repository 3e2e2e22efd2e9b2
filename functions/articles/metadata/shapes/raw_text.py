"""A bare text: `{"text": …}`, as copied from a page (N80-N84).

Title, section, date, image caption and credit are read from the lines around the body.
"""

import re
from collections import Counter
from typing import TypeGuard

from articles.catalogue import Code
from articles.metadata.normalize.body import text_body
from articles.metadata.normalize.dates import embargo, moment, parse
from articles.metadata.normalize.images import MAX_IMAGES, raw_images
from articles.metadata.normalize.status import status
from articles.metadata.normalize.text import identifier, line, paragraphs, title
from articles.metadata.notes import Note, Notes
from articles.metadata.shapes.shape import Shape, take
from articles.values import Document, Json, is_absent

MAX_TITLE_LINE = 200
HEAD_LINES = 10
REPEAT_LINES = 3
_NAMES = ("text", "content")
_TITLE_OR_ADDRESS = frozenset({"title", "headline", "name", "url", "link", "uri", "guid"})
_CREDIT = re.compile(
    r"(?:(?:(?:images?|photos?)\s+sources?|photo|credit|source)\s*:|photo\s+by\b|©)"
    r"[\s©]*(?P<who>\S.{0,99})",
    re.IGNORECASE,
)
# N83: what pages print under an article.
_TRAILING = re.compile(
    r"(?:related (?:content|articles|stories)|read (?:more|also)|see also|advertisement|"
    r"share this article|comments)\s*:?",
    re.IGNORECASE,
)
_MAX_PREFIX = 20
# Members that must not be lost: they say whether the text may be shown at all.
_KEPT = ("id", "status", "pubstatus", "embargoed_until", "embargoed", "embargo")
_SENTENCE_ENDS = (".", "。")


def matches(document: Document) -> bool:
    said = {name for name, value in document.items() if not is_absent(value)}
    return any(_is_text(document.get(name)) for name in _NAMES) and not said & _TITLE_OR_ADDRESS


def _is_text(value: Json) -> TypeGuard[str]:
    return isinstance(value, str) and not is_absent(value)


def prepare(document: Document, notes: Notes) -> Document:
    """Split the text: `{title?, section?, published?, image?, body}` and the members to keep."""
    texts = ((name, text) for name in _NAMES if _is_text(text := document.get(name)))
    name, text = next(texts)
    rows = paragraphs(text, notes.at(f"/{name}")).split("\n")
    found: Document = {}
    _cut_trailing(rows)
    head = _written(rows)[:HEAD_LINES]
    _take_date(rows, head, found)  # first: a date on the first line is not a title
    _take_title(rows, found)
    _take_credits(rows, found, notes.at(f"/{name}"))
    if "title" not in found:
        notes.at(f"/{name}")(Code.W_NO_TITLE)
    kept = {field: document[field] for field in _KEPT if field in document}
    return {**kept, **found, "body": "\n".join(rows).strip()}


def _written(rows: list[str]) -> list[int]:
    return [index for index, row in enumerate(rows) if row]


def _cut_trailing(rows: list[str]) -> None:
    """N83."""
    while rows and (not rows[-1] or _TRAILING.fullmatch(rows[-1])):
        rows.pop()


def _take_title(rows: list[str], found: Document) -> None:
    """N80, N84: the first line, or its shorter copy; the prefix of the longer is the section."""
    written = _written(rows)
    if not written:
        return
    first = rows[written[0]]
    copies = [i for i in written[1 : 1 + REPEAT_LINES] if _is_copy(first, rows[i])]
    headline = min([first, *(rows[i] for i in copies)], key=len)
    if not copies and not is_title(first, alone=len(written) == 1):
        return
    found["title"] = headline
    if prefix := first.removesuffix(headline):
        found["section"] = prefix
    for index in (written[0], *copies):
        rows[index] = ""


def _is_copy(first: str, other: str) -> bool:
    prefix = first.removesuffix(other)
    return first == other or (
        first != prefix and prefix.isalpha() and prefix[0].isupper() and len(prefix) <= _MAX_PREFIX
    )


def is_title(row: str, *, alone: bool) -> bool:
    """Whether the first line of a text, or the only one, is its title (N84)."""
    return not alone and len(row) <= MAX_TITLE_LINE and not row.endswith(_SENTENCE_ENDS)


def _take_date(rows: list[str], head: list[int], found: Document) -> None:
    """N81: a line of the first ten that is a date and nothing else."""
    for index in head:
        if parse(rows[index]):
            found["published"] = rows[index]
            rows[index] = ""
            return


def _take_credits(rows: list[str], found: Document, note: Note) -> None:
    """N82: `Images source: © X`, and the caption right before it, which is often repeated."""
    images: list[Json] = []
    times = Counter(rows)
    above: list[int] = []  # the lines so far that are neither a credit nor a caption
    for index in _written(rows):
        match = _CREDIT.fullmatch(rows[index])
        if not match:
            above.append(index)
            continue
        if len(images) == MAX_IMAGES:
            note(Code.W_FIELD_TYPE, "too_many_credits", limit=MAX_IMAGES)
            break
        times[rows[index]] -= 1
        rows[index] = ""
        images.append({"credit": match["who"].strip()} | _take_caption(rows, above, index, times))
    if images:
        found["image"] = images


def _take_caption(rows: list[str], above: list[int], credit: int, times: Counter[str]) -> Document:
    """A caption is right before its credit, or repeated; any other line is body (N82)."""
    if not above or not (credit - above[-1] == 1 or times[rows[above[-1]]] > 1):
        return {}
    caption = rows[above[-1]]
    copies = [index for index in above[-2:] if rows[index] == caption]
    for index in copies:
        rows[index] = ""
    del above[-len(copies) :]
    times[caption] -= len(copies)
    return {"caption": caption}


SHAPE = Shape(
    name="raw-text",
    matches=matches,
    prepare=prepare,
    reads=tuple(f"/{name}" for name in (*_NAMES, *_KEPT)),
    order="upload",
    fields={
        "title": take(title, "/title"),
        "section": take(line, "/section"),
        "source_id": take(identifier, "/id"),
        "published": take(moment, "/published"),
        "embargoed": take(embargo, "/embargoed_until", "/embargoed", "/embargo"),
        "status": take(status, "/status", "/pubstatus"),
        "images": take(raw_images, "/image"),
        "text": take(text_body, "/body"),
    },
)
