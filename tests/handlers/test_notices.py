"""Which object a notice of S3 is about; what else its members may be is in test_hostile_events."""

import pytest

from articles_local.function import Function
from tests.aws.cloud import Cloud
from tests.newsroom import a_story

from .messages import batch, body, failures, notice, outcomes, upload


def test_the_version_of_the_notice_is_read_and_no_other(cloud: Cloud, ingest: Function) -> None:
    first = upload(cloud, file=a_story(title="First"))
    upload(cloud, file=a_story(title="Second"))

    ingest.invoke(batch(first))

    assert [item["title"] for item in cloud.articles()] == ["First"]


@pytest.mark.parametrize("version", [None, "null"])
def test_without_versions_an_object_is_read_if_it_is_still_the_same_and_each_has_a_receipt(
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


def test_a_delete_marker_is_gone(cloud: Cloud, ingest: Function) -> None:
    told = {"key": "incoming/courier/ferry.json", "version": "marker"}
    cloud.border.fail("GetObject", "MethodNotAllowed", status=405)

    assert failures(ingest.invoke(batch(body(notice(cloud, told))))) == []
    assert outcomes(cloud) == {"ferry.json": "gone"}
