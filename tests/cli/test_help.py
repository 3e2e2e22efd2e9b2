"""The help, its page, and what a shell completes."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.main import get_group

from articles_cli import main, options
from articles_cli.terminal import exit_codes
from tests.docs.test_docs import page, rows

from .conftest import Articles

COMMANDS = get_group(main.app).commands


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_begins_with_an_example_that_is_right(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("my-folder", "my-subscriber"):
        (tmp_path / folder).mkdir()
    (tmp_path / "my-feeds.toml").touch()
    monkeypatch.chdir(tmp_path)
    example = re.match(r"`\$ articles ([^`]+)`\n", COMMANDS[name].help or "")
    assert example
    called, *arguments = shlex.split(example[1])

    assert called == name
    assert "--send" not in arguments  # who copies it changes nothing yet
    COMMANDS[name].make_context(name, arguments)  # ends with wrong usage, were it wrong


@pytest.mark.parametrize("arguments", [[], *([name] for name in sorted(COMMANDS))])
def test_no_help_names_a_type_of_python(arguments: list[str], articles: Articles) -> None:
    done = articles(*arguments, "--help", COLUMNS="80")

    assert done.code == 0
    assert "$ articles " in done.out
    assert not re.search(r"<(bool|int|float|str|list|path|file|dir)", done.out, re.IGNORECASE)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("list --limit x", "'--limit': must be a whole number, at least 1."),
        ("list --limit 0", "'--limit': must be a whole number, at least 1."),
        ("put --jobs 101 .", "'--jobs': must be a whole number from 1 to 100."),
        ("announce --rate x", "'--rate': must be a number, at least 0.1."),
        ("run --seed x .", "'--seed': must be a whole number."),
        ("policy all", "must be one of uploader, contributor, presigner, "),
        ("rejects --code e_jsn", '"e_jsn" is not known; did you mean E_JSON?'),
    ],
)
def test_wrong_usage_says_what_is_expected(arguments: str, says: str, articles: Articles) -> None:
    done = articles(*arguments.split(), COLUMNS="120")

    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_every_exit_code_and_variable_is_on_the_page() -> None:
    codes = {str(code) for name, code in vars(exit_codes).items() if name.isupper()}
    variables = " ".join(rows("docs/cli.md", "For all commands", table=1))
    sources = "".join(path.read_text() for path in Path(main.__file__).parent.glob("*.py"))

    assert rows("docs/cli.md", "For all commands").keys() == codes
    assert set(re.findall(r"\bARTICLES_[A-Z]+", sources)) == set(
        re.findall(r"\bARTICLES_[A-Z]+", variables)
    )
    assert all(f"\n### {name}\n" in page("docs/cli.md") for name in COMMANDS)


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("articles rej", ["rejects"]),
        ("articles put --st", ["--stack"]),
        ("articles put --feed ex", ["example"]),
        ("articles put --feeds FEEDS --feed ''", ["default", "courier"]),
        ("articles put --feeds FEEDS.broken --feed ''", []),
    ],
)
def test_commands_options_and_feeds_are_completed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: str, proposed: list[str]
) -> None:
    (feeds := tmp_path / "feeds.toml").write_text("[feeds.courier]\n")
    feeds.with_name("feeds.toml.broken").write_text("[feeds.courier")
    words = typed.replace("FEEDS", str(feeds))
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}

    with (
        patch.dict(os.environ, asked | {"_ARTICLES_COMPLETE": "complete_bash"}),
        pytest.raises(SystemExit),
    ):
        main.app([], prog_name="articles")

    done = capsys.readouterr()
    assert (done.out.split(), done.err) == (proposed, "")


def test_bash_asks_the_command_for_completions(tmp_path: Path) -> None:
    command = tmp_path / "articles"
    command.write_text(f"#!{sys.executable}\nfrom articles_cli.main import main\nmain()\n")
    command.chmod(0o755)
    script = (
        'eval "$(articles --show-completion bash)"\n'
        "COMP_WORDS=(articles rej) COMP_CWORD=1\n"
        "_articles_completion articles\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        env=os.environ | path | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        check=True,
        cwd=options.ROOT,
        text=True,
    )

    assert (done.stdout.split(), done.stderr) == (["rejects"], "")
