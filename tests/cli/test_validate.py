"""`articles validate`: the contract that other tools read, and what people see."""

import errno
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from articles.feeds import Default, Feeds
from articles_cli.commands.validate import Total
from articles_cli.terminal.output import Output
from articles_cli.uploads.dry_run import DryRun

from .conftest import Articles

GOOD = '{"title": "Ferry", "id": 7, "text": "The ferry leaves at six.", "published_at": "soon"}'
BAD = '[{"title": "Ferry", "text": "It leaves."}, {"wrong": 1}]'
BROKEN = '{\n "title": "Ferry",\n}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uploads")
    for name, text in (("a.json", GOOD), ("b.json", BAD), ("c.json", BROKEN), (".d", "junk")):
        (folder / name).write_text(text)
    return folder


def test_a_line_for_each_record_then_one_for_the_file(articles: Articles, folder: Path) -> None:
    done = articles("validate", "--json", folder)
    *lines, summary = done.lines
    assert [(line["type"], Path(line["file"]).name, line["outcome"]) for line in lines] == [
        ("record", "a.json", "accepted"),
        ("file", "a.json", "accepted"),
        ("record", "b.json", "accepted"),
        ("record", "b.json", "rejected"),
        ("file", "b.json", "partial"),
        ("file", "c.json", "rejected"),
    ]
    assert {line["v"] for line in done.lines} == {1}
    assert summary == {
        "v": 1,
        "type": "summary",
        "files": 3,
        "outcomes": {"accepted": 1, "partial": 1, "rejected": 1},
        "with_warnings": 1,
        "counts": {"accepted": 2, "rejected": 1},
        "unread": {},
    }
    assert done.code == 1


def test_a_record_line_holds_the_article_and_its_warnings(articles: Articles, folder: Path) -> None:
    [record] = articles("validate", folder / "a.json").of("record")  # a pipe gets JSON
    assert record["article"]["body_text"] == "The ferry leaves at six."
    assert record["article"]["source_id"] == "7"
    assert (record["line"], record["shape"], len(record["article_id"])) == (1, "generic", 26)
    warnings = [(warning["code"], warning["path"]) for warning in record["warnings"]]
    assert warnings == [("W_DATE", "/published_at")]


def test_a_problem_says_where_it_lies(articles: Articles, folder: Path) -> None:
    done = articles("validate", "--json", folder / "b.json", folder / "c.json")
    [_, record], [_, file] = done.of("record"), done.of("file")
    [problem], [broken] = record["problems"], file["problems"]
    assert (problem["code"], problem["record"], problem["at"]) == ("E_UNKNOWN_SHAPE", 1, "/1")
    assert (broken["code"], broken["line"]) == ("E_JSON", 2)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("a.json", 0, ""),
        ("nowhere.json", 2, "nowhere.json"),
        ("a.json --feeds mars.toml", 2, "mars.toml, line 2: feeds.x.timezone"),
        ("a.json --feed NoFeed", 2, '"NoFeed" is not a feed name: use lower-case'),
        ("a.json --feed nosuch --feeds closed.toml", 1, ""),
    ],
)
def test_exit_codes(articles: Articles, folder: Path, line: str, code: int, message: str) -> None:
    (folder.parent / "mars.toml").write_text('[feeds.x]\ntimezone = "Mars/Olympus"\n')
    (folder.parent / "closed.toml").write_text("[default]\nopen = false\n")
    places = {".json": folder, ".toml": folder.parent}
    words = [places.get(Path(it).suffix, Path()) / it for it in line.split()]
    done = articles("validate", "--json", *words)
    assert done.code == code
    assert message in done.err


def test_a_file_over_the_limit_is_not_read(articles: Articles, tmp_path: Path) -> None:
    with (tmp_path / "big.json").open("wb") as file:
        file.truncate(8 * 1024**3)  # sparse: it takes no room, and would take long to read
    done = articles("validate", "--json", tmp_path)
    (problem,) = done.of("file")[0]["problems"]
    assert problem["code"] == "E_TOO_LARGE"
    assert "8,589,934,592" in problem["message"]


