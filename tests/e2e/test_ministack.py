"""The service as it is deployed: built by the SAM CLI, run by an emulator that nobody here wrote."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .deployment import Stack

pytestmark = pytest.mark.e2e

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


def test_an_upload_becomes_a_receipt_an_article_and_an_event(stack: Stack) -> None:
    receipt = stack.upload("incoming/example/ferries.json", article("ferries"))

    record = only_record(receipt)
    assert (record["outcome"], record["title"]) == ("created", TITLE)

    stored = stack.article(record["article_id"])
    assert (stored["feed"], stored["status"], stored["title"]) == ("example", "usable", TITLE)
    assert stored["article"]["canonical_url"] == "https://courier.example/ferries"
    body = json.loads(gzip.decompress(bytes(stored["body"])))
    assert body["text"].startswith("The first ferry in nine years")

    event = stack.event("ArticleCreated", record["article_id"])
    assert event["source"] == "articles"
    told = event["detail"]["data"]
    assert (told["article"]["title"], told["order_key"]) == (TITLE, stored["order_key"])
    assert told["upload"]["version"] == receipt["version"]


def test_a_broken_upload_is_rejected_and_its_uploader_told(stack: Stack) -> None:
    key = "incoming/example/two words + ü.json"

    receipt = stack.upload(key, b'{"title": "Cut off in the')

    assert (receipt["state"], receipt["outcome"]) == ("done", "rejected")
    assert [it["code"] for it in receipt["problems"]] == ["E_JSON"]
    told = stack.event("UploadProcessed", key)["detail"]["data"]
    assert (told["outcome"], told["report"]) == ("rejected", receipt["report"])
    assert stack.report(told["report"])["key"] == key


def test_the_same_upload_again_is_no_news(stack: Stack) -> None:
    first = only_record(stack.upload("incoming/example/once.json", article("twice")))
    again = only_record(stack.upload("incoming/example/again.json", article("twice")))
    assert (first["outcome"], again["outcome"]) == ("created", "unchanged")
    assert first["article_id"] == again["article_id"]

    # Events of an article come in order: once its next one is here, no other can follow.
    news = article("twice", title="Ferries stay away", modified_at="2026-03-02T08:00:00Z")
    assert only_record(stack.upload("incoming/example/news.json", news))["outcome"] == "updated"
    stack.event("ArticleUpdated", first["article_id"])
    told = [it["detail-type"] for it in stack.events(first["article_id"])]
    assert told == ["ArticleCreated", "ArticleUpdated"]


def test_an_embargo_that_ends_is_announced(stack: Stack) -> None:
    ends = f"{datetime.now(UTC) + timedelta(seconds=4):%Y-%m-%dT%H:%M:%SZ}"
    held = article("embargoed", embargoed_until=ends)

    record = only_record(stack.upload("incoming/example/embargoed.json", held))

    def released() -> str | None:
        stack.invoke("release")
        found = stack.article(record["article_id"])
        return found.get("released_at") if "hold_until" not in found else None

    assert stack.until(released, "release") >= ends
    event = stack.event("ArticleCreated", record["article_id"])
    assert event["detail"]["time"] >= ends


def test_nothing_failed_on_the_way(stack: Stack) -> None:
    for queue in ("DeadLetterQueueUrl", "PublishFailureQueueUrl"):
        assert stack.waiting(queue) == 0, queue
