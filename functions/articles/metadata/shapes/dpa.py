"""Entries of dpa digitalwires (https://github.com/dpa-newslab), the format of dpa's wireQ.

`notepad` and `ednotes` are for editors, with the telephone numbers of sources: never read.
"""

from collections.abc import Iterator

from articles.catalogue import Code
from articles.metadata.normalize.body import html_body
from articles.metadata.normalize.dates import embargo, moment
from articles.metadata.normalize.images import images, widest
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import rights, source
from articles.metadata.normalize.status import status
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import identifier, line, passage, title
from articles.metadata.shapes.shape import Shape, gather, take
from articles.problems import Problem
from articles.quoting import shown
from articles.records.pointers import Finder, Found, compose, each, reads
from articles.values import Document, as_list, first, is_absent

_OWN = frozenset({"article_html", "pubstatus", "version_created"})


def matches(document: Document) -> bool:
    named = document.keys()
    return isinstance(first(document.get("urn")), str) and bool(named & _OWN)


def refuse(document: Document) -> Problem | None:
    """Refuse a picture or a graphic without an article (N71); a notice needs none (N70)."""
    is_notice = first(document.get("pubstatus")) not in (None, "usable")
    if is_notice or not is_absent(document.get("article_html")):
        return None
    for held in as_list(document.get("associations"))[:1]:
        if isinstance(held, dict):
            problem = Problem.of(Code.E_NOT_ARTICLE, "item_type", type=shown(held.get("type")))
            return problem.placed(path="/associations/0/type")
    return None


def categories(*kinds: str) -> Finder:
    """Find the categories of some types, which may have a prefix: `dnltype:dpasubject`."""

    @reads("/categories")
    def find(document: Document) -> Iterator[Found]:
        for pointer, item in each("/categories")(document):
            if isinstance(item, dict) and str(item.get("type")).rpartition(":")[2] in kinds:
                yield Found(pointer, {"name": item.get("name"), "code": item.get("qcode")})

    return find


@reads("/categories")
def provider(document: Document) -> Iterator[Found]:
    for pointer, category in categories("provider")(document):
        if isinstance(category, dict):
            yield Found(pointer, category["name"])


@reads("/associations")
def pictures(document: Document) -> Iterator[Found]:
    """Find the widest rendition of each picture, the feature image first (N60)."""
    held = each("/associations", where={"type": "image"})(document)
    found = [(pointer, item) for pointer, item in held if isinstance(item, dict)]
    for pointer, item in sorted(found, key=lambda it: it[1].get("is_featureimage") is not True):
        if (image := widest(as_list(item.get("renditions")))) is not None:
            caption, credit = item.get("caption"), item.get("creditline")
            yield Found(pointer, {**image, "caption": caption, "credit": credit})


SHAPE = Shape(
    name="dpa",
    matches=matches,
    refuse=refuse,
    fields={
        "source": take(source, provider, "/creditline"),
        "source_id": take(identifier, "/urn"),
        "title": take(title, "/headline"),
        "subtitle": take(line, "/subhead", "/kicker"),
        "description": take(passage, "/teaser"),
        "byline": take(byline, "/byline"),
        "authors": take(authors, "/byline"),
        "published": take(moment, "/published", "/version_created"),  # as in ninjs (N18)
        "modified": take(moment, "/version_created"),
        "language": take(language, "/language"),
        "section": take(line, "/rubric_names", "/rubrics"),
        "tags": gather(tags, categories("dpasubject", "geosubject", "keyword")),
        "images": gather(images, pictures),
        "rights": take(rights, compose(notice=("/copyrightnotice",), usage_terms=("/usageterms",))),
        "embargoed": take(embargo, "/embargoed"),
        "html": gather(html_body, "/article_html", "/infobox_html"),
        "version": take(identifier, "/version"),
        "status": take(status, "/pubstatus"),
    },
    left_alone=(
        *("/format", "/type", "/entry_id", "/updated", "/content_created", "/signal", "/urgency"),
        *("/dateline", "/linkbox_html", "/autopublishnotice", "/notepad", "/ednotes", "/genre"),
        *("/descriptions", "/creditline", "/current_rubric_names"),
        *("/dpasubject_names", "/geosubject_names", "/keyword_names", "/desk_names"),
        *("/genre_names", "/poi_names", "/scope_names", "/_wireq_receipt"),
    ),
)
