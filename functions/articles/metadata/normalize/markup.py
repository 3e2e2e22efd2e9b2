"""Rewrites HTML well-formed and of bounded depth, so that a parser has nothing to repair.

A parser mends what it reads as the HTML standard says, and some of it costs time that grows with
the square of the tags: formatting that is never closed is opened again in every paragraph, each
level is looked through for each tag, each attribute is compared with all others. So markup is taken
apart here in one pass, with the standard's rules for what closes what, and the sanitiser reads what
comes of it. What is safe is the sanitiser's business, not this module's.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import nh3

from articles.metadata.normalize.elements import ELEMENTS

MAX_DEPTH = 200
MAX_TAGS = 200_000  # a tree of HTML takes 250 bytes a tag
# How often formatting may be reopened: a thousand times, and once per this many characters.
_REOPENED, _CHARACTERS_FOR_ONE = 1_000, 16
# Of formatting that is alike, so many are opened again (the standard's Noah's Ark clause).
_SAME = 3

_BLANK = r"[\t\n\f\r ]"
_NAME, _UNQUOTED = r"[^\t\n\f\r />][^\t\n\f\r />=]*+", r"[^\t\n\f\r >\"'][^\t\n\f\r >]*+"
_VALUE = rf"\"(?P<double>[^\"]*+)\"?+|'(?P<single>[^']*+)'?+|(?P<plain>{_UNQUOTED})"
_ATTRIBUTE = rf"(?>(?:{_BLANK}|/)*+(?P<called>{_NAME})(?:{_BLANK}*+={_BLANK}*+(?:{_VALUE})?+)?+)"
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_UNNAMED_ATTRIBUTE = re.sub(r"\?P<\w+>", "?:", _ATTRIBUTE)
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*+>?+|</(?![a-zA-Z]|\Z)[^>]*+>?+|"
    rf"<(?P<end>/?)(?P<name>[a-zA-Z][^\t\n\f\r />]*+)(?P<attributes>{_UNNAMED_ATTRIBUTE}*+)"
    rf"(?P<tail>(?:{_BLANK}|/)*+>?+)",
    re.DOTALL,
)
_END_TAG = re.compile(r"</([a-zA-Z][^\t\n\f\r />]*+)")

_VOID = frozenset(
    "area base bgsound br col embed frame hr img input keygen link meta param source track "
    "wbr".split()
)
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
# What ends a paragraph that is open, and what an end tag of something inline does not reach over.
_BLOCKS = _HEADINGS | frozenset(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form header hgroup hr li listing main menu nav ol p pre search section summary "
    "table ul".split()
)
_IN_TABLES = frozenset("caption col colgroup tbody td tfoot th thead tr".split())
_CELLS = frozenset("caption td th".split())
_BARRIERS = _CELLS | frozenset("applet marquee object table".split())
# By name of a start tag: what it closes, and what that must not lie outside of.
_CLOSES = {
    "li": (frozenset({"li"}), frozenset("menu ol ul".split())),
    **dict.fromkeys(("dd", "dt"), (frozenset({"dd", "dt"}), frozenset({"dl"}))),
    **{name: (frozenset({name}), frozenset[str]()) for name in ("button", "option")},
    **dict.fromkeys("rb rp rt rtc".split(), (frozenset("rb rp rt".split()), frozenset({"ruby"}))),
}
_TABLE, _ROW, _PARAGRAPH = frozenset({"table"}), frozenset({"tr"}), frozenset({"p"})
_LINKS = frozenset({"a", "nobr"})
_PARTS_OF_TABLES = _IN_TABLES | _TABLE
_KNOWN = nh3.ALLOWED_TAGS | _BLOCKS
_TABLE_PARTS = {
    "td": frozenset("table tbody tfoot thead tr".split()),
    "th": frozenset("table tbody tfoot thead tr".split()),
    "tr": frozenset("table tbody tfoot thead".split()),
}
_DROPPED = frozenset({"script", "style", "title"})
_RAW = _DROPPED | frozenset("iframe noembed noframes noscript plaintext textarea xmp".split())
_HIDDEN = frozenset({"math", "svg", "template"})
_LEAVES = re.compile(
    r"<(?:p|div|ul|ol|table|h[1-6]|br|img|b|i|span|strong|em)[\s/>]", re.IGNORECASE
)
_NO_ELEMENTS = frozenset("body frameset head html".split())
_ALLOWED_ATTRIBUTES = {
    name: {"lang", "title", *nh3.ALLOWED_ATTRIBUTES.get(name, ())} for name in nh3.ALLOWED_TAGS
}
# The parser copies a text at each entity in it.
_FEW_ENTITIES = 500
_LAST_AMPERSAND = re.compile(r"&\Z")
_WELL_FORMED_TAG = r'<[^">]*+(?:"[^"]*+"[^">]*+)*+>'
_ENTITIES = re.compile(rf"(?:(?:{_WELL_FORMED_TAG}|[^<&]++)*+(?:&|\Z)){{1,{_FEW_ENTITIES}}}+")


class Tangled(Exception):
    """The HTML nests too deep, or has too many tags."""


def tidied(html: str) -> str:
    """Rewrite HTML well-formed; only what the sanitiser may keep is written.

    Raises Tangled.
    """
    if "<" not in html:
        return html
    return "".join(_Writer(html).written())


def divided(html: str) -> str:
    """Put comments, which the sanitiser drops, between the entities of well-formed HTML."""
    if html.count("&") <= _FEW_ENTITIES:
        return html
    return _ENTITIES.sub(lambda some: _LAST_AMPERSAND.sub("<!---->&", some[0]), html)


@dataclass(slots=True)
class _Element:
    """An open element; one that is `ended` lies around a block that is still open.

    `block` is the place of the innermost block, this element included, 0 for none. Between the
    cells of a table (`is_between_cells`) only a part of a table may stand. Nothing that is written
    lies between it and the heading that it is in (`is_in_heading`).
    """

    name: str
    start: str
    block: int = 0
    is_between_cells: bool = False
    is_in_heading: bool = False
    is_ended: bool = False


class _Writer:
    """Goes through the tags once; `_open` is the root and the open elements, outermost first."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._open = [_Element("", "")]
        self._places: defaultdict[str, list[int]] = defaultdict(list)  # in `_open`, by name
        self._dangling: list[_Element] = []  # formatting to be opened again
        self._dangling_names: set[str] = set()
        self._left = _REOPENED + len(html) // _CHARACTERS_FOR_ONE
        self._written: list[str] = []
        self._tags = 0
        self._found: dict[re.Pattern[str], int] = {}

    def written(self) -> list[str]:
        position = 0
        while token := _TOKEN.search(self._html, position):
            self._text(self._html[position : token.start()])
            position = token.end()
            if name := token["name"]:
                position = self._tag(token, name.lower(), position)
        self._text(self._html[position:])
        self._close(1)
        return self._written

    def _tag(self, token: re.Match[str], name: str, position: int) -> int:
        """Process a tag; returns the position at which to go on."""
        self._tags += 1
        if self._tags > MAX_TAGS:
            raise Tangled
        if not token["tail"].endswith(">") or name in _NO_ELEMENTS:
            return position  # it was never finished, or says nothing
        if self._is_word(token, name):
            self._text(token[0])
        elif token["end"]:
            self._end(name)
        elif name in _RAW:
            return self._raw(name, position)
        elif token["tail"].endswith("/>") and name not in _KNOWN:
            return position  # as in a drawing
        elif name in _HIDDEN:
            return self._behind(name, position)
        else:
            self._start(name, token["attributes"])
        return position

    def _is_word(self, token: re.Match[str], name: str) -> bool:
        """Whether it only stands in angle brackets (N103): no element, and nothing ends it."""
        if name in ELEMENTS or token["end"] or not {":", "-"}.isdisjoint(name):
            return False
        is_written_as_tag = "=" in token["attributes"] or "/" in token["tail"]
        return not is_written_as_tag and name not in self._ends

    @cached_property
    def _ends(self) -> frozenset[str]:
        return frozenset(map(str.lower, _END_TAG.findall(self._html)))

    def _text(self, text: str) -> None:
        if not text:
            return
        if not (self._open[-1].is_between_cells and text.isspace()):
            self._enter_cell()
            self._reopen()
        self._written.append(text.replace("<", "&lt;"))

    def _raw(self, name: str, position: int) -> int:
        """Pass over an element that holds no tags; most show what they hold."""
        stop = self._next(_end_of(name), position) if name != "plaintext" else len(self._html)
        if name not in _DROPPED:
            text = self._html[position:stop]
            self._text(text if name == "textarea" else text.replace("&", "&amp;"))
        return stop

    def _behind(self, name: str, position: int) -> int:
        """Return the position of the end of an element whose content is not shown.

        A drawing that holds a paragraph or the like was never ended: the standard leaves it there.
        """
        stop = self._next(_end_of(name), position)
        if stop == len(self._html) or (name != "template" and self._next(_LEAVES, position) < stop):
            return position
        return stop

    def _next(self, pattern: re.Pattern[str], position: int) -> int:
        """Find a pattern from a position on; what lies ahead is looked for once."""
        if self._found.get(pattern, -1) < position:
            found = pattern.search(self._html, position)
            self._found[pattern] = found.start() if found else len(self._html)
        return self._found[pattern]

    def _start(self, name: str, attributes: str = "") -> None:
        if name in _IN_TABLES:
            if not self._places["table"]:
                return
            # What a part of a table does not lie in is closed.
            self._close(self._last(_TABLE_PARTS.get(name, _TABLE)) + 1)
        elif name == "table" and self._open[-1].is_between_cells:
            self._close(self._last(_TABLE))
        else:
            self._enter_cell()
        if name in _BLOCKS:
            self._close_last(_PARAGRAPH)
        if name in _HEADINGS and self._open[-1].is_in_heading:
            self._close(self._last(_HEADINGS))
        if name in _LINKS:
            self._end(name)
        elif name in _CLOSES:
            self._close_last(*_CLOSES[name])
        if name not in _BLOCKS and name not in _IN_TABLES:
            self._reopen()
        self._push(name, _start_tag(name, attributes))

    def _push(self, name: str, start: str) -> None:
        self._written.append(start)
        if name in _VOID:
            return
        around, place = self._open[-1], len(self._open)
        if place > MAX_DEPTH:
            raise Tangled
        self._places[name].append(place)
        element = _Element(
            name,
            start,
            place if name in _BLOCKS else around.block,
            name == "table" or (around.is_between_cells and name not in _CELLS),
            name in _HEADINGS or (around.is_in_heading and not start),
        )
        self._open.append(element)

    def _end(self, name: str) -> None:
        if name == "br" or (name == "p" and not self._last(_PARAGRAPH, _BARRIERS)):
            self._start(name)  # the standard takes `</p>` and `</br>` for what they end
        names = _HEADINGS if name in _HEADINGS else frozenset({name})
        at = self._last(names, _TABLE - names if name in _PARTS_OF_TABLES else _BARRIERS - names)
        if not at:
            if name in self._dangling_names:
                self._dangling_names.remove(name)
                self._dangling = [it for it in self._dangling if it.name != name]
        elif name in _BLOCKS or name in _BARRIERS or self._open[-1].block < at:
            self._close(at)
        elif name in _FORMATTING:
            self._open[at].is_ended = True

    def _enter_cell(self) -> None:
        """Return a cell to what is between cells; the standard puts it before the table."""
        if self._open[-1].is_between_cells:
            if not self._last(_ROW, _TABLE):
                self._start("tr")
            self._start("td")

    def _close_last(self, names: frozenset[str], stops: frozenset[str] = frozenset()) -> None:
        if at := self._last(names, _BARRIERS | stops):
            self._close(at)

    def _last(self, names: frozenset[str], stops: frozenset[str] = frozenset()) -> int:
        """Find the innermost of some open elements that is not outside of others; else 0."""
        at = 0
        for name in names:
            if (places := self._places.get(name)) and places[-1] > at:
                at = places[-1]
        for name in stops if at else ():
            if (places := self._places.get(name)) and places[-1] > at:
                return 0
        return at

    def _close(self, at: int) -> None:
        """Close all from an element on; formatting inside of it goes on behind it."""
        dangling: list[_Element] = []
        while len(self._open) > at or self._open[-1].is_ended:
            element = self._open.pop()
            self._places[element.name].pop()
            if element.start:
                self._written.append(f"</{element.name}>")
            if element.name in _BARRIERS:
                dangling.clear()
            elif element.name in _FORMATTING and not element.is_ended and len(self._open) > at:
                dangling.append(element)
        if dangling:
            self._dangling += reversed(dangling)
            self._dangling_names.update(it.name for it in dangling)

    def _reopen(self) -> None:
        """Open again what formatting was left open: a few of those that are alike."""
        if not self._dangling:
            return
        again: Counter[str] = Counter()
        dangling, self._dangling = self._dangling, []
        self._dangling_names.clear()
        for element in dangling:
            again[element.start] += 1
            self._left -= 1
            if again[element.start] <= _SAME and self._left > 0:
                self._push(element.name, element.start)


@cache
def _end_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE)


def _start_tag(name: str, attributes: str) -> str:
    if name not in nh3.ALLOWED_TAGS:
        return ""
    return f"<{name}{''.join(_kept(name, attributes))}>" if attributes else f"<{name}>"


def _kept(name: str, attributes: str) -> Iterator[str]:
    """Write the attributes that the sanitiser may keep; the first of each name counts."""
    allowed, seen = _ALLOWED_ATTRIBUTES[name], set[str]()
    for attribute in _ATTRIBUTES.finditer(attributes):
        called = attribute["called"].lower()
        if called in allowed and called not in seen:
            seen.add(called)
            value = attribute["double"] or attribute["single"] or attribute["plain"] or ""
            yield f' {called}="{value.replace(chr(34), "&quot;")}"'
