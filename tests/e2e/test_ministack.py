"""The service as it is deployed: built by the SAM CLI, run by an emulator nobody here wrote."""

import gzip
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from jsonschema import Draft202012Validator

from .deployment import KIT, Stack
from .newsroom import TITLE, article, articles, only_record
from .tools import ROOT

pytestmark = pytest.mark.e2e


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
    schema = (ROOT / "infra" / "events" / "ArticleCreated.json").read_text(encoding="utf-8")
    Draft202012Validator(json.loads(schema)).validate(event["detail"])


def test_what_is_built_has_the_packages_of_the_sbom_and_no_others(stack: Stack) -> None:
    pinned = (ROOT / "functions" / "requirements.txt").read_text(encoding="utf-8")
    listed = {(it[1], it[2]) for it in re.finditer(r"^([\w.-]+)==([^\s;]+)", pinned, re.MULTILINE)}

    functions = list((stack.service.folder / ".aws-sam" / "build").glob("*Function"))
    assert functions
    for function in functions:
        built = {tuple(it.stem.rsplit("-", 1)) for it in function.glob("*.dist-info")}
        named = {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in built}
        assert named == listed, function.name


@pytest.mark.usefixtures("stack")
def test_the_dashboard_names_what_is_there() -> None:
    cloudwatch = boto3.Session().client("cloudwatch")

    text = cloudwatch.get_dashboard(DashboardName="articles-dev")["DashboardBody"]
    shown = [it["properties"] for it in json.loads(text)["widgets"] if it["type"] == "alarm"]
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix="articles-dev-")["MetricAlarms"]
    assert sorted(it for widget in shown for it in widget["alarms"]) == sorted(
        it["AlarmArn"] for it in alarms
    )
    assert "/aws/lambda/articles-ingest-dev" in text
    assert "${" not in text


def test_a_broken_upload_is_rejected_and_its_uploader_told(stack: Stack) -> None:
    key = "incoming/example/two words + ü.json"

    receipt = stack.upload(key, b'{"title": "Cut off in the')

    assert (receipt["state"], receipt["outcome"]) == ("done", "rejected")
    assert [it["code"] for it in receipt["problems"]] == ["E_JSON"]
    told = stack.event("UploadProcessed", key)["detail"]["data"]
    assert (told["outcome"], told["report"]) == ("rejected", receipt["report"])
    assert stack.report(told["report"])["key"] == key


def test_a_list_and_lines_are_taken_record_by_record(stack: Stack) -> None:
    good = [article("list-1"), b'{"neither": "nor"}', article("list-2")]
    for name, body in (
        ("list.json", b"[" + b",".join(good) + b"]"),
        ("lines.ndjson", b"\n".join(good)),
    ):
        receipt = stack.upload(f"incoming/example/{name}", body)

        assert (receipt["outcome"], receipt["counts"]["rejected"]) == ("partial", 1)
        bad = next(it for it in receipt["records"] if it["outcome"] == "rejected")
        assert (bad["record"], bad["problems"][0]["code"]) == (1, "E_UNKNOWN_SHAPE")
        told = [it["outcome"] for it in stack.report(receipt["report"])["records"]]
        new = "created" if name == "list.json" else "unchanged"
        assert told == [new, "rejected", new]


def test_a_large_upload_is_stored_in_parts_with_one_report(stack: Stack) -> None:
    text = "The harbour froze over. " * 1500  # 36 KB: 300 of them are more than a part may have
    lines = [article(f"large-{n}", text=text) for n in range(300)]
    lines[0] = lines[-1] = b'{"neither": "nor"}'

    # Packed: of a plain file, a part reads its range, which MiniStack ignores where a version is
    # named.
    receipt = stack.upload("incoming/example/large.ndjson.gz", gzip.compress(b"\n".join(lines)))

    assert receipt["plan"]["parts"] == len(receipt["done"]) == 2
    assert receipt["counts"] == {"created": 298, "rejected": 2}
    told = [it["outcome"] for it in stack.report(receipt["report"])["records"]]
    assert told == ["rejected", *["created"] * 298, "rejected"]


