"""The examples of events for subscribers, recorded from a run of the example articles."""

import json
from pathlib import Path
from typing import Any

from articles.announcing.events import EVENTS
from articles.article import Article
from tests.cli.conftest import ROOT, call
from tests.golden import CASES, expected

EXAMPLES = ROOT / "infra" / "events" / "examples"
RECORD = "recorded by `python -m tests.contract`"

# The uploads of the run, and the example that each is for.
UPLOADS = {
    "02-article.json": "ArticleCreated",
    "03-correction.json": "ArticleUpdated",
    "04-article-to-be-killed.json": None,
    "05-kill.json": "ArticleWithdrawn",
    "07-list-with-a-bad-record.json": "UploadProcessed",
}
# What is another in each run: they depend on its time, and on what S3 gives an upload.
OF_THE_RUN = {"time", "order_key", "version", "sequencer", "report"}

Event = dict[str, Any]


def examples() -> dict[str, Event]:
    """Read the examples, by name."""
    return {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.json"))
    }


def announced() -> list[Event]:
    """Give an event of each article among the golden results."""
    event = examples()["ArticleCreated"]
    records = (it for case in CASES for it in expected(case).get("records", []))
    articles = [it["article"] for it in records if it.get("article", {}).get("status") == "usable"]
    return [{**event, "data": {**event["data"], "article": it}} for it in articles]


def run() -> dict[str, Event]:
    """Upload example articles to the embedded AWS; return the event of each example."""
    files = [next((ROOT / "examples").rglob(name)) for name in UPLOADS]
    sent = [it["detail"] for it in call("run", "--json", "--feed", "example", *files).of("event")]
    wanted = {(kind, name) for name, kind in UPLOADS.items()}
    return {it["type"]: in_order(it) for it in sent if (it["type"], upload_of(it)) in wanted}


def upload_of(event: Event) -> str:
    data = event["data"]
    return Path(data.get("upload", data)["key"]).name


def in_order(event: Event) -> Event:
    """Give the members of an event the order of the models, which is that of the docs."""
    kind = next(it for it in EVENTS if it.__name__ == event["type"])
    told = kind.model_validate(event).model_dump(mode="json", exclude_none=True)
    if "article" in told["data"]:
        told["data"]["article"] = Article.read(told["data"]["article"]).as_json()
    return told


def masked(value: Any) -> Any:
    """Leave out what is another in each run."""
    match value:
        case {"specversion": _, **event}:
            return masked(event | {"id": "…"})
        case dict():
            return {k: "…" if k in OF_THE_RUN else masked(v) for k, v in value.items()}
        case list():
            return [masked(it) for it in value]
    return value
