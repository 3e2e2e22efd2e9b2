"""From a document of a known shape to the canonical article: a draft, then what follows of it.

No I/O and no clock: the same document, feed and time of arrival always give the same article.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from articles.article import Article, Image, Source
from articles.catalogue import Code
from articles.feeds import Feed
from articles.metadata.draft import Draft
from articles.metadata.holding import hold
from articles.metadata.normalize import body as bodies
from articles.metadata.normalize import urls
from articles.metadata.normalize.agencies import outlet
from articles.metadata.normalize.dates import Moment
from articles.metadata.normalize.status import Status
from articles.metadata.notes import Notes, Taken
from articles.metadata.shapes.shape import Shape, Take
from articles.metadata.unread import Member, told, warn
from articles.problems import Problem, Rejected
from articles.quoting import shown
from articles.records.pointers import Found
from articles.times import format_instant
from articles.values import Document, Json, as_list, is_absent

# N95: what news APIs write instead of what a plan does not include.
_PLACEHOLDER = re.compile(
    r"(?:ONLY )?AVAILABLE (?:ONLY )?(?:IN|ON|FOR|WITH|TO) [A-Z ,&/-]{1,60}+(?<=PLANS|.PLAN|.BERS)"
)
_LONGEST_PLACEHOLDER = 100
# At most so many places are tried for a field.
MAX_PLACES = 100

# N105: less than this is the difference between two clocks, or between two steps of one job.
_OUT_OF_ORDER = timedelta(hours=1)

_LISTED = re.compile(r"(?:[^,]++|,(?!\s)(?!(?<=\d,)\d))++")
_TITLE_SUFFIX_DASHES = ("-", "–", "—", "|")


class _Time(NamedTuple):
    """A date as an article has it: an instant, a local time, or neither."""

    at: str | None = None
    local: str | None = None


class _Content(NamedTuple):
    """A body as an article has it."""

    text: str | None = None
    html: str | None = None
    is_truncated: bool = False
    words: int | None = None


def read(document: Document, shape: Shape, feed: Feed, notes: Notes) -> Article:
    """Read one article.

    Raises Rejected with every error of the record; warnings are left in `notes`.
    """
    if problem := shape.refuse(document):
        raise Rejected(problem)
    notes.outlet = outlet(feed.profile.publisher.name) if feed.profile.publisher else None  # N86
    prepared = shape.prepare(document, notes)
    draft = _take_fields(prepared, shape, notes)
    _account(document, prepared, shape, draft, notes)
    article = _settled(draft, shape, feed, notes)
    _check(article, draft, feed, notes)
    if not _is_article(prepared, draft, shape):
        raise Rejected(Problem.of(Code.E_NOT_ARTICLE, "only_title"))
    return article


def _settled(draft: Draft, shape: Shape, feed: Feed, notes: Notes) -> Article:
    """Build the article: what the draft has, and what follows from it and from the feed."""
    page = _page(draft)
    source = _source(draft.source, page or _site(notes), feed)
    published = _time(draft.published, "published", feed, notes)
    modified = _time(draft.modified, "modified", feed, notes)
    retrieved = _time(draft.retrieved, "retrieved", feed, notes)
    embargo = _time(draft.embargoed, "embargoed", feed, notes)
    expires = draft.expires.instant if draft.expires else None
    status = _status(draft, embargo, notes)
    content = _content(draft)
    title = _title(draft.title, source)
    _check_order(published, modified, notes)
    return Article(
        shape=shape.name,
        source_id=_own(draft.source_id, notes) or notes.named,
        url=draft.url or notes.site,
        canonical_url=page.url if page else None,
        is_amp=True if page and page.is_amp else None,
        source=source,
        title=title,
        subtitle=_subtitle(draft, title),
        description=draft.description,
        byline=draft.byline,
        authors=draft.authors,
        published_at=published.at,
        published_at_local=published.local,
        modified_at=modified.at,
        modified_at_local=modified.local,
        retrieved_at=retrieved.at,
        retrieved_at_local=retrieved.local,
        # N86: feed settings fill in, and never overrule.
        language=draft.language or feed.profile.language,
        section=_section(draft.section),
        tags=draft.tags,
        images=_images(draft),
        rights=draft.rights or feed.profile.rights,
        embargoed_until=embargo.at,
        embargoed_until_local=embargo.local,
        expires_at=format_instant(expires) if expires else None,
        body_text=content.text,
        body_html=content.html,
        body_truncated=True if content.is_truncated else None,
        word_count=content.words,
        version=draft.version,
        status=status or "usable",
        warnings=tuple(dict.fromkeys(str(it.code) for it in notes.warnings)) or None,
    )


def _account(
    document: Document, prepared: Document, shape: Shape, draft: Draft, notes: Notes
) -> None:
    """N90, N91: what nobody read may hold the article back, or is told."""
    others = list(shape.known.others(document))
    read = hold(document, [*others, *_passed_over(prepared, shape, notes)], draft, notes)
    unread = [it for it in others if it.pointer not in read] if read else others
    notes.unread = told(unread)
    notes.field = "unread"
    warn(unread, draft, notes)


def _passed_over(document: Document, shape: Shape, notes: Notes) -> Iterator[Member]:
    """Return the other members that say a status or an embargo: the first is not the strictest."""
    for field in ("status", "embargoed"):
        if taken := notes.taken.get(field):
            for found in (
                it for place in dict(shape.takes)[field].places for it in place(document)
            ):
                if found.pointer != taken.pointer and not is_absent(found.value):
                    yield Member((found.pointer[1:],), found.value)


def _take_fields(document: Document, shape: Shape, notes: Notes) -> Draft:
    draft = Draft()
    for field, wanted in shape.takes:
        notes.field = field
        for tried, (pointer, raw) in enumerate(_candidates(document, wanted)):
            if tried == MAX_PLACES:
                note = notes.at(pointer)
                note(Code.W_FIELD_TYPE, "too_many_places", field=field, limit=MAX_PLACES)
                break
            if is_placeholder(raw):
                notes.at(pointer)(Code.W_PLACEHOLDER, value=shown(raw))
                continue
            value = wanted.rule(raw, notes.at(pointer))
            if value is not None:
                setattr(draft, field, value)  # of its type: Fields says so to mypy
                notes.taken[field] = Taken(pointer, wanted.rule)
                break
    return draft


def is_placeholder(value: Json) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST_PLACEHOLDER
        and value.isupper()
        and _PLACEHOLDER.fullmatch(value.strip()) is not None
    )


def _candidates(document: Document, wanted: Take[object]) -> Iterable[Found]:
    places = wanted.places
    if not wanted.all_places:
        return (it for place in places for it in place.find(document) if not is_absent(it.value))
    found = [[it for it in place.find(document) if not is_absent(it.value)] for place in places]
    given = list(filter(None, found))
    lists: list[Json] = [[part for it in some for part in as_list(it.value)] for some in given]
    return [Found(given[0][0].pointer, lists)] if given else []


def _page(draft: Draft) -> urls.Canonical | None:
    """N34-N39: the canonical address, the publisher's domain."""
    declared = draft.canonical_url or draft.url
    if declared is None:
        return None
    page = urls.canonical(declared)
    if draft.url in (None, declared) or page.is_amp:
        return page
    return page._replace(is_amp=urls.canonical(draft.url).is_amp)


