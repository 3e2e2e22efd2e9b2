"""Large uploads that fail for good, or seemed to: what their uploaders are told, and a redrive."""

import json
from functools import partial
from typing import Any

import pytest

from tests.aws.cloud import Announcements, Cloud
from tests.newsroom import a_story

from .bulk import (
    COUNTS,
    KILLED,
    LINES,
    PARTLY,
    Bulk,
    Request,
    at_once,
    number,
    receipt_of,
    rerun,
    state,
    survives,
    uploaded,
)
from .messages import bulk_batch, failures


def test_a_part_that_fails_for_good_is_told_and_the_others_go_on(
    cloud: Cloud, announced_since: Announcements
) -> None:
    notice_of_s3 = uploaded(cloud, LINES)
    whole = at_once(cloud, notice_of_s3)
    announced_since.begin()
    bulk = Bulk(cloud)
    first, second, *others = bulk.plan(notice_of_s3)
    bulk.deliver(first)
    cloud.border.fail("GetObject", "AccessDenied", status=403)
    for strike in range(1, 5):
        assert bulk.deliver(second, received=strike) == [second]
    assert receipt_of(cloud)["state"] == "processing"

    assert bulk.deliver(second, received=5) == [second]
    receipt = receipt_of(cloud)
    assert (receipt["state"], receipt["outcome"]) == ("failed", "failed")
    assert "AccessDenied" in receipt["cause"]
    assert receipt["attention"].startswith("failed#")
    assert (receipt["plan"]["parts"], receipt["done"]) == (4, {1})
    assert announced_since.uploads() == [("failed", "failed")]

    assert bulk.deliver(second, received=6) == [second]
    cloud.border.heal()
    assert bulk.deliver(*others, first) == []
    assert receipt_of(cloud)["done"] == {1, 3, 4}
    assert announced_since.uploads() == []

    assert bulk.deliver(second) == []
    assert state(cloud) == whole
    assert announced_since.uploads() == [PARTLY]


@pytest.mark.parametrize("run", [0, 1])
def test_one_article_told_to_have_failed_is_told_to_have_not(
    cloud: Cloud, announced_since: Announcements, run: int
) -> None:
    bulk = Bulk(cloud)
    asked = bulk.put_off(uploaded(cloud, json.dumps(a_story()).encode()))
    cloud.border.fail("GetObject", "AccessDenied", status=403)
    bulk.deliver(asked, received=5)
    cloud.border.heal()
    assert announced_since.uploads() == [("failed", "failed")]

    bulk.deliver(rerun(asked, run))
    [part] = bulk.waiting()
    bulk.deliver(part, part)

    assert announced_since.uploads() == [("done", "accepted")]
    assert receipt_of(cloud)["counts"] == {"created": 1}


@pytest.mark.parametrize("run", [0, 1])
@pytest.mark.parametrize("file", [[a_story()], [a_story(id=f"{n}") for n in range(3)]])
def test_one_told_to_have_failed_before_it_was_put_off_is_told_to_have_not(
    cloud: Cloud, announced_since: Announcements, file: list[Any], run: int
) -> None:
    bulk = Bulk(cloud)
    notice_of_s3 = uploaded(cloud, json.dumps(file).encode())
    cloud.border.fail("SendMessage", "ServiceUnavailable", status=503)
    bulk.take(notice_of_s3, received=5)
    cloud.border.heal()
    assert announced_since.uploads() == [("failed", "failed")]

    asked = bulk.put_off(rerun(notice_of_s3, run))
    assert announced_since.uploads() == []
    bulk.deliver(asked)
    bulk.deliver(*bulk.waiting())

    assert announced_since.uploads() == [("done", "accepted")]
    assert receipt_of(cloud)["counts"] == {"created": len(file)}


def test_what_is_put_off_on_its_last_strike_waits_and_has_not_failed(
    cloud: Cloud, announced_since: Announcements
) -> None:
    bulk = Bulk(cloud)

    asked = bulk.put_off(uploaded(cloud, LINES), received=5)

    receipt = receipt_of(cloud)
    assert (receipt["state"], receipt.get("cause")) == ("processing", None)
    assert receipt.keys() >= {"open", "opened_at"}
    # The failure was told before the attempt, lest nobody tell it.
    assert announced_since.uploads() == [("failed", "failed")]
    bulk.deliver(asked)
    bulk.deliver(*bulk.waiting())
    assert announced_since.uploads() == [PARTLY]


def test_a_part_that_is_sent_to_be_alone_stays_a_part(cloud: Cloud) -> None:
    bulk = Bulk(cloud)
    parts = bulk.plan(uploaded(cloud, LINES))

    # Not by its mapping, whose batches are of one: an operator may have changed it.
    answer = bulk.function.invoke(bulk_batch(*parts, received=5))

    assert failures(answer) == []
    assert [number(it) for it in bulk.waiting()] == [2, 3, 4]
    assert receipt_of(cloud)["done"] == {1}


def test_parts_stored_after_a_failure_do_not_count_as_uploads(cloud: Cloud) -> None:
    bulk = Bulk(cloud)
    bad, *others = bulk.plan(uploaded(cloud, LINES))
    cloud.border.fail("GetObject", "AccessDenied", status=403)
    bulk.deliver(bad, received=5)
    cloud.border.heal()

    bulk.deliver(*others)
    assert [name for name in cloud.metrics() if name.startswith("Uploads")] == []

    bulk.deliver(bad, *others)
    uploads = {it: n for it, n in cloud.metrics().items() if it.startswith("Uploads")}
    assert uploads == {"UploadsPartial": 1}


def test_a_part_that_is_killed_for_good_leaves_its_upload_open(cloud: Cloud) -> None:
    bulk = Bulk(cloud)
    first, *others = bulk.plan(uploaded(cloud, LINES))

    last_strike = partial(bulk.deliver, first, received=5)
    assert not survives(cloud, KILLED, Request("UpdateItem", 0), last_strike)

    bulk.deliver(*others)
    receipt = receipt_of(cloud)
    assert (receipt["state"], receipt["done"]) == ("processing", {2, 3, 4})
    assert receipt.keys() >= {"open", "opened_at"}
    assert bulk.deliver(first) == []
    assert receipt_of(cloud)["counts"] == COUNTS
