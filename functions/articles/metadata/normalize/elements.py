"""What is a tag in a text, and what only stands in angle brackets (N103): `<em>`, `<Parasite>`."""

import re
from collections.abc import Iterator

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
_PREFIXED = re.compile(r"[a-z]{1,2}\d?:[a-zA-Z]")
_TAG = re.compile(
    r"<(?:(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:.-]*+)(?P<rest>[^<>]*+)>"
    r"|!\[CDATA\[(?P<held>[^<>]*)\]\]>"
    r"|[!?][a-zA-Z\[-][^<>]*+>"
    r"|(?=/?(?i:script)(?![a-zA-Z0-9:.-])))"  # one that never ends may still end in a page
)
_MAX_NESTED = 10


def tags_in(text: str) -> Iterator[str]:
    """Yield the names of the tags in a text; that of an end tag begins with `/`."""
    for tag in _TAG.finditer(text):
        if name := tag["name"]:
            if _is_tag(tag, name):
                yield f"{tag['end']}{name.lower()}"
        else:
            yield "!"


def without_tags(text: str, end_of_line: str = " ") -> str:
    """Take the tags out of a text; those that end a line leave `end_of_line` behind."""

    def left_of(tag: re.Match[str]) -> str:
        if (name := tag["name"]) is None:
            return tag["held"] or ""
        if not _is_tag(tag, name):
            return tag[0]
        return end_of_line if name.lower() in _BREAKS else ""

    # A tag may hide another (`<scr<script>ipt>`): again until nothing changes (N6). Nobody nests
    # ten of them in good faith, and an attacker must not make this quadratic.
    for _ in range(_MAX_NESTED):
        cleaned = _TAG.sub(left_of, text) if "<" in text else text
        if cleaned == text:
            return text
        text = cleaned
    return text.replace("<", "").replace(">", "")


def _is_tag(tag: re.Match[str], name: str) -> bool:
    rest, lower = tag["rest"], name.lower()
    if rest and not (rest[0].isspace() or rest[0] == "/"):
        return False  # `<a@b.example>`
    if lower == "script" or _ATTRIBUTE.match(rest):
        return True
    if lower in ELEMENTS:
        return "=" in rest or _SWITCHES.issuperset(rest.lower().replace("/", " ").split())
    # A custom element has a hyphen; so has a word, but no end.
    is_named = bool(_PREFIXED.match(name)) or (bool(tag["end"]) and "-" in name)
    return is_named and not rest.strip(" /")
