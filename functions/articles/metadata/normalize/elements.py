"""What is a tag in a text, and what only stands in angle brackets (N103): `<em>`, `<Parasite>`."""

import re
from enum import IntEnum

# https://html.spec.whatwg.org/multipage/indices.html#elements-3, and those that it calls obsolete.
ELEMENTS = frozenset(
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big "
    "blink blockquote body br button canvas caption center cite code col colgroup data datalist "
    "dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form "
    "frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins isindex "
    "kbd keygen label legend li link listing main map mark marquee math menu menuitem meta meter "
    "multicol nav nextid nobr noembed noframes noscript object ol optgroup option output p param "
    "picture plaintext pre progress q rb rp rt rtc ruby s samp script search section select slot "
    "small source spacer span strike strong style sub summary sup svg table tbody td template "
    "textarea tfoot th thead time title tr track tt u ul var video wbr xmp".split()
)
# These end a line.
BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
_BREAKS = BLOCKS | {"br"}
# Attributes without a value. Any other word there is prose: `<A Separation>`.
_SWITCHES = frozenset(
    "allowfullscreen async autofocus autoplay checked controls default defer disabled hidden inert "
    "ismap itemscope loop multiple muted noshade novalidate nowrap open playsinline readonly "
    "required reversed selected".split()
)
_ATTRIBUTE = re.compile(r"\s[\s/]*+[^\s=/]++=")
# Office writes `<o:p>`, Facebook `<fb:like>`.
_PREFIXED = re.compile(r"[a-z]{1,2}\d?:[a-z]")
# Of a tag: `/` of its end, its name, and what follows. Of CDATA: what it holds.
_TAG = re.compile(
    r"<(?:(/?)([a-zA-Z][a-zA-Z0-9:.-]*+)([^<>]*+)>"
    r"|!\[CDATA\[([^<>]*)\]\]>"
    r"|[!?][a-zA-Z\[-][^<>]*+>"
    r"|(?=/?(?i:script)(?![a-zA-Z0-9:.-])))"  # one that never ends may still end in a page
)
_MAX_NESTED = 10


class Markup(IntEnum):
    """What tags a text holds; those that begin a block show best that it is HTML."""

    NONE = 0
    INLINE = 1
    BLOCK = 2


def markup_in(text: str) -> Markup:
    found = Markup.NONE
    for tag in _TAG.finditer(text):
        end, name, rest, _ = tag.groups()
        if name is None:
            found = Markup.INLINE
        elif _is_tag(end, lower := name.lower(), rest):
            found = Markup.INLINE
            if lower in BLOCKS and not end:
                return Markup.BLOCK
    return found


def without_tags(text: str, end_of_line: str = " ") -> str:
    """Take the tags out of a text; those that end a line leave `end_of_line` behind."""

    def left_of(tag: re.Match[str]) -> str:
        end, name, rest, held = tag.groups()
        if name is None:
            return held or ""
        if not _is_tag(end, lower := name.lower(), rest):
            return tag[0]
        return end_of_line if lower in _BREAKS else ""

    # A tag may hide another (`<scr<script>ipt>`): again until nothing changes (N6). Nobody nests
    # ten of them in good faith, and an attacker must not make this quadratic.
    for _ in range(_MAX_NESTED):
        cleaned = _TAG.sub(left_of, text) if "<" in text else text
        if cleaned == text:
            return text
        text = cleaned
    return text.replace("<", "").replace(">", "")


def _is_tag(end: str, name: str, rest: str) -> bool:
    if not rest and name in ELEMENTS:
        return True
    if rest and not (rest[0].isspace() or rest[0] == "/"):
        return False  # `<a@b.example>`
    if name == "script" or _ATTRIBUTE.match(rest):
        return True
    if name in ELEMENTS:
        return "=" in rest or _SWITCHES.issuperset(rest.lower().replace("/", " ").split())
    # A custom element has a hyphen; so has a word, but no end.
    is_named = bool(_PREFIXED.match(name)) or (end == "/" and "-" in name)
    return is_named and not rest.strip(" /")
