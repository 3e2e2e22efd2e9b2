"""Web addresses (N30-N39): tidied for reading, canonical for telling pages apart.

Nothing named in a document is ever fetched.
"""

import re
from html.entities import html5
from typing import NamedTuple

import can_ada

from articles.catalogue import Code
from articles.metadata.normalize.text import NOTHING, identifier, resolved
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.values import Json, as_list

MAX_BYTES = 2_048

# N36: parameters that tell where a reader came from, never which page it is.
TRACKING = frozenset(
    "fbclid gclid dclid msclkid yclid twclid igshid mc_cid mc_eid _ga _hsenc _hsmi cmp cmpid "
    "ncid ocid smid smtyp partner emc ref_src sr_share wt_mc xtor at_medium at_campaign".split()
)
# N30. Only whole entities: to `html.unescape`, `&region=eu` begins with `&reg`.
_ENTITY = re.compile(r"&(?:#(?:\d+|[xX][0-9a-fA-F]+)|(?P<name>\w+));", re.ASCII)
# N30. All that str.strip() takes for white space, and the brackets of `<http://…>`.
_EDGES = (
    "<> \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004"
    "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_NAME = re.compile(r"(?:urn|tag|nyt):", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PARTS = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#\\]+)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
# N39: Google's AMP cache carries the publisher's address in its path.
_AMP_CACHE = re.compile(
    r"https?://(?:[^/]+\.)?cdn\.ampproject\.org/(?:[cv])/(?:s/)?(.+)", re.IGNORECASE
)
_AMP = re.compile(
    r"//(?:[^/?#]*\.)?amp\.|/amp(?:[/?#]|$)|\.amp(?:\.html)?(?:[?#]|$)|"
    r"[?&](?:amp(?:[=&#]|$)|outputType=amp(?:[&#]|$))",
    re.IGNORECASE,
)


# N94: a page that the address of a script shows (`#/news/77`, `#!/news/77`) is a page of its own.
_ROUTE = re.compile(r"#[/!].")
# N94: what is copied from a documentation's example.
_EXAMPLES = frozenset({"google.com/article", "example.com/article", "example.org/article"})


class Canonical(NamedTuple):
    """The address that tells pages apart, whether it is an AMP page, and its publisher's host."""

    url: str
    is_amp: bool
    domain: str


@follows("N30-N33")
def web_address(value: Json, note: Note) -> str | None:
    """Read an absolute http(s) address, tidied but with all its parameters.

    A `urn:` or `tag:` in its place is noted as the identifier that it is (N32).
    """
    for item in as_list(value):
        if not isinstance(item, str):
            note(Code.W_FIELD_TYPE, "not_address", value=shown(item))
            return None
        text = _unescape(_unescape(item)).strip(_EDGES)
        if text in NOTHING:
            continue
        if len(text.encode()) > MAX_BYTES:
            note.too_large("address_too_long", size=len(text.encode()), limit=MAX_BYTES)
            return None
        if _NAME.match(text):  # N32: no address, and all the more an identifier
            note.notes.named = note.notes.named or identifier(text, note)
            continue
        found = _tidied(f"https:{text}" if text.startswith("//") else text)
        if found is None:
            note(Code.W_URL, value=shown(_without_login(text)))
        return found
    return None


@follows("N30-N33", "N94")
def page_address(value: Json, note: Note) -> str | None:
    """Read the address of an article's page, as `web_address` does; a home page is none (N94)."""
    found = web_address(value, note)
    return found if found and _is_page(found, note) else None


@follows("N37", "N94")
def address_of(identifier: Json, note: Note) -> str | None:
    """Read the web address that an identifier is: http(s), with a dot in its host.

    Other identifiers (`urn:…`, `http://PA_API/…`) are fine too: nothing is noted.
    """
    for item in as_list(identifier)[:1]:
        text = item.strip(_EDGES) if isinstance(item, str) else ""
        if len(text.encode()) <= MAX_BYTES and (found := _tidied(text)):
            is_web = "." in can_ada.parse(found).hostname.strip(".")
            return found if is_web and _is_page(found, note) else None
    return None


def _is_page(url: str, note: Note) -> bool:
    """Whether an address is that of one page: not of a whole site, not two, no example (N94)."""
    parsed = can_ada.parse(url)
    if ",http" in url.lower():
        note(Code.W_URL, "two_addresses", value=shown(url))
    elif f"{parsed.hostname.removeprefix('www.')}{parsed.pathname.rstrip('/')}" in _EXAMPLES:
        note(Code.W_URL, "example", value=shown(url))
    elif _is_home(url):
        note.notes.site = note.notes.site or url
        note(Code.W_URL, "home_page", value=shown(url))
    else:
        return True
    return False


def home_page(text: str) -> str | None:
    """Return the address of a whole site, tidied, if a text is one."""
    found = _tidied(text) if text[:4].lower() == "http" else None
    return found if found and _is_home(found) else None


def _is_home(url: str) -> bool:
    """Whether nothing of an address names a page: where a reader came from does not."""
    if can_ada.parse(url).pathname.strip("/") and not _AMP_CACHE.match(url):
        return False
    page = can_ada.parse(canonical(url).url)
    return not (page.pathname.strip("/") or page.search or page.hash)


def canonical(url: str) -> Canonical:
    """Return the canonical form of a tidied address (N34-N39).

    `url` is what `web_address` returned; anything else raises ValueError.
    """
    cached = _AMP_CACHE.fullmatch(url)
    if cached and (original := _tidied(f"https://{cached.group(1)}")):
        url = original
    parsed = can_ada.parse(url)
    path, _, query = parsed.href.partition("#")[0].partition("?")
    route = parsed.hash if _ROUTE.match(parsed.hash) else ""
    kept = "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))
    address = path + (f"?{kept}" if kept else "") + route
    return Canonical(
        url=_ESCAPE.sub(lambda escape: escape.group().upper(), address),
        is_amp=cached is not None or bool(_AMP.search(url)),
        domain=parsed.hostname.removeprefix("www.") or parsed.hostname,
    )


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name.startswith("utm_") or name in TRACKING


def _tidied(text: str) -> str | None:
    match = _PARTS.fullmatch(text)
    if match is None or _CONTROL.search(text):
        return None
    try:
        parsed = can_ada.parse(text)
    except ValueError:
        return None
    if not parsed.hostname:
        return None
    parsed.username, parsed.password = "", ""
    # A blank or a hidden character (N87) is kept as its escape.
    if "\\" in text or " " in text or not text.isprintable():
        return str(parsed.href)
    return f"{match['scheme'].lower()}://{parsed.host}{match['rest']}"


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda e: e.group() if _is_unknown(e["name"]) else resolved(e[0]), text)


def _is_unknown(name: str | None) -> bool:
    return name is not None and f"{name};" not in html5


def _without_login(text: str) -> str:
    """Take a password out before the address is shown."""
    return re.sub(r"//[^/@]*@", "//", text)
