"""What a target of the bus is given: EventBridge's envelope, and in its `detail` the event."""

from uuid import NAMESPACE_URL, uuid5

from articles.announcing.events import SOURCE, CloudEvent

from .schemas import Json, schema

COMPONENTS = "#/components/schemas/{model}"

_ADDED_BY_EVENTBRIDGE: dict[str, Json] = {
    "version": {"description": "Of the envelope, always `0`.", "type": "string"},
    "id": {"description": "The identifier of this delivery to the bus.", "type": "string"},
    "account": {"description": "The account of the service.", "type": "string"},
    "time": {
        "description": "When the event was sent, in seconds; `detail.time` is the one to go by.",
        "format": "date-time",
        "type": "string",
    },
    "region": {"description": "The region of the bus.", "type": "string"},
    "resources": {"description": "Empty.", "items": {"type": "string"}, "type": "array"},
}


def delivered(event: Json) -> Json:
    """Return an event in the envelope in which EventBridge delivers it, as an example."""
    return {
        "version": "0",
        "id": str(uuid5(NAMESPACE_URL, event["id"])),
        "detail-type": event["type"],
        "source": SOURCE,
        "account": "123456789012",
        "time": f"{event['time'][:19]}Z",
        "region": "us-east-1",
        "resources": [],
        "detail": event,
    }


def envelope(event: type[CloudEvent]) -> Json:
    """Return the schema of what is delivered; it refers to the event's among the components."""
    name = event.__name__
    properties = {
        "source": {"const": SOURCE, "description": "The service."},
        "detail-type": {"const": name, "description": "The type of the event."},
        **_ADDED_BY_EVENTBRIDGE,
        "detail": {"$ref": COMPONENTS.format(model=name)},
    }
    return {
        "description": f"{name} as EventBridge delivers it.",
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def components(event: type[CloudEvent]) -> dict[str, Json]:
    """Return the schemas that an event consists of by their names, for OpenAPI and AsyncAPI."""
    described = schema(event, references=COMPONENTS)
    parts: dict[str, Json] = described.pop("$defs")
    for name in ("$schema", "$id"):  # references are to the document that they are in
        del described[name]
    return {event.__name__: described, **parts}
