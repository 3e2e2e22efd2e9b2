"""`articles rejects`: what needs attention, and where in a record its problem lies."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from articles.metadata.shapes import Formats
from articles.problems import Rejected, ReportedProblem
from articles.records.framing import frame
from articles.records.strict_json import parse
from articles_cli.stories.source import Source
from articles_local import EmbeddedAws
from tests.golden import CASES

from .conftest import Articles, embedded
from .mistakes import ago

BROKEN = '{"title": "Ferry", "id": "f", "text": "Six.",}'
GOOD = '{"title": "Ferry", "id": "f", "text": "Six."}'
UNTITLED = '{"title": 5, "id": "t"}'

Shown = Callable[[str], str]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """A service with parts of 10 records."""
    with embedded(PART_RECORDS="10", MAX_INLINE_BYTES="2000") as running:
        running.drain()
        yield running


def put(aws: EmbeddedAws, folder: str, **files: str | bytes) -> dict[str, str]:
    """Upload files and have them read; gives their versions."""
    s3, inbox = aws.client("s3"), aws.outputs["InboxBucket"]
    versions = {
        name: s3.put_object(Bucket=inbox, Key=f"incoming/{folder}{name}", Body=body)["VersionId"]
        for name, body in files.items()
    }
    aws.drain()
    return versions


def keys(deployed: Articles, feed: str, *arguments: str) -> set[str]:
    """List the uploads of a feed; gives their names."""
    done = deployed("rejects", "--feed", feed, *arguments, "--json")
    assert done.code == 0, done
    return {line["key"].removeprefix(f"incoming/{feed}/") for line in done.of("reject")}


def test_uploads_of_all_feeds_are_listed(deployed: Articles, aws: EmbeddedAws) -> None:
    put(aws, "one/", broken=BROKEN)
    put(aws, "two/", half=f"{GOOD}\n{UNTITLED}", good=GOOD)
    put(aws, "", alone=BROKEN, **{"No Feed/any": GOOD})

    listed = {line["key"]: line for line in deployed("rejects", "--json").of("reject")}
    shown = deployed("rejects", "--feed", "two", "--table").out

    names = {"one/broken", "two/half", "alone", "No Feed/any"}
    assert listed.keys() == {f"incoming/{name}" for name in names}
    half = listed["incoming/two/half"]
    assert (half["outcome"], half["rejected"], half["records"]) == ("partial", 1, 2)
    assert half["problem"]["code"] == "E_FIELD_TYPE"
    assert keys(deployed, "two") == {"half"}
    assert "1 of 2 records rejected" in shown


def test_the_first_problem_is_listed_with_its_place(deployed: Articles, aws: EmbeddedAws) -> None:
    put(aws, "several/", **{"a b.json": f"[{GOOD}, {', '.join([UNTITLED] * 30)}]"})

    listed = deployed("rejects", "--feed", "several", "--table").out

    assert "  E_FIELD_TYPE (record 1, at /title) " in listed
    assert "  and 29 more: articles rejects 'incoming/several/a b.json'" in listed


def test_what_a_later_version_mended_is_hidden(deployed: Articles, aws: EmbeddedAws) -> None:
    with ago(days=3):
        put(aws, "mended/", a=BROKEN, b=GOOD, c=GOOD)
    with ago(days=2):
        put(aws, "mended/", a=BROKEN, b=BROKEN, c="")
    put(aws, "mended/", a=GOOD)

    assert keys(deployed, "mended") == {"b", "c"}
    done = deployed("rejects", "--feed", "mended", "--all", "--json")
    assert len(done.of("reject")) == 4


def test_the_list_is_narrowed_by_code_and_time(deployed: Articles, aws: EmbeddedAws) -> None:
    put(aws, "narrow/", broken=BROKEN, untitled=UNTITLED)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()

    def found(*arguments: str) -> set[str]:
        return keys(deployed, "narrow", *arguments)

    assert found("--code", "E_JSON") == {"broken"}
    assert found("--code", "E_FEED") == set()
    assert found("--since", tomorrow) == set()
    assert found("--since", "1d", "--until", tomorrow) == {"broken", "untitled"}
    assert found("--until", "1d") == set()


def test_a_code_that_only_the_report_has_is_found(deployed: Articles, aws: EmbeddedAws) -> None:
    put(aws, "long/", rows="\n".join([UNTITLED] * 29 + ["{"] + [GOOD] * 3))

    assert keys(deployed, "long", "--code", "E_JSON") == {"rows"}
    [rejected] = deployed("rejects", "incoming/long/rows", "--record", "29", "--json").of(
        "rejected"
    )
    assert (rejected["record"], rejected["line"], rejected["raw"]) == (29, 30, "{")


def test_the_limit_bounds_the_list_and_says_so(deployed: Articles, aws: EmbeddedAws) -> None:
    put(aws, "many/", a=BROKEN, b=BROKEN, c=BROKEN)

    limited = deployed("rejects", "--feed", "many", "--limit", "2", "--table").out

    assert limited.count("E_JSON") == 2
    assert "There may be more" in limited


def test_open_uploads_are_listed(deployed: Articles, aws: EmbeddedAws) -> None:
    inbox, key = aws.outputs["InboxBucket"], "incoming/open/archive"
    aws.client("s3").put_object(Bucket=inbox, Key=key, Body="\n".join([GOOD] * 60))
    while not (found := keys(deployed, "open", "--open")):
        aws.pump()
    assert found == {"archive"}
    assert keys(deployed, "open") == set()
    aws.drain()
    assert keys(deployed, "open", "--open") == set()


def test_version_without_a_key_is_wrong_usage(deployed: Articles) -> None:
    assert deployed("rejects", "--version", "x").code == 2
    assert deployed("rejects", "--since", "soon").code == 2


# What is shown of one upload.

FIELDS = ", ".join(f'"m{n}": {{"text": "{"long " * 100}"}}' for n in range(500))
ROWS = ",\n".join([GOOD] * 25 + [UNTITLED] + [GOOD] * 4)
LISTED = f"[{GOOD},{UNTITLED}]".encode()
# By file: what is in it, what is above the caret, and the code beside it.
CARETS: dict[str, tuple[str | bytes, str, str]] = {
    "broken.json": (BROKEN, ",}", "E_JSON"),
    "lines.ndjson": (f'{GOOD}\n{{"title": "Ferry, \n{GOOD}', '"Ferry, ', "E_JSON"),
    "untitled.json": (UNTITLED, "5,", "E_FIELD_TYPE"),
    "bad.json": (b'\xef\xbb\xbf{\n"title": "Caf\xe9"}', '\\xe9"}', "E_ENCODING"),
    "items.json": (f'{{"items": [{GOOD}, {UNTITLED}]}}', "5,", "E_FIELD_TYPE"),
    "list.json.gz": (gzip.compress(LISTED, mtime=0), "5,", "E_FIELD_TYPE"),
    "row.ndjson": (f"{GOOD}\n\n{UNTITLED}", "5,", "E_FIELD_TYPE"),
    "beside.json": (f"{GOOD} {UNTITLED}", "5,", "E_FIELD_TYPE"),
    "wide.json": ('{"title": "日本" "id": 1}', '"id": 1}', "E_JSON"),
    "parts.json": (f'{{"about": {{"items": []}}, "items": [{ROWS}]}}', "5,", "E_FIELD_TYPE"),
    "large.json": (f'{{{FIELDS}, "title": 5, "id": "t", {FIELDS}}}', "5,", "E_FIELD_TYPE"),
}
OTHERS: dict[str, str | bytes] = {
    "mark.json": b"\xef\xbb\xbf" + BROKEN.encode(),
    "spread.json": '{\n  "id": "f",\n  "title": "Ferry"\n  "text": "Six."\n}',
    "line.json": f'{{"title": "{"é" * 3000}" "id": "t", "text": "{"x" * 3000}"}}',
    "escape.json": '{"title": 5, "id": "\x1b[31m \x9b \u202e"',
    "names.json": '{"\u202ename\x9b": "\u2028", "title": 5}',
}


@pytest.fixture(scope="module")
def shown(deployed: Articles, aws: EmbeddedAws) -> Shown:
    """Upload these files; gives what is shown of each."""
    put(aws, "carets/", **{name: body for name, (body, *_) in CARETS.items()}, **OTHERS)
    return lambda name: deployed("rejects", f"incoming/carets/{name}", "--table").out


def caret(out: str) -> tuple[str, str]:
    """Give what is above the only caret, from there on, and the code beside it."""
    lines = out.split("\n")
    ((number, line),) = [(n, it) for n, it in enumerate(lines) if it.lstrip().startswith("^ ")]
    column, above = line.index("^"), lines[number - 1]
    start = next(at for at in range(len(above) + 1) if cell_len(above[:at]) == column)
    return above[start:], line[column + 2 :]


def excerpt(out: str) -> list[str]:
    return [line for line in out.split("\n") if line.startswith("    ")]


@pytest.mark.parametrize("name", CARETS)
def test_a_caret_is_under_the_place_of_the_problem(shown: Shown, name: str) -> None:
    out = shown(name)

    assert caret(out) == CARETS[name][1:]
    assert "Mend: " in out


@pytest.mark.parametrize("name", ["mark", "spread"])
def test_lines_before_the_place_are_shown_once(shown: Shown, name: str) -> None:
    assert "".join(excerpt(shown(f"{name}.json"))).count('"id"') == 1


def test_a_record_in_a_later_part_is_found(shown: Shown) -> None:
    assert "Record 25 at /items/25" in shown("parts.json")


def test_a_large_record_is_shown_around_the_place(shown: Shown) -> None:
    out = shown("large.json")

    assert len(excerpt(out)) < 12
    assert max(map(cell_len, excerpt(out))) <= 80
    assert out.count("    …") == 2


def test_a_place_in_a_long_line_is_shown_with_what_is_beside_it(shown: Shown) -> None:
    out = shown("line.json")

    assert caret(out)[0].startswith('"id": "t"')
    assert max(map(cell_len, excerpt(out))) <= 80


@pytest.mark.parametrize("name", ["escape", "names"])
def test_what_was_uploaded_cannot_control_a_terminal(shown: Shown, name: str) -> None:
    assert not set(shown(f"{name}.json")) & set("\x1b\x9b\u202e\u2028")


def test_without_a_report_the_receipt_is_shown(deployed: Articles, aws: EmbeddedAws) -> None:
    put(aws, "unreported/", rows="\n".join([UNTITLED] * 25))
    [listed] = deployed("rejects", "--feed", "unreported", "--json").of("reject")
    archive = aws.outputs["ArchiveBucket"]
    aws.client("s3").delete_object(Bucket=archive, Key=listed["report"])

    done = deployed("rejects", "incoming/unreported/rows", "--limit", "25", "--json")

    assert len(done.of("rejected")) == 20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_records_of_every_golden_case_are_found_in_its_file(case: Path) -> None:
    data = (case / "upload.json").read_bytes()
    source = Source(data)
    try:
        frames = list(frame(data, Formats(None, ())).frames)
    except Rejected:
        return  # there is none
    for it in frames:
        place = source.place(ReportedProblem("E_REQUIRED", "", it.record, it.at, None, it.line))
        assert place, it.at
        found = parse(data[place.start : source.end(place)]).value
        if isinstance(found, dict) and isinstance(it.value, dict):
            # An envelope adds members, and linked data what a reference refers to.
            assert found.keys() <= it.value.keys()
            assert found.get("title") == it.value.get("title")
        else:
            assert found == it.value


def test_each_rejected_record_is_a_json_line(deployed: Articles, aws: EmbeddedAws) -> None:
    put(aws, "lines/", rows=f"{GOOD}\n{UNTITLED}\n{{")

    first, second = deployed("rejects", "incoming/lines/rows", "--json").of("rejected")

    assert (first["record"], first["raw"], first["offset"]) == (1, UNTITLED, len(GOOD) + 1)
    assert first["problems"][0]["offset"] == len(GOOD) + 1 + UNTITLED.index("5")
    assert first["problems"][0]["fix"] == "Send the field as a string."
    assert (second["record"], second["raw"]) == (2, "{")


def test_an_earlier_version_can_be_shown(deployed: Articles, aws: EmbeddedAws) -> None:
    with ago(days=3):
        first = put(aws, "versions/", a=BROKEN)["a"]
    with ago(days=2):
        put(aws, "versions/", a=UNTITLED)
    put(aws, "versions/", a=GOOD)
    key = "incoming/versions/a"

    def shown(*arguments: str) -> str:
        [line] = deployed("rejects", key, "--json", *arguments).of("rejected")
        return str(line["problems"][0]["code"])

    assert shown() == "E_FIELD_TYPE"
    assert shown("--version", first) == "E_JSON"
    assert deployed("rejects", key, "--version", "nowhere").code == 3
    assert deployed("rejects", key, "--record", "7").code == 3


def test_an_upload_that_is_gone_is_said_to_be(deployed: Articles, aws: EmbeddedAws) -> None:
    key, version = "incoming/gone/a", put(aws, "gone/", a=UNTITLED)["a"]
    aws.client("s3").delete_object(Bucket=aws.outputs["InboxBucket"], Key=key, VersionId=version)

    shown = deployed("rejects", key, "--table").out

    assert "no longer in the inbox; uploads are kept for 400 days" in shown
    assert "E_FIELD_TYPE at /title: 5 is not a string." in shown
