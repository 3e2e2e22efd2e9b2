"""Dates as the trade writes them (N10-N15, N99): an instant when the offset is known, else local.

An offset is never assumed from a language, a country or a domain, and never filled in.
"""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from articles.catalogue import Code
from articles.metadata.normalize.months import MONTHS, SILENT, folded
from articles.metadata.normalize.text import NOTHING
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.times import format_instant
from articles.values import Json, as_list, digits, whole


class Moment(NamedTuple):
    """A date: an `instant` (aware, UTC), or a `local` wall clock whose offset is not known.

    `zone` is the name of a zone whose offset we do not know: `IST` may be three, that of
    `EUROPE/PARIS` depends on the day.
    """

    instant: datetime | None = None
    local: str | None = None
    zone: str | None = None


# N11. The named zone's own fixed offset in minutes: CET is +60 in July, too.
_ZONES = {
    **dict.fromkeys(("Z", "UTC", "GMT", "UT", "WET"), 0),
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "WEST": 60,
    "CET": 60,
    "MET": 60,
    "CEST": 120,
    "MEST": 120,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
}
# Theirs depends on the day.
_ZONES_OF_PLACES = frozenset({"ET", "CT", "MT", "PT"})
_PLACE = (
    "(?:africa|america|antarctica|arctic|asia|atlantic|australia|brazil|canada|chile|etc|europe|"
    "indian|mexico|pacific|us)/[a-z0-9_+/-]+"
)