@pytest.mark.parametrize("form", ["--json", "--table"])
def test_no_file_can_steer_a_terminal(articles: Articles, tmp_path: Path, form: str) -> None:
    hostile = [
        {"title": "\x1b[2J\u202egnp [bold]x[/bold]", "text": "x"},
        {"\x1b]0;x\x07\u202e": 1},
        {"title": "x", "id": "\x1b[2J\u202e", "text": "Six."},
    ]
    (tmp_path / "x\x1b.json").write_text(json.dumps(hostile))
    out = articles("validate", form, tmp_path).out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]x[/bold]" in out or form == "--json"


def test_explain_shows_where_each_value_came_from(articles: Articles, folder: Path) -> None:
    record = articles("validate", "--json", "--explain", folder / "a.json").of("record")[0]
    assert record["provenance"].keys() == record["article"].keys()
    assert record["provenance"]["body_text"] == {"from": "/text", "rules": ["N61", "N103"]}
    table = articles("validate", "--table", "--explain", folder / "a.json").out
    assert "/text" in table
    assert "(derived)" in table


def test_what_was_not_read_is_told(articles: Articles, tmp_path: Path) -> None:
    many = {f"member{n}": n for n in range(23)}
    records = [{"title": "Ferry", "text": "Six.", "mood": 1}, {"title": "F", "text": "x", **many}]
    records += [{"title": "Ferry", "text": "Six.", "mood": 2}, {"title": "Ferry", "text": "Six."}]
    (tmp_path / "x.json").write_text(json.dumps(records))

    done = articles("validate", "--json", tmp_path)
    told = [(len(it["unread"]), it.get("unread_more")) for it in done.of("record")]
    assert told == [(1, None), (20, 3), (1, None), (0, None)]
    [file] = done.of("file")
    assert next(iter(file["unread"].items())) == ("/mood", 2)
    assert "not read: /mood (2), /member0 (1)" in articles("validate", "--table", tmp_path).out
    explained = articles("validate", "--table", "--explain", tmp_path).out
    assert "not read: /mood\n" in explained
    assert "/member19 and 3 more" in explained


def test_people_see_the_summary_first_then_a_line_for_each_good_file(
    articles: Articles, folder: Path, tmp_path: Path
) -> None:
    for n in range(120):
        (tmp_path / f"{n:03}.json").write_text('{"title": "Fine", "text": "Six."}')
    fine = articles("validate", "--table", tmp_path).out.splitlines()
    assert fine[0] == "120 files (120 records) accepted"
    assert fine[1:] == [f"{tmp_path}/{n:03}.json: accepted as generic: Fine" for n in range(120)]

    first, *others = articles("validate", "--table", tmp_path, folder).out.splitlines()
    assert first == (
        "121 accepted, 1 rejected, 1 rejected in part of 123 files (123 records); 1 with warnings"
    )
    assert f"{folder}/b.json: partial (1 of 2 records rejected)" in others


def test_only_problems_leaves_out_files_and_records_without_any(
    articles: Articles, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "fine.json").write_text('{"title": "Fine", "text": "Six."}')
    (tmp_path / "unread.json").write_text('{"title": "Fine", "text": "Six.", "mood": 1}')

    done = articles("validate", "--json", "--only-problems", folder, tmp_path)
    assert [(it["type"], Path(it["file"]).name, it.get("record")) for it in done.lines[:-1]] == [
        ("record", "a.json", 0),
        ("file", "a.json", None),
        ("record", "b.json", 1),
        ("file", "b.json", None),
        ("file", "c.json", None),
        ("record", "unread.json", 0),
        ("file", "unread.json", None),
    ]
    assert done.lines[-1]["files"] == 5
    shown = articles("validate", "--table", "--only-problems", folder, tmp_path).out
    assert "fine.json" not in shown
    assert "│ 0 " not in shown


