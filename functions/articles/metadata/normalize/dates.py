"""Dates as the trade writes them (N10-N15): an instant when the offset is known, else a local time.

An offset is never assumed from a language, a country or a domain, and never filled in.
"""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from articles.catalogue import Code
from articles.metadata.normalize.text import NOTHING
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.times import format_instant
from articles.values import Json, as_list


class Moment(NamedTuple):
    """A date: an `instant` (aware, UTC), or a `local` wall clock whose offset is not known.

    `zone` is the name of a zone that was given and that we do not know: `IST` may be three.
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
_MONTH_NAMES = (
    "january february march april may june july august september october november december"
)
_MONTHS = {
    short: number
    for number, name in enumerate(_MONTH_NAMES.split(), start=1)
    for short in (name, name[:3], name[:4])
}

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
_BASIC_TIME = r"(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:[.,]\d+)?)?"
_YEAR, _MONTH = r"(?P<year>\d{4})", "(?P<month_name>[a-z]{3,9})"
_WEEKDAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_ZONE = r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?|[A-Z]{2,5})"
_COMMENT = r"(?:\s+\([^()]*\))?"  # RFC 2822: `+0000 (UTC)`
_CLOCK = rf"{_TIME}\s*{_ZONE}?"
_FORMS = tuple(
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        # RFC 3339 and ISO 8601 extended, with one-digit parts and missing seconds
        rf"(?P<year>\d{{4}})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:(?:T|\s+){_CLOCK})?",
        # ISO 8601 basic: 20180619T055000+0900
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:T{_BASIC_TIME}\s*{_ZONE}?)?",
        # RFC 1123, RFC 2822, and '26 June 2024 18:44'
        rf"(?:{_WEEKDAY},?\s+)?(?P<day>\d\d?)\s+{_MONTH}\.?,?\s+{_YEAR}(?:,?\s+{_CLOCK}{_COMMENT})?",
        # C ctime: 'Tue Jan 28 15:28:56 CET 2020'
        rf"{_WEEKDAY}\s+{_MONTH}\s+(?P<day>\d\d?)\s+{_TIME}(?:\s+{_ZONE})?\s+{_YEAR}",
        rf"(?P<year>\d{{4}})/(?P<month>\d\d?)/(?P<day>\d\d?)(?:\s+{_TIME})?",
        rf"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{{4}})(?:\s+{_TIME})?",
    )
)
_LONGEST = 100  # characters; no written date has as many
_EPOCH = re.compile(r"\d{10}|\d{13}", re.ASCII)
_PLACEHOLDER = re.compile(r"0000-00-00|0001-01-01|1969-12-31|1970-01-01T00:00:00")
_FRACTION = re.compile(r":\d\d[.,]\d*[1-9]|\b\d{10}(?!000\b)\d{3}\b")
_EARLIEST_YEAR = 1600
_LATEST = timedelta(days=2)
_OFFSET_LIMIT = 24 * 60
_LEAP_SECOND = (59, 60)


@follows("N10-N15")
def moment(value: Json, note: Note) -> Moment | None:
    """Read when something happened, in any of the forms of N10-N15; of a list, the first."""
    found = deadline(value, note)
    if found:
        wall = _wall(found)
        latest = (note.received + _LATEST).replace(tzinfo=None).isoformat()
        if int(wall[:4]) < _EARLIEST_YEAR or wall > latest:
            note(Code.W_DATE_RANGE, value=shown(wall))
    return found


@follows("N10-N15")
def deadline(value: Json, note: Note) -> Moment | None:
    """Read when something ends: any date of N10-N15, usually in the future."""
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
    if found and found.instant and _FRACTION.search(json.dumps(value)):
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
    if len(text) > _LONGEST:
        return None
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _build(match.groupdict())
    return None


def _build(part: dict[str, str | None]) -> Moment | None:
    month = part.get("month") or _MONTHS.get((part.get("month_name") or "").lower())
    if month is None:
        return None
    date = f"{part['year']}-{int(month):02}-{int(part['day'] or 0):02}"
    if date in ("0000-00-00", "0001-01-01"):  # placeholders; one is no date, one has no UTC
        return Moment(local=date)
    try:
        if part.get("hour") is None:
            datetime.fromisoformat(date)
            return Moment(local=date)
        second = int(part["second"] or 0)
        if (int(part["minute"] or 0), second) == _LEAP_SECOND:
            second -= 1
        clock = f"{int(part['hour'] or 0):02}:{part['minute']}:{second:02}"
        return _placed(datetime.fromisoformat(f"{date}T{clock}"), part.get("zone"))
    except (ValueError, OverflowError):  # 30 February, 24:00, an offset that leaves the calendar
        return None


def _placed(naive: datetime, zone: str | None) -> Moment | None:
    local = Moment(local=naive.isoformat())
    if zone is None or _PLACEHOLDER.match(naive.isoformat()):  # N14: in any zone
        return local
    if zone[0] in "+-":
        hours, minutes = int(zone[1:3]), int(zone[3:].removeprefix(":") or 0)
        offset = (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)
        if minutes > 59 or abs(offset) >= _OFFSET_LIMIT:
            return None
    elif zone.upper() in _ZONES:
        offset = _ZONES[zone.upper()]
    else:  # N11: IST may be three zones, so the wall clock is all we know; 'ZZ' is no zone
        return local._replace(zone=zone) if len(zone) > 2 else None
    return Moment(instant=naive.replace(tzinfo=timezone(timedelta(minutes=offset))).astimezone(UTC))


def _understood(item: Json) -> Moment | None:
    return _epoch(item) if not isinstance(item, str) else parse(item.strip()) or _epoch(item)


def _epoch(value: object) -> Moment | None:
    """Read Unix seconds (10 digits), milliseconds (13), or Mongo's `{"$date": ms}`."""
    milliseconds = None
    if isinstance(value, dict):
        milliseconds = _mongo(value.get("$date"))
    elif isinstance(value, float) and value.is_integer():  # 1474243200.0, as Python dumps it
        return _epoch(int(value))
    elif not isinstance(value, bool) and isinstance(value, int | str):
        digits = str(value).strip()
        if digits == "0":
            milliseconds = 0
        elif _EPOCH.fullmatch(digits):
            milliseconds = int(digits) * (1 if len(digits) > 10 else 1000)
    if milliseconds is None:
        return None
    try:
        return Moment(instant=datetime.fromtimestamp(milliseconds // 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _mongo(value: object) -> int | None:
    if isinstance(value, dict):  # the canonical form of extended JSON
        digits = value.get("$numberLong")
        if not isinstance(digits, str) or not re.fullmatch(r"-?\d{1,15}", digits, re.ASCII):
            return None
        return int(digits)
    return value if type(value) is int else None


def _wall(found: Moment) -> str:
    return format_instant(found.instant) if found.instant else found.local or ""
