"""What a text is that is not JSON: the usual mistakes, known by how they look.

Only a reader that has found a fault asks, and no more is looked at than the beginning of the text
and a few characters on each side of the fault.
"""

import re
from typing import NamedTuple

from articles.quoting import cut, shown

BESIDE = 30  # characters on each side of a fault that a message shows
SEEN = BESIDE + 1
HEAD = 1000
LONGEST_EXCERPT = 150  # with its escapes
LONGEST_WORD = 20

# Faults of reading that a mistake explains; the others explain themselves.
_EXPLAINED = frozenset(
    {"expected_value", "expected_name", "expected_colon", "expected_comma", "extra_data"}
)
# How texts begin that are neither an object nor a list.
_BEGINNINGS = (
    ("html", re.compile(r"(?i:<!doctype\s+html|<(?:html|head|body)\b)")),
    ("xml", re.compile(r"<")),
    ("fence", re.compile(r"(?s:[^`~]{0,500})(?:```|~~~)")),
    # A comment may come before JSON: then a line begins with its bracket.
    ("markdown", re.compile(r"(?s:(?:#{1,6} |---\r?\n)(?!.*\n\s{0,9}[{\[]))")),
    ("guard", re.compile(r"\)\]\}|while ?\(1\)|for ?\(;;\)|throw 1")),
    ("csv", re.compile(r"sep=[,;\t|]\r?\n")),
    (
        "script",
        re.compile(
            r"export\s+(?:default|const)\b"
            r"|(?:(?:var|let|const)\s{1,9})?[A-Za-z_$][\w$.\[\]'\"]{0,100}\s{0,9}=(?!=)"
        ),
    ),
    ("jsonp", re.compile(r"(?:/\*\*/\s{0,9})?[\w$.]{0,100}\((?!\s)")),
    ("encoded_twice", re.compile(r'"\s{0,9}[\[{]\s{0,9}(?:\{\s{0,9})?\\"')),
)
# What stands where a fault is.
_WORDS = (
    ("single_quotes", re.compile(r"[bBrRuU]?'")),
    ("typographic_quotes", re.compile("[“”„‟‘’«»]")),
    ("escaped_quotes", re.compile(r'\\{1,3}"')),
    ("python_word", re.compile(r"(?:True|False|None)\b")),
    ("undefined", re.compile(r"undefined\b")),
    ("not_a_value", re.compile(r"(?i:[-+]?(?:nan|inf(?:inity)?))\b")),
    ("comment", re.compile(r"//|/\*|#")),
)
# What stands behind a value, by how the text begins.
_BEHIND = (
    ("fence", re.compile(r"```|~~~"), "{["),
    ("several_lists", re.compile(r",?\s*\["), "["),
    ("several_objects", re.compile(r"\{"), "{"),
    ("comma_between", re.compile(r",\s*\{"), "{"),
)
REASONS = {it[0] for it in (*_BEGINNINGS, *_WORDS, *_BEHIND)} | {"cut_off"}
_NAMING_THE_WORD = frozenset({"python_word", "not_a_value"})
_CELL = re.compile(r'"[^"]{1,60}"|[^\W\d]\w{0,40}(?:[ .:/#()-]{1,2}\w{1,40}){0,3}')


class Around(NamedTuple):
    """The beginning of a text, and what stands before and behind its fault: up to SEEN."""

    head: str
    before: str
    behind: str

    @classmethod
    def of(cls, text: str, position: int) -> "Around":
        before = text[max(0, position - SEEN) : position]
        return cls(text[:HEAD], before, text[position : position + SEEN])

    def quoted(self) -> str:
        """Quote what stands on the line of the fault; where that is nothing, what comes before."""
        before = self.before.rpartition("\n")[2]
        behind = self.behind.partition("\n")[0].rstrip("\r")
        if not before and not behind:
            before = self.before
        if len(before) > BESIDE:
            before = f"…{before[-BESIDE:]}"
        if len(behind) > BESIDE:
            behind = f"{behind[:BESIDE]}…"
        return shown(before + behind, LONGEST_EXCERPT)


def explained(reason: str, around: Around) -> tuple[str, dict[str, str]]:
    """Give the reason behind a fault, where it is a usual mistake, and the facts that it names."""
    if reason not in _EXPLAINED:
        return reason, {}
    head = around.head.lstrip("\ufeff \t\r\n")
    opening = head[:1]
    if opening not in ("{", "["):
        found = next((it for it, pattern in _BEGINNINGS if pattern.match(head)), None)
        if found or _is_csv(head):
            return found or "csv", {}
    elif reason == "extra_data":
        for found, pattern, openings in _BEHIND:
            if opening in openings and pattern.match(around.behind):
                return found, {}
    for found, pattern in _WORDS:
        if word := pattern.match(around.behind):
            named = {"value": cut(word.group(), LONGEST_WORD)}
            return found, named if found in _NAMING_THE_WORD else {}
    if reason != "extra_data" and not around.behind.strip(" \t\r\n"):
        return "cut_off", {}
    return reason, {}


def _is_csv(head: str) -> bool:
    """Whether the first line is a header: names with one separator between them."""
    line, newline, rows = head.partition("\n")
    for separator in filter(line.__contains__, ",;\t|"):
        cells = line.rstrip("\r").split(separator)
        if len(head) == HEAD and not newline:
            del cells[-1]  # it is cut off
        # A sentence has blanks behind its commas, too, but no lines like it.
        is_row_like = rows.partition("\n")[0].count(separator) >= len(cells) - 1
        is_spaced = any(cell.startswith(" ") for cell in cells)
        is_table = len(cells) > 1 and (is_row_like or not is_spaced)
        if is_table and all(_CELL.fullmatch(cell.strip()) for cell in cells):
            return True
    return False


_WIDE = (
    ("UTF-32", re.compile(rb"(?s:\xff\xfe\0\0|\0\0\xfe\xff|\0\0\0[^\0]|[^\0]\0\0\0)")),
    ("UTF-16", re.compile(rb"(?s:\xff\xfe|\xfe\xff|\0[^\0]\0[^\0]|[^\0]\0[^\0]\0)")),
)
_BINARY = (
    ("a PNG picture", b"\x89PNG"),
    ("a JPEG picture", b"\xff\xd8\xff"),
    ("a GIF picture", b"GIF8"),
    ("a PDF", b"%PDF"),
    ("a ZIP archive, or a document of an office program", b"PK\x03\x04"),
)
WIDEST = 4  # bytes that tell the encoding, or what a file is


def wide_encoding(start: bytes) -> str | None:
    """Name the encoding of a text that begins with a mark, or with NULs between its letters."""
    return next((name for name, pattern in _WIDE if pattern.match(start)), None)


def binary_format(start: bytes) -> str | None:
    """Name what a file is that is no text at all."""
    return next((name for name, magic in _BINARY if start.startswith(magic)), None)
