"""What docs/cli.md says of each command: what its help says."""

from collections.abc import Iterator
from textwrap import fill
from typing import TYPE_CHECKING, cast

from typer.main import get_group

from articles_cli.main import PANELS, app

if TYPE_CHECKING:
    from typer.core import TyperCommand

WIDTH = 110


def reference() -> str:
    """Describe all commands, under the headings that the help gives them."""
    commands = cast("dict[str, TyperCommand]", get_group(app).commands)
    sections = (
        "\n\n".join([f"## {panel}", *(_command(name, commands[name]) for name in names)])
        for panel, names in PANELS.items()
    )
    return "\n" + "\n\n".join(sections)


def _command(name: str, command: "TyperCommand") -> str:
    context = command.context_class(command, info_name=f"articles {name}")
    usage = " ".join([f"articles {name}", *command.collect_usage_pieces(context)])
    paragraphs = (" ".join(it.split()) for it in (command.help or "").split("\n\n"))
    return "\n\n".join(
        [f"### {name}", *map(_wrapped, paragraphs), f"```\n{usage}\n```", _table(command)]
    )


def _table(command: "TyperCommand") -> str:
    return "\n".join(["| argument or option | what it means |", "|---|---|", *_rows(command)])


def _rows(command: "TyperCommand") -> Iterator[str]:
    context = command.context_class(command)
    for parameter in command.params:
        name, what = parameter.get_help_record(context) or ("", "")
        if parameter.param_type_name == "argument":
            name = name.rpartition(" <")[0]  # behind the name is its type
        yield "| `{}` | {} |".format(name.replace("|", "\\|"), what.replace("|", "\\|"))


def _wrapped(paragraph: str) -> str:
    return fill(paragraph, width=WIDTH, break_long_words=False, break_on_hyphens=False)
