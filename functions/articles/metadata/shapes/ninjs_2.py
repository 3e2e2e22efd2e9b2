"""IPTC ninjs 2.x: lists of objects with roles. 3.x differs from it in the case of letters only.

Either spelling is read, and the names of 1.x in dialects such as Fingerpost's.
"""

from collections.abc import Iterator

from articles.metadata.normalize.body import declared_words, html_body, text_body
from articles.metadata.normalize.dates import deadline, embargo, moment
from articles.metadata.normalize.images import pictures
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import subjects
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import address_of
from articles.metadata.shapes import ninjs
from articles.metadata.shapes.shape import Fields, Shape, gather, left_alone, take
from articles.records.pointers import Finder, Found, at, compose, each, reads, together
from articles.values import Document, first

_LISTS = ("headlines", "bodies", "descriptions", "subjects")


def matches(document: Document) -> bool:
    lists = (document.get(name) for name in _LISTS)
    return declares(document, "2.") or (
        "uri" in document
        and any(isinstance(it, list) and any(isinstance(o, dict) for o in it) for it in lists)
    )


def declares(document: Document, version: str) -> bool:
    """Whether a document says itself which ninjs it is."""
    return any(str(first(it.value)).startswith(version) for it in at("/standard/version")(document))


def bodies(kind: str) -> Finder:
    """Find the bodies whose content type holds a word; with no word, those without a type (N61)."""

    @reads("/bodies")
    def find(document: Document) -> Iterator[Found]:
        for pointer, body in each("/bodies")(document):
            if isinstance(body, dict):
                media = str(body.get("contentType") or body.get("contenttype") or "").lower()
                if kind in media if kind else not media:
                    yield Found(f"{pointer}/value", body.get("value"))

    return find


def either(*names: str) -> tuple[str, ...]:
    """Return each name, or pointer, as 3.x spells it, then as 2.x does; no pointer is rewritten."""
    return tuple(spelled for name in names for spelled in (name, name.lower()))


HEADLINES = (each("/headlines", "value", where={"role": "main"}), each("/headlines", "value"))

# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "standard type profile places place urgency organisations organisation people persons "
    "person objects events event genres genre slugline slug altids altIds representationtype "
    "representationType contentcreated contentCreated trustindicators trustIndicators ednote "
    "edNote charcount charCount readtime readTime infosources infoSources renditions "
    "rightsinfo/* rightsInfo/* located title mimetype mimeType priority source-feed usn "
    "unique-name format firstVersion dateTimeSent originalUrn mediaCatCodes destinations "
    "tabVtxt abstract bodies headlines descriptions plannedCoverage assignments"
)

FIELDS: Fields = {
    "source": take(source, "/source"),
    "source_id": take(identifier, "/uri", "/guid"),
    "url": take(address_of, "/uri", "/guid"),
    "title": take(title, *HEADLINES, *ninjs.HEADLINES, "/title"),
    "subtitle": take(line, ninjs.after_the_title(*HEADLINES, *ninjs.HEADLINES)),
    "description": take(passage, each("/descriptions", "value"), *ninjs.DESCRIPTIONS),
    "byline": take(byline, "/by", "/byline"),
    "authors": take(
        authors, together(each("/people", where={"rel": "author"})), "/by", "/authors", "/byline"
    ),
    "published": take(moment, *either("/firstPublished", "/firstCreated", "/versionCreated")),
    "modified": take(moment, *either("/versionCreated")),
    "language": take(language, "/language"),
    "tags": gather(subjects, "/subjects", "/keywords"),
    "images": take(pictures, "/associations"),
    "rights": take(
        rights,
        compose(
            holder=either("/copyrightHolder"),
            notice=either("/copyrightNotice"),
            usage_terms=either("/usageTerms"),
            license_url=either("/rightsInfo/linkedRights"),
        ),
    ),
    "embargoed": take(embargo, "/embargoedUntil", "/embargoed"),
    "expires": take(deadline, "/expires"),
    "text": take(text_body, bodies("text/plain"), *ninjs.TEXTS),
    "html": take(html_body, bodies("html"), bodies(""), *ninjs.HTMLS),
    "word_count": take(
        declared_words,
        *(each("/bodies", name) for name in either("wordCount")),
        *either("/wordCount"),
    ),
    "version": take(identifier, "/version"),
    "status": take(status, *either("/pubStatus")),
}
SHAPE = Shape(
    name="ninjs-2",
    matches=matches,
    refuse=ninjs.refuse,
    absorbing_kills=True,
    fields=FIELDS,
    left_alone=LEFT_ALONE,
)
