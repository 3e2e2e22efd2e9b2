"""Images with their captions and credits (N60). Nothing is fetched."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeGuard

from articles.article import Image
from articles.catalogue import Code
from articles.metadata.normalize.text import line
from articles.metadata.normalize.urls import web_address
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.values import Document, Json, as_list, digits, first, says_something

MAX_IMAGES = 100
MAX_READ = 1_000  # including duplicates and what is not an image
_ADDRESSES = ("url", "src", "href", "contentUrl")
_DETAILS = ("caption", "credit", "creditText", "width", "height")
_MAX_DIGITS = 6  # of a width or a height
_FIRST_OF_SRCSET = re.compile(r"\s*(?P<url>\S+?)(?:\s+[\d.]+[wx]\s*(?:,|$)|,\s)")


@follows("N60", "N102")
def images(value: Json, note: Note) -> tuple[Image, ...] | None:
    """Read one image or many, as addresses or objects; the first of each address stays.

    A list of lists is one of places, as `gather` hands them over.
    """
    items = chain.from_iterable(as_list(it) for it in as_list(value))
    return _distinct(chain.from_iterable(map(_each, items)), note)


@follows("N60")
def pictures(value: Json, note: Note) -> tuple[Image, ...] | None:
    """Read the associations of ninjs: of each picture its largest rendition."""
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(as_list(value)))
    # Superdesk's name for the main image; the order of the others stays.
    items.sort(key=lambda named: str(named[0]) != "featuremedia")
    return _distinct((_picture(item, note) for _, item in items if _is_picture(item)), note)


def _distinct(items: Iterable[Json], note: Note) -> tuple[Image, ...] | None:
    """Keep each image once, and look at no more than may be kept."""
    distinct: dict[str, Image] = {}
    for read, item in enumerate(items):
        image = _image(item if isinstance(item, dict) else {"url": item}, note)
        is_full = len(distinct) == MAX_IMAGES and image and image.url not in distinct
        if read == MAX_READ or is_full:
            note(Code.W_FIELD_TYPE, "too_many_images", limit=MAX_IMAGES)
            break
        if image and image.url and (image.width, image.height) != (1, 1):  # a tracking pixel
            distinct.setdefault(image.url, image)
    return tuple(distinct.values()) or None


def _is_picture(item: Json) -> TypeGuard[Document]:
    return isinstance(item, dict) and item.get("type") == "picture"


def _picture(item: Document, note: Note) -> Document:
    held = item.get("renditions")
    renditions = [
        it
        for it in (held.values() if isinstance(held, dict) else as_list(held))
        if isinstance(it, dict) and isinstance(it.get("href"), str) and _is_image(it)
    ]
    if not renditions:
        note(Code.W_FIELD_TYPE, "picture_without_image", value=shown(item))
        return {}
    largest = max(renditions, key=lambda it: _pixels(it.get("width")) or 0)
    described = [
        it.get("value") for it in as_list(item.get("descriptions")) if isinstance(it, dict)
    ]
    return {
        "url": largest["href"],
        "caption": item.get("description_text") or described[:1],
        "credit": item.get("byline") or item.get("by"),
        "width": largest.get("width"),
        "height": largest.get("height"),
    }


def _is_image(rendition: Document) -> bool:
    kinds = (rendition.get(name) for name in ("mimetype", "contenttype", "contentType"))
    return all(str(kind).startswith("image/") for kind in kinds if kind)


def widest(renditions: list[Json]) -> Document | None:
    """Find the largest of some renditions of one picture, by its width (N60)."""
    objects = [it for it in renditions if isinstance(it, dict) and it.get("url")]
    return max(objects, key=lambda it: _pixels(it.get("width")) or 0, default=None)


def _each(item: Json) -> Iterator[Json]:
    """Give an image for each address, where the first member that has any has a list (N102)."""
    held = [] if not isinstance(item, dict) else [(n, as_list(item.get(n))) for n in _ADDRESSES]
    name, addresses = next((it for it in held if it[1]), ("", []))
    if not isinstance(item, dict) or len(addresses) < 2:
        yield item
    else:
        shared = {it: item[it] for it in _DETAILS if it in item}  # an object may have many more
        yield from ({**shared, name: address} for address in addresses)


def _image(item: Document, note: Note) -> Image | None:
    addresses = (_first_of_srcset(first(item.get(name))) for name in _ADDRESSES)
    given = [it for it in addresses if it is not None]
    if not given and says_something(item):
        note(Code.W_FIELD_TYPE, "image_without_address", value=shown(item))
    url = next((url for it in given if (url := web_address(it, note))), None)
    if url is None:
        return None
    return Image(
        url=url,
        caption=line(item.get("caption"), note),
        credit=line(item.get("credit") or item.get("creditText"), note),
        width=_pixels(item.get("width")),
        height=_pixels(item.get("height")),
    )


def _first_of_srcset(address: Json) -> Json:
    found = _FIRST_OF_SRCSET.match(address) if isinstance(address, str) else None
    return found["url"] if found else address


def _pixels(value: Json) -> int | None:
    value = first(value)
    number = digits(value.strip().removesuffix("px") if isinstance(value, str) else value)
    return int(number) or None if 0 < len(number) <= _MAX_DIGITS else None


@follows("N82")
def raw_images(value: Json, note: Note) -> tuple[Image, ...] | None:
    """Keep captions and credits without address: only a raw text has them."""
    items = [it for it in as_list(value) if isinstance(it, dict)]
    found = [(line(it.get("caption"), note), line(it.get("credit"), note)) for it in items]
    images = (Image(caption=caption, credit=credit) for caption, credit in found)
    return tuple(it for it in images if it.caption or it.credit) or None
