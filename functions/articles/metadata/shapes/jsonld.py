"""Articles of schema.org in JSON-LD (https://schema.org/NewsArticle), as web pages carry them.

Where the articles of a document lie, and what its references mean, is linked_data.py's business.
"""

import re
from collections.abc import Iterator

from articles.catalogue import Code
from articles.metadata.normalize.body import declared_words, is_public, loose_body
from articles.metadata.normalize.dates import deadline, moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.notes import Notes
from articles.metadata.shapes.shape import Shape, gather, left_alone, take
from articles.problems import Problem
from articles.records.linked_data import KEYWORDS, bare, is_article, is_linked_data
from articles.records.pointers import Finder, Found, at, reads, together
from articles.values import Document, Json, as_list, first, is_absent

# The members that are read, in schema.org's own spelling: pages write `datemodified` (N18).
_MEMBERS = {
    name.casefold(): name
    for name in (
        *("@id", "@type", "alternativeHeadline", "articleBody", "articleSection", "author"),
        *("copyrightHolder", "copyrightNotice", "creator", "dateCreated", "dateModified"),
        *("datePublished", "description", "expires", "headline", "identifier", "image"),
        *("inLanguage", "isPartOf", "keywords", "license", "liveBlogUpdate", "mainEntityOfPage"),
        *("name", "publisher", "text", "thumbnailUrl", "url", "version", "wordCount"),
    )
} | KEYWORDS
_MAX_DEPTH = 20
_HOST = re.compile(r"\s*+(?:https?:|//)", re.IGNORECASE)


def spelled(name: str) -> str:
    return bare(name).casefold()


def refuse(document: Document) -> Problem | None:
    """Refuse a page, a video or a list of links (N20)."""
    if is_article(document):
        return None
    return Problem.of(Code.E_NOT_ARTICLE, "linked_data").placed(path="/@type")


def prepare(document: Document, _: Notes) -> Document:
    """Spell the members as schema.org does, and take values out of JSON-LD's own wrappers."""
    found: Document = {}
    for name, value in document.items():
        member = _MEMBERS.get(spelled(name))
        if member and (member == name or is_absent(found.get(member))):
            found[member] = _plain(value)
    return found


def _plain(value: Json, depth: int = 0) -> Json:
    """Read `{"@value": x}` as x, and `{"@list": […]}` and `{"@set": […]}` as lists."""
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list):
        plain = [_plain(item, depth + 1) for item in value]
        return [part for item in plain for part in (item if isinstance(item, list) else [item])]
    if isinstance(value, dict):
        for wrapper in ("@value", "@list", "@set"):
            if wrapper in value:
                return _plain(value[wrapper], depth + 1)
        return _plain_node(value, depth)
    return value


def _plain_node(node: Document, depth: int) -> Document:
    """Read `id` as `@id`, and a name that is a node of its own as the name in it (N102)."""
    found: Document = {}
    for written, member in node.items():
        name = KEYWORDS.get(written, bare(written))
        if name == written or is_absent(found.get(name)):
            found[name] = _plain(member, depth + 1)
    if isinstance(inner := first(found.get("name")), dict):
        found = {**inner, **found, "name": inner.get("name")}
    return found


def items(pointer: str) -> Finder:
    """Find one value or many (N5)."""

    @reads(pointer)
    def find(document: Document) -> Iterator[Found]:
        for _, value in at(pointer)(document):
            yield from (Found(pointer, item) for item in as_list(value))

    return find


def text_or(pointer: str, *members: str) -> Finder:
    """Find a text, or the members of an object that have it."""

    @reads(pointer, *(f"{pointer}/{name}" for name in members))
    def find(document: Document) -> Iterator[Found]:
        for _, value in items(pointer)(document):
            if isinstance(value, dict):
                yield from (Found(f"{pointer}/{name}", value.get(name)) for name in members)
            else:  # what is not a text is dropped, and noted, by its normalizer
                yield Found(pointer, value)

    return find


def address(pointer: str, *members: str) -> Finder:
    """Find an address as a text or in an object, whose `@id` may be none (N23)."""

    @reads(pointer, *(f"{pointer}/{name}" for name in members))
    def find(document: Document) -> Iterator[Found]:
        for place, value in text_or(pointer, *members)(document):
            if isinstance(value, str) and (place[-3:] != "@id" or _HOST.match(value)):
                yield Found(place, value)

    return find


@reads("/publisher/name", "/publisher/@type")
def publisher(document: Document) -> Iterator[Found]:
    """Find the publisher's name with its type, which is that of an author of this name (N100)."""
    for pointer, value in items("/publisher")(document):
        if isinstance(value, dict):
            known = {name: value.get(name) for name in ("name", "@type")}
            yield Found(f"{pointer}/name", known)
        else:
            yield Found(pointer, value)


@reads("/isPartOf/@id")
def part_of(document: Document) -> Iterator[Found]:
    for place, value in items("/isPartOf")(document):
        if isinstance(value, dict):
            yield from (Found(f"{place}{it.pointer}", it.value) for it in address("/@id")(value))


