"""The JSON Schema of each event, generated from the models that write it.

A schema says what is sent, which is less than the models accept: there is no null, an article is
usable and without its body, and what is always there is required. Members may be added at any time,
so no object is closed.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from articles.announcing.events import EVENTS, CloudEvent

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINITIONS = "#/$defs/{model}"

_NOT_IN_EVENTS = ("body_text", "body_html")
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")  # not that of a paragraph


class Sent(GenerateJsonSchema):
    """Describes a model as an event has it: without what is None."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Json:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Json:
        return self.generate_inner(schema["schema"])

    def literal_schema(self, schema: core_schema.LiteralSchema) -> Json:
        """Close a constant, and leave a choice of words open: there may be more one day."""
        described = super().literal_schema(schema)
        if "const" in described:
            return {"const": described["const"]}
        return {"type": described["type"], "examples": described["enum"]}

    def model_schema(self, schema: core_schema.ModelSchema) -> Json:
        return _as_object(super().model_schema(schema), schema["cls"])

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> Json:
        return _as_object(super().dataclass_schema(schema), schema["cls"])

    def field_title_should_be_set(self, _: Any) -> bool:  # noqa: ANN401 - pydantic's
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ANN401, ARG002, FBT001 - pydantic's
        schema = field["schema"]
        return schema["type"] != "default" or schema["default"] is not None


def schemas() -> dict[str, Json]:
    """Return the schema of each event, by the event's name."""
    return {event.__name__: schema(event) for event in EVENTS}


def schema(event: type[CloudEvent], *, references: str = DEFINITIONS) -> Json:
    """Return the JSON Schema of an event's `detail`; its `$id` is the event's `dataschema`."""
    described = event.model_json_schema(schema_generator=Sent, ref_template=references)
    definitions = described.pop("$defs")
    if "Article" in definitions:
        _leave_what_is_announced(definitions["Article"])
    return {
        "$schema": DIALECT,
        "$id": described["properties"]["dataschema"]["const"],
        "title": event.__name__,
        **described,
        "$defs": definitions,
    }


def _leave_what_is_announced(article: Json) -> None:
    properties = article["properties"]
    for name in _NOT_IN_EVENTS:
        del properties[name]
    status = {"const": "usable", "description": "Only usable articles are announced."}
    properties["status"] = status


def _as_object(described: Json, model: type) -> Json:
    """Complete the schema of a model: its members are described, it is open, and has no title."""
    for base in model.__mro__[:-1]:
        for name, text in _attribute_docstrings(base):
            if name in described["properties"]:
                described["properties"][name].setdefault("description", text)
    if "description" in described:
        described["description"] = _LINE_END.sub(" ", described["description"])
    order = ("description", "type", "properties", "required")
    return {name: described[name] for name in order if name in described}


def _attribute_docstrings(model: type) -> Iterator[tuple[str, str]]:
    """Read the texts below the fields, which Python itself forgets."""
    if not model.__module__.startswith("articles."):
        return
    nodes = ast.walk(ast.parse(inspect.getsource(model)))
    definition = next(it for it in nodes if isinstance(it, ast.ClassDef))
    for field, text in pairwise(definition.body):
        match field, text:
            case ast.AnnAssign(ast.Name(name)), ast.Expr(ast.Constant(str(said))):
                yield name, said
