"""What the versions of IPTC ninjs share (https://iptc.org/standards/ninjs/), and their dialects."""

import re
from collections.abc import Iterator

from articles.catalogue import Code
from articles.metadata.normalize.body import declared_words, html_body, text_body
from articles.metadata.normalize.dates import deadline, embargo, moment
from articles.metadata.normalize.images import pictures
from articles.metadata.normalize.language import language
from articles.metadata.normalize.rights import rights
from articles.metadata.normalize.status import status
from articles.metadata.normalize.text import identifier
from articles.metadata.shapes.shape import Fields, take
from articles.problems import Problem
from articles.quoting import shown
from articles.records.pointers import Finder, Found, at, compose, reads
from articles.values import Document, as_list, is_absent

# N71. Any other type, and none, is an article: dialects have `story` and `advisory`.
_NO_ARTICLES = frozenset("picture audio video graphic event planning component".split())


def refuse(document: Document) -> Problem | None:
    """Refuse pictures, events and their like (N71)."""
    for kind in as_list(document.get("type"))[:1]:
        if isinstance(kind, str) and kind.strip().lower() in _NO_ARTICLES:
            problem = Problem.of(Code.E_NOT_ARTICLE, "item_type", type=shown(kind))
            return problem.placed(path="/type")
    return None


def names(pattern: str) -> Finder:
    """Find the members whose names a pattern describes, in their order (N66a)."""
    name_of = re.compile(pattern)

    @reads(f"/{pattern.partition('_')[0]}_*")
    def find(document: Document) -> Iterator[Found]:
        for name, value in document.items():
            if name_of.fullmatch(name):
                yield Found(f"/{name}", value)

    return find


def after_the_title(*headlines: Finder) -> Finder:
    """Find the headlines that are not the title; the first found is it."""

    @reads(*(place for headline in headlines for place in headline.reads))
    def find(document: Document) -> Iterator[Found]:
        found = [it for headline in headlines for it in headline(document)]
        texts = [it for it in found if isinstance(it.value, str) and not is_absent(it.value)]
        yield from (it for it in texts if str(it.value).strip() != str(texts[0].value).strip())

    return find


HEADLINES = (at("/headline"), at("/headline_main"), names(r"headline_\w+"))
TEXTS = (at("/body_text"), at("/body_main"))
HTMLS = (
    at("/body_html"),
    at("/body_xhtml"),
    at("/body_html5"),
    names(r"body_(?!(?:text|main)$)\w+"),
)
DESCRIPTIONS = (at("/description_text"), names(r"description_(?!usage$)\w+"))  # TT: a note

# The fields of ninjs 1.x that AP has as well, under the same names.
LOWER_CASE: Fields = {
    "published": take(moment, "/firstpublished", "/firstcreated", "/versioncreated"),
    "modified": take(moment, "/versioncreated"),
    "language": take(language, "/language"),
    "images": take(pictures, "/associations"),
    "rights": take(
        rights,
        compose(
            holder=("/copyrightholder",),
            notice=("/copyrightnotice",),
            usage_terms=("/usageterms",),
            license_url=("/rightsinfo/linkedrights",),
        ),
    ),
    "embargoed": take(embargo, "/embargoed"),
    "expires": take(deadline, "/expires"),
    "text": take(text_body, *TEXTS),
    "html": take(html_body, *HTMLS),
    "word_count": take(declared_words, "/wordcount"),
    "version": take(identifier, "/version"),
    "status": take(status, "/pubstatus"),
}
