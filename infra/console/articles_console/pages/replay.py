"""Have uploads read again: a selection, its differences, a second thought, and then the result."""

import shlex
from http import HTTPStatus
from itertools import islice
from typing import NoReturn

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from articles.catalogue import Code
from articles.uploads import listing
from articles_cli.replays.selecting import Selection
from articles_console.pages import (
    Refusal,
    checked_code,
    checked_feed,
    checked_key,
    checked_window,
    feeds_offered,
    need_known,
    refuse,
    the_desk,
)
from articles_console.replays import BusyError, Job
from articles_console.windows import WINDOWS

page = Blueprint("replay", __name__)

MOST = 1_000  # uploads: more are the command's
# What a replay would do with records, for people.
WORDS = {
    "changed": "would change",
    "stored": "would be accepted now",
    "moved": "would become another article",
    "rejected": "would be rejected",
    "expired": "would be past their retention",
    "superseded": "would stay superseded",
    "unchanged": "would stay as they are",
    "gone": "are gone from the inbox",
}
CHANGES = ("changed", "stored", "moved")
BUSY = "Another replay is on its way: wait until it has ended."


@page.get("/replay")
def form() -> str:
    return _form()


@page.errorhandler(Refusal)
def refused(error: Refusal) -> tuple[str, int]:
    return _form(error.message), error.code


def _form(message: str | None = None) -> str:
    """Show the form, with what was chosen."""
    return render_template(
        "replay.html",
        feeds=feeds_offered(),
        windows=WINDOWS,
        codes=[it for it in Code if it.rejects],
        chosen=request.values,
        message=message,
    )


@page.post("/replay")
def look() -> Response:
    """Look into a replay; nothing is sent."""
    desk, selection = the_desk(), _selection()
    versions = list(islice(selection.versions(desk.service), MOST + 1))
    options = ["--stack", desk.place.stack]
    if desk.place.is_by_hand:
        options += ["--feeds", str(desk.place.feeds_file)]
    command = shlex.join(["articles", "replay", *selection.arguments, *options, "--send"])
    if not versions:
        need_known(selection.feed)
        _refuse_none(selection)
    if len(versions) > MOST:
        refuse(f"There are more than {MOST:,} uploads: narrow them down, or use {command}")
    try:
        job = desk.replays.look(versions, command)
    except BusyError:
        refuse(BUSY, HTTPStatus.CONFLICT)
    return _progress(job)


@page.get("/replay/<name>")
def progress(name: str) -> str:
    return _told("replaying.html", _found(name))


@page.get("/replay/<name>/confirm")
def confirm(name: str) -> str | Response:
    job = _found(name)
    return _told("confirm.html", job) if job.state == "ready" else _progress(job)


@page.post("/replay/<name>/send")
def send(name: str) -> Response:
    """Send a replay, once: who asks again is shown what became of it."""
    job = _found(name)
    the_desk().replays.send(job)
    return _progress(job)


def _told(page: str, job: Job) -> str:
    """Show a replay, and in words what it would change: of the uploads that were read here."""
    found, lines = job.lines.first("differences") or {}, job.lines.of("difference")
    outcomes = found.get("outcomes", {})
    changing = sum(outcomes.get(name, 0) for name in CHANGES)
    # What was accepted before, and would be rejected now, is still stored.
    is_safe = job.lines.counts["difference"] == len(lines)
    is_safe = is_safe and not any("still_stored" in it for it in lines)
    return render_template(
        page,
        job=job,
        would={WORDS.get(name, name): count for name, count in outcomes.items()},
        changing=changing,
        is_idle=is_safe and not changing,
        words=WORDS,
        is_whole=found.get("uploads") == len(job.versions),
    )


def _progress(job: Job) -> Response:
    return redirect(url_for("replay.progress", name=job.name), HTTPStatus.SEE_OTHER)


def _found(name: str) -> Job:
    gone = "This replay is no longer here: choose the uploads again."
    return the_desk().replays.find(name) or refuse(gone, HTTPStatus.NOT_FOUND)


def _refuse_none(selection: Selection) -> NoReturn:
    """Say that nothing was selected; what is no key may be a prefix."""
    said, service = "There are no such uploads in the inbox.", the_desk().service
    for key in selection.names:
        if any(listing.versions(service.s3, service.inbox, f"{key}/")):
            said = f"There is no upload {key}. Did you mean {key}/ ?"
    refuse(said, HTTPStatus.NOT_FOUND)


def _selection() -> Selection:
    """Read the form; what cannot be selected is refused here, with what to do."""
    key, feed = request.form.get("key", "").lstrip(), checked_feed(request.form.get("feed", ""))
    code, window = checked_code(request.form.get("code", "")), request.form.get("since", "")
    rejects = "rejects" in request.form or bool(code)
    if bool(key) == bool(feed or rejects):
        refuse("Name a key or a prefix, or choose a feed or rejected uploads: one of these.")
    return Selection(
        names=(checked_key(key),) if key else (),
        feed=feed,
        since=checked_window(window).begin() if window else None,
        rejects=rejects,
        code=code,
        latest="latest" in request.form,
    )
