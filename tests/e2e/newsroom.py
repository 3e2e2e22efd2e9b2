"""What these tests upload, and our command line as an operator calls it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TITLE = "Ferries return to the old harbour"


def article(source_id: str, **fields: str) -> bytes:
    """Write an article as a newsroom's system might, with a title that wants cleaning."""
    document = {
        "id": source_id,
        "title": "  Ferries return to the\u00a0old   harbour ",
        "text": "The first ferry in nine years came in at dawn.\n\nThe quay was full of people.",
        "url": f"https://courier.example/{source_id}?utm_source=letter",
        "author": "Ada Quay",
        "published_at": "2026-03-01T06:30:00Z",
    }
    return json.dumps(document | fields).encode()


def only_record(receipt: dict[str, Any]) -> dict[str, Any]:
    assert (receipt["state"], receipt["outcome"]) == ("done", "accepted")
    (record,) = receipt["records"]
    return dict(record)


def articles(*arguments: str | Path, codes: tuple[int, ...] = (0,)) -> list[dict[str, Any]]:
    """Call our command line; nothing but AWS_ENDPOINT_URL tells it where the stack is."""
    done = subprocess.run(
        [sys.executable, "-m", "articles_cli", *arguments, "--json"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in codes, done.stderr + done.stdout
    return [json.loads(line) for line in done.stdout.splitlines()]
