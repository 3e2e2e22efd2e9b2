"""Outcomes over time: a small plot, and the same as a table."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request

from articles_console.history import MOST, ORDER, history
from articles_console.pages import checked_feed, checked_window, need_known, the_desk
from articles_console.plot import bars, ticks
from articles_console.windows import WINDOWS

page = Blueprint("outcomes", __name__)


@page.get("/outcomes")
def plot() -> str:
    desk, feed = the_desk(), checked_feed(request.args.get("feed", ""))
    name = request.args.get("since", "7d")
    found = history(desk.service, feed, checked_window(name), datetime.now(UTC))
    if not found.total:
        need_known(feed)
    return render_template(
        "outcomes.html",
        found=found,
        bars=list(bars(found)),
        ticks=ticks(found),
        order=ORDER,
        most=MOST,
        feeds=desk.feed_names,
        feed=feed,
        window=name,
        windows=WINDOWS,
    )