@reads("/identifier", "/@id")
def own_identifier(document: Document) -> Iterator[Found]:
    """Find the identifier (N23); `#article` and `_:b0` name nodes in the document, not articles."""
    for pointer, value in items("/identifier")(document):
        yield Found(pointer, value.get("value") if isinstance(value, dict) else value)
    for pointer, value in at("/@id")(document):
        if not (isinstance(value, str) and value.strip().startswith(("#", "_:"))):
            yield Found(pointer, value)


@reads("/headline", "/name", "/alternativeHeadline")
def second_headline(document: Document) -> Iterator[Found]:
    """Find the alternative headline, unless it is the only one (N22)."""
    if not all(is_absent(document.get(name)) for name in ("headline", "name")):
        yield from at("/alternativeHeadline")(document)


@reads("/keywords")
def keywords(document: Document) -> Iterator[Found]:
    """Find texts, and terms of a vocabulary (https://schema.org/DefinedTerm)."""
    for pointer, value in items("/keywords")(document):
        if isinstance(value, dict):
            scheme = value.get("inDefinedTermSet")
            term = {"name": value.get("name"), "code": value.get("termCode"), "scheme": scheme}
            yield Found(pointer, term)
        else:
            yield Found(pointer, value)


@reads("/liveBlogUpdate")
def updates(document: Document) -> Iterator[Found]:
    """Find the texts of a live blog, in the order of the document; drafts stay out (N104)."""
    for place, update in items("/liveBlogUpdate")(document):
        if not isinstance(update, dict):
            yield Found(place, update)
        elif is_public(update):
            yield Found(place, first([update.get("articleBody"), update.get("text")]))


@reads("/copyrightHolder", "/copyrightNotice", "/license")
def terms_of_use(document: Document) -> Iterator[Found]:
    """Find what N27 takes for rights."""
    parts = {
        "holder": text_or("/copyrightHolder", "name"),
        "notice": text_or("/copyrightNotice"),
        "license_url": address("/license", "@id", "url"),
    }
    terms = {
        name: next((it.value for it in find(document) if not is_absent(it.value)), None)
        for name, find in parts.items()
    }
    if not is_absent(list(terms.values())):
        yield Found("", terms)


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "@context @id @type @graph @reverse about mentions abstract accessMode* accessibility* "
    "aggregateRating acquireLicensePage alternateName archivedAt assesses associatedMedia "
    "audience audio award awards backstory breadcrumb character citation comment commentCount "
    "conditionsOfAccess contentLocation contentRating contentReferenceTime contributor "
    "copyrightYear correction countryOfOrigin coverageStartTime coverageEndTime creditText "
    "dateline discussionUrl diversityPolicy editEIDR editor educational* encoding "
    "encodingFormat ethicsPolicy fileFormat funder funding genre hasPart interactionStatistic "
    "interactivityType interpretedAsClaim isAccessibleForFree isBasedOn isFamilyFriendly "
    "learningResourceType locationCreated mainEntity maintainer material materialExtent "
    "masthead offers pageStart pageEnd pagination pattern position potentialAction "
    "primaryImageOfPage printColumn printEdition printPage printSection producer "
    "proficiencyLevel provider publication publishingPrinciples recordedAt releasedEvent "
    "review reviews sameAs schemaVersion sdDatePublished sdLicense sdPublisher "
    "significantLink* size sourceOrganization spatial* speakable sponsor subjectOf teaches "
    "temporal* thumbnail timeRequired translationOfWork translator typicalAgeRange usageInfo "
    "video workExample workTranslation disambiguatingDescription additionalType identifier/* "
    "publisher/* mainEntityOfPage/* isPartOf/* copyrightHolder/* license/* inLanguage/* "
    "author/* creator/* image/* thumbnailUrl/*"
)

SHAPE = Shape(
    name="jsonld",
    matches=is_linked_data,
    left_alone=LEFT_ALONE,
    spelled=spelled,
    refuse=refuse,
    prepare=prepare,
    fields={
        "source": take(source, publisher),
        "source_id": take(identifier, own_identifier),
        "url": take(
            page_address,
            address("/url", "@id"),
            address("/mainEntityOfPage", "@id", "url"),
            address("/@id"),
            part_of,
        ),
        "title": take(title, "/headline", "/name", "/alternativeHeadline"),
        "subtitle": take(line, second_headline),
        "description": take(passage, "/description"),
        "byline": take(byline, "/author", "/creator"),
        "authors": take(authors, "/author", "/creator"),
        "published": take(moment, "/datePublished", "/dateCreated"),
        "modified": take(moment, "/dateModified"),
        "language": take(language, text_or("/inLanguage", "alternateName", "name")),
        "section": take(line, "/articleSection"),
        "tags": gather(tags, keywords),
        "images": take(images, "/image", "/thumbnailUrl"),
        "rights": take(rights, terms_of_use),
        "expires": take(deadline, "/expires"),
        "text": take(loose_body, "/articleBody", "/text", together(updates)),
        "word_count": take(declared_words, "/wordCount"),
        "version": take(identifier, "/version"),
    },
)
