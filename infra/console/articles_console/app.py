"""The Flask application: its pages, and how every page is made."""

import re
from http import HTTPStatus
from typing import Any

from flask import Flask, g, render_template, request
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from articles.catalogue import CATALOGUE
from articles.limits import MIB
from articles_cli.stack import aws_errors
from articles_cli.terminal.output import plain
from articles_console.desk import Desk
from articles_console.gate import STYLE, Gate
from articles_console.pages import drop, look, outcomes, rejects, replay
from articles_console.server import LARGEST_BODY, LARGEST_FILE

LARGER = f"Files may have {LARGEST_FILE // MIB} MiB here: `articles put` takes larger ones."
_CODE = re.compile("`([^`]+)`")
PAGES = (drop.page, look.page, rejects.page, outcomes.page, replay.page)


def console(desk: Desk, gate: Gate) -> Flask:
    """Make the application for a desk, behind a gate."""
    app = Flask(__name__, static_url_path=f"{gate.root}/static")
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.jinja_env.finalize = _shown
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.tests["web"] = _is_web
    app.jinja_env.filters["counted"] = _counted
    app.jinja_env.filters["marked"] = _marked
    app.jinja_env.globals |= {"place": desk.place, "catalogue": CATALOGUE}
    app.jinja_env.globals |= {"largest": LARGEST_FILE}
    gate.guard(app)
    app.before_request(lambda: _let_in(desk))
    for page in PAGES:
        app.register_blueprint(page, url_prefix=gate.root)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    for error in aws_errors.ERRORS:
        app.register_error_handler(error, _aws_failed)
    app.register_error_handler(OSError, _machine_failed)
    return app


def _let_in(desk: Desk) -> None:
    """Give the desk to who came through the gate; to others, not even the stack is named."""
    if request.endpoint != "enter":
        g.desk = desk


def _shown(value: object) -> object:
    """Escape what could change how a page is read: controls, and reversed directions of text.

    Jinja escapes the rest. What is markup has been through this.
    """
    return value if isinstance(value, Markup) else plain(value)


def _is_web(address: object) -> bool:
    """Whether an address may be a link; `javascript:` and the like may not."""
    return isinstance(address, str) and address.startswith(("http://", "https://"))


def _counted(number: int, noun: str) -> str:
    """Write a number with what it counts: 1 upload, 2,000 uploads."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _marked(text: str) -> Markup:
    """Set what is between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(plain(text)))))  # noqa: S704 - escaped


def _refused(error: HTTPException) -> tuple[str, int]:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _page(status.phrase, error.description or "", status)


def _too_large(_: HTTPException) -> tuple[str, int]:
    return _page(
        "Too large", f"{LARGER} Nothing was uploaded.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )


def _aws_failed(error: Exception) -> tuple[str, int]:
    return _page("AWS failed", aws_errors.explained(error), HTTPStatus.BAD_GATEWAY)


def _machine_failed(error: OSError) -> tuple[str, int]:
    said = f"This machine could not do it: {error.strerror or error}."
    more = "If that lasts, end the console and start it again."
    return _page("Not done", f"{said} {more}", HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(title: str, message: str, status: int) -> tuple[Any, int]:
    page = "error.html" if "desk" in g else "refused.html"
    return render_template(page, title=title, message=message, style=STYLE), status
