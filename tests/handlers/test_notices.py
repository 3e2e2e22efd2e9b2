"""The notices that S3 sends: which are uploads, and of which object."""

import json
from collections.abc import Callable

import pytest

from articles_local.function import Function
from tests.aws.cloud import Cloud
from tests.newsroom import a_story

from .messages import batch, body, failures, notice, outcomes, upload

BAD = {"neither": "a title", "nor": "a text"}


# ── What is no upload ────────────────────────────────────────────────────────────────────────────


def a_test_event(cloud: Cloud) -> str:
    return json.dumps(
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": cloud.outputs["InboxBucket"]}
    )


def named(event: str) -> Callable[[Cloud], str]:
    return lambda cloud: upload(cloud, eventName=event)


@pytest.mark.parametrize(
    "message",
    [
        a_test_event,
        named("ObjectRemoved:Delete"),
        named("ObjectRemoved:DeleteMarkerCreated"),
        named("LifecycleExpiration:Delete"),
        named("ObjectTagging:Put"),
        named("ObjectRestore:Completed"),
        lambda cloud: body(notice(cloud, cloud.upload("incoming/courier/", b""))),
        lambda cloud: body(notice(cloud, cloud.upload("outgoing/a.json", a_story()))),
        lambda cloud: body(notice(cloud, {"key": "reports/courier/a.json", "version": "1"})),
        lambda _: body(),
    ],
)
def test_what_is_ignored_name_is_acknowledged_and_nothing_is_read(
    cloud: Cloud, ingest: Function, message: Callable[[Cloud], str]
) -> None:
    answer = ingest.invoke(batch(message(cloud)))

    assert failures(answer) == []
    assert cloud.border.asked("GetObject") == []
    assert cloud.receipts() == cloud.articles() == []
    assert cloud.messages("DeadLetterQueueUrl") == []


@pytest.mark.parametrize(
    "message",
    [
        lambda _: "not JSON",
        lambda _: "",
        lambda _: "[]",
        lambda _: "null",
        lambda _: "[" * 100_000,
        lambda _: '"Records"',
        lambda _: "{}",
        lambda _: '{"Records": null}',
        lambda _: '{"Records": {}}',
        lambda _: body(None),
        lambda _: body("a"),
        lambda _: body({}),
        lambda cloud: upload(cloud, eventVersion="3.0"),
        lambda cloud: upload(cloud, eventSource="aws:sns"),
        lambda cloud: upload(cloud, bucket="somebody-elses-bucket"),
        lambda cloud: upload(cloud, key=7),
        lambda cloud: body({**notice(cloud, {"key": "incoming/a/b"}), "s3": None}),
        lambda cloud: body({**notice(cloud, {"key": "incoming/a/b"}), "run": "often"}),
        lambda cloud: body({**notice(cloud, {"key": "incoming/a/b"}), "run": None}),
        lambda cloud: upload(cloud, key="incoming/courier/\ud800.json"),
        lambda cloud: upload(cloud, versionId=7),
        lambda cloud: upload(cloud, sequencer=7),
    ],
)
def test_poison_goes_to_the_dead_letters_at_once_with_its_cause(
    cloud: Cloud, ingest: Function, message: Callable[[Cloud], str]
) -> None:
    poison = message(cloud)

    answer = ingest.invoke(batch(poison, upload(cloud, "neighbour.json")))

    assert failures(answer) == []
    [letter] = cloud.messages("DeadLetterQueueUrl")
    assert letter["Body"] == poison
    assert letter["MessageAttributes"]["cause"]["StringValue"]
    assert outcomes(cloud) == {"neighbour.json": "accepted"}
    assert cloud.metrics()["Poison"] == 1


def test_an_object_of_a_foreign_bucket_is_never_read(cloud: Cloud, ingest: Function) -> None:
    ingest.invoke(batch(body(notice(cloud, {"key": "incoming/courier/a.json"}, bucket="foreign"))))

    assert cloud.border.asked("GetObject") == []
    [letter] = cloud.messages("DeadLetterQueueUrl")
    assert "foreign" in letter["MessageAttributes"]["cause"]["StringValue"]


