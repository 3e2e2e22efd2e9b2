"""Outcomes over time: a small plot, and the same as a table."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request

from articles.refs import is_name
from articles_console.history import MOST, ORDER, history
from articles_console.pages import refuse, the_desk
from articles_console.plot import bars, ticks
from articles_console.windows import WINDOWS, window

page = Blueprint("outcomes", __name__)


@page.get("/outcomes")
def plot() -> str:
    desk, feed = the_desk(), request.args.get("feed", "")
    if feed and not is_name(feed):
        refuse("A feed is named with lower-case letters, digits and hyphens.")
    name = request.args.get("since", "7d")
    found = history(desk.service, feed or None, window(name), datetime.now(UTC))
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
