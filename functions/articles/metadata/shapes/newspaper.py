"""Dumps of an article of newspaper3k or of https://github.com/AndyTheFactory/newspaper4k .

`keywords` and `summary` are the tool's guesses and `language` is its setting; what the page says is
in `meta_keywords`, `meta_description` and `meta_lang`, or in the tree `meta_data`.
"""

import re
from collections.abc import Iterator

from articles.metadata.normalize.body import html_body, text_body
from articles.metadata.normalize.dates import moment, peek
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.tags import tags
from articles.metadata.normalize.text import line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, gather, left_alone, take
from articles.records.pointers import Finder, Found, at, compose, reads
from articles.values import Document, Json

_CLOCK = re.compile(r"\d?\d:\d\d")
_MIDNIGHT = re.compile(r"[T ]0?0:00(?::00(?:\.0+)?)?(?![:\d.])")
_PYTHON_TEXT = r"""(?:'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)")"""
_PYTHON_LIST = re.compile(rf"[{{\[](?:{_PYTHON_TEXT}(?:,\s*|(?=[}}\]])))*+[}}\]]", re.DOTALL)


def matches(document: Document) -> bool:
    named = document.keys()
    return "publish_date" in named and bool(
        named & {"top_image", "top_img", "meta_lang", "canonical_link"}
    )


def listed(pointer: str) -> Finder:
    """Find a list, also one that was written as Python shows a set: `{'a', 'b'}` (N4)."""

    @reads(pointer)
    def find(document: Document) -> Iterator[Found]:
        for found in at(pointer)(document):
            text = found.value.strip() if isinstance(found.value, str) else ""
            if _PYTHON_LIST.fullmatch(text):
                members = (one or other for one, other in re.findall(_PYTHON_TEXT, text, re.DOTALL))
                yield Found(pointer, [re.sub(r"\\(.)", r"\1", it) for it in members])
            else:
                yield found

    return find


def _is_day(value: Json) -> bool:
    """Whether a date is a day, or midnight by its own clock; nothing is a day, too."""
    text = value if isinstance(value, str) and _CLOCK.search(value) else peek(value) or ""
    return not _CLOCK.search(text) or bool(_MIDNIGHT.search(text))


@reads("/publish_date", "/meta_data/article/published_time")
def published(document: Document) -> Iterator[Found]:
    """N18: the page's own time with its offset counts where the tool found a day, or nothing."""
    found = list(at("/publish_date")(document))
    if all(_is_day(it.value) for it in found):
        for own in at("/meta_data/article/published_time")(document):
            if (peek(own.value) or "").endswith("Z"):
                yield own
    yield from found


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "keywords keyword_scores summary language meta_* text_cleaned movies top_node clean_* "
    "link_hash doc html tags canonical_link source_url download_* is_parsed is_media_news "
    "config read_more_link additional_data history fetch_images extractor imgs top_img "
    "has_top_image has_text stopwords"
)

SHAPE = Shape(
    name="newspaper",
    matches=matches,
    left_alone=LEFT_ALONE,
    order="upload",
    fields={
        "source": take(
            source,
            compose(
                name=("/meta_site_name", "/meta_data/og/site_name"),
                domain=("/source_url",),
            ),
        ),
        "url": take(page_address, "/url"),
        "canonical_url": take(page_address, "/canonical_link"),
        "title": take(title, "/title"),
        "description": take(
            passage, "/meta_description", "/meta_data/description", "/meta_data/og/description"
        ),
        "authors": take(authors, listed("/authors")),
        "published": take(moment, published),
        "modified": take(moment, "/meta_data/article/modified_time"),
        "language": take(language, "/meta_lang", "/meta_data/og/locale"),
        "section": take(line, "/meta_data/article/section"),
        "tags": gather(tags, listed("/tags"), listed("/meta_keywords")),
        "images": gather(
            images, "/top_image", "/top_img", "/meta_img", listed("/images"), listed("/imgs")
        ),
        "text": take(text_body, "/text"),
        "html": take(html_body, "/article_html"),
    },
)
