"""samconfig.toml, as `sam deploy` reads it: the stacks there are to be, and their parameters."""

import shlex
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from articles_cli import options
from articles_cli.exit_codes import WRONG_USAGE
from articles_cli.output import fail

FILE = "samconfig.toml"


class Environment(NamedTuple):
    """What `--config-env` names: a stack, and the parameters that it is deployed with."""

    name: str
    stack: str
    parameters: dict[str, str]

    @property
    def feeds_file(self) -> Path | None:
        """The file of feeds that is to be deployed; None if the parameters name none."""
        name = self.parameters.get("FeedsFile")
        return options.FUNCTIONS / name if name else None


def environments() -> dict[str, Environment]:
    """Read what is deployed; ends the command where the file says what is not understood here."""
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
            found[name] = Environment(name, given["stack_name"], _parameters(name, given))
    return found


def environment(name: str) -> Environment:
    found = environments().get(name)
    if found is None:
        fail(f"{FILE} has no environment {name} with a stack_name.", WRONG_USAGE)
    return found


def of_stack(name: str) -> Environment | None:
    """Find the environment that deploys a stack."""
    return next((it for it in environments().values() if it.stack == name), None)


def _parameters(name: str, given: dict[str, Any]) -> dict[str, str]:
    """Read `Name=value` pairs, in a text or in a list of texts."""
    overrides = given.get("parameter_overrides", "")
    words = shlex.split(overrides) if isinstance(overrides, str) else overrides
    pairs = [str(it).partition("=") for it in words]
    if any(not separator or key == "ParameterKey" for key, separator, _ in pairs):
        fail(
            f"{FILE}: the parameter_overrides of {name} must be pairs such as Stage={name}.",
            WRONG_USAGE,
        )
    return {key: value for key, _, value in pairs}
