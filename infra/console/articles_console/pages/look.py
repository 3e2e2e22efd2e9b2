"""Look something up: the story of an upload by its key, of articles by id or address."""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, render_template, request

from articles.announcing.transitions import upload_event
from articles.refs import PREFIX, name_in
from articles.storing.receipts import Receipt
from articles.uploads import listing
from articles_cli.stories import show, telling
from articles_cli.stories.names import NotANameError, find_articles, is_article_id
from articles_cli.stories.story import FEW, Stories, Upload, state_of
from articles_console.events import Heard
from articles_console.pages import Refusal, checked_key, checked_version, refuse, the_desk

page = Blueprint("look", __name__)

# Until then, more of an upload's events may come: publish has its own queue.
STILL_COMING = timedelta(seconds=12)
STILL_NEW = timedelta(minutes=1)  # of an upload: nobody need worry yet


@page.context_processor
def _words() -> dict[str, object]:
    return {"telling": telling, "show": show, "state_of": state_of}


@page.errorhandler(Refusal)
def refused(error: Refusal) -> tuple[str, int]:
    name = request.args.get("name", "")
    return render_template("look.html", name=name, message=error.message), error.code


@page.get("/look")
def story() -> str:
    name = _without_bucket(request.args.get("name", "").lstrip())
    if name.startswith(PREFIX):
        return _upload(checked_key(name), checked_version())
    if not (name := name.rstrip()):
        return render_template("look.html", name="")
    if is_article_id(name.lower()):
        name = name.lower()
    stories = the_desk().stories
    try:
        found = find_articles(stories, name)
    except NotANameError as error:
        refuse(str(error))
    if not found:
        refuse(f"There is no article {name}.", HTTPStatus.NOT_FOUND)
    told = stories.articles(found[:FEW])
    return render_template("look.html", name=name, told=told, more=found[FEW:])


def _upload(key: str, version: str | None) -> str:
    desk, stories = the_desk(), the_desk().stories
    uploads = stories.uploads(key)
    shown = next((it for it in uploads if version in (None, it.version)), None)
    if shown is None:
        refuse(f"{key} {_why_none(key)}", HTTPStatus.NOT_FOUND)
    receipts = [shown.receipt] if shown.receipt else []
    ids = stories.article_ids(receipts)
    found = desk.service.lookup.stored(ids)
    heard = desk.events.about(key, shown.version, ids)
    return render_template(
        "upload.html",
        key=key,
        feed=name_in(key),
        stories=stories,
        uploads=uploads,
        shown=shown,
        note=_note(stories, shown),
        told=stories.articles(found, keys=[key]) if len(found) <= FEW else [],
        more=found if len(found) > FEW else [],
        missing=sorted(set(ids) - {it.article_id for it in found}),
        heard=heard,
        checked=desk.files.find(lambda it: (it.key, it.version) == (key, shown.version)),
        is_moving=_is_moving(stories, shown, heard) or desk.events.is_behind,
        is_behind=desk.events.is_behind,
    )


def _without_bucket(name: str) -> str:
    """Take s3://INBOX/KEY as KEY."""
    if not name.startswith("s3://"):
        return name
    bucket, _, key = name.removeprefix("s3://").partition("/")
    inbox = the_desk().service.inbox
    return key if bucket == inbox else refuse(f"{bucket} is not the inbox: that is {inbox}.")


def _why_none(key: str) -> str:
    """Say why a key has no upload; a folder has none of its own."""
    service = the_desk().service
    folder = f"{key.rstrip('/')}/"
    if any(listing.versions(service.s3, service.inbox, folder)):
        return f"is a folder: name a file in it, such as {folder}article.json."
    return "was never uploaded, or its upload is no longer kept."


def _note(stories: Stories, upload: Upload) -> str | None:
    """Say why there is no receipt."""
    state = stories.state(upload)
    is_new = upload.uploaded_at and stories.now < upload.uploaded_at + STILL_NEW
    if state == "waiting" and is_new:
        return "It will be processed in a moment."
    if state == "waiting":
        return telling.waiting(stories, upload)
    if state == "expired":
        return telling.expired(stories, stories.read_again(upload, the_desk().feeds))
    return None


def _is_moving(stories: Stories, upload: Upload, heard: Heard | None) -> bool:
    """Whether more may soon be told of an upload: it is processed, or its events still come."""
    if stories.state(upload) in ("waiting", "processing"):
        return True
    if not (heard and upload.receipt):
        return False
    its_own = heard.of(upload.version, ())
    if len(its_own.events) + its_own.more >= _events_of(upload.receipt):
        return False
    finished_at = upload.receipt.finished_at
    return bool(finished_at and stories.now < datetime.fromisoformat(finished_at) + STILL_COMING)


def _events_of(receipt: Receipt) -> int:
    """Count the events that an upload gives at most: of its articles, and its own."""
    stored = sum(receipt.counts.get(it, 0) for it in ("created", "updated", "withheld", "canceled"))
    return stored + (upload_event(None, receipt, stage="", archive="") is not None)
