"""Large uploads whose messages come again, late or at once, and whose requests fail."""

import json
from collections.abc import Callable
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from tests.aws.border import Answer, Fault
from tests.aws.cloud import Announcements, Cloud
from tests.aws.expressions import Item
from tests.aws.memory import S3
from tests.newsroom import a_story

from .bulk import (
    FEW,
    KILLED,
    LINES,
    LOST,
    PARTLY,
    REFUSED,
    Bulk,
    Request,
    at_once,
    interrupted,
    lines,
    receipt_of,
    requests,
    rerun,
    state,
    survives,
    uploaded,
    without,
)
from .messages import batch, failures

# ── Parts that come late ─────────────────────────────────────────────────────────────────────────


STORED = ("created", "withheld")
# What a replay counts that stores nothing.
UNCHANGED = {"unchanged": 5, "superseded": 1, "rejected": 2}


@pytest.mark.parametrize("is_counted", [True, False])
def test_no_redelivery_changes_what_a_part_has_told(cloud: Cloud, *, is_counted: bool) -> None:
    notice_of_s3 = uploaded(cloud, LINES)
    whole = at_once(cloud, notice_of_s3)
    bulk = Bulk(cloud)
    first, *others = bulk.plan(notice_of_s3)
    if is_counted:
        bulk.deliver(first)
    else:
        count_of_it = Request("UpdateItem", 2)  # the first two are those of the articles
        assert not survives(cloud, KILLED, count_of_it, partial(bulk.deliver, first))
    newer = a_story(id="1", title="Newer", updated_at="2026-03-01T10:00:00Z")
    told = uploaded(cloud, json.dumps(newer).encode(), "newer.json")
    assert failures(cloud.function("IngestFunction").invoke(batch(told))) == []

    assert bulk.deliver(first, *others, first) == []

    assert state(cloud)[1:] == whole[1:]
    assert "Newer" in [article["title"] for article in cloud.articles()]


def test_what_is_left_of_an_older_run_changes_nothing_in_the_receipt_of_the_new(
    cloud: Cloud, announced_since: Announcements
) -> None:
    notice_of_s3 = uploaded(cloud, LINES)
    bulk = Bulk(cloud)
    asked, (first, second, *late) = bulk.planned(notice_of_s3)
    bulk.deliver(first)
    replayed = Bulk(cloud, {"PART_RECORDS": "3"})
    parts = replayed.plan(rerun(notice_of_s3, 1))
    begun = receipt_of(cloud)
    assert (begun["run"], begun["plan"]["parts"], begun.get("done")) == (1, 3, None)

    assert bulk.deliver(first, second, asked, *late) == []
    cloud.border.fail("GetObject", "AccessDenied", status=403)
    assert bulk.deliver(first, asked, received=5) == []
    cloud.border.heal()

    assert receipt_of(cloud) == begun
    assert bulk.waiting() == []
    assert replayed.deliver(*parts, *parts) == []
    receipt = receipt_of(cloud)
    told = (receipt["run"], receipt["outcome"], receipt["counts"])
    assert told == (1, "partial", UNCHANGED)  # the run before has stored them after all
    assert announced_since.uploads() == [("done", "partial")]


def test_a_replay_of_what_is_done_tells_that_it_changed_nothing(
    cloud: Cloud, announced_since: Announcements
) -> None:
    notice_of_s3 = uploaded(cloud, LINES)
    whole = at_once(cloud, notice_of_s3)
    announced_since.read()
    bulk = Bulk(cloud)
    for run in (0, 1, 1, 0):
        bulk.deliver(bulk.put_off(rerun(notice_of_s3, run)))
        bulk.deliver(*bulk.waiting())

    found = state(cloud)
    assert found.articles == whole.articles
    assert (found.receipt["run"], found.receipt["counts"]) == (1, UNCHANGED)
    assert found.report["records"] == [
        it | ({"outcome": "unchanged"} if it["outcome"] in STORED else {})
        for it in whole.report["records"]
    ]
    assert announced_since.uploads() == [("done", "partial")] * 2


# ── Faults, and two at once; a crash at any call of any path is in tests/faults ───────────────────


class Scene(NamedTuple):
    """The moment before a delivery: the delivery, and the messages that are still to come."""

    deliver: Callable[[int], list[str]]
    others: list[str]


def scene(cloud: Cloud, step: str, notice_of_s3: str) -> Scene:
    """Begin anew, and go on until a step is next."""
    cloud.empty()
    bulk = Bulk(cloud)
    asked = bulk.put_off(notice_of_s3)
    if step == "plan":
        return Scene(lambda received: bulk.deliver(asked, received=received), [])
    bulk.deliver(asked)
    first, last = bulk.waiting()
    if step == "first part":
        return Scene(lambda received: bulk.deliver(first, received=received), [last])
    bulk.deliver(first)
    return Scene(lambda received: bulk.deliver(last, received=received), [])


def go_on(cloud: Cloud, others: list[str]) -> None:
    """Deliver everything until nothing is left."""
    bulk = Bulk(cloud)
    assert bulk.deliver(*others) == []
    while waiting := bulk.waiting():
        assert bulk.deliver(*waiting) == []