def _site(notes: Notes) -> urls.Canonical | None:
    return urls.canonical(notes.site) if notes.site else None


def _own(identifier: str | None, notes: Notes) -> str | None:
    """N94: the address of a whole site names none of its articles."""
    home = urls.home_page(identifier) if identifier else None
    if home is None:
        return identifier
    notes.field = "url"  # where it was perhaps told already
    note = notes.at(notes.taken["source_id"].pointer)
    note(Code.W_URL, "home_page", value=shown(home))
    return None


def _source(known: Source | None, page: urls.Canonical | None, feed: Feed) -> Source | None:
    """N38, N86: the feed's publisher where the record names none; the domain is the page's."""
    publisher, source = feed.profile.publisher, known or Source()
    if publisher and not (source.name or source.id):
        known = replace(publisher, domain=source.domain or publisher.domain)
    return replace(known or Source(), domain=page.domain) if page else known


def _images(draft: Draft) -> tuple[Image, ...] | None:
    """N60: the page itself is no image; tools that find none give its address."""
    if draft.images is None or draft.url is None:
        return draft.images
    return tuple(image for image in draft.images if image.url != draft.url) or None


def _title(title: str | None, source: Source | None) -> str | None:
    """N66: ` - The Courier` goes when the source's name is `Courier`."""
    if not title or source is None or source.name is None:
        return title
    for dash in _TITLE_SUFFIX_DASHES:
        head, found, tail = title.rpartition(f" {dash} ")
        if found and head.strip() and _outlet(tail) == _outlet(source.name):
            return head.strip()
    return title


