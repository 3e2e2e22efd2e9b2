"""Help and usage errors, in the terms of who types a command and not in those of Python."""

import inspect
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import typer
from pydantic import ValidationError
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from articles.quoting import shown

if TYPE_CHECKING:
    from typer._click import Context, Parameter

MOST_WORDS = 8  # in an error
_NUMBERS = {int: "a whole number", float: "a number"}


class Command(TyperCommand):
    """A command whose help names no type of Python, nor do its errors."""

    def get_params(self, ctx: "Context") -> list["Parameter"]:
        return _without_types(super().get_params(ctx))

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            if isinstance(error.__cause__, ValidationError):
                given = error.__cause__.errors()[0]["input"]
                error.message = _expected(error.param, given) or error.message
            raise


class Group(TyperGroup):
    """All commands."""

    def get_params(self, ctx: "Context") -> list["Parameter"]:
        return _without_types(super().get_params(ctx))


def help_of(command: Callable[..., None]) -> str:
    """Return a docstring with its example on a line of its own, from which it can be copied."""
    example, *said = _paragraphs(command)
    return "\n\n".join([f"`$ {example.split('`')[1]}`", *said])


def summary(command: Callable[..., None]) -> str:
    """Return what a command is for: the first sentence after the example."""
    _, said, *_ = _paragraphs(command)
    return re.split(r"(?<=\.)\s", said)[0].replace("\n", " ")


def _paragraphs(command: Callable[..., None]) -> list[str]:
    return (inspect.getdoc(command) or "").split("\n\n")


def _without_types(parameters: list["Parameter"]) -> list["Parameter"]:
    """Leave out the type of flags and arguments; that of an option is its metavar."""
    for it in parameters:
        if isinstance(it, TyperArgument) or (isinstance(it, TyperOption) and it.is_flag):
            it.display_type_rich = _nothing  # type: ignore[method-assign]
    return parameters


def _nothing(ctx: "Context") -> None:
    """Show no type."""


def _expected(parameter: Any, given: object) -> str | None:  # noqa: ANN401 - typer exports no type
    """Say what a parameter takes, if that is a number or one of some words."""
    kind = parameter.type_descriptor
    if words := [str(it.value) for it in kind.choices or ()]:
        if len(words) <= MOST_WORDS:
            return f"must be one of {', '.join(words)}."
        near = get_close_matches(str(given).upper(), words)
        advice = f"did you mean {' or '.join(near)}?" if near else f"{words[0]} would be, for one."
        return f"{shown(given)} is not known; {advice}"
    number = _NUMBERS.get(kind.annotation)
    return f"must be {number}{_bounds(parameter.min, parameter.max)}." if number else None


def _bounds(least: float | None, most: float | None) -> str:
    if least is None:
        return ""
    return f", at least {least:,}" if most is None else f" from {least:,} to {most:,}"
