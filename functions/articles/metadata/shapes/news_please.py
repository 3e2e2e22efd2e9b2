"""The output of news-please: https://github.com/fhamborg/news-please .

Dates have lost their offset. Files of 2017 have `-` for `_`, and `text` for `maintext`; older ones
have `pageTitle` and `downloadDate`. `filename` is not an identifier.
"""

from articles.metadata.normalize.body import text_body
from articles.metadata.normalize.dates import moment
from articles.metadata.normalize.images import images
from articles.metadata.normalize.language import language
from articles.metadata.normalize.people import authors
from articles.metadata.normalize.rights import source
from articles.metadata.normalize.text import passage, title
from articles.metadata.normalize.urls import page_address
from articles.metadata.shapes.shape import Shape, left_alone, take
from articles.records.pointers import compose
from articles.values import Document


def matches(document: Document) -> bool:
    named = {name.replace("-", "_") for name in document}
    return "maintext" in named or {"date_publish", "source_domain"} <= named


# N90: what the format has besides, and nobody here needs.
LEFT_ALONE = left_alone(
    "filename localpath source_domain source-domain date_* title_* title-* modified_date "
    "publish_date html_title download_path error rss_title ancestor descendant version "
    "fetch_time"
)

SHAPE = Shape(
    name="news-please",
    matches=matches,
    left_alone=LEFT_ALONE,
    order="upload",
    fields={
        "source": take(source, compose(domain=("/source_domain", "/source-domain"))),
        "url": take(page_address, "/url"),
        "title": take(
            title,
            "/title",
            "/title_page",
            "/title-page",
            "/pageTitle",
            "/title_rss",
            "/title-rss",
        ),
        "description": take(passage, "/description"),
        "authors": take(authors, "/authors"),
        "published": take(moment, "/date_publish", "/date-publish"),
        "modified": take(moment, "/date_modify", "/date-modify"),
        "retrieved": take(moment, "/date_download", "/date-download", "/downloadDate"),
        "language": take(language, "/language"),
        "images": take(images, "/image_url", "/image-url"),
        "text": take(text_body, "/maintext", "/text"),
    },
)
