"""The Flask application: its pages, and how every page is made."""

from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, g, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from articles.catalogue import CATALOGUE
from articles_cli.output import plain
from articles_console.desk import Desk
from articles_console.gate import Gate
from articles_console.pages import drop, look, outcomes, rejects, replay
from articles_console.server import LARGEST_BODY

PAGES = (drop.page, look.page, rejects.page, outcomes.page, replay.page)


def console(desk: Desk, gate: Gate) -> Flask:
    """Make the application for a desk, behind a gate."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_env.finalize = _shown
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.tests["web"] = _is_web
    app.jinja_env.filters["counted"] = _counted
    app.jinja_env.globals |= {"place": desk.place, "catalogue": CATALOGUE}
    gate.guard(app)
    app.before_request(lambda: _let_in(desk))
    for page in PAGES:
        app.register_blueprint(page)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(ClientError, _aws_failed)
    app.register_error_handler(BotoCoreError, _aws_failed)
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


def _refused(error: HTTPException) -> tuple[str, int]:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _page(status.phrase, error.description or "", status)


def _aws_failed(error: Exception) -> tuple[str, int]:
    return _page("AWS failed", str(error), HTTPStatus.BAD_GATEWAY)


def _page(title: str, message: str, status: int) -> tuple[Any, int]:
    page = "error.html" if "desk" in g else "refused.html"
    return render_template(page, title=title, message=message), status
