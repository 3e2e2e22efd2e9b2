"""Articles of the New York Times' APIs: Article Search, Archive, Top Stories and Most Popular.

Formats: https://github.com/nytimes/public_api_specs. None of them has a text.
"""

from collections.abc import Iterator
from typing import TypeGuard

from articles.metadata.normalize.body import declared_words
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images, widest
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, left_alone, take
from articles.records.pointers import Finder, Found, at, each, reads, together
from articles.values import Document, Json, as_list

IMAGE_HOST = "https://static01.nyt.com/"
FACETS = ("des_facet", "org_facet", "per_facet", "geo_facet")
_PARTS_OF_BYLINE = frozenset({"original", "person", "organization"})
_PERSON = {"firstname": "firstname", "middlename": "middlename", "lastname": "lastname"}


def matches(document: Document) -> bool:
    uri = document.get("uri")
    return (
        ("web_url" in document and isinstance(document.get("headline"), dict))
        or (isinstance(uri, str) and uri.startswith("nyt://"))
        or "des_facet" in document
    )


@reads("/byline")
def printed(document: Document) -> Iterator[Found]:
    """Find a byline that is not the object of the Article Search API, whose members are read."""
    for found in at("/byline")(document):
        if not isinstance(found.value, dict) or not found.value.keys() & _PARTS_OF_BYLINE:
            yield found


def facet(name: str) -> Finder:
    """Find the subjects of one kind, which is their scheme (N57)."""

    @reads(f"/{name}")
    def find(document: Document) -> Iterator[Found]:
        for item in as_list(document.get(name)):
            yield Found(f"/{name}", {"name": item, "scheme": name})

    return find


@reads("/multimedia")
def multimedia(document: Document) -> Iterator[Found]:
    """Find the widest rendition of the picture: all items are one picture (N60)."""
    held = document.get("multimedia")
    if isinstance(held, dict):  # since 2025: {caption, credit, default, thumbnail}
        yield from _picture("/multimedia", held, [held.get("default"), held.get("thumbnail")])
    elif isinstance(held, list):
        yield from _picture("/multimedia", {}, [it for it in held if _is_image(it)])


@reads("/media")
def media(document: Document) -> Iterator[Found]:
    """Find the widest rendition of each picture of Most Popular."""
    for pointer, item in each("/media")(document):
        if _is_image(item) and isinstance(renditions := item.get("media-metadata"), list):
            yield from _picture(pointer, item, renditions)


def _is_image(item: Json) -> TypeGuard[Document]:
    return isinstance(item, dict) and item.get("type", "image") == "image"


def _picture(pointer: str, shared: Document, renditions: list[Json]) -> Iterator[Found]:
    if image := widest(renditions):
        url = image.get("url")
        if isinstance(url, str) and url and "//" not in url:
            url = IMAGE_HOST + url.lstrip("/")
        caption = image.get("caption") or shared.get("caption")
        credit = image.get("credit") or image.get("copyright")
        credit = credit or shared.get("credit") or shared.get("copyright")
        yield Found(pointer, {**image, "url": url, "caption": caption, "credit": credit})


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "document_type type_of_material print_page print_section news_desk subsection_name "
    "subsection subheadline lead_paragraph asset_id id uri _id byline/* headline/* "
    "adx_keywords eta_id column item_type short_url material_type_facet created_date "
    "related_urls nytdsection source media multimedia thumbnail_standard url_* slug score "
    "desk type"
)

SHAPE = Shape(
    name="nyt",
    matches=matches,
    left_alone=LEFT_ALONE,
    fields={
        "source": take(source, "/source"),
        "source_id": take(identifier, "/_id", "/uri", "/id"),
        "url": take(page_address, "/web_url", "/url"),
        "title": take(title, "/headline/main", "/title"),
        "subtitle": take(line, "/headline/print_headline", "/headline/kicker", "/kicker"),
        "description": take(passage, "/abstract", "/snippet"),
        "byline": take(byline, "/byline/original", "/byline"),
        # N44: a person may lack the last name, so what was printed is better.
        "authors": take(
            authors,
            "/byline/original",
            printed,
            together(each("/byline/person", rename=_PERSON)),
            "/byline/organization",
        ),
        "published": take(moment, "/pub_date", "/published_date"),
        "modified": take(moment, "/updated_date", "/updated"),
        "section": take(line, "/section_name", "/section"),
        "tags": gather(
            tags,
            each("/keywords", rename={"name": "value", "scheme": "name"}),
            *map(facet, FACETS),
        ),
        "images": gather(images, multimedia, media),
        "rights": take(rights, "/copyright"),
        "word_count": take(declared_words, "/word_count"),
    },
)
