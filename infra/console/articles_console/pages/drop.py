"""Drop a file: check it, upload it, and watch what becomes of it."""

from functools import partial
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from articles.refs import DEFAULT
from articles_console.checking import Checked, file_name, new_path
from articles_console.desk import Desk
from articles_console.files import BusyError, NotUploadedError
from articles_console.pages import Refusal, checked_feed, feeds_offered, refuse, the_desk

page = Blueprint("drop", __name__)

PATIENCE = 2  # seconds, after which a page says how far a check is


@page.get("/")
def form() -> str:
    return _form()


@page.errorhandler(Refusal)
def refused(error: Refusal) -> tuple[str, int]:
    return _form(error.message), error.code


def _form(message: str | None = None) -> str:
    """Show the form, with what was typed, and the feed that was used last."""
    desk = the_desk()
    last = desk.files.find(lambda _: True)
    return render_template(
        "drop.html",
        feeds=feeds_offered(),
        feed=request.values.get("feed") or (last.feed if last else DEFAULT),
        text=request.form.get("text", ""),
        name=request.form.get("name") or "pasted.json",
        watch_checked="watch" in request.form if request.form else bool(desk.place.endpoint),
        listens=desk.events.is_listening,
        message=message,
    )


@page.post("/files")
def receive() -> Response:
    """Check a file; upload it, too, if that was asked for and it would not be rejected."""
    desk, path = the_desk(), new_path(the_desk().folder)
    feed = checked_feed(request.form.get("feed", "")) or refuse("Say which feed it belongs to.")
    try:
        checked = Checked(path, feed, _saved(path), goes_on=request.form.get("do") == "upload")
        desk.files.check(checked, partial(_upload, desk, watch="watch" in request.form))
    except (BusyError, OSError) as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise
        refuse("Other files are being checked: wait a while.", HTTPStatus.SERVICE_UNAVAILABLE)
    checked.done.wait(PATIENCE)
    return _shown(checked)


@page.get("/files/<name>")
def verdict(name: str) -> str | Response:
    desk, checked = the_desk(), _found(name)
    if checked.version and checked.goes_on:
        return _story(checked)
    return render_template(
        "verdict.html",
        checked=checked,
        is_listed=checked.feed in {*desk.feeds.feeds, DEFAULT},
        listens=desk.events.is_listening,
    )


@page.post("/files/<name>/stop")
def stop(name: str) -> Response:
    """Give a check up."""
    checked = _found(name)
    checked.stopped.set()
    checked.done.wait(PATIENCE)
    return _shown(checked)


@page.post("/files/<name>/upload")
def upload(name: str) -> Response:
    """Upload a file that was checked, once."""
    checked = _found(name)
    if not checked.outcome:
        refuse("This file has not been checked: drop it in again.", HTTPStatus.CONFLICT)
    try:
        _upload(the_desk(), checked, watch="watch" in request.form)
    except NotUploadedError as error:
        refuse(str(error), HTTPStatus.BAD_GATEWAY)
    return _story(checked)


def _saved(path: Path) -> str:
    """Save what was sent to a path; gives the name of the file."""
    text, file = request.form.get("text"), request.files.get("file")
    sent = file.filename if file else None
    if bool(text) == bool(sent):
        refuse("Choose a file, or paste a text: one of the two.")
    name = file_name(request.form.get("name") if text else sent)
    if name is None:
        refuse("The file needs a name of at most 200 bytes, without control characters.")
    if text:
        path.write_bytes(text.encode(errors="surrogateescape"))
    elif file:
        file.save(path)
    return name


def _found(name: str) -> Checked:
    gone = "This file is no longer here: drop it in again."
    return the_desk().files.find(lambda it: it.name == name) or refuse(gone, HTTPStatus.NOT_FOUND)


def _upload(desk: Desk, checked: Checked, *, watch: bool) -> None:
    if watch:
        desk.events.listen(checked.key)
    desk.files.upload(checked)


def _shown(checked: Checked) -> Response:
    if checked.version:
        return _story(checked)
    return redirect(url_for("drop.verdict", name=checked.name), HTTPStatus.SEE_OTHER)


def _story(checked: Checked) -> Response:
    story = url_for("look.story", name=checked.key, version=checked.version)
    return redirect(story, HTTPStatus.SEE_OTHER)
