"""What was rejected: the latest uploads of a feed or of all, each with its places and mends."""

from http import HTTPStatus
from itertools import islice

from flask import Blueprint, render_template, request

from articles.catalogue import CATALOGUE, Code
from articles.refs import label
from articles_cli.stories import rejected
from articles_cli.stories.attention import LOOKED_AT, Search, Wanted, known_feeds, problems_of
from articles_cli.stories.rejected import Rejection
from articles_console.pages import (
    Refusal,
    checked_code,
    checked_feed,
    checked_key,
    checked_version,
    checked_window,
    feeds_offered,
    need_known,
    refuse,
    the_desk,
)
from articles_console.rules import rules as the_rules
from articles_console.windows import WINDOWS

page = Blueprint("rejects", __name__)

UPLOADS, RECORDS = 25, 20


@page.errorhandler(Refusal)
def refused(error: Refusal) -> tuple[str, int]:
    return _listing(message=error.message), error.code


@page.get("/rejects")
def listing() -> str:
    desk = the_desk()
    feed = checked_feed(request.args.get("feed", ""))
    code, window = checked_code(request.args.get("code", "")), request.args.get("since", "30d")
    wanted = Wanted(since=checked_window(window).begin(), code=code)
    feeds = [label(feed)] if feed else known_feeds(desk.service, desk.feeds.feeds)
    search = Search(desk.service.lookup, feeds, wanted, most=UPLOADS * LOOKED_AT)
    found = list(islice(search, UPLOADS + 1))
    if not found:
        need_known(feed)
    return _listing(
        found=[(it, next(problems_of(it, it.records), None)) for it in found[:UPLOADS]],
        is_cut=len(found) > UPLOADS or search.is_cut,
    )


def _listing(**members: object) -> str:
    """Show the form, with what was chosen, and what was found."""
    return render_template(
        "rejects.html",
        feeds=feeds_offered(),
        feed=request.args.get("feed"),
        code_wanted=request.args.get("code"),
        codes=[it for it in Code if it.rejects],
        window=request.args.get("since", "30d"),
        windows=WINDOWS,
        **members,
    )


@page.get("/rejects/upload")
def upload() -> str:
    service = the_desk().service
    key = checked_key(request.args.get("key", ""))
    receipt = rejected.receipt_of(service.lookup, key, checked_version())
    if receipt is None:
        refuse(f"There is no receipt for {key}.", HTTPStatus.NOT_FOUND)
    found = list(islice(rejected.problems_of(service.lookup, receipt, None), RECORDS + 1))
    with rejected.opened(service, receipt) as source:
        return render_template(
            "rejected.html",
            receipt=receipt,
            gone=rejected.gone(service, receipt) if source is None else None,
            rejections=[Rejection.of(it, source) for it in found[:RECORDS]],
            is_cut=len(found) > RECORDS,
        )


@page.get("/rules")
def rules() -> str:
    return render_template("rules.html", sections=the_rules())


@page.get("/codes")
def codes() -> str:
    return render_template("codes.html", entries=CATALOGUE)
