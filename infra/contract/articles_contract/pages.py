"""The parts of a page that are generated: each between two marks, which stay.

<!-- generated: example ArticleCreated -->     an event, from infra/events/examples
<!-- generated: message ArticleCreated -->     the same as a target of the bus is given it
<!-- generated: fields -->                     a table of the fields of an event's article
<!-- generated: source articles_reader:read -->     the source code of a Python object
<!-- generated: result articles_scale.limits:inputs -->     what a Python function returns
<!-- end -->
"""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

from articles.announcing.events import ArticleCreated

from .bus import delivered
from .schemas import Json, schema

_BLOCK = re.compile(r"(<!-- generated: (\w+) ?(\S*) -->\n)(?:(?!<!--).*\n)*(<!-- end -->)")


def with_blocks(page: str, *, examples: Path) -> str:
    """Write the generated parts of a page anew.

    Raises ValueError for a mark that means nothing or has no end, and what is raised where an
    example or an object is not found.
    """

    def block(match: re.Match[str]) -> str:
        head, kind, name, end = match.groups()
        return f"{head}\n{_written(kind, name, examples)}\n\n{end}"

    written, count = _BLOCK.subn(block, page)
    if count != page.count("<!-- generated:"):
        raise ValueError("a generated part of the page is not closed by <!-- end -->")
    return written


def _written(kind: str, name: str, examples: Path) -> str:
    match kind:
        case "example":
            return _as_json(_example(name, examples))
        case "message":
            return _as_json(delivered(_example(name, examples)))
        case "fields":
            return fields()
        case "source":
            return f"```python\n{inspect.getsource(resolve_name(name)).rstrip()}\n```"
        case "result":
            return str(resolve_name(name)())
    raise ValueError(f"nothing is generated for {kind!r}")


def _example(name: str, examples: Path) -> Json:
    event: Json = json.loads((examples / f"{name}.json").read_text(encoding="utf-8"))
    return event


def _as_json(value: Json) -> str:
    return f"```json\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```"


def fields() -> str:
    """Return a table of the fields of the article in an event, and of what they consist of."""
    rows = _rows("Article", schema(ArticleCreated)["$defs"])
    head = ["| field | type | always? | what it says |", "|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _rows(name: str, definitions: dict[str, Json], prefix: str = "") -> Iterator[str]:
    described = definitions[name]
    required = described.get("required", ())
    for field, it in described["properties"].items():
        part = (it.get("items", it).get("$ref") or "").rpartition("/")[2]
        says = it.get("description") or definitions[part]["description"]
        always = "yes" if field in required else ""
        yield f"| `{prefix}{field}` | {_type(it)} | {always} | {says} |"
        if part:
            yield from _rows(part, definitions, f"{prefix}{field}{'[]' * ('items' in it)}.")


def _type(it: Json) -> str:
    match it:
        case {"const": True}:
            return "`true`"
        case {"const": value}:
            return f"`{value}`"
        case {"type": "string", "examples": values}:
            return " or ".join(f"`{value}`" for value in values)
        case {"items": items}:
            return f"list of {_type(items)}s"
        case {"format": "date-time"}:
            return "instant"
        case {"pattern": _}:
            return "date or local time"
        case {"type": "string"}:
            return "text"
        case {"type": "integer"}:
            return "integer"
    return "object"
