"""How receipts, articles and events are printed, as tables and as JSON lines."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from articles.problems import ReportedProblem
from articles.storing.lookup import Listed, Repair, Stored
from articles.storing.receipts import Receipt, Record
from articles_cli.terminal.output import Output

Event = dict[str, Any]
MAX_TEXT_CHARS = 60
MAX_ROWS = 50


def receipts(out: Output, found: Sequence[Receipt], *, is_kept: bool = True) -> None:
    """Show the results of uploads: a row for each record, then its problems.

    Of what is accepted only the first rows are shown. `is_kept` says whether reports outlive the
    command.
    """
    for receipt in found:
        receipt_line(out, receipt)
    rows = [
        (receipt.key, receipt.outcome or receipt.state, *row)
        for receipt in found
        for row in _rows(receipt) or [("", "", "")]
    ]
    accepted = count()
    shown = [row for row in rows if row[1] != "accepted" or next(accepted) < MAX_ROWS]
    out.table(("upload", "outcome", "record", "result", "title"), shown)
    if more := len(rows) - len(shown):
        out.text(f"… and {more:,} more, accepted")
    for receipt in found:
        _more(out, receipt, f"{receipt.key}: ", is_kept=is_kept)
    for receipt in found:
        if problems := list(_problems(receipt)):
            out.text(receipt.key)
            out.problems(problems, is_one=_is_one(receipt))
        _rest(out, receipt, f"{receipt.key}: ")


def one_receipt(out: Output, receipt: Receipt) -> None:
    """Show what became of one upload, whose key is known."""
    receipt_line(out, receipt)
    out.table(("record", "result", "title"), _rows(receipt))
    _more(out, receipt, "  ")
    out.problems(_problems(receipt), is_one=_is_one(receipt))
    _rest(out, receipt, "  ")


def receipt_line(out: Output, receipt: Receipt) -> None:
    missing = {"missing": receipt.missing} if receipt.missing else {}
    out.line(type="receipt", **receipt.as_json(), **missing)


def _more(out: Output, receipt: Receipt, of: str, *, is_kept: bool = True) -> None:
    if (more := sum(receipt.counts.values()) - len(receipt.records)) > 0:
        where = f" in {receipt.report}" if is_kept else "; `articles validate --json` prints all"
        counted = _counted(receipt.counts)
        out.text(f"{of}{counted}; {more:,} more records{where}, with their problems")


def _is_one(receipt: Receipt) -> bool:
    return sum(receipt.counts.values()) <= 1


def _problems(receipt: Receipt) -> Iterator[ReportedProblem]:
    yield from (*receipt.problems, *receipt.warnings)
    for record in receipt.records:
        yield from (*record.problems, *record.warnings)


def _rest(out: Output, receipt: Receipt, of: str) -> None:
    unread(out, receipt.unread, of)
    if receipt.cause:
        out.text(f"{of}{receipt.cause}")
    if receipt.plan and receipt.missing:
        out.text(f"{of}{progress(receipt)}; missing: {ranges(receipt.missing)}")


def unread(out: Output, unread: Mapping[str, int], of: str = "  ") -> None:
    """Name the members that nobody read, with the number of their records."""
    if unread:
        out.text(f"{of}not read: {members(unread)}")


def members(counted: Mapping[str, int]) -> str:
    """Name members, each with the number of its records."""
    return ", ".join(f"{name} ({count:,})" for name, count in counted.items())


def progress(receipt: Receipt) -> str:
    """Say how many parts of an upload are stored."""
    if receipt.plan is None:
        return receipt.state
    done = receipt.plan.parts - len(receipt.missing)
    return f"{done:,} of {receipt.plan.parts:,} parts; {receipt.plan.records:,} records in total"


def ranges(numbers: Sequence[int]) -> str:
    """Write ascending numbers as 1-3, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)


def articles(out: Output, found: Iterable[Stored]) -> None:
    """Show stored articles."""
    rows = []
    for stored in found:
        article = stored.article.as_json() if stored.article else {}
        out.line(
            type="article",
            article_id=stored.article_id,
            feed=stored.feed,
            order_key=stored.order_key,
            status=stored.status,
            **_held(stored),
            article=article,
        )
        published = article.get("published_at") or article.get("published_at_local")
        body = article.get("body_text", "")
        start = body if len(body) <= MAX_TEXT_CHARS else f"{body[:MAX_TEXT_CHARS]}…"
        rows.append((stored.article_id, published, _status(stored), article.get("title"), start))
    _short(out, ("article", "published", "status", "title", "body"), rows)


