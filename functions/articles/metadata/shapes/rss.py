"""Items of RSS and entries of Atom, as converters write them in JSON.

rss-parser, rss2json and feedparser have names of their own; xml2js, xmltodict and their like keep
those of the feed, with texts and attributes in wrappers: `{"_": text, "$": {…}}`, `{"#text": text,
"@href": …}`. What the feed says for all its items is their member `feed` (envelopes.py).
"""

from collections.abc import Iterator

from articles.metadata.normalize.body import html_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images, widest
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, take
from articles.metadata.shapes.wordpress import post_status
from articles.records.pointers import Finder, Found, reads, together
from articles.values import Document, Json, as_list, first, is_absent

# What converters call the text of an element, and the object of its attributes.
_TEXT = ("_", "#text", "$t", "_text", "__text", "_cdata", "__cdata", "#cdata", "value")
_ATTRIBUTES = ("$", "_attributes", "@attributes", "attributes")
_MARKS = frozenset({*_TEXT[:-1], *_ATTRIBUTES[:-1], "@href", "@type", "@_href", "@_type", "href"})
_PREFIXES = (
    *("atom:", "content:", "dc:", "dcterms:", "feedburner:", "itunes:", "media:", "slash:"),
    *("excerpt:", "rdf:", "@rdf:", "wfw:", "wp:"),
)
_OWN = frozenset(
    "contentSnippet guidislink media_content media_thumbnail published_parsed summary_detail "
    "title_detail updated_parsed".split()
)
_BESIDE_GUID = frozenset("enclosure isoDate link pubDate pubdate".split())
# What other documents have that borrow names of RSS.
_ELSEWHERE = frozenset("articleBody body body_html headline html published_at text".split())
_FEED = frozenset({"channel", "entries", "entry", "item", "items"})


def matches(document: Document) -> bool:
    named = document.keys()
    if named & _FEED:
        return False
    wrapped = ("title", "link", "guid", "description")
    if any(_is_wrapped(document.get(name)) for name in wrapped):
        return True
    return not named & _ELSEWHERE and (
        bool(named & _OWN)
        or ("guid" in named and bool(named & _BESIDE_GUID))
        or {"isoDate", "pubDate"} <= named
        or any(name.startswith(_PREFIXES) for name in named)
    )


def _is_wrapped(value: Json) -> bool:
    held = first(value) if isinstance(value, list) else value
    return isinstance(held, dict) and bool(held.keys() & _MARKS)


def element(value: Json) -> Document:
    """Read an element, however it was written: its attributes and parts, its text as `value`."""
    if not isinstance(value, dict):
        return {"value": value}
    found: Document = {}
    for name, member in value.items():
        if name in _ATTRIBUTES and isinstance(member, dict):
            found |= member
        elif (name in _TEXT or name == "$") and not is_absent(member):
            found["value"] = member
        else:
            found[name[1:].removeprefix("_") if name[:1] == "@" else name] = member
    return found


def text(value: Json) -> Json:
    """Return the text of the first of some elements, or what is there instead."""
    held = first(value)
    return element(held).get("value", held)


def texts(*names: str) -> Iterator[Finder]:
    """Find the texts of elements, for each name one place."""
    return (_texts_at(name) for name in names)


def _texts_at(name: str) -> Finder:
    @reads(f"/{name}")
    def find(document: Document) -> Iterator[Found]:
        yield Found(f"/{name}", [text(item) for item in as_list(document.get(name))])

    return find


def _elements(document: Document, *names: str) -> Iterator[tuple[str, Document]]:
    for name in names:
        for item in as_list(document.get(name)):
            yield f"/{name}", element(item)


def said_by_feed(*names: str) -> Finder:
    """Find what a feed says for all its items."""

    @reads("/feed")
    def find(document: Document) -> Iterator[Found]:
        feed = element(document.get("feed"))
        yield from (Found(f"/feed/{name}", text(feed.get(name))) for name in names)

    return find


@reads("/source")
def origin(document: Document) -> Iterator[Found]:
    """Find the feed that an item comes from, where a feed collects those of others."""
    for pointer, item in _elements(document, "source"):
        address = text(item.get("url") or item.get("href"))
        yield Found(
            pointer, {"name": text(item.get("title") or item.get("value")), "domain": address}
        )


