"""Drop a file: check it, upload it, and watch what becomes of it."""

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from articles.refs import is_name
from articles_console.checking import Checked, check, file_name, new_path
from articles_console.pages import refuse, the_desk

page = Blueprint("drop", __name__)


@page.get("/")
def form() -> str:
    desk = the_desk()
    return render_template("drop.html", feeds=desk.feed_names, listens=desk.events.is_listening)


@page.post("/files")
def receive() -> Response:
    """Check a file; upload it, too, if that was asked for and it would not be rejected."""
    desk, feed = the_desk(), request.form.get("feed", "")
    if not is_name(feed):
        refuse("A feed is named with lower-case letters, digits and hyphens.")
    path = new_path(desk.folder)
    checked = check(path, feed, _saved(path), desk.feeds)
    desk.keep(checked)
    if request.form.get("do") == "upload" and checked.outcome != "rejected":
        return _upload(checked)
    return redirect(url_for("drop.verdict", name=checked.name), HTTPStatus.SEE_OTHER)


@page.get("/files/<name>")
def verdict(name: str) -> str:
    return render_template(
        "verdict.html", checked=_found(name), listens=the_desk().events.is_listening
    )


@page.post("/files/<name>/upload")
def upload(name: str) -> Response:
    return _upload(_found(name))


def _saved(path: Path) -> str:
    """Save what was sent to a path; gives the name of the file."""
    if text := request.form.get("text"):
        path.write_bytes(text.encode(errors="surrogateescape"))
        return file_name(request.form.get("name")) or "pasted.json"
    file = request.files.get("file")
    if not file or not file.filename:
        refuse("Choose a file, or paste a text.")
    name = file_name(file.filename)
    if name is None:
        refuse("The file's name is too long, or has characters that a key should not have.")
    file.save(path)
    return name


def _found(name: str) -> Checked:
    checked = the_desk().checked(lambda it: it.name == name)
    return checked or refuse("This file is no longer here: drop it in again.", HTTPStatus.NOT_FOUND)


def _upload(checked: Checked) -> Response:
    desk = the_desk()
    if "watch" in request.form:
        desk.events.listen()
    with checked.path.open("rb") as file:
        answer = desk.service.s3.put_object(Bucket=desk.service.inbox, Key=checked.key, Body=file)
    checked.version = answer.get("VersionId", "null")
    story = url_for("look.story", name=checked.key, version=checked.version)
    return redirect(story, HTTPStatus.SEE_OTHER)
