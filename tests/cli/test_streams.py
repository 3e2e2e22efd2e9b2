"""What commands read from and write to: pipes and terminals, and streams that fail."""

import gzip
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest
from rich.console import Console

from articles_cli.files import File, rereadable
from articles_cli.terminal import tables
from articles_cli.terminal.waiting import endings

from .conftest import ARTICLES, OVERDUE, ROOT, Articles, Done, clean_environment

FINE = '{"title": "Ferry", "text": "Six.", "id": 1}'


def shell(command: str, folder: Path) -> Done:
    """Run a line of bash in a folder of files; in it, `articles` is the command."""
    defined = f'articles() {{ {shlex.join(ARTICLES)} "$@"; }}; cd {shlex.quote(str(folder))}; '
    path = os.pathsep.join(str(ROOT / it) for it in os.environ.get("PYTHONPATH", "").split(":"))
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", defined + command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=clean_environment() | {"PYTHONPATH": path},
        timeout=OVERDUE,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of several parts, and others."""
    folder = tmp_path_factory.mktemp("streams")
    lines = [json.dumps({"title": "F", "text": "x" * 900, "id": n}) for n in range(2_100)]
    (folder / "large.jsonl").write_text("\n".join([*lines, "{"]))
    (folder / "large.gz").write_bytes(gzip.compress((folder / "large.jsonl").read_bytes()))
    (folder / "a.json").write_text(FINE)
    (folder / "😀.json").write_text(FINE)
    return folder


@pytest.fixture(scope="module")
def verdict(articles: Articles, folder: Path) -> list[dict[str, object]]:
    lines = articles("validate", folder / "large.jsonl").lines
    assert [it["outcome"] for it in lines[2_099:-1]] == ["accepted", "rejected", "partial"]
    return [it | {"file": ""} for it in lines]


@pytest.mark.parametrize(
    "command",
    [
        "cat large.jsonl | articles validate -",
        "cat large.gz | articles validate /dev/stdin",
        "articles validate <(cat large.jsonl)",
        "mkfifo pipe; cat large.jsonl > pipe & articles validate pipe",
    ],
)
def test_a_pipe_gets_the_verdict_of_the_file(
    folder: Path, verdict: list[dict[str, object]], command: str
) -> None:
    done = shell(command, folder)

    assert [it | {"file": ""} for it in done.lines] == verdict, done.err
    assert done.code == 1


def test_no_more_of_a_pipe_is_read_than_shows_that_it_is_too_large() -> None:
    end, start = os.pipe()
    os.write(start, bytes(1_000))
    with rereadable(File(Path(f"/dev/fd/{end}"), "x", is_named=True), most=10) as path:
        assert path.stat().st_size == 11
    assert not path.exists()


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("articles validate - /dev/stdin", 2, "Standard input can be read only once."),
        ("articles put -", 2, "- has no name to upload it by: write it to a file."),
        ("articles validate - a.json <&-", 3, "- could not be read: Standard input is closed."),
        ("articles validate a.json >/dev/full", 3, "could not be written: No space left on device"),
        ("articles validate --table a.json >/dev/full", 3, "could not be written: No space left"),
        ("articles --help >/dev/full", 3, "could not be written: No space left on device."),
        ("articles validate a.json >&-", 3, "Standard output is closed"),
        ("articles validate a.json /dev/null 2>&-", 3, ""),
        ("articles nonsense 2>/dev/full", 2, ""),
        ("ulimit -f 1; TMPDIR=. articles validate - < large.gz", 3, "TMPDIR names another folder"),
    ],
)
def test_what_cannot_be_read_or_written_is_told_in_a_sentence(
    folder: Path, command: str, code: int, message: str
) -> None:
    done = shell(command, folder)

    assert (done.code, message in done.err, "Traceback" in done.err) == (code, True, False), done


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_an_encoding_lacks_is_escaped(folder: Path, encoding: str) -> None:
    command = f"PYTHONIOENCODING={encoding} articles validate --table a.json 😀.json"
    done = shell(command, folder)

    assert (done.code, done.err) == (0, "")
    assert r"\U0001f600.json: accepted" in done.out


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("x"), "This is a bug in articles; ARTICLES_DEBUG=1 shows where"),
        (RecursionError(), "This is a bug in articles"),
        (MemoryError(), "There is not enough memory."),
        (OSError(28, "No space left on device"), "This machine could not do it: OSError: [Errno"),
    ],
)
def test_an_error_that_nobody_foresaw_is_one_line(
    articles: Articles,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    message: str,
) -> None:
    def failing(_: object) -> None:
        raise error

    monkeypatch.setattr("articles_cli.commands.validate.load_feeds", failing)

    done = articles("validate", folder)
    assert (done.code, done.err.startswith(message), done.err.count("\n")) == (3, True, 1)
    assert "Traceback" in articles("validate", folder, ARTICLES_DEBUG="1").err


@pytest.mark.parametrize(
    ("number", "is_loading"),
    [
        (signal.SIGINT, True),
        (signal.SIGINT, False),
        (signal.SIGTERM, False),
        (signal.SIGHUP, False),
    ],
)
def test_an_end_from_outside_leaves_no_traceback(
    tmp_path: Path, number: signal.Signals, *, is_loading: bool
) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    command = [*ARTICLES, "validate", *[str(pipe)] * 3]
    with subprocess.Popen(command, stdout=-3, stderr=subprocess.PIPE, cwd=ROOT) as process:
        if is_loading:
            time.sleep(0.3)
        else:
            pipe.open("wb").close()  # waits for the reader
            pipe.open("wb").close()
        process.send_signal(number)
        said = process.communicate(timeout=OVERDUE)[1]
    assert said == b""
    assert process.returncode in [128 + number, *([-number] if is_loading else [])]


def test_what_nohup_ignores_stays_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = {signal.SIGHUP: signal.SIG_IGN, signal.SIGTERM: signal.SIG_DFL}
    monkeypatch.setattr(signal, "getsignal", handlers.get)

    assert endings() == [signal.SIGTERM]


def test_what_ctrl_c_stops_does_not_look_finished(folder: Path) -> None:
    command = [*ARTICLES, "validate", "--json", str(folder / "large.jsonl"), str(folder / "a.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        process.stdout.readline()  # a pipe has no room for all
        process.send_signal(signal.SIGINT)
        summary = json.loads(process.communicate(timeout=OVERDUE)[0].splitlines()[-1])

    assert (process.returncode, summary["stopped"], summary["outcomes"]) == (130, True, {})
    assert 0 < summary["counts"]["accepted"] < 2_100


def on_terminal(
    columns: int, *arguments: object, stdout: BinaryIO | None = None, **environment: str
) -> str:
    """Run the command on a terminal; return what was sent to it."""
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [*ARTICLES, *map(str, arguments)],
        stdin=end,
        stdout=stdout or end,
        stderr=end,
        cwd=ROOT,
        env=clean_environment() | {"TERM": "xterm", "COLUMNS": str(columns)} | environment,
    ):
        os.close(end)
        sent = bytearray()
        with suppress(OSError):  # at its end
            while piece := os.read(terminal, 1 << 16):
                sent += piece
    os.close(terminal)
    return sent.decode()


def screen(sent: str) -> list[str]:
    """Give the lines that a terminal shows."""
    lines, row, column = [""], 0, 0
    for what in re.findall(r"\x1b\[\??[\d;]*[a-zA-Z]|\r|\n|[^\x1b\r\n]+", sent):
        if what == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif what == "\r":
            column = 0
        elif what == "\x1b[2K":
            lines[row] = ""
        elif what.startswith("\x1b"):
            row -= int(what[2:-1]) if what.endswith("A") else 0
        else:
            kept = lines[row]
            lines[row] = f"{kept[:column]:<{column}}{what}{kept[column + len(what) :]}"
            column += len(what)
    return lines


def test_progress_never_mixes_with_what_is_printed(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to("nowhere")
    (tmp_path / "b.json").write_text(FINE)
    (tmp_path / "c.json").write_text("{")

    reason = f"{tmp_path}/a.json could not be read: No such file or directory."
    kinds = ["file", "record", "file", "file", "summary"]

    both = on_terminal(120, "validate", "--json", tmp_path)
    lines = [it for it in screen(both) if it]
    assert "Validating" in both
    assert [json.loads(it)["type"] for it in lines if it != reason] == kinds
    assert len(lines) == len(kinds) + 1

    with (tmp_path.parent / "piped").open("w+b") as piped:
        beside = on_terminal(120, "validate", "--json", tmp_path, stdout=piped)
        piped.seek(0)
        assert [json.loads(it)["type"] for it in piped] == kinds
    assert [it for it in screen(beside) if it] == [reason]


def test_verdicts_have_colours_for_people_who_want_them(folder: Path) -> None:
    assert "\x1b[32maccepted\x1b[0m" in on_terminal(80, "validate", folder / "a.json")
    assert "\x1b[3" not in on_terminal(80, "validate", folder / "a.json", NO_COLOR="1")


def test_a_terminal_shows_messages_broken_at_words(folder: Path) -> None:
    (folder / "b.json").write_text("{")
    (problem,) = shell("articles validate --json b.json", folder).of("file")[0]["problems"]

    shown = [it for it in screen(on_terminal(40, "validate", folder / "b.json")) if it][1:]

    assert " ".join(shown).split() == ["E_JSON", *problem["message"].split()]
    assert max(map(len, shown)) <= 40 < sum(map(len, shown))


ID, KEY = "rwh2pd5jkuofrvhwmion2rw2tb", "incoming/courier/2025/03/14/council-budget-final.json"
VERSION = "b7c9a2d8-0d0b-4a5b-8b1c-2a5b6c7d8e9f"
TITLE = "Council passes the budget by one vote after a long night of talks"


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize(
    "row",
    [
        [[ID], ["2025-03-14T00:55:00Z"], ["usable"], [TITLE]],
        [[KEY], ["partial"], ["1"], ["rejected"], [""]],
        [["2025-03-14T00:55:00Z", KEY, f"version {VERSION}"], [f"by {KEY}"]],
        [[KEY], [VERSION], ["2 h"], ["no receipt"]],
        [["from"], [f"{KEY}, version {VERSION}, record 0"]],
    ],
)
def test_no_word_of_a_table_is_broken(row: list[list[str]], columns: int) -> None:
    names = [f"column-{n}" for n in range(len(row))]
    console = Console(width=columns)
    with console.capture() as printed:
        console.print(tables.table(names, [row, row], columns), soft_wrap=True)

    words = [word for cell in row for line in cell for word in line.split()]
    assert set(words) <= set(re.split(r"[\s┃│]+", printed.get()))
    too_long = [it for it in printed.get().splitlines() if len(it) > columns]
    assert all(max(map(len, it.split())) + len("column-0  ") > columns for it in too_long)