@reads("/link", "/links", "/url")
def page(document: Document) -> Iterator[Found]:
    """Find the links to the page itself: others are to the feed, an enclosure, the comments."""
    for pointer, link in _elements(document, "link", "links", "url"):
        if first(link.get("rel")) in (None, "alternate"):
            yield Found(pointer, link.get("href", link.get("value")))


@reads("/guid", "/id", "/guidislink")
def permalink(document: Document) -> Iterator[Found]:
    """Find a `guid` that is an address, which it is unless it says otherwise."""
    names = ("guid", "id") if document.get("guidislink") is True else ("guid",)
    if document.get("guidislink") is False:
        return
    for pointer, item in _elements(document, *names):
        address, says = item.get("value"), first(item.get("isPermaLink"))
        is_address = isinstance(address, str) and address.strip()[:4].lower() == "http"
        if is_address and (says is None or str(says).lower() == "true"):
            yield Found(pointer, address)


@reads("/app:control", "/wp:post_password")
def held_back(document: Document) -> Iterator[Found]:
    """Find a draft of Atom's publishing protocol, and a post of WordPress with a password (N70)."""
    control = element(first(document.get("app:control")))
    if str(text(control.get("app:draft"))).strip().lower() == "yes":
        yield Found("/app:control", "private")
    if not is_absent(text(document.get("wp:post_password"))):
        yield Found("/wp:post_password", "private")


@reads("/content", "/content:encoded", "/contentSnippet")
def summary(document: Document) -> Iterator[Found]:
    """Find the summary that rss-parser calls `content` where there is a `content:encoded`."""
    has_more = not is_absent(document.get("content:encoded"))
    if has_more:
        yield from _texts_at("content")(document)
    if has_more or is_absent(document.get("content")):
        yield from _texts_at("contentSnippet")(document)


@reads("/content")
def contents(document: Document) -> Iterator[Found]:
    """Find the content; of several forms of it (feedparser) the first in HTML."""
    forms = [
        (text(item), first(element(item).get("type"))) for item in as_list(document.get("content"))
    ]
    for form, _ in sorted(forms, key=lambda it: "html" not in str(it[1])):
        yield Found("/content", form)


@reads("/summary", "/description")
def described(document: Document) -> Iterator[Found]:
    """Find a description beside a summary: it is the text, as feedparser of Node.js has it."""
    if not is_absent(document.get("summary")):
        yield from _texts_at("description")(document)


def people(*names: str) -> Iterator[Finder]:
    """Find authors, for each name one place: names, and objects with a name."""
    return (together(_people_at(name)) for name in names)


def _people_at(name: str) -> Finder:
    @reads(f"/{name}")
    def find(document: Document) -> Iterator[Found]:
        for pointer, person in _elements(document, name):
            if "value" in person:
                yield Found(pointer, person["value"])
            else:
                parts = {key: text(person.get(key)) for key in ("name", "email")}
                url = next((it for it in map(person.get, ("uri", "url", "href")) if it), None)
                yield Found(pointer, {**parts, "url": text(url)})

    return find


def categories(*names: str) -> Iterator[Finder]:
    """Find categories as texts, or as terms with a label and a scheme, for each name one place."""
    return (_categories_at(name) for name in names)


def _categories_at(name: str) -> Finder:
    @reads(f"/{name}")
    def find(document: Document) -> Iterator[Found]:
        for pointer, item in _elements(document, name):
            if item.keys() == {"value"}:
                yield Found(pointer, item["value"])
                continue
            term = item.get("term")
            named = next((it for it in map(item.get, ("label", "value", "name")) if it), None)
            scheme = item.get("scheme") or item.get("domain")
            code = term if named else None
            yield Found(pointer, {"name": named or term, "scheme": scheme, "code": code})

    return find


@reads(
    *("/media:content", "/media_content", "/media:group", "/enclosure", "/enclosures", "/links"),
)
def media(document: Document) -> Iterator[Found]:
    """Find the images among the media, of each its widest rendition (N60)."""
    found: dict[str, tuple[str, list[Json]]] = {}
    groups = [item for _, item in _elements(document, "media:group")]
    for pointer, item in (
        *_elements(document, "media:content", "media_content"),
        *(it for group in groups for it in _elements(group, "media:content")),
        *_elements(document, "enclosure", "enclosures"),
        *((at, link) for at, link in _elements(document, "links") if _is_enclosure(link)),
    ):
        if (image := _image(item)) and isinstance(url := image["url"], str):
            same = url.partition("?")[0] if image["width"] else url
            found.setdefault(same, (pointer, []))[1].append(image)
    for pointer, renditions in found.values():
        yield Found(pointer, widest(renditions))


