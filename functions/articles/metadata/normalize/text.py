"""Text that is safe to store and to show (N4-N7, N87)."""

import html
import re
import unicodedata

from articles.catalogue import Code
from articles.metadata.normalize.elements import without_tags
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.unicode import MAX_MARKS, stream_safe
from articles.values import Json, as_list, whole

MAX_TITLE = 4_096
MAX_IDENTIFIER_BYTES = 2_048
# Composed, a text has at least a quarter of its characters.
_LONGEST_IDENTIFIER = 4 * MAX_IDENTIFIER_BYTES

_NO_CHARACTER = re.compile(r"&#(?:0*+\d{8,}|[xX]0*+[0-9a-fA-F]{8,});?")

# N4: what tools write for "nothing" in a field of dates, images, authors, languages or addresses.
NOTHING = frozenset({"None", "null", "undefined", "NaN", "set()", "[]"})

_NEW_LINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# What UTF-8 looks like that was read as Windows-1252: its accents, quotation marks and emoji.
_MOJIBAKE = re.compile(
    "[\u00c2\u00c3][\u00a0-\u00bf]|\u00e2\u20ac[\u0080-\u00bf\u0153\u02dc\u201c\u201d\u2122]|\u00f0\u0178"
)
_MISREAD = "\u00c2\u00c3\u00e2\u00f0"  # how these begin
# White space that is not one space; a list of all words takes ten times the memory of a text. It
# begins with a set of characters, for which the engine looks fast.
_SPACES = re.compile(r"\s(?:(?<! )\s*+|\s++)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "[\ufdd0-\ufdef\ufffe-\U0010ffff](?<=[\ufdd0-\ufdef\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "])"
)
_ZERO_WIDTH = re.compile(r"[\u200b\ufeff\u00ad]")
_HIDES = re.compile(
    "|".join(p.pattern for p in (_CONTROL, _BIDI, _INVISIBLE, _ZERO_WIDTH))
    + r"|[\t-\r\u2028\u2029]"
)
_HIDDEN = (
    (_CONTROL, Code.W_CONTROL),
    (_BIDI, Code.W_BIDI),
    (_INVISIBLE, Code.W_INVISIBLE),
)


@follows("N5", "N6")
def line(value: Json, note: Note) -> str | None:
    """Read one line of plain text; of a list, the first that says something."""
    for item in as_list(value):
        if isinstance(item, str):
            return plain_line(item, note) or None
        note(Code.W_FIELD_TYPE, "not_text", value=shown(item))
        return None
    return None


@follows("N6")
def passage(value: Json, note: Note) -> str | None:
    """Read a plain text that may have several lines: a line whose white space stays."""
    text = line(value, note)
    if text is None:
        return None
    first = next(item for item in as_list(value) if isinstance(item, str))
    seen = visible(unescape(first), note).strip()
    return seen if " ".join(seen.split()) == text else text  # tags went, and took white space along


@follows("N6", "N88")
def title(value: Json, note: Note) -> str | None:
    """Read a headline of at most 4,096 characters."""
    text = line(value, note)
    if text and len(text) > MAX_TITLE:
        note.too_large("title_too_long", size=len(text), limit=MAX_TITLE)
        return None
    return text


@follows("N7", "N87", "N88", "N98")
def identifier(value: Json, note: Note) -> str | None:
    """Read an identifier: trimmed, NFC, otherwise verbatim; numbers as digits."""
    for item in as_list(value):
        if isinstance(item, dict) and isinstance(oid := item.get("$oid"), str):
            return identifier(oid, note)  # MongoDB's
        if isinstance(item, bool) or not isinstance(item, str | int | float):
            note(Code.W_FIELD_TYPE, "not_identifier", value=shown(item))
            return None
        text = str(whole(item)).strip()
        if len(text) > _LONGEST_IDENTIFIER:
            note.too_large("identifier_far_too_long", size=len(text), limit=MAX_IDENTIFIER_BYTES)
            return None
        text = _composed(text, note)
        if _HIDES.search(text):
            note(Code.E_FIELD_VALUE, "hidden_character", value=shown(text))
            return None
        if len(text.encode()) > MAX_IDENTIFIER_BYTES:
            size = len(text.encode())
            note.too_large("identifier_too_long", size=size, limit=MAX_IDENTIFIER_BYTES)
            return None
        return text
    return None


def plain_line(text: str, note: Note) -> str:
    """Entities and tags out, NFC, one line; letter case stays (N6)."""
    # What is hidden goes before the tags: removed later, it could complete `<\u200bscript>`.
    shown_text = visible(unescape(text), note)
    if "<" in shown_text:
        shown_text = _composed(without_tags(shown_text), note)
    return " ".join(shown_text.split())


def unescape(text: str) -> str:
    """Resolve HTML entities until nothing changes, at most twice (N6: `&amp;#8217;`)."""
    for _ in range(2):
        if "&" not in text:
            break
        text = resolved(text)
    return text


def resolved(text: str) -> str:
    """Resolve HTML entities once."""
    # Python fails on a reference of over 4,300 digits, and there is no such character.
    return html.unescape(_NO_CHARACTER.sub("\ufffd", text))


def paragraphs(text: str, note: Note) -> str:
    """Clean a text of many lines: its words and its paragraphs stay as they are (N61, N87)."""
    return tidy(visible(text, note))


def tidy(text: str) -> str:
    """Trim lines, and leave no more than one of them empty."""
    text = "\n".join(map(one_line, text.split("\n"))).strip()
    return re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text


def one_line(text: str) -> str:
    """Trim a text, and put one space for each run of white space in it."""
    if text.isprintable() and "  " not in text:  # no other white space is printable
        return text.strip()
    return _SPACES.sub(" ", text).strip()


def visible(text: str, note: Note) -> str:
    """Take out what a reader cannot see and an attacker can use (N87); NFC, newlines as one."""
    # What is hidden is not printable.
    has_nothing_hidden = text.replace("\n", "").replace("\t", "").isprintable()
    if text.isascii() and has_nothing_hidden:
        return text
    if any(it in text for it in _MISREAD) and _MOJIBAKE.search(text):
        note(Code.W_MOJIBAKE)  # N63: what it was is not for us to guess
    if has_nothing_hidden:
        return _composed(text, note)
    text = _NEW_LINE.sub("\n", text)
    for pattern, code in _HIDDEN:
        if pattern.search(text):
            text = pattern.sub("", text)
            note(code)
    return _composed(_ZERO_WIDTH.sub("", text), note)


def _composed(text: str, note: Note) -> str:
    if (divided := stream_safe(text)) != text:
        note(Code.W_INVISIBLE, "marks", limit=MAX_MARKS)
    return unicodedata.normalize("NFC", divided)
