"""The pages: what is asked for, and which template shows it."""

from http import HTTPStatus
from typing import NoReturn, cast

from flask import g, request
from werkzeug.exceptions import HTTPException

from articles.catalogue import Code
from articles.refs import DEFAULT, PREFIX, is_name
from articles_cli.stack import aws_errors
from articles_console.desk import Desk
from articles_console.windows import WINDOWS, Window

LONGEST_KEY = 1_024  # bytes, as of S3; a version's id is no longer either


class Refusal(HTTPException):
    """What was asked for cannot be done: its page says why, with what was typed."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.code: int = status
        self.message = message


def the_desk() -> Desk:
    """Return the desk of the application that answers."""
    return cast("Desk", g.desk)


def refuse(message: str, status: int = HTTPStatus.BAD_REQUEST) -> NoReturn:
    """Answer with the page that was used, and what is wrong and to do."""
    raise Refusal(message, status)


def feeds_offered() -> list[str]:
    """Name the feeds to choose from; where AWS does not answer, those of feeds.toml."""
    desk = the_desk()
    try:
        return desk.feed_names
    except aws_errors.ERRORS:
        return sorted({*desk.feeds.feeds, DEFAULT})


def checked_key(key: str) -> str:
    """Return a key, or the beginning of one; it may end in blanks. Refuses what cannot be one."""
    if not key.startswith(PREFIX):
        refuse(f"A key begins with {PREFIX}.")
    return _short(key, "key")


def checked_version() -> str | None:
    """Return the version that is asked for, if one is."""
    return _short(request.args.get("version") or "", "version") or None


def checked_feed(name: str) -> str | None:
    """Return the name of a feed; None for all feeds."""
    if name and not is_name(name):
        refuse("A feed is named with lower-case letters, digits and hyphens.")
    return name or None


def need_known(feed: str | None) -> None:
    """Refuse a feed of which nothing was found, unless there is such a feed."""
    if feed and feed not in the_desk().feed_names:
        refuse(f"There is no feed {feed}: no upload of it, no profile.", HTTPStatus.NOT_FOUND)


def checked_code(name: str) -> Code | None:
    """Return a code of a problem; None for any."""
    if name and name not in set(Code):
        refuse("There is no such code.")
    return Code(name) if name else None


def checked_window(name: str) -> Window:
    return WINDOWS.get(name) or refuse("There is no such span of time.")


def _short(text: str, what: str) -> str:
    if len(text.encode(errors="replace")) > LONGEST_KEY:
        refuse(f"A {what} has at most {LONGEST_KEY:,} bytes.")
    return text
