"""The body: plain text, sanitised HTML, and the one from the other (N61, N62, N64, N65)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from articles.catalogue import Code
from articles.metadata.normalize.elements import BLOCKS, Markup, markup_in, without_tags
from articles.metadata.normalize.markup import Tangled, divided, tidied
from articles.metadata.normalize.text import one_line, tidy, unescape, visible
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.unicode import nfc
from articles.values import Json, as_list, digits, first

_SILENT_TAGS = frozenset({"figcaption", "script", "style"})
_CODE_TAGS = frozenset({"code", "kbd", "pre", "samp", "tt"})
# The edges of a line and of a paragraph while a text is put together; `visible` lets neither in.
_LINE, _PARAGRAPH = "\x01", "\x02"
_BRACKET = "\x03"  # in code
# What scripts and styles say is not for readers, unless they never end.
_SILENT = re.compile(
    r"<(script|style)\b[^<>]*+>(?:[^<]++|<(?!/\1\b))*+(?P<end></\1\b[^<>]*+>)?+", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
# NewsAPI writes `… [+1464 chars]`, GNews `... [1464 chars]`.
_CUT = re.compile(r"\[(\+)?\d++ chars\](?=(?:\s|</[^<>]*>)*+$)")
_DOTS = re.compile(r"(?:…|\.\.\.)\Z")
_MARKER_ROOM = 200
_FEW_WORDS = 10
# The scripts of Asia, and much besides: most texts need not be looked at any closer.
_MAY_BE_UNSPACED = re.compile("[\u0e00-\u11ff\u2e80-\U0010ffff]")
_LONGEST_FLAG = 16
_HYPHENS = re.compile(r"[_-]")
_YES, _NO = frozenset({"true", "1"}), frozenset({"false", "0"})
_HELD = {"published": _NO, "draft": _YES, "deleted": _YES}
_SCHEMES = {"http", "https", "mailto"}
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
_BLANKS = re.compile(r"[\x00-\x20]+")  # browsers leave them out of a scheme


class Body(NamedTuple):
    """A body as text, as sanitised HTML, or as both."""

    text: str | None = None
    html: str | None = None


@follows("N61", "N103")
def text_body(value: Json, note: Note) -> Body | None:
    """Read a field meant for text; tags, even as entities, show that it holds HTML all the same.

    With block tags it is read as HTML; inline tags are taken out. Without any, all stays.
    """
    source = _source(value, note)
    return None if source is None else _loose(source, note, has_entities=False)


@follows("N61", "N103")
def loose_body(value: Json, note: Note) -> Body | None:
    """Read a field that should be text as `text_body` does, with its entities resolved."""
    source = _source(value, note)
    return None if source is None else _loose(source, note, has_entities=True)


@follows("N61", "N103")
def html_body(value: Json, note: Note) -> Body | None:
    """Read a field that may hold HTML, even as entities; without any tag or entity it is text."""
    source = _source(value, note)
    if source is None:
        return None
    seen = visible(source, note)
    if markup_in(seen):
        return _as_html(seen, note)
    if not _ENTITY.search(seen):
        return _as_text(seen)
    resolved = unescape(seen)
    if markup_in(resolved) == Markup.BLOCK:
        return _as_html(visible(resolved, note), note)
    return _as_html(seen.replace("<", "&lt;"), note)


def text_of(html: str) -> str:
    """Derive plain text from HTML: block elements end a line, captions and scripts go (N61).

    Tags that were entities are what a tool left behind, and go too (N103), but in code.
    """
    root = LexborHTMLParser(html).body
    text = nfc("".join(_walk(root))) if root is not None else ""
    blocks = (_joined("\n", map(one_line, it.split(_LINE))) for it in text.split(_PARAGRAPH))
    text = _joined("\n\n", blocks)
    if (bare := _without_markup(text)) != text:
        text = nfc(tidy(bare))
    return text.replace(_BRACKET, "<")


def _joined(edge: str, pieces: Iterable[str]) -> str:
    return edge.join(filter(None, pieces))


def is_public(part: Json) -> bool:
    """Whether no member of a part of a body says that readers must not see it (N104)."""
    return not (isinstance(part, dict) and any(_is_held(name, it) for name, it in part.items()))


def _is_held(name: str, value: Json) -> bool:
    """Whether a member is `"published": false` or the like, in any spelling."""
    if len(name) > _LONGEST_FLAG:
        return False
    flag = _HYPHENS.sub("", name).casefold().removeprefix("is")
    if flag not in _HELD or not isinstance(said := first(value), str | int):
        return False
    return str(said)[:_LONGEST_FLAG].strip().casefold() in _HELD[flag]


def count_words(text: str) -> int | None:
    """Count the words of a tidy text; None where words have no spaces between them (N65)."""
    if not text or has_no_spaces(text):
        return None
    # Between two words is one space, or the end of a line, or an empty line.
    return 1 + text.count(" ") + text.count("\n") - text.count("\n\n")


@follows("N65", "N98")
def declared_words(value: Json, note: Note) -> int | None:
    """Read a declared word count: a positive integer, or a text of digits."""
    for item in as_list(value):
        if 0 < len(number := digits(item)) < 10:
            return int(number) or None
        note(Code.W_FIELD_TYPE, "not_word_count", value=shown(item))
        return None
    return None


def is_too_few(words: int, text: str) -> bool:
    """Whether a declared count comes from a tool that cannot count this script (N65)."""
    return words < _FEW_WORDS and has_no_spaces(text)


def has_no_spaces(text: str) -> bool:
    """Whether more than half of the letters are Chinese, Japanese, Korean or Thai."""
    if text.isascii() or not _MAY_BE_UNSPACED.search(text):
        return False
    # Each character once: a long text has few different ones.
    letters = {it: count for it, count in Counter(text).items() if it.isalpha()}
    unspaced = sum(count for it, count in letters.items() if _is_unspaced(it))
    return unspaced * 2 > sum(letters.values())


def cut_marker(text: str) -> tuple[str, bool]:
    """Cut `… [+1464 chars]` off a text or HTML, and tell whether it was there (N64)."""
    if " chars]" not in text[-_MARKER_ROOM:]:
        return text, False
    start = max(0, len(text) - _MARKER_ROOM)
    marker = _CUT.search(text, start)
    if marker is None:
        return text, False
    whole = text[: marker.start()].rstrip()
    before = _DOTS.sub("", whole).rstrip()
    if not marker[1] and whole == before:  # `See [1464 chars]`
        return text, False
    return before + text[marker.end() :], True


def _is_unspaced(character: str) -> bool:
    name = unicodedata.name(character, "")
    return name.startswith(("CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "THAI "))


def _source(value: Json, note: Note) -> str | None:
    pieces: list[str] = []
    # What is gathered from several places is a list of lists.
    items = (it for one in as_list(value) for it in (one if isinstance(one, list) else [one]))
    for item in items:
        text = item.get("text") if isinstance(item, dict) else item
        if isinstance(text, str):
            pieces.append(text)
        else:
            note(Code.W_FIELD_TYPE, "not_text", value=shown(item))
    return "\n\n".join(pieces) or None


def _loose(source: str, note: Note, *, has_entities: bool) -> Body | None:
    # What is hidden goes before the tags, as in a line.
    seen = visible(source, note)
    found = markup_in(seen)
    if found == Markup.BLOCK:
        return _as_html(seen, note)
    if (resolved := unescape(seen)) != seen:
        hidden = markup_in(resolved)
        if hidden == Markup.BLOCK:
            return _as_html(visible(resolved, note), note)
        found = max(found, hidden)
    if found:
        bare = _without_markup(visible(unescape(_without_markup(seen)), note))
        return _as_text(visible(bare, note))
    if has_entities and resolved != seen:
        seen = visible(resolved, note)
        return _as_text(visible(_without_markup(seen), note))
    return _as_text(seen)


def _without_markup(text: str) -> str:
    if "<" not in text:
        return text
    return without_tags(_SILENT.sub(lambda it: "" if it["end"] else it[0], text), "\n")


def _as_text(seen: str) -> Body | None:
    text = tidy(seen)
    return Body(text=text) if text else None


def _as_html(seen: str, note: Note) -> Body | None:
    """Sanitise HTML whose hidden characters are gone: one could complete `java\u200bscript:`."""
    try:
        html = _sanitised(tidied(seen))
        if html != (shown_html := visible(html, note)):  # what entities hid
            html = _sanitised(shown_html)
    except Tangled:
        note(Code.W_FIELD_TYPE, "html_too_complex")
        return _as_text(visible(_without_markup(visible(unescape(seen), note)), note))
    text = text_of(html)
    return Body(text=text or None, html=html) if text else None


def _sanitised(html: str) -> str:
    # link_rel=None: rel is the page's business, not ours; schemes: N62.
    # A whole page has a `<title>`, which is no part of its body.
    return nh3.clean(
        divided(html),
        clean_content_tags={"script", "style", "title"},
        link_rel=None,
        url_schemes=_SCHEMES,
        # Called for every attribute, so only where there is one that nh3 does not look at itself.
        attribute_filter=_checked if "cite" in html.lower() else None,
    ).strip()


def _checked(_tag: str, name: str, value: str) -> str | None:
    """Drop a `cite` as nh3 drops a `href`: one whose scheme is not allowed."""
    scheme = _SCHEME.match(_BLANKS.sub("", value)) if name == "cite" else None
    return None if scheme and scheme[1].lower() not in _SCHEMES else value


def _walk(root: LexborNode, *, is_code: bool = False) -> Iterator[str]:
    """Yield the text of a tree, with marks at the edges of blocks; a hostile tree is deep."""
    stack: list[LexborNode | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        elif (tag := node.tag) == "-text":
            text = node.text_content or ""
            yield text.replace("<", _BRACKET) if is_code else text
        elif tag == "br":
            yield _LINE
        elif tag in _CODE_TAGS and not is_code:
            yield from _walk(node, is_code=True)
        elif tag not in _SILENT_TAGS:
            if edge := _PARAGRAPH if tag == "p" else _LINE if tag in BLOCKS else "":
                yield edge
                stack.append(edge)
            stack.extend(reversed(list(node.iter(include_text=True))))
