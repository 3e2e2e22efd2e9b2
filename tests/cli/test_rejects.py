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
from articles.times import Clock
from articles_cli.stories.source import Source
from articles_local import EmbeddedAws
from tests.golden import CASES

from .conftest import Articles, embedded

BROKEN = '{"title": "Ferry", "id": "f", "text": "Six.",}'
GOOD = '{"title": "Ferry", "id": "f", "text": "Six."}'
UNTITLED = '{"title": 5, "id": "t"}'

Put = Callable[[str, str | bytes], str]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """A service with parts of 10 records."""
    with embedded(PART_RECORDS="10", MAX_INLINE_BYTES="2000") as running:
        running.drain()
        yield running


@pytest.fixture
def put(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Upload an object and ingest it, each a day after the one before; gives its version."""
    earlier = iter(range(30, 0, -1))  # recent days: receipts expire

    def put(key: str, body: str | bytes) -> str:
        # Receipts know whole seconds, and two uploads do not take one.
        now = datetime.now(UTC) - timedelta(days=next(earlier))
        monkeypatch.setattr(Clock, "now", lambda _: now)
        answer = aws.client("s3").put_object(Bucket=aws.outputs["InboxBucket"], Key=key, Body=body)
        aws.drain()
        return str(answer["VersionId"])

    return put


def keys(deployed: Articles, *arguments: str) -> list[str]:
    done = deployed("rejects", *arguments, "--json")
    assert done.code == 0, done
    return [line["key"] for line in done.of("reject")]


def test_rejected_and_partial_uploads_of_all_feeds_are_listed(deployed: Articles, put: Put) -> None:
    put("incoming/one/broken.json", BROKEN)
    put("incoming/two/half.ndjson", f"{GOOD}\n{UNTITLED}")
    put("incoming/two/good.json", GOOD)
    put("incoming/in-no-folder.json", BROKEN)
    put("incoming/No Feed/any.json", GOOD)

    done = deployed("rejects", "--json")

    listed = {line["key"]: line for line in done.of("reject")}
    assert listed.keys() >= {
        "incoming/one/broken.json",
        "incoming/two/half.ndjson",
        "incoming/in-no-folder.json",
        "incoming/No Feed/any.json",
    }
    assert "incoming/two/good.json" not in listed
    half = listed["incoming/two/half.ndjson"]
    assert (half["outcome"], half["rejected"], half["records"]) == ("partial", 1, 2)
    assert half["problem"]["code"] == "E_FIELD_TYPE"
    assert keys(deployed, "--feed", "two") == ["incoming/two/half.ndjson"]
    assert "1 of 2 records rejected" in deployed("rejects", "--feed", "two", "--table").out


def test_the_list_says_where_the_first_problem_is_and_how_to_see_the_others(
    deployed: Articles, put: Put
) -> None:
    put("incoming/several/a b.json", f"[{GOOD}, {', '.join([UNTITLED] * 30)}]")

    listed = deployed("rejects", "--feed", "several", "--table").out

    assert "  E_FIELD_TYPE (record 1, at /title) " in listed
    assert "  and 29 more: articles rejects 'incoming/several/a b.json'" in listed


def test_what_a_later_version_mended_is_hidden(deployed: Articles, put: Put) -> None:
    put("incoming/mended/a.json", BROKEN)
    put("incoming/mended/a.json", BROKEN)
    put("incoming/mended/a.json", GOOD)
    put("incoming/mended/b.json", GOOD)
    put("incoming/mended/b.json", BROKEN)
    put("incoming/mended/c.json", GOOD)
    put("incoming/mended/c.json", "")

    unmended = {"incoming/mended/b.json", "incoming/mended/c.json"}
    assert set(keys(deployed, "--feed", "mended")) == unmended
    assert len(keys(deployed, "--feed", "mended", "--all")) == 4


def test_the_list_is_narrowed_by_code_and_time(deployed: Articles, put: Put) -> None:
    put("incoming/narrow/broken.json", BROKEN)
    put("incoming/narrow/untitled.json", UNTITLED)

    def found(*arguments: str) -> list[str]:
        return keys(deployed, "--feed", "narrow", *arguments)

    assert found("--code", "E_JSON") == ["incoming/narrow/broken.json"]
    assert found("--code", "E_FEED") == []
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert found("--since", tomorrow) == []
    assert len(found("--since", "1d", "--until", tomorrow)) == 2
    assert found("--until", "1d") == []


def test_a_code_beyond_the_receipt_is_found_in_the_report(deployed: Articles, put: Put) -> None:
    rows = [UNTITLED] * 29 + ["{"] + [GOOD] * 3
    put("incoming/long/rows.ndjson", "\n".join(rows))

    assert keys(deployed, "--feed", "long", "--code", "E_JSON") == ["incoming/long/rows.ndjson"]
    shown = deployed("rejects", "incoming/long/rows.ndjson", "--record", "29", "--json")
    (rejected,) = shown.of("rejected")
    assert (rejected["record"], rejected["line"], rejected["raw"]) == (29, 30, "{")


def test_the_limit_bounds_the_list_and_says_so(deployed: Articles, put: Put) -> None:
    for number in range(3):
        put(f"incoming/many/{number}.json", BROKEN)

    limited = deployed("rejects", "--feed", "many", "--limit", "2", "--table")

    assert limited.out.count("E_JSON") == 2
    assert "There may be more" in limited.out


def test_open_uploads_are_listed(deployed: Articles, aws: EmbeddedAws) -> None:
    rows = "\n".join([GOOD] * 60)
    key = "incoming/open/archive.ndjson"
    aws.client("s3").put_object(Bucket=aws.outputs["InboxBucket"], Key=key, Body=rows)
    while not keys(deployed, "--feed", "open", "--open"):
        aws.pump()
    assert keys(deployed, "--feed", "open", "--open") == [key]
    assert keys(deployed, "--feed", "open") == []
    aws.drain()
    assert keys(deployed, "--feed", "open", "--open") == []


def test_version_without_a_key_is_wrong_usage(deployed: Articles) -> None:
    assert deployed("rejects", "--version", "x").code == 2
    assert deployed("rejects", "--since", "soon").code == 2


# What is shown of one upload.


def caret(out: str) -> tuple[str, str]:
    """Give what stands above the only caret, from there on, and the code beside it."""
    lines = out.split("\n")
    ((number, line),) = [(n, it) for n, it in enumerate(lines) if it.lstrip().startswith("^ ")]
    column, above = line.index("^"), lines[number - 1]
    start = next(at for at in range(len(above) + 1) if cell_len(above[:at]) == column)
    return above[start:], line[column + 2 :]


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("broken.json", BROKEN, (",}", "E_JSON")),
        ("lines.ndjson", f'{GOOD}\n{{"title": "Ferry, \n{GOOD}', ('"Ferry, ', "E_JSON")),
        ("untitled.json", UNTITLED, ("5,", "E_FIELD_TYPE")),
        ("bad.json", b'\xef\xbb\xbf{\n"title": "Caf\xe9"}', ('\\xe9"}', "E_ENCODING")),
        ("items.json", f'{{"items": [{GOOD}, {UNTITLED}]}}', ("5,", "E_FIELD_TYPE")),
        (
            "list.json.gz",
            gzip.compress(f"[{GOOD},{UNTITLED}]".encode(), mtime=0),
            ("5,", "E_FIELD_TYPE"),
        ),
        ("row.ndjson", f"{GOOD}\n\n{UNTITLED}", ("5,", "E_FIELD_TYPE")),
        ("beside.json", f"{GOOD} {UNTITLED}", ("5,", "E_FIELD_TYPE")),
        ("wide.json", '{"title": "日本" "id": 1}', ('"id": 1}', "E_JSON")),
    ],
)
def test_a_caret_is_under_the_place_of_the_problem(
    deployed: Articles, put: Put, name: str, body: str | bytes, expected: tuple[str, str]
) -> None:
    put(f"incoming/carets/{name}", body)

    shown = deployed("rejects", f"incoming/carets/{name}", "--table")

    assert shown.code == 0
    assert caret(shown.out) == expected
    assert "Mend: " in shown.out


def test_lines_before_the_place_are_shown_once(deployed: Articles, put: Put) -> None:
    put("incoming/carets/mark.json", b"\xef\xbb\xbf" + BROKEN.encode())
    put("incoming/carets/spread.json", '{\n  "id": "f",\n  "title": "Ferry"\n  "text": "Six."\n}')

    for name in ("mark", "spread"):
        shown = deployed("rejects", f"incoming/carets/{name}.json", "--table").out
        excerpt = [line for line in shown.split("\n") if line.startswith("    ")]
        assert "".join(excerpt).count('"id"') == 1


def test_a_report_that_is_gone_leaves_what_the_receipt_shows(
    deployed: Articles, put: Put, aws: EmbeddedAws
) -> None:
    key = "incoming/unreported/rows.ndjson"
    put(key, "\n".join([UNTITLED] * 25))
    (listed,) = deployed("rejects", "--feed", "unreported", "--json").of("reject")
    bucket = aws.outputs["ArchiveBucket"]
    aws.client("s3").delete_object(Bucket=bucket, Key=listed["report"])

    shown = deployed("rejects", key, "--limit", "25", "--json")

    assert len(shown.of("rejected")) == 20


def test_a_record_in_a_later_part_is_found(deployed: Articles, put: Put) -> None:
    records = ",\n".join([GOOD] * 25 + [UNTITLED] + [GOOD] * 4)
    put("incoming/carets/parts.json", f'{{"about": {{"items": []}}, "items": [{records}]}}')

    shown = deployed("rejects", "incoming/carets/parts.json", "--table").out

    assert "Record 25 at /items/25" in shown
    assert caret(shown) == ("5,", "E_FIELD_TYPE")


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


def test_a_large_record_is_shown_around_the_place(deployed: Articles, put: Put) -> None:
    members = ", ".join(f'"m{n}": {{"text": "{"long " * 100}"}}' for n in range(500))
    put("incoming/carets/large.json", f'{{{members}, "title": 5, "id": "t", {members}}}')

    shown = deployed("rejects", "incoming/carets/large.json", "--table").out

    assert caret(shown) == ("5,", "E_FIELD_TYPE")
    excerpt = [line for line in shown.split("\n") if line.startswith("    ")]
    assert len(excerpt) < 12
    assert max(map(cell_len, excerpt)) <= 80
    assert shown.count("    …") == 2


def test_a_place_in_a_long_line_is_shown_with_what_is_beside_it(
    deployed: Articles, put: Put
) -> None:
    body = f'{{"title": "{"é" * 3000}" "id": "t", "text": "{"x" * 3000}"}}'
    put("incoming/carets/line.json", body)

    shown = deployed("rejects", "incoming/carets/line.json", "--table").out

    above, _ = caret(shown)
    assert above.startswith('"id": "t"')
    assert max(cell_len(line) for line in shown.split("\n") if line.startswith("    ")) <= 80


def test_what_was_uploaded_cannot_control_a_terminal(deployed: Articles, put: Put) -> None:
    put("incoming/carets/escape.json", '{"title": 5, "id": "\x1b[31m \x9b \u202e"')
    put("incoming/carets/names.json", '{"\u202ename\x9b": "\u2028", "title": 5}')

    for name in ("escape", "names"):
        shown = deployed("rejects", f"incoming/carets/{name}.json", "--table").out
        assert not set(shown) & set("\x1b\x9b\u202e\u2028")


def test_each_rejected_record_is_a_json_line(deployed: Articles, put: Put) -> None:
    put("incoming/lines/rows.ndjson", f"{GOOD}\n{UNTITLED}\n{{")

    first, second = deployed("rejects", "incoming/lines/rows.ndjson", "--json").of("rejected")

    assert (first["record"], first["raw"], first["offset"]) == (1, UNTITLED, len(GOOD) + 1)
    assert first["problems"][0]["offset"] == len(GOOD) + 1 + UNTITLED.index("5")
    assert first["problems"][0]["fix"] == "Send the field as a string."
    assert (second["record"], second["raw"]) == (2, "{")


def test_an_earlier_version_can_be_shown(deployed: Articles, put: Put) -> None:
    key = "incoming/versions/a.json"
    first = put(key, BROKEN)
    put(key, UNTITLED)
    put(key, GOOD)

    def shown(*arguments: str) -> str:
        (line,) = deployed("rejects", key, "--json", *arguments).of("rejected")
        return str(line["problems"][0]["code"])

    assert shown() == "E_FIELD_TYPE"
    assert shown("--version", first) == "E_JSON"
    assert deployed("rejects", key, "--version", "nowhere").code == 3
    assert deployed("rejects", key, "--record", "7").code == 3


def test_an_upload_that_is_gone_is_said_to_be(
    deployed: Articles, put: Put, aws: EmbeddedAws
) -> None:
    key = "incoming/gone/a.json"
    version = put(key, UNTITLED)
    bucket = aws.outputs["InboxBucket"]
    aws.client("s3").delete_object(Bucket=bucket, Key=key, VersionId=version)

    shown = deployed("rejects", key, "--table").out

    assert "no longer in the inbox; uploads are kept for 400 days" in shown
    assert "E_FIELD_TYPE at /title: 5 is not a string." in shown
