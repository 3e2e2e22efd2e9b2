"""What is wrong in one upload: each rejected record, the place of its problem, and the mend."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Self

from articles.catalogue import CATALOGUE, Code
from articles.problems import ReportedProblem
from articles.storing.lookup import Lookup
from articles.storing.receipts import Receipt, Record
from articles_cli.stack.deployment import Deployment
from articles_cli.stories import show as tables
from articles_cli.stories import source
from articles_cli.stories.excerpt import Line, excerpt, text_excerpt
from articles_cli.stories.source import Place, Source
from articles_cli.terminal.exit_codes import FAILED
from articles_cli.terminal.output import Output, fail
from articles_cli.uploads.reading import download

RAW_SHOWN = 4_000  # bytes of a record in a JSON line


class Rejection(NamedTuple):
    """A rejected record, or file: its problems, and the place of each in the file, if known.

    `upload` is None when the inbox no longer has it.
    """

    problems: Sequence[ReportedProblem]
    upload: Source | None
    places: Sequence[Place | None]

    @classmethod
    def of(cls, problems: Sequence[ReportedProblem], upload: Source | None) -> Self:
        return cls(problems, upload, [upload.place(it) if upload else None for it in problems])

    @property
    def title(self) -> str:
        first = self.problems[0]
        if first.record is None:
            return "The file as a whole"
        where = f" at {first.at}" if first.at else ""
        line = f" in line {first.line}" if first.line and not first.at else ""
        return f"Record {first.record}{where}{line}"

    @property
    def place(self) -> Place | None:
        return next(filter(None, self.places), None)

    @property
    def marks(self) -> list[int | None]:
        """The byte at which each problem lies."""
        return [place and place.mark for place in self.places]

    def excerpt(self) -> Iterator[Line]:
        """Give the lines of the file around the problems."""
        if self.upload is None or self.place is None:
            return iter(())
        if self.place.is_text:
            return text_excerpt(self.upload, self.place)
        marks = {it for it in self.marks if it is not None}
        return excerpt(self.upload, self.place.start, marks)

    def codes(self, mark: int) -> str:
        """Name the problems that lie at a byte."""
        found = (it.code for it, at in zip(self.problems, self.marks, strict=True) if at == mark)
        return ", ".join(dict.fromkeys(found))


def show(
    out: Output,
    service: Deployment,
    key: str,
    *,
    version: str | None,
    record: int | None,
    limit: int,
) -> None:
    """Show the rejected records of an upload, or one of them."""
    receipt = receipt_of(service.lookup, key, version)
    if receipt is None:
        named = f"{key}, version {version}" if version else key
        fail(f"There is no receipt for {named}; `articles status` says why.", FAILED)
    found = list(islice(problems_of(service.lookup, receipt, record), limit + 1))
    out.text(receipt.key, "bold")
    out.text(f"  {receipt.outcome or receipt.state}, uploaded {receipt.uploaded_at or '?'}")
    out.text(f"  version {receipt.version}")
    if not found and record is not None:
        fail(f"Record {record} of it was not rejected.", FAILED)
    if not found:
        is_open = receipt.state == "processing"
        told = tables.progress(receipt) if is_open else "Nothing in it was rejected."
        out.text(f"  {receipt.cause or told}")
        return
    with opened(service, receipt) as upload:
        if upload is None:
            out.text(gone(service, receipt))
        for problems in found[:limit]:
            _print(out, receipt, Rejection.of(problems, upload))
    if len(found) > limit:
        out.text(f"There are more rejected records: --limit shows more than {limit}, --record one.")


def receipt_of(lookup: Lookup, key: str, version: str | None) -> Receipt | None:
    """Find the receipt of a version; by default of the latest that has something rejected."""
    if version:
        return lookup.receipt(key, version)
    receipts = lookup.receipts_of(key)
    return next((it for it in receipts if it.problems or it.counts.get("rejected")), None) or next(
        iter(receipts), None
    )


def problems_of(
    lookup: Lookup, receipt: Receipt, record: int | None
) -> Iterator[tuple[ReportedProblem, ...]]:
    """Give the problems of each rejected record; first those of the file as a whole."""
    if receipt.problems and record is None:
        yield receipt.problems
    for it in _records(lookup, receipt):
        if it.problems and it.outcome == "rejected" and record in (None, it.record):
            yield it.problems


def _records(lookup: Lookup, receipt: Receipt) -> Iterable[Record]:
    is_whole = sum(receipt.counts.values()) <= len(receipt.records)
    return receipt.records if is_whole else lookup.records(receipt)


@contextmanager
def opened(service: Deployment, receipt: Receipt) -> Iterator[Source | None]:
    """Open an upload; None when the inbox no longer has it."""
    with TemporaryDirectory(prefix="articles-") as folder:
        path = Path(folder) / "upload"
        if not download(service, receipt.key, receipt.version, path):
            yield None
            return
        with source.opened(path, name=receipt.key, folder=Path(folder)) as upload:
            yield upload


def gone(service: Deployment, receipt: Receipt) -> str:
    """Say that the inbox no longer has an upload, and since when."""
    days = int(service.parameters["KeepUploadsDays"])
    sentence = f"The upload is no longer in the inbox; uploads are kept for {days} days"
    if receipt.uploaded_at is None:
        return f"{sentence}."
    until = datetime.fromisoformat(receipt.uploaded_at) + timedelta(days=days)
    over = until <= datetime.now(UTC)
    return f"{sentence}, this one {'was until' if over else 'was to be until'} {until:%Y-%m-%d}."


def _print(out: Output, receipt: Receipt, rejection: Rejection) -> None:
    problems, upload, place = rejection.problems, rejection.upload, rejection.place
    out.line(
        type="rejected",
        key=receipt.key,
        version=receipt.version,
        **{n: it for n, it in problems[0].as_json().items() if n in ("record", "at", "line")},
        problems=[
            it.as_json() | _mend(it) | ({} if mark is None else {"offset": mark})
            for it, mark in zip(problems, rejection.marks, strict=True)
        ],
        **(_raw(upload, place) if upload and place else {}),
    )
    if out.as_json:
        return
    out.text("")
    out.text(rejection.title, "bold")
    for line in rejection.excerpt():
        out.verbatim(f"    {line.text}")
        for mark, column in line.marks.items():
            out.verbatim(f"    {' ' * column}^ {rejection.codes(mark)}", "red")
    if upload and upload.data and not place and problems[0].record is not None:
        out.text("    (its place in the file was not found)")
    for problem in problems:
        path = f"at {problem.path}: " if problem.path else ""
        out.text(f"  {problem.code} {path}{problem.message}")
        for mend in _mend(problem).values():
            out.text(f"  Mend: {mend}")


def _mend(problem: ReportedProblem) -> dict[str, str]:
    """Say how to mend a problem, unless it is one of a later version of the service."""
    return {"fix": CATALOGUE[Code(problem.code)].fix} if problem.code in set(Code) else {}


def _raw(upload: Source, place: Place) -> dict[str, object]:
    """Give the beginning of a record as it stands in the file, and where it lies there."""
    end = upload.end(place)
    raw = upload.data[place.start : min(end, place.start + RAW_SHOWN)]
    length = end - place.start
    return {"offset": place.start, "length": length, "raw": raw.decode(errors="backslashreplace")}
