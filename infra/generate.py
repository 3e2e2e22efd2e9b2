"""Writes the generated files: the JSON Schemas of the events, and docs/codes.md."""

import json
from pathlib import Path

from articles.announcing.events import EVENTS, schema
from articles.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[1]

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


def generated() -> dict[Path, str]:
    """Return the content of each generated file."""
    files = {
        ROOT / "infra" / "events" / f"{event.__name__}.json": (
            json.dumps(schema(event), indent=2, sort_keys=True) + "\n"
        )
        for event in EVENTS
    }
    rows = (
        f"| `{code}` | {it.meaning} | {it.cause} | {it.fix} | `{it.example}` |\n"
        for code, it in CATALOGUE.items()
    )
    return {**files, ROOT / "docs" / "codes.md": CODES + "".join(rows)}


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