@pytest.mark.parametrize("version", ["2.0", "2.6", "2.99"])
def test_a_minor_version_of_the_notice_is_nothing_new(
    cloud: Cloud, ingest: Function, version: str
) -> None:
    told = notice(cloud, cloud.upload("incoming/courier/a.json", a_story()), eventVersion=version)

    ingest.invoke(batch(body({**told, "glacierEventData": None, "new": {"in": version}})))

    assert outcomes(cloud) == {"a.json": "accepted"}


# ── Which object is read ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", ["a+b.json", "100%.json", "a b.json", "é.json", "⛴.json", "a%2Bb.json", "a\nb.json"]
)
def test_a_key_is_decoded_exactly_once(cloud: Cloud, ingest: Function, name: str) -> None:
    ingest.invoke(batch(upload(cloud, name, a_story())))

    [receipt] = cloud.receipts()
    assert receipt["key"] == f"incoming/courier/{name}"
    assert receipt["outcome"] == "accepted"


def test_the_version_of_the_notice_is_read_and_no_other(cloud: Cloud, ingest: Function) -> None:
    first = upload(cloud, file=a_story(title="First"))
    upload(cloud, file=a_story(title="Second"))

    ingest.invoke(batch(first))

    assert [item["title"] for item in cloud.articles()] == ["First"]


@pytest.mark.parametrize("version", [None, "null"])
def test_without_a_version_the_object_is_read_if_it_is_still_the_same(
    cloud: Cloud, ingest: Function, version: str | None
) -> None:
    first = upload(cloud, "1.json", a_story(title="First"), versionId=version)
    overwritten = upload(cloud, "2.json", a_story(title="Old"), versionId=version)
    upload(cloud, "2.json", a_story(title="New"))

    assert failures(ingest.invoke(batch(first, overwritten))) == []

    assert [item["title"] for item in cloud.articles()] == ["First"]
    assert outcomes(cloud) == {"1.json": "accepted", "2.json": "gone"}


@pytest.mark.parametrize("version", [None, "null"])
def test_without_versions_the_later_of_two_uploads_of_a_key_is_stored_and_each_has_a_receipt(
    cloud: Cloud, ingest: Function, version: str | None
) -> None:
    key = "incoming/courier/ferry.json"
    first = cloud.upload(key, a_story(title="First"))
    second = cloud.upload(key, a_story(title="Second"))

    for put in (first, second):
        assert failures(ingest.invoke(batch(body(notice(cloud, put, versionId=version))))) == []

    assert [item["title"] for item in cloud.articles()] == ["Second"]
    assert {(it["key"], it["version"]): it["outcome"] for it in cloud.receipts()} == {
        (key, first["etag"]): "gone",
        (key, second["etag"]): "accepted",
    }


def test_the_time_of_an_upload_is_what_s3_says_now_and_not_the_notices(
    cloud: Cloud, ingest: Function
) -> None:
    ingest.invoke(batch(upload(cloud, eventTime="2001-01-01T00:00:00.000Z")))

    [receipt] = cloud.receipts()
    assert receipt["uploaded_at"] > "2026"


def test_a_version_that_was_deleted_is_gone(cloud: Cloud, ingest: Function) -> None:
    put = cloud.upload("incoming/courier/ferry.json", a_story())
    cloud.memory.forget(put["key"], put["version"])

    assert failures(ingest.invoke(batch(body(notice(cloud, put))))) == []
    assert outcomes(cloud) == {"ferry.json": "gone"}


def test_an_object_that_was_deleted_is_gone(cloud: Cloud, ingest: Function) -> None:
    message = upload(cloud, versionId=None)
    del cloud.memory.latest["incoming/courier/ferry.json"]  # a marker hides it

    assert failures(ingest.invoke(batch(message))) == []
    assert outcomes(cloud) == {"ferry.json": "gone"}


def test_a_delete_marker_is_gone(cloud: Cloud, ingest: Function) -> None:
    told = {"key": "incoming/courier/ferry.json", "version": "marker"}
    cloud.border.fail("GetObject", "MethodNotAllowed", status=405)

    assert failures(ingest.invoke(batch(body(notice(cloud, told))))) == []
    assert outcomes(cloud) == {"ferry.json": "gone"}
