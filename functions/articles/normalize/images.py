"""Images with their captions and credits (N60). Nothing is fetched."""

import re
from typing import Any

from articles.article import Image
from articles.normalize.text import as_list, line
from articles.normalize.urls import web_address
from articles.notes import Note
from articles.problems import Code
from articles.strict_json import Json

MAX_IMAGES = 100
_MAX_DIGITS = 6  # of a width or a height
_FIRST_OF_SRCSET = re.compile(r"\s*(?P<url>\S+?)(?:\s+[\d.]+[wx]\s*(?:,|$)|,\s)")


def images(value: Json, note: Note) -> tuple[Image, ...] | None:
    """Read one image or many, as addresses or as objects; the first of each address stays."""
    distinct: dict[str, Image] = {}
    for item in as_list(value):
        image = _image(item if isinstance(item, dict) else {"url": item}, note)
        if image and image.url and (image.width, image.height) != (1, 1):  # a tracking pixel
            distinct.setdefault(image.url, image)
    if len(distinct) > MAX_IMAGES:
        note(Code.W_FIELD_TYPE, f"{len(distinct):,} images are over {MAX_IMAGES}.")
    return tuple(distinct.values())[:MAX_IMAGES] or None


def _image(item: dict[str, Any], note: Note) -> Image | None:
    address = item.get("url") or item.get("src") or item.get("href") or item.get("contentUrl")
    if isinstance(address, str) and (first := _FIRST_OF_SRCSET.match(address)):
        address = first["url"]
    url = web_address(address, note)
    if url is None:
        return None
    return Image(
        url=url,
        caption=line(item.get("caption"), note),
        credit=line(item.get("credit"), note),
        width=_pixels(item.get("width")),
        height=_pixels(item.get("height")),
    )


def _pixels(value: object) -> int | None:
    digits = str(value) if not isinstance(value, bool) else ""
    return int(digits) or None if digits.isdecimal() and len(digits) <= _MAX_DIGITS else None


def raw_image(value: Json, note: Note) -> tuple[Image, ...] | None:
    """Keep a caption and a credit without address: only a raw text has them (N82)."""
    caption, credit = line(value.get("caption"), note), line(value.get("credit"), note)
    return (Image(caption=caption, credit=credit),) if caption or credit else None
