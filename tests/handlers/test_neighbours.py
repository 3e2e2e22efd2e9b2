"""Messages of one batch: whose turn it is, what time there is, and who goes where it is alone."""

from dataclasses import replace
from typing import Any

import pytest

from articles_local.function import Context, Function
from tests.aws.cloud import Cloud

from .messages import batch, bulk_batch, failures, outcomes, upload

# ── Time ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_begun_in_time_comes_again_untouched(cloud: Cloud, ingest: Function) -> None:
    hurried = replace(ingest, properties={**ingest.properties, "Timeout": 10})

    answer = hurried.invoke(batch(*(upload(cloud, f"{name}.json") for name in ("1", "2", "3"))))

    assert failures(answer) == ["2", "3"]  # the first one will never have more time
    assert cloud.metrics()["OutOfTime"] == 2
    assert outcomes(cloud) == {"1.json": "accepted"}
    assert len(cloud.articles()) == 1


def test_a_message_for_which_time_runs_out_in_the_midst_of_its_batch_comes_again_untried(
    cloud: Cloud, ingest: Function
) -> None:
    messages = [upload(cloud, f"{number}.json") for number in range(1, 5)]
    # 0.58 of a processor needs 20.7 s for the costliest upload, and its writes 5 s.
    remaining = iter([25_800, 25_700, 5_000])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Context, "get_remaining_time_in_millis", lambda _: next(remaining))
        answer = ingest.invoke(batch(*messages))

    assert failures(answer) == ["3", "4"]
    assert outcomes(cloud) == {"1.json": "accepted", "2.json": "accepted"}
    assert len(cloud.articles()) == len(cloud.border.asked("GetObject")) == 2
    assert cloud.metrics()["OutOfTime"] == 2

    assert failures(ingest.invoke(batch(*messages[2:], received=2))) == []
    assert outcomes(cloud) == {f"{number}.json": "accepted" for number in range(1, 5)}
    assert len(cloud.articles()) == 4


# ── Turns ─────────────────────────────────────────────────────────────────────────────────────────


def test_of_a_batch_what_came_most_often_goes_first(cloud: Cloud, ingest: Function) -> None:
    messages = batch(*(upload(cloud, f"{strikes}.json") for strikes in (1, 3, 2, 4)))
    for message, strikes in zip(messages["Records"], (1, 3, 2, 4), strict=True):
        message["attributes"]["ApproximateReceiveCount"] = str(strikes)

    assert failures(ingest.invoke(messages)) == []

    asked = [it["Key"].rpartition("/")[2] for it in cloud.border.asked("GetObject")]
    assert asked == ["4.json", "3.json", "2.json", "1.json"]


def test_what_comes_again_is_deleted_before_a_neighbour_may_kill_the_function(
    cloud: Cloud, ingest: Function
) -> None:
    def is_killer(asked: Any) -> bool:
        return bool(asked["Key"].endswith("killer.json"))

    messages = batch("poison", upload(cloud, "a.json"), upload(cloud, "killer.json"), received=3)
    cloud.border.fail("GetObject", "", concerns=is_killer, kills=True)

    with pytest.raises(KeyboardInterrupt):
        ingest.invoke(messages)

    deleted = [it["ReceiptHandle"] for it in cloud.border.asked("DeleteMessage")]
    assert deleted == ["handle-1", "handle-2"]
    assert [it["Body"] for it in cloud.messages("DeadLetterQueueUrl")] == ["poison"]


def test_one_last_strike_is_tried_among_others_and_the_rest_are_sent_to_be_alone(
    cloud: Cloud, ingest: Function
) -> None:
    messages = [upload(cloud, f"{name}.json") for name in "abc"]

    assert failures(ingest.invoke(batch(*messages, received=5))) == []

    waiting = dict.fromkeys(("b.json", "c.json"), "processing")
    assert outcomes(cloud) == {"a.json": "accepted", **waiting}
    assert cloud.metrics()["Isolated"] == 2

    bulk = cloud.function("BulkFunction")
    for message in cloud.all_messages("BulkQueueUrl"):
        assert failures(bulk.invoke(bulk_batch(message))) == []
    assert outcomes(cloud) == dict.fromkeys(("a.json", "b.json", "c.json"), "accepted")


def test_a_last_strike_that_cannot_be_isolated_is_told(cloud: Cloud, ingest: Function) -> None:
    cloud.border.fail("SendMessage", "ServiceUnavailable", status=503)

    answer = ingest.invoke(batch(upload(cloud), upload(cloud, "b.json"), received=5))

    assert failures(answer) == ["2"]
    assert outcomes(cloud) == {"ferry.json": "accepted", "b.json": "failed"}
