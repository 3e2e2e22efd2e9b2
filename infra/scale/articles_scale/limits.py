"""What gives first, and what to do about it, as tables for docs/scale.md."""

from collections.abc import Callable, Iterator
from math import ceil
from typing import NamedTuple

from articles_scale import figures
from articles_scale.figures import DAY, PEAK, stack

MOST_SPREAD = 64  # feeds.toml takes no more
ALL, ONE_EACH, LARGE = "all", "files of one article", "large files"
DOLLARS = {ONE_EACH: 6.63, LARGE: 4.57}  # for a million: docs/costs.md


class Limit(NamedTuple):
    """What takes so many articles a second by default; `mend` says how it takes more."""

    what: str
    takes: float
    mend: Callable[[float], str]
    of: str = ALL


def limits() -> list[Limit]:
    """Return what may give, in the order in which an article meets it."""
    units, shards = figures.ITEM_UNITS, figures.NEW_TABLE_UNITS / figures.PARTITION_UNITS
    lane = 1 / figures.event_seconds()
    return [
        Limit(
            "S3: requests for one prefix",
            figures.PUTS_OF_A_PREFIX,
            lambda peak: (
                f"S3 splits a busy prefix by itself, in minutes; have uploaders put files "
                f"under {ceil(peak / figures.PUTS_OF_A_PREFIX)} prefixes or more, such as "
                "`incoming/<feed>/<hash>/`"
            ),
            ONE_EACH,
        ),
        Limit(
            "ingest functions (`MaximumConcurrency`)",
            stack().uploads_at_once / figures.file_seconds(),
            lambda peak: _functions("MaximumConcurrency", peak * figures.file_seconds()),
            ONE_EACH,
        ),
        Limit(
            "bulk functions (`BulkConcurrency`)",
            stack().bulk_at_once / figures.article_seconds(),
            lambda peak: _functions("BulkConcurrency", peak * figures.article_seconds()),
            LARGE,
        ),
        Limit(
            "a month of one feed in `by_feed`",
            figures.PARTITION_UNITS,
            lambda peak: _spread(peak / figures.PARTITION_UNITS),
        ),
        Limit(
            "a new table, until it has grown",
            figures.NEW_TABLE_UNITS / units,
            lambda peak: f"warm it up to {enough(peak * units)} write units before{_indexes(peak)}",
        ),
        Limit(
            "the table of receipts, until it has grown",
            figures.NEW_TABLE_UNITS,
            lambda peak: f"warm it up to {enough(peak)} write units before",
            ONE_EACH,
        ),
        Limit(
            "the quota of a table",
            figures.TABLE_UNITS / units,
            lambda peak: f"have AWS raise it to {enough(peak * units)} write units",
        ),
        Limit(
            "publish functions of four shards, as a new table has them",
            shards * stack().publish_at_once * lane,
            lambda peak: (
                "nothing: a table that takes so much has "
                f"{enough(peak * units / figures.PARTITION_UNITS)} shards or more"
            ),
        ),
        Limit(
            "EventBridge: `PutEvents`",
            figures.PUT_EVENTS_REQUESTS * figures.EVENTS_OF_A_REQUEST,
            lambda peak: f"have AWS raise it to {enough(peak / 10)} requests a second",
        ),
        Limit(
            "EventBridge: events delivered, each to one target",
            figures.RULE_TARGETS,
            lambda peak: (
                f"what is over it comes late; have AWS raise it to {enough(peak)} a second"
                " for each subscriber of everything"
            ),
        ),
        Limit(
            "Lambda: functions at once, files of one article",
            figures.CONCURRENCY / (figures.file_seconds() + figures.event_seconds()),
            lambda peak: _concurrency(peak * (figures.file_seconds() + figures.event_seconds())),
            ONE_EACH,
        ),
        Limit(
            "Lambda: functions at once, large files",
            figures.CONCURRENCY / (figures.article_seconds() + figures.event_seconds()),
            lambda peak: _concurrency(peak * (figures.article_seconds() + figures.event_seconds())),
            LARGE,
        ),
    ]


