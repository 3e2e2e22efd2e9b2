"""The events in EventBridge's schema registry: OpenAPI 3.0 in a CloudFormation template.

The registry takes OpenAPI 3.0 or JSON Schema Draft 4, and generates code from either; only the
former tells it about the envelope, by the name `AWSEvent` and two members.
"""

import json
from textwrap import indent
from typing import Any

from articles.announcing.events import EVENTS, SOURCE, CloudEvent

from .asyncapi import VERSION
from .bus import components, envelope
from .schemas import Json

_TYPES = {bool: "boolean", str: "string"}

_HEAD = """\
# Generated from the models of the events by `make generated`.
AWSTemplateFormatVersion: "2010-09-09"
Description: The events of the service in the schema registry of EventBridge.

Parameters:
  Stage:
    Type: String
    Description: The environment, such as dev or prod

Resources:
  Registry:
    Type: AWS::EventSchemas::Registry
    Properties:
      RegistryName: !Sub articles-${Stage}
      Description: !Sub The events on the bus articles-${Stage}
"""
_SCHEMA = """
  {name}:
    Type: AWS::EventSchemas::Schema
    Properties:
      RegistryName: !GetAtt Registry.RegistryName
      SchemaName: {source}@{name}
      Description: {description}
      Type: OpenApi3
      Content: |
{content}
"""


def template() -> str:
    """Return the CloudFormation template, as YAML."""
    return _HEAD + "".join(_resource(event) for event in EVENTS)


def openapi(event: type[CloudEvent]) -> Json:
    """Return an OpenAPI 3.0 document that describes an event in its envelope."""
    marks = {"x-amazon-events-source": SOURCE, "x-amazon-events-detail-type": event.__name__}
    schemas = {"AWSEvent": marks | envelope(event), **components(event)}
    return {
        "openapi": "3.0.0",
        "info": {"title": event.__name__, "version": VERSION},
        "paths": {},
        "components": {"schemas": _of_openapi(schemas)},
    }


def _resource(event: type[CloudEvent]) -> str:
    return _SCHEMA.format(
        name=event.__name__,
        source=SOURCE,
        description=json.dumps(event.__doc__),
        content=indent(json.dumps(openapi(event), indent=1), " " * 8),
    )


def _of_openapi(node: Any) -> Any:  # noqa: ANN401 - any JSON
    """Say the same in the keywords of OpenAPI 3.0, which are of an earlier JSON Schema."""
    match node:
        case {"$ref": reference}:
            return {"$ref": reference}  # nothing may be beside it
        case {"const": value, **rest}:
            return {**rest, "type": _TYPES[type(value)], "enum": [value]}
        case {"exclusiveMinimum": int(least), **rest}:
            return {**rest, "minimum": least + 1}  # of an integer
        case {"examples": [*_], **rest}:
            return _of_openapi(rest)
        case dict():
            return {name: _of_openapi(member) for name, member in node.items()}
    return node
