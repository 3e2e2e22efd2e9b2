"""The output of Mozilla's Readability: https://github.com/mozilla/readability .

It has no address and no identifier, so that an article is known by its content (N85).
`language`, `modifiedTime` and `image` are those of go-readability.
"""

from articles.normalize.body import html_body, text_body
from articles.normalize.dates import moment
from articles.normalize.images import images
from articles.normalize.language import language
from articles.normalize.people import authors, byline
from articles.normalize.rights import source
from articles.normalize.text import passage, title
from articles.normalize.urls import web_address
from articles.shapes.shape import Document, Shape, take


def matches(document: Document) -> bool:
    named = document.keys()
    return "byline" in named and bool(named & {"readerable", "textContent", "siteName", "dir"})


SHAPE = Shape(
    name="readability",
    matches=matches,
    order="upload",
    fields={
        "source": take(source, "/siteName"),
        "url": take(web_address, "/url"),
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