def test_the_same_upload_again_is_no_news(stack: Stack) -> None:
    first = only_record(stack.upload("incoming/example/once.json", article("twice")))
    again = only_record(stack.upload("incoming/example/again.json", article("twice")))
    assert (first["outcome"], again["outcome"]) == ("created", "unchanged")
    assert first["article_id"] == again["article_id"]

    # Events of an article come in order: once its next one is here, no other can follow.
    news = article("twice", title="Ferries stay away")
    assert only_record(stack.upload("incoming/example/news.json", news))["outcome"] == "updated"
    stack.event("ArticleUpdated", first["article_id"])
    told = [it["detail-type"] for it in stack.events(first["article_id"])]
    assert told == ["ArticleCreated", "ArticleUpdated"]


def test_an_embargo_that_ends_is_announced(stack: Stack) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    held = article("embargoed", embargoed_until=ends.isoformat())

    record = only_record(stack.upload("incoming/example/embargoed.json", held))

    def released() -> str | None:
        stack.invoke("release")
        found = stack.article(record["article_id"])
        return found.get("released_at") if "hold_until" not in found else None

    released_at = stack.until(released, "release")
    event = stack.event("ArticleCreated", record["article_id"])
    assert released_at == event["detail"]["time"]
    assert datetime.fromisoformat(released_at) >= ends


def test_the_command_line_uploads_and_reads(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "by-hand.json").write_bytes(article("by-hand"))

    said = articles("put", tmp_path, "--feed", "example", "--wait")
    [put] = [it for it in said if it["type"] == "receipt"]
    assert put["key"] == "incoming/example/by-hand.json"

    (receipt,) = [it for it in articles("status", put["key"]) if it["type"] == "receipt"]
    assert receipt == put
    (found,) = articles("get", put["key"])
    event = stack.event("ArticleCreated", found["article_id"])
    assert found["article"]["title"] == event["detail"]["data"]["article"]["title"] == TITLE


def test_an_operator_replays_revives_and_removes(stack: Stack) -> None:
    why = ("--reason", "to see", "--send")
    record = only_record(stack.upload("incoming/example/repaired.json", article("repaired")))
    kill = article("repaired", status="canceled", updated_at="2026-11-02T09:00:00Z")
    assert only_record(stack.upload("incoming/example/kill.json", kill))["outcome"] == "canceled"

    article_id = record["article_id"]
    articles("revive", article_id, "--upload", "incoming/example/repaired.json", *why)
    assert stack.article(article_id)["status"] == "usable"

    replayed = articles("replay", "incoming/example/kill.json", "--send")
    assert replayed[-1]["counts"] == {"superseded": 1}
    assert stack.article(article_id)["status"] == "usable"

    articles("purge", article_id, *why)
    assert stack.article(article_id)["status"] == "removed"
    event = stack.event("ArticleWithdrawn", article_id)
    assert event["detail"]["data"]["reason"] in ("canceled", "removed")


def test_the_index_of_a_subscriber_has_what_may_be_found_and_no_more(stack: Stack) -> None:
    upload = article("found", title="Capybara at the quay")
    record = only_record(stack.upload("incoming/example/found.json", upload))
    assert record["outcome"] == "created"
    stack.until(lambda: search("capybara", "quay") or None, "hit")

    kill = article("found", status="canceled", updated_at="2026-11-02T09:00:00Z")
    assert only_record(stack.upload("incoming/example/lost.json", kill))["outcome"] == "canceled"

    stack.until(lambda: search("capybara", "quay") == "" or None, "withdrawal")


def search(*words: str) -> str:
    """Search as a subscriber does; gives what was found, if anything."""
    script = ROOT / KIT / "search.py"
    done = subprocess.run(
        [sys.executable, script, *words], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0 or not done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_nothing_failed_on_the_way(stack: Stack) -> None:
    for queue in ("DeadLetterQueueUrl", "PublishFailureQueueUrl"):
        assert stack.waiting(queue) == 0, queue
