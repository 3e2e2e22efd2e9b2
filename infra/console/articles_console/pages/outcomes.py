"""Outcomes over time: a small plot, and the same as a table."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request

from articles_console.history import MOST, ORDER, history
from articles_console.pages import (
    Refusal,
    checked_feed,
    checked_window,
    feeds_offered,
    need_known,
    the_desk,
)
from articles_console.plot import bars, ticks
from articles_console.windows import WINDOWS

page = Blueprint("outcomes", __name__)


@page.errorhandler(Refusal)
def refused(error: Refusal) -> tuple[str, int]:
    return _plot(message=error.message), error.code


@page.get("/outcomes")
def plot() -> str:
    desk, feed = the_desk(), checked_feed(request.args.get("feed", ""))
    window = checked_window(request.args.get("since", "7d"))
    found = history(desk.service, feed, window, datetime.now(UTC))
    if not found.total:
        need_known(feed)
    return _plot(found=found, bars=list(bars(found)), ticks=ticks(found))


def _plot(**members: object) -> str:
    """Show the form, with what was chosen, and what was found."""
    return render_template(
        "outcomes.html",
        order=ORDER,
        most=MOST,
        feeds=feeds_offered(),
        feed=request.args.get("feed"),
        window=request.args.get("since", "7d"),
        windows=WINDOWS,
        **members,
    )
