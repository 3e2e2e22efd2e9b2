"""The reconcile function: uploads whose notification was lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from articles_local.function import Function
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.aws.memory import DynamoDB
from tests.newsroom import a_story

from .messages import batch, body, notice

AGO = timedelta(hours=2)


@pytest.fixture
def reconcile(cloud: Cloud) -> Function:
    return cloud.function("ReconcileFunction")


def put(cloud: Cloud, name: str, ago: timedelta = AGO, version: str | None = None) -> str:
    """Put an object whose notification is lost; gives its version."""
    key = name if "/" in name else f"incoming/courier/{name}"
    return cloud.memory.put(key, b"{}", cloud.memory.now() - ago, version)


def ingested(cloud: Cloud, name: str) -> None:
    uploaded = cloud.upload(f"incoming/courier/{name}", a_story(id=name))
    cloud.function("IngestFunction").invoke(batch(body(notice(cloud, uploaded))))


def found(cloud: Cloud, reconcile: Function) -> list[tuple[str, str]]:
    """Let the function look; gives the keys and versions that it logs."""
    reconcile.invoke({})
    [line] = [it for it in cloud.logged() if it.get("message") == "reconciled"]
    named = [(it["key"].rpartition("/")[2], it["version"]) for it in line["uploads"]]
    assert cloud.metrics()["UploadsMissing"] == line["missing"]
    return named


def test_an_upload_nobody_was_told_of_is_missing(cloud: Cloud, reconcile: Function) -> None:
    ingested(cloud, "told.json")
    lost = put(cloud, "lost.json")

    assert found(cloud, reconcile) == [("lost.json", lost)]
    assert cloud.metrics()["UploadsMissingHours"] == 2


def test_nothing_with_a_receipt_is_missing(cloud: Cloud, reconcile: Function) -> None:
    ingested(cloud, "told.json")
    cloud.memory.skew = AGO

    assert found(cloud, reconcile) == []
    assert cloud.metrics()["UploadsMissingHours"] == 0


def test_versions_of_a_key_are_told_in_their_order(cloud: Cloud, reconcile: Function) -> None:
    put(cloud, "b.json", AGO, "first")
    put(cloud, "b.json", AGO, "second")  # within the same second
    put(cloud, "a.json", AGO, "third")

    told = [("a.json", "third"), ("b.json", "first"), ("b.json", "second")]
    assert found(cloud, reconcile) == told


@pytest.mark.parametrize(
    ("name", "ago"),
    [
        ("incoming/young.json", timedelta(minutes=59)),
        ("incoming/expired.json", timedelta(days=90)),
        ("incoming/folder/", AGO),
        ("elsewhere/a.json", AGO),
    ],
)
def test_what_need_not_have_a_receipt_is_not_missing(
    cloud: Cloud, reconcile: Function, name: str, ago: timedelta
) -> None:
    put(cloud, name, ago)

    assert found(cloud, reconcile) == []


def test_what_an_answer_lacks_is_asked_for_again(cloud: Cloud, reconcile: Function) -> None:
    for name in ("a.json", "b.json"):
        ingested(cloud, name)
    cloud.memory.skew = AGO
    ask = DynamoDB(cloud.memory).batch_get_item

    def one_at_a_time(phase: str, operation: str, asked: Item) -> Item | None:
        if (phase, operation) != ("before", "BatchGetItem"):
            return None
        first, *others = asked["RequestItems"]["receipts"]["Keys"]
        left = {"receipts": {"Keys": others}} if others else {}
        return {**ask(RequestItems={"receipts": {"Keys": [first]}}), "UnprocessedKeys": left}

    cloud.memory.hook = one_at_a_time

    assert found(cloud, reconcile) == []


@pytest.mark.parametrize(("seconds", "seen"), [(120, 250), (20, 100)])
def test_many_are_counted_as_far_as_there_is_time_and_only_the_first_are_named(
    cloud: Cloud, reconcile: Function, seconds: int, seen: int
) -> None:
    for number in range(250):
        put(cloud, f"{number:03}.json")
    timed = replace(reconcile, properties={**reconcile.properties, "Timeout": seconds})

    named = found(cloud, timed)

    assert (named[0][0], named[-1][0], len(named)) == ("000.json", "099.json", 100)
    assert cloud.metrics()["UploadsMissing"] == seen
    out_of_time = [it["last"] for it in cloud.logged() if it.get("message") == "out of time"]
    assert out_of_time == ([] if seen == 250 else ["incoming/courier/099.json"])
    assert cloud.metrics().get("ReconcileUnfinished", 0) == len(out_of_time)
