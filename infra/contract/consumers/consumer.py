"""What a subscriber writes in Python, with the models that are generated from the schemas.

Reads events from standard input, one a line, and writes what it makes of each.
"""

import json
import sys
from typing import Annotated, Any

from events.ArticleCreated import ArticleCreated  # type: ignore[import-not-found]
from events.ArticleUpdated import ArticleUpdated  # type: ignore[import-not-found]
from events.ArticleWithdrawn import ArticleWithdrawn  # type: ignore[import-not-found]
from events.UploadProcessed import UploadProcessed  # type: ignore[import-not-found]
from pydantic import Field, TypeAdapter, ValidationError

EVENT: TypeAdapter[Any] = TypeAdapter(
    Annotated[
        ArticleCreated | ArticleUpdated | ArticleWithdrawn | UploadProcessed,
        Field(discriminator="type"),
    ]
)


def told(line: str) -> dict[str, Any]:
    """Say which event it is, and what it is about."""
    try:
        event = EVENT.validate_json(line)
    except ValidationError as error:
        return {"refused": [it["type"] for it in error.errors()]}
    match event:
        case ArticleCreated() | ArticleUpdated():
            article = event.data.article
            says = {"title": article.title, "is_amp": article.is_amp is True}
        case ArticleWithdrawn():
            says = {"reason": event.data.reason}
        case UploadProcessed():
            says = {"counts": event.data.counts}
    return {"type": event.type, "year": event.time.year, **says}


for line in sys.stdin:
    print(json.dumps(told(line)))  # noqa: T201 - what it is for