def _is_enclosure(link: Document) -> bool:
    return first(link.get("rel")) == "enclosure"


def _image(item: Document) -> Document | None:
    kinds = [str(first(item.get(name))) for name in ("medium", "type") if item.get(name)]
    if not all(kind.startswith("image") for kind in kinds):
        return None
    url = next((it for it in map(item.get, ("url", "href", "link", "value")) if it), None)
    return {
        "url": first(url),
        "width": first(item.get("width")),
        "height": first(item.get("height")),
        "caption": text(item.get("media:description") or item.get("media:title")),
        "credit": text(item.get("media:credit")),
    }


def thumbnails(*names: str) -> Iterator[Finder]:
    """Find small images, for each name one place."""
    return (together(_thumbnails_at(name)) for name in names)


def _thumbnails_at(name: str) -> Finder:
    @reads(f"/{name}")
    def find(document: Document) -> Iterator[Found]:
        for pointer, item in _elements(document, name):
            if image := _image(item):
                yield Found(pointer, image)

    return find


SHAPE = Shape(
    name="rss",
    matches=matches,
    fields={
        "source": take(source, origin, *texts("dc:publisher", "publisher"), said_by_feed("title")),
        "source_id": take(identifier, *texts("guid", "id", "rdf:about", "@rdf:about")),
        "url": take(
            page_address, *texts("feedburner:origLink", "feedburner_origlink"), page, permalink
        ),
        "title": take(title, *texts("title", "media:title", "dc:title")),
        "description": take(
            passage,
            *texts("summary", "description", "excerpt:encoded"),
            summary,
            *texts("itunes:summary", "media:description", "dc:description"),
        ),
        "byline": take(byline, *texts("dc:creator", "creator", "author")),
        "authors": take(
            authors,
            *people("authors", "dc:creator", "dc_creator", "creator", "author", "itunes:author"),
            "/itunes/author",
        ),
        "published": take(
            moment,
            *texts("pubDate", "pubdate", "published", "dc:date", "issued", "dcterms:issued"),
            *texts("dcterms:created", "date_published", "date", "isoDate"),
        ),
        "modified": take(
            moment,
            *texts("updated", "atom:updated", "a10:updated", "dcterms:modified", "date_modified"),
        ),
        "language": take(
            language,
            *texts("dc:language", "language", "xml:lang", "@xml:lang"),
            said_by_feed("language", "dc:language", "xml:lang"),
        ),
        "tags": gather(
            tags,
            *categories("category", "categories", "tags", "dc:subject"),
            *categories("media:keywords", "itunes:keywords", "keywords"),
        ),
        "images": take(
            images,
            together(media),
            *thumbnails("media:thumbnail", "media_thumbnail", "thumbnail", "itunes:image", "image"),
            "/itunes/image",
        ),
        "rights": take(
            rights,
            *texts("dc:rights", "rights", "copyright", "media:copyright"),
            said_by_feed("copyright", "rights"),
        ),
        "html": take(html_body, *texts("content:encoded", "content_encoded"), contents, described),
        "status": take(post_status, held_back, *texts("wp:status")),
    },
    left_alone=(
        *("/comments", "/slash:*", "/slash_comments", "/wfw:*", "/wfw_commentrss"),
        *("/thr:*", "/atom:link", "/contributor", "/contributors", "/content:encodedSnippet"),
        *("/contentSnippet", "/dc:creatorSnippet", "/summarySnippet", "/guidislink", "/base"),
        *("/published_parsed", "/updated_parsed", "/created_parsed", "/title_detail"),
        *("/summary_detail", "/author_detail", "/rights_detail", "/publisher_detail"),
        *("/georss:*", "/geo:*", "/itunes/*", "/itunes:*", "/podcast:*", "/post-id", "/wp:*"),
        *("/media_credit", "/media_player", "/media_keywords", "/ttl", "/$"),
    ),
)