# All these are for a text that is `folded`. A name in one of them is there once, so that a form
# may be put together from them.
_OFFSET = r"(?:(?:gmt|utc?)\s?)?[+-](?:\d\d(?::?\d\d)?|\d:\d\d)|(?:gmt|utc?)[+-]\d"
_ZONE = (
    # Go: `+0200 CEST m=+0.01`; Java: `+02:00[Europe/Paris]`; RFC 2822: `+0000 (UTC)`
    rf"(?:\s?(?:(?P<offset>{_OFFSET})(?:\s(?:[a-z]{{3,5}}|[+-]\d\d(?:\d\d)?|{_PLACE}))?"
    rf"|(?P<zone>z|[a-z]{{2,5}}|{_PLACE})))?"
    r"(?:\s?[(\[](?P<comment>[^()\[\]]+)[)\]])?(?:\sm=[+-][\d.]+)?"
)
_FRACTION = r"(?:[.,]\d+)?"
_CLOCK = (
    rf"(?P<hour>\d\d?)(?:(?:[:.]|\s?h\s?)(?P<minute>\d\d?)(?:[:.](?P<second>\d\d?){_FRACTION})?)?"
    r"(?:\s?(?:(?P<half>[ap])\.?\s?m\b\.?|(?P<oclock>uhr|uur|h|hr?s|horas|min)\b\.?))?" + _ZONE
)
_BASIC_CLOCK = rf"(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d){_FRACTION})?{_ZONE}"
_YEAR, _MONTH = r"(?P<year>\d{4})", r"(?P<month_name>[a-z]{3,12})\.?"
_DAY, _NUMBER = r"(?P<day>\d\d?)", r"(?P<month>\d\d?)"
_TIME = rf"(?:(?:t|,?\s(?:[-–—|·•@]\s)?(?P<before_time>(?:[a-z]+\.?\s){{0,2}})){_CLOCK})?"
_TH, _R = r"(?:(?:st|nd|rd|th|er|e|\.?[ºª°])?[\s/-]|\.\s?)", r"(?:\sr\.|\sroku)?"
_OF = r"(?:(?:de|del|di|of)\s)?"
_FORMS = tuple(
    re.compile(r"(?P<before>(?:[a-z-]{1,15}(?:[.,]{1,2}\s?|\s)){0,3})" + form, re.ASCII)
    for form in (
        # RFC 3339 and ISO 8601, with one-digit parts and missing seconds; 2019/06/02
        rf"{_YEAR}(?P<dash>[/-]){_NUMBER}(?P=dash){_DAY}{_TIME}",
        # RFC 1123, RFC 2822, '26 June 2024 18:44', '1 de diciembre de 2017', '1er mai 2020'
        rf"{_DAY}{_TH}{_OF}{_MONTH}(?:,\s?|[\s/-]){_OF}(?P<year>\d{{4}}|\d\d){_R}{_TIME}",
        # as JavaScript and Americans write it: 'Tue, Sep 15 2020 10:01:41 EDT', 'March 5th, 2024'
        rf"{_MONTH}[\s/-]{_DAY}(?:st|nd|rd|th)?(?:,\s?|[\s/-]){_YEAR}{_TIME}",
        # C ctime: 'Tue Jan 28 15:28:56 CET 2020', in some languages with the day first
        rf"{_MONTH}\s{_DAY}\s{_CLOCK}\s{_YEAR}",
        rf"{_DAY}\s{_MONTH}\s{_CLOCK}\s{_YEAR}",
        # ISO 8601 basic: 20180619T055000+0900; the two halves of a date may differ
        rf"{_YEAR}(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)(?:[t\s]?{_BASIC_CLOCK})?",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d){_TIME}",
        rf"{_DAY}\.\s?{_NUMBER}\.\s?{_YEAR}{_R}{_TIME}",
        rf"{_YEAR}[\s/-]{_MONTH}[\s/-]{_DAY}{_TIME}",
    )
)
# RFC 3339, as most dates are written: the standard library reads it. What it refuses, and what may
# be a placeholder, the forms above judge.
_STANDARD = re.compile(
    r"(?!0001|1969|1970)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_TWO_DIGITS = re.compile(r"\d\d", re.ASCII)  # any date has them
_OFFSET_PARTS = re.compile(r"(?:gmt|utc?)?\s?([+-])(\d\d?):?(\d\d)?", re.ASCII)
_LONGEST = 100  # characters; no written date has as many
_EPOCH = re.compile(r"\d{10}|\d{13}", re.ASCII)
_PLACEHOLDER = re.compile(r"0000-00-00|0001-01-01|1969-12-31|1970-01-01T00:00:00")
# A part of a second, as it is in a date or in milliseconds.
_PART_OF_SECOND = re.compile(r"(?:[:.]\d\d?[:.]\d\d?|\d{6})[.,]\d*[1-9]|\b\d{10}(?!000\b)\d{3}\b")
_EARLIEST_YEAR = 1600
_LATEST = timedelta(days=2)
_OFFSET_LIMIT = 24 * 60
_LEAP_SECOND = (59, 60)


@follows("N10-N15", "N99")
def moment(value: Json, note: Note) -> Moment | None:
    """Read when something happened, in any of the forms of N10 and N99; of a list, the first."""
    found = deadline(value, note)
    if found:
        wall = _wall(found)
        latest = (note.received + _LATEST).replace(tzinfo=None).isoformat()
        if int(wall[:4]) < _EARLIEST_YEAR or wall > latest:
            note(Code.W_DATE_RANGE, value=shown(wall))
    return found


@follows("N10-N15", "N99")
def deadline(value: Json, note: Note) -> Moment | None:
    """Read when something ends: any date, usually in the future."""
    for item in as_list(value):
        if item is False or (isinstance(item, str) and item.strip() in NOTHING):
            continue
        if isinstance(item, dict) and isinstance(item.get("$date"), str):
            return deadline(item["$date"], note)
        found = _understood(item)
        if found is None:
            note(Code.W_DATE, value=shown(item))
            return None
        # The epoch is a placeholder in every zone: in New York it is 19:00 of the day before.
        if _PLACEHOLDER.match(_wall(found)):
            note(Code.W_DATE_SENTINEL, value=shown(item))
            return None
        return found
    return None


@follows("N69")
def embargo(value: Json, note: Note) -> Moment | None:
    """Read the end of an embargo; an empty Moment when there is one and it cannot be read."""
    found = deadline(value, note)
    if found and found.instant and _PART_OF_SECOND.search(json.dumps(value)):
        return found._replace(instant=found.instant + timedelta(seconds=1))  # never a moment early
    unread = any(p.code == Code.W_DATE and p.path == note.path for p in note.notes.problems)
    return Moment() if found is None and unread else found


def peek(value: Json) -> str | None:
    """Tell what a date says, an instant with `Z`, for a choice between dates; nothing is noted."""
    if isinstance(value, dict) and isinstance(value.get("$date"), str):
        value = value["$date"]
    found = next(map(_understood, as_list(value)), None)
    return _wall(found) if found else None


def parse(text: str) -> Moment | None:
    """Read a written date; None when no form fits or the date does not exist."""
    if len(text) > _LONGEST or not _TWO_DIGITS.search(text):
        return None
    if _STANDARD.fullmatch(text):
        with suppress(ValueError, OverflowError):
            return Moment(instant=datetime.fromisoformat(text).astimezone(UTC))
    plain = folded(text)
    matches = (form.fullmatch(plain) for form in _FORMS)
    match = next(filter(None, matches), None)
    return _build(match.groupdict()) if match else None


def _build(part: dict[str, str | None]) -> Moment | None:
    words = f"{part['before']} {part.get('before_time') or ''}".replace(",", " ").split()
    month = part.get("month") or MONTHS.get(part.get("month_name") or "")
    if month is None or not all(word.rstrip(".") in SILENT for word in words):
        return None
    year, has_time = part["year"] or "", part.get("hour") is not None
    if len(year) == 2:  # only as RFC 2822 has it, with a time: `14 May 16` may be of 2014
        year = f"{20 if year < '50' else 19}{year}" if has_time else ""
    date = f"{year}-{int(month):02}-{int(part['day'] or 0):02}"
    if date in ("0000-00-00", "0001-01-01"):  # placeholders; one is no date, one has no UTC
        return Moment(local=date)
    try:
        if not has_time:
            datetime.fromisoformat(date)
            return Moment(local=date)
        return _placed(datetime.fromisoformat(f"{date}T{_clock(part)}"), part)
    except (ValueError, OverflowError):  # 30 February, 24:00, an offset that leaves the calendar
        return None


def _clock(part: dict[str, str | None]) -> str:
    """Write a time with two digits each; `13 PM` and a lone `10` are no times."""
    hour, half = int(part["hour"] or 0), part.get("half")
    minute, second = int(part["minute"] or 0), int(part["second"] or 0)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
    elif part["minute"] is None and not part["oclock"]:
        hour = 24
    if (minute, second) == _LEAP_SECOND:
        second -= 1
    return f"{hour:02}:{minute:02}:{second:02}"


def _placed(naive: datetime, part: dict[str, str | None]) -> Moment | None:
    local = Moment(local=naive.isoformat())
    written = part["offset"] or part["zone"] or part["comment"]
    if not written or _PLACEHOLDER.match(naive.isoformat()):  # N14: in any zone
        return local
    zone = written.upper().removeprefix("ETC/")
    if match := _OFFSET_PARTS.fullmatch(written):
        minutes = int(match[3] or 0)
        ahead = (int(match[2]) * 60 + minutes) * (-1 if match[1] == "-" else 1)
        if minutes > 59 or abs(ahead) >= _OFFSET_LIMIT:
            return None
    elif zone in _ZONES:
        ahead = _ZONES[zone]
    else:  # N11: IST may be three zones, so the wall clock is all we know; 'ZZ' is no zone
        is_zone = len(zone) > 2 or zone in _ZONES_OF_PLACES or not part["zone"]
        return local._replace(zone=zone) if is_zone else None
    return Moment(instant=naive.replace(tzinfo=timezone(timedelta(minutes=ahead))).astimezone(UTC))


def _understood(item: Json) -> Moment | None:
    return _epoch(item) if not isinstance(item, str) else parse(item.strip()) or _epoch(item)


def _epoch(value: Json) -> Moment | None:
    """Read Unix seconds (10 digits), milliseconds (13), or Mongo's `{"$date": ms}`."""
    milliseconds = None
    if isinstance(value, dict):
        milliseconds = _mongo(whole(value.get("$date")))
    elif (written := digits(value)) == "0":
        milliseconds = 0
    elif _EPOCH.fullmatch(written):
        milliseconds = int(written) * (1 if len(written) > 10 else 1000)
    if milliseconds is None:
        return None
    try:
        return Moment(instant=datetime.fromtimestamp(milliseconds // 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _mongo(value: Json) -> int | None:
    if isinstance(value, dict):  # the canonical form of extended JSON
        number = value.get("$numberLong")
        if not isinstance(number, str) or not re.fullmatch(r"-?\d{1,15}", number, re.ASCII):
            return None
        return int(number)
    return value if type(value) is int else None


def _wall(found: Moment) -> str:
    return format_instant(found.instant) if found.instant else found.local or ""