def inputs() -> str:
    """Show the figures behind the tables, and where they are from."""
    bench, aws = "`make bench`", "AWS"
    rows = [
        ("processor time of a file of one article", _ms(figures.UPLOAD), bench),
        ("… of an article of a large file", _ms(figures.INGEST), bench),
        ("… of an event", _ms(figures.PUBLISH), bench),
        ("the peak of a day, as a multiple of its average", f"{figures.PEAK}", "assumed"),
        ("botocore repeats a request for", _ms(figures.PATIENCE), "three attempts"),
        ("a file is read from S3, an item written, ten events sent", _answers(), "assumed"),
        ("ingest works on a file of one article for", _ms(figures.file_seconds()), "the sum"),
        ("bulk works on an article of a large file for", _ms(figures.article_seconds()), "the sum"),
        ("publish works on an event for", _ms(figures.event_seconds()), "the sum"),
        ("write units of an article of 4 KB", f"{figures.ITEM_UNITS}", "[costs](costs.md)"),
        ("write units a second of a partition", rounded(figures.PARTITION_UNITS), aws),
        ("… of a new table or index", rounded(figures.NEW_TABLE_UNITS), aws),
        ("… of any table or index", rounded(figures.TABLE_UNITS), "quota"),
        ("uploads a second under one prefix", rounded(figures.PUTS_OF_A_PREFIX), aws),
        ("requests of `PutEvents` a second", rounded(figures.PUT_EVENTS_REQUESTS), "quota"),
        ("events a second to targets of rules", f"{figures.RULE_TARGETS:,}", "quota"),
        ("functions at once", rounded(figures.CONCURRENCY), "quota"),
        ("… of one queue", rounded(figures.MAXIMUM_CONCURRENCY), aws),
    ]
    head = ["| figure | | from |", "|---|---|---|"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])


def _answers() -> str:
    times = (figures.GET_OBJECT, figures.WRITE_ITEM, figures.PUT_EVENTS)
    return ", ".join(f"{1000 * it:.0f}" for it in times) + " ms"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.2g} ms"


def _functions(parameter: str, needed: float) -> str:
    if needed <= figures.MAXIMUM_CONCURRENCY:
        return f"`{parameter}={ceil(needed)}`"
    return (
        f"`{parameter}=1000`, which is the most, or the provisioned mode of the queue's mapping, "
        "which takes its place; and larger files"
    )


def _spread(partitions: float) -> str:
    """Say by how many keys a feed is spread: twice as many, as some share a partition."""
    return f"`spread = {min(ceil(2 * partitions), MOST_SPREAD)}`, if one feed sends it all"


def _indexes(peak: float) -> str:
    if peak <= figures.NEW_TABLE_UNITS:  # they have that from the start
        return ""
    return f", `by_feed` and `by_url` to {enough(peak)}"


def _concurrency(needed: float) -> str:
    return f"have AWS raise the quota of the account to {enough(needed)}"


def a_million() -> str:
    return table(1_000_000)


def a_hundred_million() -> str:
    return table(100_000_000)


def a_billion() -> str:
    return table(1_000_000_000)


def table(a_day: int) -> str:
    """Show how busy everything is at the peak of so many articles a day, the busiest first."""
    average, peak = a_day / DAY, PEAK * a_day / DAY
    found = sorted(limits(), key=lambda it: it.takes)
    dollars = (f"{rounded(a_day / 1e6 * it)} dollars as {of}" for of, it in DOLLARS.items())
    return "\n".join(
        [
            f"{rounded(average)} articles a second, {rounded(peak)} at the peak.",
            f"A day costs {' or '.join(dollars)}.",
            _first(found, peak),
            "",
            "| what | takes, a second | busy at the peak | what to do |",
            "|---|---|---|---|",
            *_rows(found, peak),
        ]
    )


def _first(found: list[Limit], peak: float) -> str:
    giving = [it for it in found if it.takes < peak]
    if not giving:
        return "Nothing gives."
    first = (next(it.what for it in giving if it.of in (ALL, way)) for way in DOLLARS)
    return "First give: " + ", or with large files: ".join(first) + "."


def _rows(found: list[Limit], peak: float) -> Iterator[str]:
    for it in found:
        of = "" if it.of == ALL or it.of in it.what else f", {it.of}"
        mend = it.mend(peak) if it.takes < peak else ""
        takes = f"{it.takes:,}" if isinstance(it.takes, int) else rounded(it.takes)
        yield f"| {it.what}{of} | {takes} | {_percent(peak / it.takes)} | {mend} |"


def _percent(share: float) -> str:
    return f"{rounded(100 * share)} %"


def rounded(value: float) -> str:
    """Write a number with two digits that count, as the figures behind it have no more."""
    if value < 10:
        return f"{value:.1f}".removesuffix(".0")
    unit = 10 ** (len(str(int(value))) - 2)
    return f"{round(value / unit) * unit:,}"


def enough(value: float) -> str:
    """Write a whole number with two digits that count, which is not less."""
    unit = 10 ** max(len(str(ceil(value))) - 2, 0)
    return f"{ceil(value / unit) * unit:,}"
