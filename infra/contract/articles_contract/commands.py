"""What docs/cli.md says of each command: what its help says."""

from collections import Counter
from textwrap import fill
from typing import TYPE_CHECKING, cast

from typer.main import get_group

from articles_cli.main import PANELS, app

if TYPE_CHECKING:
    from typer.core import TyperCommand

Row = tuple[str, str]  # how an argument or option is written, and what it means

WIDTH = 110
OFTEN = 6  # what so many commands have is described once


def shared() -> str:
    """Describe the options that many commands have."""
    return _table(_shared())


def reference() -> str:
    """Describe all commands, under the headings that the help gives them."""
    commands = _commands()
    sections = (
        "\n\n".join([f"## {panel}", *(_command(name, commands[name]) for name in names)])
        for panel, names in PANELS.items()
    )
    return "\n\n".join(sections)


def _commands() -> dict[str, "TyperCommand"]:
    return cast("dict[str, TyperCommand]", get_group(app).commands)


def _shared() -> list[Row]:
    counts = Counter(row for command in _commands().values() for row in _rows(command))
    return [row for row, count in counts.items() if count >= OFTEN]


def _command(name: str, command: "TyperCommand") -> str:
    context = command.context_class(command, info_name=f"articles {name}")
    usage = " ".join([f"articles {name}", *command.collect_usage_pieces(context)])
    example, *paragraphs = (" ".join(it.split()) for it in (command.help or "").split("\n\n"))
    example = example.strip("`").removeprefix("$ ")
    parts = [f"### {name}", f"```sh\n{example}\n```", *map(_wrapped, paragraphs), f"`{usage}`"]
    return "\n\n".join([*parts, *_options(_rows(command))])


def _options(rows: list[Row]) -> list[str]:
    """Describe arguments and options; what many commands have is only named."""
    shared = _shared()
    own = [row for row in rows if row not in shared]
    others = [f"`{name}`" for name, what in rows if (name, what) in shared]
    also = [f"As for [many commands](#for-all-commands): {', '.join(others)}."] if others else []
    return ([_table(own)] if own else []) + also


def _table(rows: list[Row]) -> str:
    lines = (f"| `{name}` | {what} |" for name, what in rows)
    return "\n".join(["| argument or option | what it means |", "|---|---|", *lines])


def _rows(command: "TyperCommand") -> list[Row]:
    context = command.context_class(command)
    records = (it.get_help_record(context) for it in command.get_params(context))
    escaped = (tuple(it.replace("|", "\\|") for it in record) for record in records if record)
    return [(name, what) for name, what in escaped if "--help" not in name]


def _wrapped(paragraph: str) -> str:
    return fill(paragraph, width=WIDTH, break_long_words=False, break_on_hyphens=False)
