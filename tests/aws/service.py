"""What template.yaml says of the functions: their settings, and what their streams let through."""

from collections.abc import Callable
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import ingest
import publish
import reconcile
import release
from articles.logs import Handler
from articles.settings import IngestSettings, PublishSettings, ReconcileSettings, ReleaseSettings
from articles.times import Clock
from articles_local import EmbeddedAws, template
from articles_local.mapping import Mapping

from .expressions import Item
from .memory import Table
from .records import REGION, stream_record

ROOT = Path(__file__).parents[2]
PARAMETERS = {"Stage": "test"}
# What the template's references give in memory, by the names of its resources.
RESOURCES = {
    "InboxBucket": "inbox",
    "ArchiveBucket": "archive",
    "ArticlesTable": "articles",
    "ReceiptsTable": "receipts",
    "UploadsQueue": "https://sqs/1/uploads",
    "BulkQueue": "https://sqs/1/bulk",
    "DeadLetterQueue": "https://sqs/1/dead",
    "PublishFailureQueue": "https://sqs/1/failures",
    "Bus": "bus",
}
FUNCTIONS = ("IngestFunction", "BulkFunction", "PublishFunction", "ReleaseFunction")


def embedded(**variables: str) -> EmbeddedAws:
    """Make the whole service in the embedded AWS, with the real functions and these variables."""
    return EmbeddedAws(
        template=ROOT / "template.yaml",
        functions=ROOT / "functions",
        stack="articles-test",
        parameters=PARAMETERS,
        log=StringIO(),
        variables=variables,
    )


@cache
def translated() -> tuple[template.Json, template.Json]:
    return template.read(ROOT / "template.yaml", PARAMETERS, REGION)


def properties(function: str) -> Item:
    """Give what the template says of a function, its environment resolved."""
    _, played = translated()
    found: Item = template.replace_intrinsics(played[template.FUNCTION][function], _resolved)
    return found


def variables(function: str) -> dict[str, str]:
    """Give the environment that the template gives to a function."""
    found: Item = properties(function)["Environment"]["Variables"]
    return {name: str(value) for name, value in found.items()}


def _resolved(intrinsic: Item) -> Any:
    made, _ = translated()
    [(kind, what)] = intrinsic.items()
    if kind == "Fn::FindInMap":
        names, first, second = what
        return made["Mappings"][names][first][second]
    name = what if isinstance(what, str) else what[0]
    if name in RESOURCES:
        return RESOURCES[name]
    return PARAMETERS.get(name) or made["Parameters"][name]["Default"] if kind == "Ref" else name


def build(function: str, environment: dict[str, str], clients: Any, clock: Clock) -> Handler:
    """Put a function of the template together, as its module does, on other clients."""
    if function == "PublishFunction":
        return publish.build(PublishSettings.from_env(environment), clients, clock)
    if function == "ReconcileFunction":
        return reconcile.build(ReconcileSettings.from_env(environment), clients, clock)
    if function == "ReleaseFunction":
        return release.build(ReleaseSettings.from_env(environment), clients, clock)
    return ingest.build(IngestSettings.from_env(environment), clients, clock)


def changes(name: str, table: Table, first: int, last: int) -> list[Item]:
    """Give the stream records of a table's changes that publish's mapping lets through."""
    told = [
        stream_record(number, table.keys, old, new, table=name, by_ttl=new is None)
        for number, (old, new) in enumerate(table.changes[first:last], first)
    ]
    return list(filter(_filter(name), told))


@cache
def _filter(table: str) -> Callable[[Item], bool]:
    _, played = translated()
    mapping = played[template.MAPPING][f"{table.capitalize()}ToPublish"]
    return Mapping(mapping, None).wants  # type: ignore[arg-type]  # it calls nobody
