"""From a document of a known shape to the canonical article: the fields, then what follows of them.

No I/O, no clock, no surprise: the same document, feed and time of arrival give the same article.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from articles.article import Article, Source
from articles.feeds import Feed
from articles.metadata.normalize import body as bodies
from articles.metadata.normalize import urls
from articles.metadata.normalize.dates import Moment
from articles.metadata.normalize.people import outlet
from articles.metadata.notes import Notes, Taken
from articles.metadata.shapes.shape import Shape, Take
from articles.problems import Code, Rejected
from articles.records.pointers import Found
from articles.times import format_instant
from articles.values import Document, as_list, is_absent

# Where a field may stand, so many places are tried at most.
MAX_PLACES = 100

Values = dict[str, Any]

_TITLE_SUFFIX_DASHES = ("-", "–", "—", "|")
_DATES = ("published", "modified", "retrieved")


def read(document: Document, shape: Shape, feed: Feed, notes: Notes) -> Article:
    """Read one article.

    Raises Rejected with every error of the record; warnings are left in `notes`.
    """
    if problem := shape.refuse(document):
        raise Rejected(problem)
    values = _take_fields(shape.prepare(document, notes), shape, notes)
    if notes.named:
        values.setdefault("source_id", notes.named)
    _settle_source(values, feed)
    _settle_address(values)
    _settle_images(values)
    _settle_title(values)
    for name in _DATES:
        _settle_date(values, name, feed, notes)
    _settle_embargo(values, feed, notes)
    _settle_body(values)
    _settle_defaults(values, feed, notes)
    _check(values, feed, notes)
    warnings = tuple(dict.fromkeys(str(warning.code) for warning in notes.warnings))
    return Article(shape=shape.name, **values, warnings=warnings or None)


def _take_fields(document: Document, shape: Shape, notes: Notes) -> Values:
    values: Values = {}
    for field, wanted in shape.fields.items():
        notes.field = field
        for tried, (pointer, raw) in enumerate(_candidates(document, wanted)):
            if tried == MAX_PLACES:
                note = notes.at(pointer)
                note(Code.W_FIELD_TYPE, "too_many_places", field=field, limit=MAX_PLACES)
                break
            value = wanted.rule(raw, notes.at(pointer))
            if value is not None:
                values[field] = value
                notes.taken[field] = Taken(pointer, wanted.rule)
                break
        if field == "source" and "source" in values:
            notes.outlet = outlet(values["source"].name)
    return values


def _candidates(document: Document, wanted: Take) -> Iterator[Found]:
    found = (it for find in wanted.places for it in find(document) if not is_absent(it.value))
    if not wanted.all_places:
        yield from found
    elif first := next(found, None):
        parts = [part for it in chain([first], found) for part in as_list(it.value)]
        yield Found(first.pointer, parts)


def _settle_source(values: Values, feed: Feed) -> None:
    """N86: the feed's publisher where the record names none."""
    publisher, known = feed.profile.publisher, values.get("source") or Source()
    if publisher and not (known.name or known.id):
        domain = known.domain or publisher.domain
        values["source"] = publisher.model_copy(update={"domain": domain})


def _settle_address(values: Values) -> None:
    """N34-N39: the canonical address, the publisher's domain."""
    declared = values.pop("canonical_url", None) or values.get("url")
    if declared is None:
        return
    address = urls.canonical(declared)
    values["canonical_url"] = address.url
    if address.is_amp or ("url" in values and urls.canonical(values["url"]).is_amp):
        values["is_amp"] = True
    known: Source = values.get("source") or Source()
    values["source"] = known.model_copy(update={"domain": address.domain})


def _settle_images(values: Values) -> None:
    """N60: the page itself is no image; tools that find none give its address."""
    if "images" not in values or "url" not in values:
        return
    images = tuple(image for image in values["images"] if image.url != values["url"])
    values["images"] = images or None


def _settle_title(values: Values) -> None:
    """N66: ` - The Courier` goes when the source's name is `Courier`."""
    source: Source | None = values.get("source")
    title: str | None = values.get("title")
    if not title or source is None or source.name is None:
        return
    for dash in _TITLE_SUFFIX_DASHES:
        head, found, tail = title.rpartition(f" {dash} ")
        if found and head.strip() and _outlet(tail) == _outlet(source.name):
            values["title"] = head.strip()
            return


def _outlet(name: str) -> str:
    return name.strip().casefold().removeprefix("the ")


