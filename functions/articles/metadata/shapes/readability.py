"""The output of Mozilla's Readability: https://github.com/mozilla/readability .

It has no address and no identifier, so that an article is known by its content (N85).
`language`, `modifiedTime` and `image` are those of go-readability.
"""

from articles.metadata.normalize.body import html_body, text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors, byline
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.text import passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.values import Document


def matches(document: Document) -> bool:
    named = document.keys()
    return "byline" in named and bool(named & {"readerable", "textContent", "siteName", "dir"})


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone("readerable dir length serializer node favicon content")

SHAPE = Shape(
    name="readability",
    matches=matches,
    left_alone=LEFT_ALONE,
    order="upload",
    fields={
        "source": take(source, "/siteName"),
        "url": take(page_address, "/url"),
        "title": take(title, "/title"),
        "description": take(passage, "/excerpt"),
        "byline": take(byline, "/byline"),
        "authors": take(authors, "/byline"),
        "published": take(moment, "/publishedTime"),
        "modified": take(moment, "/modifiedTime"),
        "language": take(language, "/lang", "/language"),
        "images": take(images, "/image"),
        "text": take(text_body, "/textContent"),
        "html": take(html_body, "/content"),
    },
)
