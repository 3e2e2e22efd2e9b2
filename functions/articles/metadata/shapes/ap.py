"""Items of the AP Content API (https://api.ap.org/media/v/docs/); the text itself is only linked.

`uri` is an address of the API, with the parameters of a session in it, and `title` is a slug.
"""

from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.tags import subjects
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.ninjs import (
    DESCRIPTIONS,
    HEADLINES,
    LOWER_CASE,
    after_the_title,
    refuse,
)
from articles.metadata.shapes.shape import Shape, gather, left_alone, take
from articles.records.pointers import each, together
from articles.values import Document

_IDS = frozenset({"itemid", "etag", "friendlykey", "referenceid"})


def matches(document: Document) -> bool:
    named, ids = document.keys(), document.get("altids")
    return (
        isinstance(ids, dict)
        and bool(ids.keys() & _IDS)  # TT's ninjs has other altids,
        and "$standard" not in named  # and ninjs itself has the same ones since 1.4
        and bool(named & {"pubstatus", "versioncreated"})
    )


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "uri textformat version_links altids/* type urgency profile editorialpriority editorialrole "
    "editorialtypes ednote signals title slugline keywords infosource place located "
    "datelinelocation fixture person organisation event audiences audience company genre "
    "products provider/* sequence recordsequencenumber versioncreator creator renditions "
    "charcount contentcreated priority outcues services usage copyrightdate filings links "
    "renderedtext foreignkeys"
)

SHAPE = Shape(
    name="ap",
    matches=matches,
    left_alone=LEFT_ALONE,
    refuse=refuse,
    absorbing_kills=True,
    fields={
        "source": take(source, "/provider"),
        "source_id": take(identifier, "/altids/itemid"),
        "url": take(page_address, each("/links", "href", where={"rel": "canonical"})),
        "title": take(title, *HEADLINES),
        "subtitle": take(line, after_the_title(*HEADLINES)),
        "description": take(passage, "/description_summary", *DESCRIPTIONS),
        "byline": take(byline, together(each("/bylines", "by")), "/byline"),
        "authors": take(
            authors, together(each("/bylines", rename={"name": "by", "role": "title"})), "/byline"
        ),
        "tags": gather(subjects, "/subject"),
        **LOWER_CASE,
    },
)
