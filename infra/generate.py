"""Writes what is generated: the contract in infra/events, docs/codes.md, and parts of other pages.

A table of docs/formats.md goes to the end of its format's section, or replaces the one there; what
is generated on another page is between the marks that articles_contract.pages knows.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

from articles.article import Article
from articles.catalogue import CATALOGUE
from articles.metadata.draft import READ_AS
from articles.metadata.shapes import SHAPES
from articles.metadata.shapes.shape import Shape, Take
from articles_contract import asyncapi, pages, registry, schemas

ROOT = Path(__file__).resolve().parents[1]
EVENTS = ROOT / "infra" / "events"
FORMATS = ROOT / "docs" / "formats.md"

CODES = """# Codes

Generated from [catalogue.py](../functions/articles/catalogue.py) by `make generated`. A code is a
promise: it never changes its meaning.

An error (`E_`) rejects its record, or the file when it concerns the file as a whole. A warning
(`W_`) says what was dropped or guessed in a record that was accepted, or why it lost to an earlier
upload. Each comes with a message that says what is wrong and what to do, and with its place as far
as it is known: `record` (0-based), `at` (JSON Pointer of the record in the file), `path` (JSON
Pointer inside the record), `line` (1-based).

| code | means | usual cause | fix | example |
|---|---|---|---|---|
"""
_FIELD_NAMES = {short: name for name, short in READ_AS.items()}
_ORDER = Article.names()
_SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n)*)", re.MULTILINE)
_TABLE = re.compile(r"\n<details>.*?</details>\n", re.DOTALL)


def generated() -> dict[Path, str]:
    """Return the content of each generated file."""
    files = {EVENTS / f"{name}.json": _json(it) for name, it in schemas.schemas().items()}
    files[EVENTS / "asyncapi.json"] = _json(asyncapi.document())
    files[EVENTS / "registry.yaml"] = registry.template()
    for path in sorted((ROOT / "docs").glob("*.md")):
        page = path.read_text(encoding="utf-8")
        if (written := pages.with_blocks(page, examples=EVENTS / "examples")) != page:
            files[path] = written
    rows = (
        f"| `{code}` | {it.meaning} | {it.cause} | {it.fix} | `{it.example}` |\n"
        for code, it in CATALOGUE.items()
    )
    files[ROOT / "docs" / "codes.md"] = CODES + "".join(rows)
    files[FORMATS] = with_tables(FORMATS.read_text(encoding="utf-8"))
    return files


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def with_tables(page: str) -> str:
    """Put into the section of each format the table of its fields."""
    shapes = {shape.name: shape for shape in SHAPES}

    def section(match: re.Match[str]) -> str:
        name, body = match.groups()
        if name not in shapes:
            return match.group()
        return f"## {name}\n{_TABLE.sub('', body).rstrip()}\n\n{fields(shapes[name])}\n\n"

    return _SECTION.sub(section, page).rstrip() + "\n"


def fields(shape: Shape) -> str:
    """Say where a format's fields are read, and which of its members are left alone."""
    taken = {_FIELD_NAMES.get(name, name): it for name, it in shape.takes}
    rows = (f"| `{name}` | {_places(taken[name], shape)} |" for name in _ORDER if name in taken)
    parts = (
        f"<details>\n<summary>Where {shape.name} has its fields, and what is left alone</summary>",
        "\n".join(["| field | read from |", "|---|---|", *rows]),
        *_notes(shape),
        "</details>",
    )
    return "\n\n".join(parts)


def _places(taken: Take[object], shape: Shape) -> str:
    places = dict.fromkeys(_of_document(taken, shape))
    all_of = "all of " if taken.all_places and len(taken.places) > 1 else ""
    return all_of + _listed(places)


def _of_document(taken: Take[object], shape: Shape) -> Iterator[str]:
    """Return the places of a field; of what is prepared, the members it is prepared from."""
    for place in (place for finder in taken.places for place in finder.reads):
        if not shape.reads or place in shape.reads:
            yield place
        else:
            yield from (it for it in shape.reads if it not in _read(shape))


def _read(shape: Shape) -> set[str]:
    return {place for _, it in shape.takes for finder in it.places for place in finder.reads}


def _notes(shape: Shape) -> Iterator[str]:
    if shape.spelled("published_at") == shape.spelled("publishedAt"):
        yield "A name is found in any spelling: `published_at`, `publishedAt`, `Published-At`."
    elif shape.spelled("A") == shape.spelled("a"):
        yield "A name is found in any letter case."
    read = _read(shape)
    whole: list[str] = []
    rest: list[str] = []
    for place in sorted(set(shape.left_alone) - read):
        holder = place.removesuffix("/*")
        is_read = holder in read or any(it.startswith(f"{holder}/") for it in read)
        (rest if is_read else whole).append(holder)
    if whole:
        yield _wrapped(f"Left alone: {_listed(whole)}.")
    if rest:
        yield _wrapped(f"So is whatever else is in {_listed(rest)}.")


def _listed(places: Iterable[str]) -> str:
    return ", ".join(f"`{place}`" for place in places)


def _wrapped(text: str) -> str:
    return fill(text, width=110, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
