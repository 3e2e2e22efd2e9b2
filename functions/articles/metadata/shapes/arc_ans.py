"""Stories of Arc XP in ANS (https://github.com/washingtonpost/ans-schema).

The address is only a path, and a site's name is no host: it is not glued to a guess (N31), and the
story goes by its `_id`. `version` is that of the schema, and `workflow` has a newsroom's own codes.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from articles.catalogue import Code
from articles.metadata.normalize.body import html_body
from articles.metadata.normalize.dates import embargo, moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, take
from articles.problems import Problem
from articles.quoting import shown
from articles.records.pointers import Finder, Found, at, compose, each, reads, together, within
from articles.values import Document, Json, as_list, first, is_absent

_OWN = frozenset(
    "additional_properties canonical_website first_publish_date last_updated_date promo_items "
    "subheadlines website_url".split()
)
_HEADLINES = ("basic", "web", "native", "mobile", "tablet", "print", "meta_title")
# Elements with a `content` that is a link to something else, or no text.
_NO_TEXT = frozenset({"custom_embed", "interstitial_link", "link_list", "oembed_response"})
_TAGS = {"blockquote": "blockquote", "code": "pre", "list": "ul", "quote": "blockquote"}
_PROMOTED = {"/promo_items/basic": 0, "/promo_items/lead_art": 1}
_OF_WRITERS = ("first_name", "last_name", "role", "email", "referent")
# N70: the format's own words, so that reading them is no guess.
_STATUS = {"published": "usable", "embargoed": "withheld"}
_UNPUBLISHED = {"published": False, "draft": True, "deleted": True}


def matches(document: Document) -> bool:
    headlines, named = document.get("headlines"), document.keys()
    return (
        isinstance(document.get("content_elements"), list)
        or (isinstance(headlines, dict) and "basic" in headlines)
        or ({"_id", "type", "version"} <= named and bool(named & _OWN))
    )


def refuse(document: Document) -> Problem | None:
    """Refuse a gallery, a video, an image or a page of results (N71)."""
    kind = first(document.get("type"))
    if kind in (None, "story"):
        return None
    return Problem.of(Code.E_NOT_ARTICLE, "item_type", type=shown(kind)).placed(path="/type")


_SITE = ("/owner/id", "/canonical_website", "/website")
_OWNER = compose(name=("/owner/name",), id=_SITE)
_OWN_STAFF = compose(name=("/owner/name", "/distributor/name"), id=_SITE)


@reads(*_OWN_STAFF.reads, "/distributor/category")
def publisher(document: Document) -> Iterator[Found]:
    """Find whose story it is: a distributor is somebody else, unless it is the staff."""
    kinds = [first(it.value) for it in at("/distributor/category")(document)]
    yield from _OWN_STAFF(document) if "staff" in kinds else _OWNER(document)


def absolute(pointer: str) -> Finder:
    """Find an address, unless it is a path, as it usually is."""

    @reads(pointer)
    def find(document: Document) -> Iterator[Found]:
        yield from (it for it in at(pointer)(document) if not _is_path(it.value))

    return find


def _is_path(value: Json) -> bool:
    text = first(value)
    return isinstance(text, str) and text.startswith("/") and not text.startswith("//")


@reads("/credits/by")
def writers(document: Document) -> Iterator[Found]:
    for pointer, writer in each("/credits/by")(document):
        if isinstance(writer, dict):
            given = {
                "name": first([writer.get("name"), writer.get("byline")]),
                **{name: writer.get(name) for name in _OF_WRITERS},
                "affiliation": writer.get("org"),
                "url": None if _is_path(writer.get("url")) else writer.get("url"),
            }
            yield Found(pointer, {name: it for name, it in given.items() if not is_absent(it)})
        else:
            yield Found(pointer, writer)


@reads("/status", "/revision/published", "/additional_properties/is_published")
def availability(document: Document) -> Iterator[Found]:
    """Find the status: what is not published anywhere is withheld."""
    for place in ("/revision/published", "/additional_properties/is_published"):
        yield from (Found(place, "withheld") for it in at(place)(document) if it.value is False)
    for pointer, said in at("/status")(document):
        word = first(said)
        yield Found(pointer, _STATUS.get(word, word) if isinstance(word, str) else said)


@reads("/content_restrictions/embargo")
def embargo_in_force(document: Document) -> Iterator[Found]:
    """Find the end of an active embargo; without an end it holds until it is lifted (N69)."""
    for pointer, held in at("/content_restrictions/embargo")(document):
        if isinstance(held, dict) and held.get("active") is not False:
            end = held.get("end_time")
            yield Found(pointer, held if is_absent(end) else end)


@reads("/content_elements")
def elements(document: Document) -> Iterator[Found]:
    """Find the body, put together from its elements; what is none is left to its normalizer."""
    held = as_list(document.get("content_elements"))
    odd = [it for it in held if not isinstance(it, dict)]
    yield Found("/content_elements", ["\n".join(_html(held)), *odd])


def _html(elements: Json) -> Iterator[str]:
    for element in as_list(elements):
        if isinstance(element, dict) and not _is_left_out(element):
            yield from _element(element)


def _is_left_out(element: Document) -> bool:
    """Whether an element is not published, or is no text."""
    is_unpublished = any(element.get(name) is said for name, said in _UNPUBLISHED.items())
    return is_unpublished or str(element.get("type")) in _NO_TEXT


def _element(element: Document) -> Iterator[str]:
    kind = str(element.get("type"))
    content = first(element.get("text") if kind == "correction" else element.get("content"))
    if kind == "table":
        yield _tagged("table", _rows(element))
    elif isinstance(content, str):
        yield content if kind == "raw_html" else _tagged(_tag(element), [content])
    elif kind in _TAGS or kind == "element_group":
        held = [{"content": element.get("title")}, *as_list(element.get("content_elements"))]
        inner = (_html(held), _items(element), _html(element.get("citation")))
        yield _tagged(_tag(element), chain.from_iterable(inner))


def _tag(element: Document) -> str:
    kind, level = str(element.get("type")), first(element.get("level"))
    if kind == "header":
        return f"h{int(level)}" if isinstance(level, int) and 1 <= level <= 6 else "h2"
    if kind == "list" and element.get("list_type") == "ordered":
        return "ol"
    return _TAGS.get(kind, "div" if kind == "element_group" else "p")


def _items(element: Document) -> Iterator[str]:
    """Write the items of a list, which may be lists."""
    for item in as_list(element.get("items")):
        yield _tagged("li", [_cell(item)] if _cell(item) else _html(item))


def _rows(element: Document) -> Iterator[str]:
    rows = element.get("rows")
    for tag, row in (("th", element.get("header")), *(("td", it) for it in as_list(rows))):
        cells = row if isinstance(row, list) else []
        yield _tagged("tr", ["".join(f"<{tag}>{_cell(it)}</{tag}>" for it in cells)])


def _cell(cell: Json) -> str:
    if not isinstance(cell, dict) or _is_left_out(cell):
        return ""
    content = first(cell.get("content"))
    return content if isinstance(content, str) else ""


def _tagged(tag: str, parts: Iterable[str]) -> str:
    inner = "\n".join(filter(None, parts))
    return f"<{tag}>{inner}</{tag}>" if inner else ""


@reads("/promo_items", "/content_elements")
def pictures(document: Document) -> Iterator[Found]:
    """Find the images that stand for the story, then those in it; of a gallery, all."""
    promoted = sorted(each("/promo_items")(document), key=lambda it: _PROMOTED.get(it.pointer, 2))
    for found in (*promoted, *each("/content_elements")(document)):
        yield from _pictures(*found)


def _pictures(pointer: str, item: Json) -> Iterator[Found]:
    if not isinstance(item, dict) or _is_left_out(item):
        return
    if item.get("type", "image") == "image":
        credit = [name for kind in ("by", "affiliation") for name in _credits(item, kind)]
        named = {name: item.get(name) for name in ("url", "caption", "width", "height")}
        yield Found(pointer, {**named, "credit": ", ".join(credit)})
    elif item.get("type") == "gallery":
        for found in within(Found(pointer, item.get("content_elements"))):
            if isinstance(found.value, dict) and found.value.get("type") == "image":
                yield from _pictures(*found)
    else:  # a video has an image of its own
        for promoted in at("/promo_items/basic")(item):
            if isinstance(promoted.value, dict) and promoted.value.get("type") == "image":
                yield from _pictures(f"{pointer}{promoted.pointer}", promoted.value)


def _credits(item: Document, kind: str) -> Iterator[str]:
    for _, name in each(f"/credits/{kind}", "name")(item):
        if isinstance(name, str):
            yield name


SHAPE = Shape(
    name="arc-ans",
    matches=matches,
    refuse=refuse,
    fields={
        "source": take(source, publisher),
        "source_id": take(identifier, "/_id"),
        "url": take(page_address, absolute("/canonical_url"), absolute("/website_url")),
        "title": take(title, *(f"/headlines/{name}" for name in _HEADLINES)),
        "subtitle": take(line, "/subheadlines/basic"),
        "description": take(passage, "/description/basic"),
        "authors": take(authors, together(writers)),
        "published": take(moment, "/display_date", "/first_publish_date", "/publish_date"),
        "modified": take(moment, "/last_updated_date"),
        "language": take(language, "/language"),
        "section": take(
            line,
            "/taxonomy/primary_section/name",
            "/taxonomy/primary_site/name",
            each("/taxonomy/sections", "name"),
            each("/taxonomy/sites", "name"),
            each("/websites", "website_section/name"),
        ),
        "tags": take(
            tags,
            together(each("/taxonomy/tags", rename={"name": "text"})),
            "/taxonomy/seo_keywords",
        ),
        "images": gather(images, pictures),
        "rights": take(rights, "/copyright"),
        "embargoed": take(embargo, embargo_in_force),
        "html": take(html_body, elements),
        "status": take(status, availability),
    },
    left_alone=(
        *("/type", "/subtype", "/version", "/alignment", "/channels", "/short_url", "/slug"),
        *("/canonical_url", "/website_url", "/created_date", "/location", "/geo", "/address"),
        *("/editor_note", "/headlines/*", "/subheadlines/*", "/description/*", "/credits/*"),
        *("/vanity_credits", "/taxonomy/*", "/related_content", "/owner/*", "/distributor/*"),
        *("/source", "/planning", "/workflow", "/pitches", "/revision/*", "/syndication"),
        *("/tracking", "/comments", "/label", "/content_restrictions/*", "/rendering_guides"),
        *("/additional_properties/*", "/content_aliases", "/corrections", "/publishing"),
        *("/voice_transcripts", "/websites/*", "/contributors"),
    ),
)
