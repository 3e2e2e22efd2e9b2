"""The output of the Postlight (Mercury) parser: https://github.com/postlight/parser .

All keys are always there, many of them null. `author` is a name that the tool found, no byline.
"""

from articles.metadata.normalize.body import declared_words, html_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.text import line, passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.records.pointers import compose
from articles.values import Document


def matches(document: Document) -> bool:
    named = document.keys()
    return {"lead_image_url", "date_published"} <= named or "rendered_pages" in named


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone("direction total_pages rendered_pages next_page_url domain")

SHAPE = Shape(
    name="postlight",
    matches=matches,
    left_alone=LEFT_ALONE,
    order="upload",
    fields={
        "source": take(source, compose(domain=("/domain",))),
        "url": take(page_address, "/url"),
        "title": take(title, "/title"),
        "subtitle": take(line, "/dek"),
        "description": take(passage, "/excerpt"),
        "authors": take(authors, "/author"),
        "published": take(moment, "/date_published"),
        "images": take(images, "/lead_image_url"),
        "html": take(html_body, "/content"),
        "word_count": take(declared_words, "/word_count"),
    },
)
