"""Large uploads that can no longer be read: deleted, refused, or told of again after that."""

import gzip
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.aws.cloud import Announcements, Cloud

from .bulk import (
    FEW,
    LINES,
    REFUSED,
    Bulk,
    at_once,
    receipt_of,
    requests,
    state,
    survives,
    uploaded,
)


def test_a_large_upload_that_is_gone_before_its_plan_is_gone(cloud: Cloud) -> None:
    bulk = Bulk(cloud)
    asked = bulk.put_off(uploaded(cloud, LINES))
    take_away(cloud)

    assert bulk.deliver(asked) == []

    assert [receipt["outcome"] for receipt in cloud.receipts()] == ["gone"]
    assert cloud.metrics()["UploadsGone"] == 1
    assert bulk.waiting() == []


@pytest.mark.parametrize("again", ["parts", "plan"])
def test_what_was_stored_of_an_upload_that_is_gone_stays_told(
    cloud: Cloud, announced_since: Announcements, again: str
) -> None:
    bulk = Bulk(cloud)
    asked, (first, *others) = bulk.planned(uploaded(cloud, LINES))
    bulk.deliver(first)
    take_away(cloud)

    assert bulk.deliver(*(others if again == "parts" else [asked]), first) == []

    assert sorted(article["title"] for article in cloud.articles()) == ["One", "Two"]
    receipt = receipt_of(cloud)
    assert (receipt["state"], receipt["outcome"]) == ("done", "gone")
    assert receipt["counts"] == {"created": 2}
    assert receipt.keys() & {"open", "opened_at", "attention"} == set()
    assert len(cloud.report(receipt["report"])["records"]) == 2
    assert announced_since.uploads() == [("done", "gone")]
    assert cloud.metrics()["UploadsGone"] == 1
    assert bulk.waiting() == []


@pytest.mark.parametrize("again", ["parts", "plan"])
def test_parts_that_are_refused_leave_told_what_the_others_stored(
    cloud: Cloud, tmp_path: Path, again: str
) -> None:
    bulk = Bulk(cloud)
    asked, (first, second, third, last) = bulk.planned(uploaded(cloud, LINES))
    bulk.deliver(third, last)

    (tmp_path / "feeds.toml").write_text("[default]\nopen = false\n")
    closed = Bulk(cloud, {"FEEDS_FILE": str(tmp_path / "feeds.toml")})
    assert closed.deliver(*((first, second) if again == "parts" else (asked,))) == []

    receipt = receipt_of(cloud)
    assert (receipt["state"], receipt["outcome"]) == ("done", "partial")
    assert [problem["code"] for problem in receipt["problems"]] == ["E_FEED"]
    assert receipt["counts"] == {"created": 2, "superseded": 1, "withheld": 1}


def test_a_limit_that_is_lowered_does_not_reach_what_is_planned(cloud: Cloud) -> None:
    notice_of_s3 = uploaded(cloud, gzip.compress(LINES))
    whole = at_once(cloud, notice_of_s3)
    bulk = Bulk(cloud)
    asked, (first, *others) = bulk.planned(notice_of_s3)

    lowered = Bulk(cloud, {"MAX_UNPACKED_BYTES": "1", "MAX_RECORDS": "1"})
    assert lowered.deliver(first, asked, *others) == []

    assert state(cloud) == whole


def test_a_notice_that_comes_again_takes_nothing_from_an_upload_in_parts(cloud: Cloud) -> None:
    limits: dict[str, str | None] = {"MAX_INLINE_BYTES": "100000"}  # put off for its records
    bulk = Bulk(cloud, limits)
    notice_of_s3 = uploaded(cloud, LINES)
    first, *others = bulk.plan(notice_of_s3)
    bulk.deliver(first)
    take_away(cloud)

    assert bulk.take(notice_of_s3) == []
    assert bulk.deliver(*others) == []

    receipt = receipt_of(cloud)
    assert (receipt["outcome"], receipt["counts"]) == ("gone", {"created": 2})


def test_an_upload_whose_missing_parts_cannot_be_told_at_once_ends_all_the_same(
    cloud: Cloud, announced_since: Announcements
) -> None:
    def begun() -> Callable[[], list[str]]:
        """ArticlesTable one of two parts, take the upload away, and deliver its plan again."""
        cloud.empty()
        bulk = Bulk(cloud)
        asked = bulk.put_off(uploaded(cloud, FEW))
        bulk.deliver(asked)
        bulk.deliver(bulk.waiting()[0])
        take_away(cloud)
        announced_since.begin()
        return partial(bulk.deliver, asked)

    found = requests(cloud, begun())
    assert len(found) > 5

    for at in found:
        deliver = begun()
        assert not survives(cloud, REFUSED, at, deliver), at
        assert deliver() == [], at
        receipt = receipt_of(cloud)
        assert (receipt["outcome"], receipt["counts"]) == ("gone", {"created": 2}), at
        assert announced_since.uploads() == [("done", "gone")], at


def take_away(cloud: Cloud) -> None:
    """Delete all versions of the upload."""
    for bucket, key, version in list(cloud.memory.objects):
        if bucket == cloud.outputs["InboxBucket"]:
            cloud.memory.forget(key, version)