def test_what_cannot_be_read_is_named_and_the_others_go_on(
    articles: Articles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").symlink_to("nowhere")
    os.mkfifo(tmp_path / "b.json")
    for hidden in (".git", "deep/.x", "deep/.y", "deep/.z"):
        (tmp_path / hidden).mkdir(parents=True)
        (tmp_path / hidden / "f.json").touch()
    (tmp_path / "c.json").write_text(GOOD)
    (tmp_path / "d.json").symlink_to(tmp_path)
    (tmp_path / "e.json").symlink_to("c.json")
    (tmp_path / "bb.json").mkdir()
    scandir = os.scandir

    def locked(path: Path) -> object:
        """Root may look into every folder."""
        if Path(path).name == "bb.json":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    done = articles("validate", "--json", tmp_path)

    causes = {
        "a": "No such file or directory.",
        "b": "It is neither a file nor a folder.",
        "bb": "Permission denied.",
    }
    hidden, link = "4 hidden (.git, deep/.x, deep/.y, …)", "1 link to a folder (d.json)"
    assert done.err.splitlines() == [
        f"{tmp_path}: left out {hidden}, {link}",
        *(f"{tmp_path}/{name}.json could not be read: {it}" for name, it in causes.items()),
    ]
    told = [(Path(it["file"]).stem, it["outcome"], it.get("cause")) for it in done.of("file")]
    assert told[:3] == [(name, "failed", cause) for name, cause in causes.items()]
    assert told[3:] == [("c", "accepted", None), ("e", "accepted", None)]
    assert done.code == 3


def test_a_file_that_changes_while_it_is_read_has_no_verdict(tmp_path: Path) -> None:
    path = tmp_path / "growing.jsonl"
    path.write_text(f"{GOOD}\n" * 1_000)
    records = iter(DryRun(path, feed="default", feeds=Feeds(default=Default(open=True))))
    next(records)
    path.write_text(GOOD)

    with pytest.raises(OSError, match="It was changed while it was read"):
        list(records)


LINE = '{"title": "Ferry", "id": %d, "text": "Six.", "%s": "soon"}\n'


@pytest.mark.parametrize(
    ("bad", "where", "more"),
    [
        ([2_500], "E_FIELD_VALUE (line 2501, record 2500", "2,999 more records, none of"),
        ([1, 300], "W_DATE (records 1 and 300, the first in line 2", "2,998 more records, none of"),
        (range(900, 1_000), "W_DATE (records 900, 901, 902 and 97", "2,980 more records, 80 of"),
    ],
)
def test_of_many_records_those_with_problems_come_first_and_each_message_once(
    articles: Articles, tmp_path: Path, bad: Sequence[int], where: str, more: str
) -> None:
    code = where.partition(" ")[0]
    member = "status" if code == "E_FIELD_VALUE" else "published_at"
    lines = [LINE % (n, member if n in bad else "section") for n in range(3_000)]
    (tmp_path / "long.jsonl").write_text("".join(lines))
    told = articles("validate", "--table", tmp_path).out

    assert re.findall(r"^│ (\d+) ", told, re.MULTILINE) == list(map(str, bad[:20]))
    assert told.count(code) == told.count(where) == 1
    assert f"… and {more} them" in told


def test_what_is_stopped_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path := tmp_path / "big.jsonl").write_text(f"{GOOD}\n" * 5)
    dry_run = DryRun(path, feed="default", feeds=Feeds(default=Default(open=True)))
    next(iter(dry_run))
    Total(2, reading=("big.jsonl", dry_run)).show(Output(as_json=False))

    said = "Stopped in big.jsonl, after 1 record (0 rejected); 2 files not finished.\n"
    assert capsys.readouterr().out == said


def test_a_name_that_is_ignored_is_told_why(articles: Articles, tmp_path: Path) -> None:
    (tmp_path / "draft.json~").write_text(GOOD)
    why = "Ignored: the name looks like a backup or temporary file. Rename it to ingest it."

    assert f"draft.json~: ignored\n  {why}" in articles("validate", "--table", tmp_path).out
    assert articles("validate", "--json", tmp_path).of("file")[0]["cause"] == why