def events(out: Output, found: Iterable[Event]) -> None:
    """Show events as a subscriber gets them."""
    rows = []
    for event in found:
        out.line(type="event", **{name: event[name] for name in ("detail-type", "detail")})
        detail = event["detail"]
        data = detail["data"]
        about = data.get("article", {}).get("title") or data.get("reason") or data.get("outcome")
        if changed := data.get("changed"):
            about = f"{about} (changed: {', '.join(changed)})"
        rows.append((event["detail-type"], detail["subject"], about))
    _short(out, ("event", "subject", "about"), rows)


def _short(out: Output, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    """Show the first rows of a long table, and how many more there are."""
    out.table(columns, rows[:MAX_ROWS])
    if len(rows) > MAX_ROWS:
        out.text(f"… and {len(rows) - MAX_ROWS:,} more; --json prints them all")


def summary(
    out: Output, found: Sequence[Receipt], *, failed: int, events: int, seconds: float
) -> None:
    """Show the totals of a run; `failed` is the number of files that could not be uploaded."""
    counts: Counter[str] = Counter()
    for receipt in found:
        counts.update(receipt.counts)
    out.line(
        type="summary",
        counts=dict(counts),
        uploads=outcomes(found),
        failed=failed,
        events=events,
        seconds=round(seconds, 2),
    )
    out.text(
        f"{uploads(found, failed=failed)}; records: {_counted(counts)}; events: {events:,}; "
        f"{seconds:.1f} s"
    )


def outcomes(found: Iterable[Receipt]) -> dict[str, int]:
    """Count uploads by outcome."""
    return dict(Counter(receipt.outcome or receipt.state for receipt in found))


def uploads(found: Iterable[Receipt], *, failed: int) -> str:
    """Say what became of files, also of those that could not be uploaded."""
    told = f"uploads: {_counted(outcomes(found))}"
    return f"{told}; {failed:,} could not be uploaded" if failed else told


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items()) or "none"


def _rows(receipt: Receipt) -> list[tuple[object, ...]]:
    return [(it.record, result(it), it.title or it.article_id) for it in receipt.records]


def result(record: Record) -> str:
    """Say what became of a record, and what decided."""
    said: str = record.outcome
    if record.decided_by:
        said += f" (by {record.decided_by})"
    if record.hold_until:
        said += f", held until {record.hold_until}"
    if record.moved_from:
        said += f", moved from {record.moved_from}"
    return said


def _held(item: Stored | Listed) -> dict[str, str]:
    return {"hold_until": item.hold_until} if item.hold_until else {}


def _status(item: Stored | Listed) -> str:
    return f"held until {item.hold_until}" if item.hold_until else item.status


def tombstone(stored: Stored) -> str:
    """Say why an article is not here."""
    name = f"Article {stored.article_id}"
    if stored.removed:
        return f"{name} was removed, {repair(stored.removed)}"
    if stored.revived:
        return f"{name} was revived, {repair(stored.revived)}; no upload of it was read since."
    if stored.moved_to:
        return f"{name} is {stored.moved_to} now: its record has another identity."
    return f"{name} is {stored.status}; its content is no longer kept."


def repair(done: Repair) -> str:
    """Say when an operator did something, who it was, and why."""
    return f"{done.at} by {done.by}: {done.reason}"


def article(out: Output, stored: Stored) -> None:
    """Show everything about one article, for people."""
    members = stored.article.as_json() if stored.article else {}
    body = members.pop("body_text", None)
    members.pop("body_html", None)
    rows = [(name, _cell(value)) for name, value in members.items()]
    if origin := stored.origin:
        rows.append(("upload", f"{origin.key} version {origin.version} record {origin.record}"))
    rows.append(("ingested_at", stored.ingested_at))
    out.table(("field", "value"), rows)
    for paragraph in (body or "").split("\n"):
        out.text(paragraph)


def listing(out: Output, found: Iterable[Listed]) -> None:
    """Show articles as the index by feed has them."""
    rows = []
    for item in found:
        title = {"title": item.title} if item.title else {}
        members = {"article_id": item.article_id, "listed_at": item.listed_at}
        out.line(type="listed", **members, status=item.status, **_held(item), **title)
        rows.append((item.article_id, item.listed_at, _status(item), item.title))
    out.table(("article", "date", "status", "title"), rows)


def _cell(value: object) -> object:
    if isinstance(value, list):
        return [_cell(item) for item in value]
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(item)}" for name, item in value.items())
    return _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
