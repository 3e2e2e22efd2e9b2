"""The bus and its messages as an AsyncAPI 3 document, from the view of a subscriber."""

from articles.announcing.events import EVENTS, CloudEvent

from .bus import COMPONENTS, components, envelope
from .schemas import Json

VERSION = "1.0.0"  # of the contract: the major one is that of each event's `dataschema`


def document() -> Json:
    """Return the document; what is received is an event in EventBridge's envelope."""
    names = [event.__name__ for event in EVENTS]
    schemas: dict[str, Json] = {}
    for event in EVENTS:
        schemas |= {_delivered(event): envelope(event), **components(event)}
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Articles",
            "version": VERSION,
            "description": "Every real change of an article, and what became of an upload.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "bus": {
                "address": "articles-{stage}",
                "description": "The EventBridge bus; subscribe by a rule with a target.",
                "parameters": {"stage": {"description": "The environment, such as dev or prod."}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            }
        },
        "operations": {
            "receive": {
                "action": "receive",
                "channel": {"$ref": "#/channels/bus"},
                "summary": "Each change at least once, and in any order.",
                "messages": [{"$ref": f"#/channels/bus/messages/{name}"} for name in names],
            }
        },
        "components": {
            "messages": {event.__name__: _message(event) for event in EVENTS},
            "schemas": schemas,
        },
    }


def _message(event: type[CloudEvent]) -> Json:
    name = event.__name__
    return {
        "name": name,
        "title": name,
        "summary": event.__doc__,
        "payload": {"$ref": COMPONENTS.format(model=_delivered(event))},
    }


def _delivered(event: type[CloudEvent]) -> str:
    return f"{event.__name__}Delivered"
