"""Times on the command line: a date, an instant, or an age such as 7d."""

import re
from datetime import UTC, datetime, timedelta

from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.output import fail

_AGE = re.compile(r"(\d{1,4})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
METAVAR = "DATE|TIME|AGE"


def moment(option: str, text: str, *, now: datetime) -> datetime:
    """Read a date (its beginning, in UTC), an instant, or an age: `90m`, `12h`, `7d`, `8w`."""
    if _AGE.fullmatch(text):
        return now - duration(option, text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{option} must be like 2026-11-26, 2026-11-26T14:00Z or 7d, not {text}.", WRONG_USAGE)
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def duration(option: str, text: str) -> timedelta:
    """Read how long something lasts: `90m`, `12h`, `7d`."""
    found = _AGE.fullmatch(text)
    if not found:
        fail(f"{option} must be like 90m, 12h or 7d, not {text}.", WRONG_USAGE)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def age(since: datetime, *, now: datetime) -> str:
    """Say how long ago something was, in its largest unit."""
    seconds = max(0, int((now - since).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
