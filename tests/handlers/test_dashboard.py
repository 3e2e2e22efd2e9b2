"""The graphs and tables of the dashboard show what the real functions send and log."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.aws import dashboard
from tests.aws.alarms import Metrics
from tests.aws.cloud import Announcements, Cloud
from tests.newsroom import a_story

from .messages import batch, body, notice, upload

RETAINED = a_story(id="expired", published_at=None, updated_at=None)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    """Give the service after everything that may become of an upload has become of one."""
    cloud, feeds = Cloud(), tmp_path_factory.mktemp("feeds") / "feeds.toml"
    feeds.write_text("[default]\nopen = true\n[feeds.brief]\nretain_days = 30\n")
    uploads_of_all_kinds(cloud, str(feeds))
    for happens in (what_goes_wrong, publish_and_release, reconcile):
        happens(cloud)
    return cloud


def uploads_of_all_kinds(cloud: Cloud, feeds: str) -> None:
    ingest = cloud.function("IngestFunction", FEEDS_FILE=feeds)
    stories: list[Any] = [
        a_story(),
        a_story(),  # the same again
        a_story(title="Corrected", updated_at="2026-03-01T10:00:00Z"),
        a_story(title="Of before", updated_at="2026-03-01T08:00:00Z"),
        a_story(id="2", status="withheld"),
        a_story(id="3", status="canceled"),
        [a_story(id="4"), {"neither": "nor"}],
        "no article",
    ]
    for number, story in enumerate(stories):
        ingest.invoke(batch(upload(cloud, f"{number}.json", story)))
    ingest.invoke(batch(upload(cloud, "ignored.json~")))
    gone = cloud.upload("incoming/courier/gone.json", a_story())
    cloud.memory.forget(gone["key"], gone["version"])
    years_ago = cloud.memory.now() - timedelta(days=9_000)
    version = cloud.memory.put("incoming/brief/old.json", json.dumps(RETAINED).encode(), years_ago)
    old = {"key": "incoming/brief/old.json", "version": version, "etag": "e"}
    ingest.invoke(batch(*(body(notice(cloud, it)) for it in (gone, old))))


def what_goes_wrong(cloud: Cloud) -> None:
    ingest = cloud.function("IngestFunction")
    hurried = replace(ingest, properties={**ingest.properties, "Timeout": 10})
    hurried.invoke(batch("poison", upload(cloud, "late.json")))
    ingest.invoke(batch(*(upload(cloud, f"{it}.json") for it in "ab"), received=5))
    cloud.border.fail("UpdateItem", "ValidationException", times=1)
    ingest.invoke(batch(upload(cloud, "bug.json", a_story(id="5"))))


def publish_and_release(cloud: Cloud) -> None:
    cloud.border.bus.refuse("Corrected", "MalformedDetail")
    Announcements(cloud).read()
    cloud.function("ReleaseFunction").invoke({})


def reconcile(cloud: Cloud) -> None:
    hours_ago = cloud.memory.now() - timedelta(hours=3)
    for number in range(150):
        cloud.memory.put(f"incoming/courier/unread-{number}.json", b"{}", hours_ago)
    function = cloud.function("ReconcileFunction")
    replace(function, properties={**function.properties, "Timeout": 20}).invoke({})


def test_every_metric_of_ours_on_it_is_sent_with_the_very_dimensions(cloud: Cloud) -> None:
    sent = Metrics()
    for line in cloud.logged():
        if "_aws" in line:
            sent.add_printed(line, 0)

    graphs = dashboard.widgets("metric")
    ours = {
        dashboard.metric_of(names)
        for widget in graphs
        for names, _ in dashboard.described(widget)
        if names and names[0] == "Articles"
    }
    assert ours - sent.sent == set()


def test_every_table_finds_its_lines_in_the_log(cloud: Cloud) -> None:
    logged = [it for it in cloud.logged() if "_aws" not in it]
    rejected, slowest, errors = (
        dashboard.answer(it["query"], logged) for it in dashboard.widgets("log")
    )

    found = {(it["code"], it["uploads"], it["records"]) for it in rejected}
    assert found == {("E_JSON", 1, 0), ("E_UNKNOWN_SHAPE", 1, 1), ("E_INTERNAL", 1, 1)}
    assert [it["seconds"] for it in slowest] == sorted(it["seconds"] for it in slowest)[::-1]
    assert (slowest[0]["feed"], slowest[0]["key"]) == ("brief", "incoming/brief/old.json")
    assert {it["message"] for it in errors} >= {"poison message", "internal error", "isolated"}
