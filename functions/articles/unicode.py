"""Unicode's composed form, in time that grows with the text alone."""

import re
import unicodedata
from itertools import takewhile

# Unicode's stream-safe text format (UAX #15, section 13): no more non-starters in a row than this.
# NFC sorts each run of them in quadratic time, and 256 KB of marks take a quarter of a minute.
MAX_MARKS = 30


# Only such a run can hold more: no mark is a letter, some marks are two (U+0344), and a letter
# carries at most three itself.
_NO_LETTER = r"[^\x00-\u02ff\w\s]"
_MANY_MARKS = re.compile(rf"{_NO_LETTER}{_NO_LETTER}{{{(MAX_MARKS - 2) // 2 - 1},}}")


_GRAPHEME_JOINER = "\u034f"


def nfc(text: str) -> str:
    """Compose a text, in linear time whatever it holds."""
    return unicodedata.normalize("NFC", stream_safe(text))


def stream_safe(text: str) -> str:
    """Divide runs of more than 30 combining marks by U+034F, as UAX #15 says (section 13)."""
    return text if text.isascii() else _MANY_MARKS.sub(_divided, text)


def _divided(run: re.Match[str]) -> str:
    """Put U+034F before each mark that would be the 31st non-starter in a row."""
    text, begin, parts = run.group(), 0, list[str]()
    marks = _marks_at_the_end(run.string[max(0, run.start() - 1) : run.start()])
    for index, character in enumerate(text):
        pieces = unicodedata.normalize("NFD", character)
        if not unicodedata.combining(pieces[0]):
            marks = _marks_at_the_end(character)
        elif marks + len(pieces) > MAX_MARKS:
            parts.append(text[begin:index])
            begin, marks = index, len(pieces)
        else:
            marks += len(pieces)
    return _GRAPHEME_JOINER.join([*parts, text[begin:]])


def _marks_at_the_end(character: str) -> int:
    pieces = unicodedata.normalize("NFD", character)
    return sum(1 for _ in takewhile(unicodedata.combining, reversed(pieces)))