def _settle_date(values: Values, name: str, feed: Feed, notes: Notes) -> None:
    """N12, N86: an instant, or a local time that stays one unless the feed knows its zone."""
    moment: Moment | None = values.pop(name, None)
    if moment is None:
        return
    moment = _in_zone(moment, name, feed, notes)
    if moment.instant:
        values[f"{name}_at"] = format_instant(moment.instant)
    else:
        values[f"{name}_at_local"] = moment.local


def _in_zone(moment: Moment, name: str, feed: Feed, notes: Notes) -> Moment:
    if feed.zone is None or moment.zone or moment.local is None or "T" not in moment.local:
        return moment
    try:
        instant = datetime.fromisoformat(moment.local).replace(tzinfo=feed.zone).astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar
        return moment
    notes.at("")(Code.W_ASSUMED_TIMEZONE, field=name, zone=feed.zone.key)
    return Moment(instant=instant)


def _settle_embargo(values: Values, feed: Feed, notes: Notes) -> None:
    """N68, N69: an embargo that is not known for sure must not lapse silently."""
    expires: Moment | None = values.pop("expires", None)
    if expires and expires.instant:
        values["expires_at"] = format_instant(expires.instant)
    moment: Moment | None = values.pop("embargoed", None)
    if moment is None:
        return
    moment = _in_zone(moment, "embargoed", feed, notes)
    if moment.instant:
        values["embargoed_until"] = format_instant(moment.instant)
        return
    if moment.local:
        values["embargoed_until_local"] = moment.local
    if values.get("status", "usable") == "usable":
        values["status"] = "withheld"
    notes.at("")(Code.W_EMBARGO)


def _settle_body(values: Values) -> None:
    """N61, N64, N65: text and HTML, each from its own field, the text from the HTML at need."""
    found: list[bodies.Body] = [values.pop(name) for name in ("text", "html") if name in values]
    declared = values.pop("word_count", None)
    text = next((body.text for body in found if body.text), None)
    if html := next((body.html for body in found if body.html), None):
        values["body_html"], _ = bodies.cut_marker(html)
    text, truncated = bodies.cut_marker(text or "")
    if text:
        values["body_text"] = text
    if truncated:
        values["body_truncated"] = True
        return
    if declared and not bodies.is_too_few(declared, text):
        values["word_count"] = declared
    elif words := bodies.count_words(text):
        values["word_count"] = words


def _settle_defaults(values: Values, feed: Feed, notes: Notes) -> None:
    """N86: feed settings fill in, and never overrule."""
    if "language" not in values and feed.profile.language:
        values["language"] = feed.profile.language
    if "rights" not in values and feed.profile.rights:
        values["rights"] = feed.profile.rights
    for suffix in ("", "_local"):
        published = values.get(f"published_at{suffix}", "")
        modified = values.get(f"modified_at{suffix}")
        # A day is the beginning of all its times.
        if modified and modified < published[: len(modified)]:
            notes.at("")(Code.W_DATE_ORDER, modified=modified, published=published)


def _check(values: Values, feed: Feed, notes: Notes) -> None:
    """Reject what is no article, with everything that is wrong with it at once."""
    is_notice = values.get("status", "usable") != "usable"
    if not values.keys() & {"title", "body_text", "body_html"} and not is_notice:
        _reject_without(("title", "text", "html"), notes) or notes.at("")(Code.E_NO_CONTENT)
    if not values.keys() & {"source_id", "canonical_url"}:
        _reject_without(("source_id",), notes)
    for field in feed.profile.required:
        if field not in values:
            notes.at("")(Code.E_REQUIRED, "field", feed=feed.name, field=field)
    for warning in notes.warnings:
        if warning.code in feed.profile.reject_on:
            note = notes.at(warning.path or "")
            note(
                Code.E_REQUIRED,
                "warning",
                feed=feed.name,
                code=warning.code,
                warning=warning.message,
            )
    if notes.errors:
        raise Rejected(*notes.errors)


def _reject_without(fields: tuple[str, ...], notes: Notes) -> bool:
    """Reject when the last hope for these fields was dropped for its type or size (N7, N88)."""
    dropped = [problem for field in fields for problem in notes.dropped.get(field, ())]
    for warning in dropped:
        oversize = warning.path in notes.oversize
        code = Code.E_TOO_LARGE if oversize else Code.E_FIELD_TYPE
        notes.at(warning.path or "")(code, warning.reason, **dict(warning.facts))
    return bool(dropped)
