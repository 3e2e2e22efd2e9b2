"""The pages: what is asked for, and which template shows it."""

from http import HTTPStatus
from typing import NoReturn, cast

from flask import abort, g

from articles_console.desk import Desk


def the_desk() -> Desk:
    """Return the desk of the application that answers."""
    return cast("Desk", g.desk)


def refuse(message: str, status: int = HTTPStatus.BAD_REQUEST) -> NoReturn:
    """Answer with a page that says what is wrong, and what to do."""
    abort(status, message)