def _subtitle(draft: Draft, title: str | None) -> str | None:
    """N105: the title once more says nothing."""
    if draft.subtitle is None:
        return None
    said = {it.casefold() for it in (draft.title, title) if it}
    return draft.subtitle if draft.subtitle.casefold() not in said else None


def _section(section: str | None) -> str | None:
    """N102: `Brooklyn,Government,Housing` are three; `Arts, Books` and `Top 1,000` are one."""
    if section is None or "," not in section or not _LISTED.fullmatch(section):
        return section
    return next((it.strip() for it in section.split(",") if it.strip()), section)


def _outlet(name: str) -> str:
    return name.strip().casefold().removeprefix("the ")


def _time(moment: Moment | None, name: str, feed: Feed, notes: Notes) -> _Time:
    """N12, N86: an instant, or a local time that stays one unless the feed knows its zone."""
    if moment is None:
        return _Time()
    moment = _in_zone(moment, name, feed, notes)
    return _Time(format_instant(moment.instant)) if moment.instant else _Time(local=moment.local)


def _in_zone(moment: Moment, name: str, feed: Feed, notes: Notes) -> Moment:
    if feed.zone is None or moment.zone or moment.local is None or "T" not in moment.local:
        return moment
    try:
        instant = datetime.fromisoformat(moment.local).replace(tzinfo=feed.zone).astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar
        return moment
    notes.at("")(Code.W_ASSUMED_TIMEZONE, field=name, zone=feed.zone.key)
    return Moment(instant=instant)


def _status(draft: Draft, embargo: _Time, notes: Notes) -> Status | None:
    """N68, N69: an embargo that is not known for sure must not lapse silently."""
    if draft.embargoed is None or embargo.at:
        return draft.status
    notes.at("")(Code.W_EMBARGO)
    return "withheld" if draft.status in (None, "usable") else draft.status


def _content(draft: Draft) -> _Content:
    """N61, N64, N65: text and HTML, each from its own field, the text from the HTML at need."""
    found = [body for body in (draft.text, draft.html) if body]
    text = next((body.text for body in found if body.text), None)
    html = next((body.html for body in found if body.html), None)
    html, _ = bodies.cut_marker(html or "")
    text, is_truncated = bodies.cut_marker(text or "")
    words = None if is_truncated else _words(draft.word_count, text)
    return _Content(text or None, html or None, is_truncated, words)


def _words(declared: int | None, text: str) -> int | None:
    """N65: the declared count, unless its tool could not count this script."""
    if declared and not bodies.is_too_few(declared, text):
        return declared
    return bodies.count_words(text)


def _check_order(publication: _Time, change: _Time, notes: Notes) -> None:
    for published, modified in zip(publication, change, strict=True):
        if not published or not modified:
            continue
        # A day is the beginning of all its times.
        first, last = (datetime.fromisoformat(it) for it in (published[: len(modified)], modified))
        if first - last >= _OUT_OF_ORDER:
            notes.at("")(Code.W_DATE_ORDER, modified=modified, published=published)


def _is_article(document: Document, draft: Draft, shape: Shape) -> bool:
    """N95: more than an id and a title, even if it could not be read; or a notice about one."""
    if not shape.evidence or any(getattr(draft, field) for field in shape.evidence):
        return True
    is_given = any(it.finds(document) for name, it in shape.takes if name in shape.evidence)
    return is_given or draft.status not in (None, "usable") or not draft.title


def _check(article: Article, draft: Draft, feed: Feed, notes: Notes) -> None:
    """Reject what is not an article, with everything that is wrong with it at once."""
    has_content = article.title or article.body_text or article.body_html
    is_notice = article.status != "usable"
    if not (has_content or is_notice) and not _reject_without(("title", "text", "html"), notes):
        notes.at("")(Code.E_NO_CONTENT)
    if not (article.source_id or article.canonical_url):
        _reject_without(("source_id",), notes)
    for field in feed.profile.required:
        # A status that is there by default was not given.
        is_default = field == "status" and article.status == "usable" and draft.status is None
        if is_default or getattr(article, field) is None:
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
    """Reject when the last hope for these fields was dropped for its type or size (N7, N88).

    The error says what the warning said, so that goes.
    """
    dropped = [problem for field in fields for problem in notes.dropped.get(field, ())]
    for warning in dropped:
        oversize = warning.path in notes.oversize
        code = Code.E_TOO_LARGE if oversize else Code.E_FIELD_TYPE
        notes.problems.remove(warning)
        notes.at(warning.path or "")(code, warning.reason, **dict(warning.facts))
    return bool(dropped)
