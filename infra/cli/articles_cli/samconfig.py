"""samconfig.toml, as `sam deploy` reads it: the stacks there are to be, and their parameters."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from articles.quoting import shown
from articles_cli import options

FILE = "samconfig.toml"
_SHORT = re.compile(r"(?P<name>[A-Za-z0-9]+)=(?P<value>.*)", re.DOTALL)
_LONG = re.compile(r"ParameterKey=(?P<name>[A-Za-z0-9]+),ParameterValue=(?P<value>.*)", re.DOTALL)


class SamconfigError(Exception):
    """samconfig.toml lacks something, or has what only sam can read; the message says what."""


class Environment(NamedTuple):
    """What `--config-env` names: a stack, and how it is deployed."""

    name: str
    stack: str
    overrides: str | list[str]

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the stack; raises SamconfigError, as sam takes files, too."""
        text = self.overrides if isinstance(self.overrides, str) else " ".join(self.overrides)
        found = {}
        for word in shlex.split(text):
            pair = _LONG.fullmatch(word) or _SHORT.fullmatch(word)
            if not pair:
                raise SamconfigError(f"{FILE}: cannot read {shown(word)} of {self.name}.")
            found[pair["name"]] = pair["value"]
        return found

    @property
    def feeds_file(self) -> Path | None:
        """The file of feeds that is to be deployed; None if the parameters name none."""
        name = self.parameters.get("FeedsFile")
        return options.FUNCTIONS / name if name else None


def environments() -> dict[str, Environment]:
    """Read what is deployed, by environment."""
    path = options.ROOT / FILE
    config = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found = {}
    for name, commands in config.items():
        if name == "version":
            continue
        given: dict[str, Any] = {}
        for command in ("global", "deploy"):
            given |= commands.get(command, {}).get("parameters", {})
        if "stack_name" in given:
            overrides = given.get("parameter_overrides", "")
            found[name] = Environment(name, given["stack_name"], overrides)
    return found


def environment(name: str) -> Environment:
    """Find an environment by its name; raises SamconfigError."""
    found = environments().get(name)
    if found is None:
        raise SamconfigError(f"{FILE} has no environment {name} with a stack_name.")
    return found


def of_stack(name: str) -> Environment | None:
    """Find the environment that deploys a stack."""
    return next((it for it in environments().values() if it.stack == name), None)
