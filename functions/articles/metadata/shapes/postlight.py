"""The output of the Postlight (Mercury) parser: https://github.com/postlight/parser .

All keys are always there, many of them null. `author` is a name that the tool found, no byline.
"""

from articles.metadata.normalize.body import declared_words, html_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.text import line, passage, title
from articles.metadata.normalize.urls import web_address
from articles.metadata.shapes.shape import Shape, take
from articles.records.pointers import compose
from articles.values import Document


def matches(document: Document) -> bool:
    named = document.keys()
    return {"lead_image_url", "date_published"} <= named or "rendered_pages" in named


SHAPE = Shape(
    name="postlight",
    matches=matches,
    order="upload",
    fields={
        "source": take(source, compose(domain=("/domain",))),
        "url": take(web_address, "/url"),
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