@pytest.mark.parametrize("how", [REFUSED, LOST])
@pytest.mark.parametrize("step", ["plan", "first part", "last part"])
def test_a_fault_of_the_last_attempt_is_told_and_a_redrive_mends_it(
    cloud: Cloud, announced_since: Announcements, step: str, how: str
) -> None:
    notice_of_s3 = uploaded(cloud, FEW)
    whole = at_once(cloud, notice_of_s3)
    found = requests(cloud, partial(scene(cloud, step, notice_of_s3).deliver, 5))
    announced_since.begin()

    for at in found:
        deliver, others = scene(cloud, step, notice_of_s3)
        assert not survives(cloud, how, at, partial(deliver, 5)), at
        receipt = receipt_of(cloud)
        is_done = receipt["state"] == "done"  # only the answer to the last request was lost
        assert is_done or (receipt["state"] == "failed" and receipt["cause"]), at
        assert announced_since.uploads()[-1:] == [PARTLY if is_done else ("failed", "failed")], at

        assert deliver(1) == [], at
        go_on(cloud, others)
        assert state(cloud) == whole, at
        assert announced_since.uploads() == ([] if is_done else [PARTLY]), at


# Two parts at once and one part twice are in tests/faults.
@pytest.mark.parametrize("is_replay", [False, True], ids=["the plan", "a replay"])
def test_a_part_and_another_delivery_at_once_end_as_one_after_the_other(
    cloud: Cloud, announced_since: Announcements, *, is_replay: bool
) -> None:
    notice_of_s3 = uploaded(cloud, FEW)
    whole = at_once(cloud, notice_of_s3)
    bulk, second = Bulk(cloud), Bulk(cloud, {"IS_ANOTHER": "true"})
    asked, (first, last) = bulk.planned(notice_of_s3)
    between = partial(second.deliver, rerun(asked, int(is_replay)))
    announced_since.begin()

    for at in requests(cloud, partial(bulk.deliver, first)):
        cloud.empty()
        bulk.deliver(asked)
        bulk.waiting()
        interrupted(cloud, at, partial(bulk.deliver, first), between)
        go_on(cloud, [first, last])

        found = state(cloud)
        assert found.receipt["run"] == is_replay, at
        assert found.articles == whole.articles, at
        # A replay has a report of its own, and tells what it has stored itself.
        told = {"run", "report", *(("counts", "records") if is_replay else ())}
        assert without(found.receipt, told) == without(whole.receipt, told), at
        assert is_replay or found.report["records"] == whole.report["records"], at
        assert found.receipt["counts"]["rejected"] == whole.receipt["counts"]["rejected"], at
        assert announced_since.uploads() == [PARTLY], at


class HalfSent(Fault):
    """SQS's answer to a batch of which it took nothing: no error as such."""

    def answer(self) -> Answer:
        self.times -= 1
        failed = [{"Id": "1", "SenderFault": False, "Code": "InternalError", "Message": "later"}]
        return SimpleNamespace(status_code=200), {"Successful": [], "Failed": failed}


@pytest.mark.parametrize("batch_that_fails", [0, 1])
def test_parts_that_sqs_did_not_take_are_sent_again(cloud: Cloud, batch_that_fails: int) -> None:
    bulk = Bulk(cloud, {"PART_RECORDS": "1"})
    asked = bulk.put_off(uploaded(cloud, lines([a_story(id=str(n)) for n in range(12)])))
    batches = count()
    fault = HalfSent("SendMessageBatch", "", 200, 99, lambda _: next(batches) == batch_that_fails)
    cloud.border.faults.append(fault)

    assert bulk.deliver(asked) == [asked]
    assert receipt_of(cloud)["plan"]["parts"] == 12
    cloud.border.heal()
    assert len(bulk.waiting()) == 10 * batch_that_fails
    assert bulk.deliver(asked) == []

    go_on(cloud, [])
    assert receipt_of(cloud)["counts"] == {"created": 12}


def test_a_replay_that_begins_while_the_last_part_sums_up_is_not_lost(
    cloud: Cloud, announced_since: Announcements
) -> None:
    notice_of_s3 = uploaded(cloud, FEW)
    whole = at_once(cloud, notice_of_s3)
    bulk, second = Bulk(cloud), Bulk(cloud, {"IS_ANOTHER": "true"})
    first, last = bulk.plan(notice_of_s3)
    bulk.deliver(first)

    for run, at in enumerate(requests(cloud, partial(bulk.deliver, last)), 1):
        cloud.empty()
        bulk.deliver(*bulk.plan(notice_of_s3)[:1])
        announced_since.begin()
        replay = partial(second.deliver, rerun(notice_of_s3, run))
        interrupted(cloud, at, partial(bulk.deliver, last), replay)
        begun = receipt_of(cloud)
        assert (begun["run"], begun["state"]) == (run, "processing"), at
        bulk.deliver(last, *bulk.waiting(), first)

        receipt = receipt_of(cloud)
        assert (receipt["run"], receipt["counts"]["rejected"]) == (run, 1), at
        assert sum(receipt["counts"].values()) == sum(whole.receipt["counts"].values()), at
        assert announced_since.uploads()[-1:] == [PARTLY], at


def test_a_range_that_was_not_kept_is_never_read_as_the_part(cloud: Cloud) -> None:
    """S3 keeps it; what only speaks like S3 may answer with the whole object."""
    bulk = Bulk(cloud)
    first, *others = bulk.plan(uploaded(cloud, LINES))
    whole = partial(S3(cloud.memory).get_object, Bucket="inbox")

    def ignores_ranges(phase: str, operation: str, asked: Item) -> Item | None:
        if (phase, operation) != ("before", "GetObject") or "Range" not in asked:
            return None
        return whole(Key=asked["Key"], VersionId=asked["VersionId"])

    cloud.memory.hook = ignores_ranges

    assert bulk.deliver(first, *others) == [first, *others]
    assert cloud.articles() == []
