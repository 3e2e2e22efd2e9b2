"""The ingest function: batches of S3's notices as SQS gives them to it."""

from datetime import timedelta
from typing import Any

import pytest

from articles_local.function import Function
from tests.aws.cloud import Cloud
from tests.newsroom import a_story

from .messages import batch, body, failures, notice, outcomes, upload

BAD = {"neither": "a title", "nor": "a text"}


# ── Content is permanent ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "file", "code"),
    [
        ("incoming/Courier/a.json", a_story(), "E_FEED"),
        ("incoming/courier/a.json", b" " * (1024 * 1024), "E_EMPTY"),
        ("incoming/courier/a.json", b'{"title": "Ferry", "text": ', "E_JSON"),
        ("incoming/courier/a.json", b"\xff\xfe", "E_ENCODING"),
        ("incoming/courier/a.json", b"7", "E_TOPLEVEL"),
    ],
)
def test_bad_content_is_told_once_and_its_neighbours_do_not_notice(
    cloud: Cloud, ingest: Function, key: str, file: Any, code: str
) -> None:
    bad = body(notice(cloud, cloud.upload(key, file)))

    answer = ingest.invoke(batch(upload(cloud, "1.json"), bad, upload(cloud, "2.json")))

    assert failures(answer) == []
    [rejected] = [it for it in cloud.receipts() if it["key"] == key]
    assert rejected["outcome"] == "rejected"
    assert [problem["code"] for problem in rejected["problems"]] == [code]
    assert len(cloud.articles()) == 2
    assert outcomes(cloud).keys() == {"a.json", "1.json", "2.json"}
    assert cloud.messages("DeadLetterQueueUrl") == []


def told(cloud: Cloud) -> list[str]:
    """Give the outcomes of the records of the one receipt."""
    [receipt] = cloud.receipts()
    return [record["outcome"] for record in receipt["records"]]


def test_a_bad_record_leaves_the_others_of_its_file_alone(cloud: Cloud, ingest: Function) -> None:
    ingest.invoke(batch(upload(cloud, file=[a_story(id="1"), BAD, 7, a_story(id="2")])))

    assert outcomes(cloud) == {"ferry.json": "partial"}
    assert told(cloud) == ["created", "rejected", "rejected", "created"]
    assert len(cloud.articles()) == 2


def test_an_article_twice_in_one_file_is_written_once(cloud: Cloud, ingest: Function) -> None:
    old = a_story(updated_at="2026-03-01T08:00:00Z", title="Old")
    new = a_story(updated_at="2026-03-01T10:00:00Z", title="New")

    ingest.invoke(batch(upload(cloud, file=[new, old, new])))

    assert told(cloud) == ["unchanged", "superseded", "created"]
    [receipt] = cloud.receipts()
    assert receipt["records"][1]["superseded_by"]["record"] == 2
    assert receipt["records"][1]["decided_by"] == "effective time"
    assert [item["title"] for item in cloud.articles()] == ["New"]
    assert len(cloud.border.asked("UpdateItem")) == 1


def test_of_two_records_alike_the_later_one_counts(cloud: Cloud, ingest: Function) -> None:
    ingest.invoke(batch(upload(cloud, file=[a_story(title="One"), a_story(title="Two")])))

    assert [item["title"] for item in cloud.articles()] == ["Two"]


@pytest.mark.parametrize("names", [("ferry.json", "ferry.json"), ("ferry.json", "mended.json")])
@pytest.mark.parametrize("mended_first", [False, True])
def test_an_article_whose_publication_date_is_mended_is_updated(
    cloud: Cloud, ingest: Function, names: tuple[str, str], *, mended_first: bool
) -> None:
    dates = ("Sat, Oct 28 2023 around noon", "2023-10-28T12:28:28Z")
    stories = [a_story(updated_at=None, published_at=date) for date in dates]
    messages = []
    for minute, (name, story) in enumerate(zip(names, stories, strict=True)):
        cloud.memory.skew = timedelta(minutes=minute)
        messages.append(upload(cloud, name, story))

    for message in reversed(messages) if mended_first else messages:
        ingest.invoke(batch(message))

    [item] = cloud.articles()
    assert item["article"]["published_at"] == dates[1]
    second = ["created", "superseded"] if mended_first else ["created", "updated"]
    assert sorted(it["records"][0]["outcome"] for it in cloud.receipts()) == second


# ── AWS is transient ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("operation", "code", "status"),
    [
        ("GetObject", "AccessDenied", 403),
        ("GetObject", "SlowDown", 503),
        ("UpdateItem", "ProvisionedThroughputExceededException", 400),
        ("UpdateItem", "TransactionConflictException", 400),
        ("PutItem", "InternalServerError", 500),
        ("UpdateItem", "ResourceNotFoundException", 400),
    ],
)
def test_when_aws_fails_only_that_message_comes_again(
    cloud: Cloud, ingest: Function, operation: str, code: str, status: int
) -> None:
    messages = [upload(cloud, f"{number}.json") for number in range(3)]
    cloud.border.fail(operation, code, status=status, times=1)

    assert failures(ingest.invoke(batch(*messages))) == ["1"]
    assert outcomes(cloud) == {"1.json": "accepted", "2.json": "accepted"}

    assert failures(ingest.invoke(batch(messages[0], received=2))) == []
    assert set(outcomes(cloud).values()) == {"accepted"}
    assert [it["counts"] for it in cloud.receipts()] == [{"created": 1}] * 3


def test_when_all_messages_fail_the_function_has_not(cloud: Cloud, ingest: Function) -> None:
    messages = [upload(cloud, f"{number}.json") for number in range(3)]
    cloud.border.fail("GetObject", "SlowDown", status=503)

    assert failures(ingest.invoke(batch(*messages))) == ["1", "2", "3"]
    assert cloud.receipts() == cloud.articles() == []


def test_the_fifth_strike_tells_the_uploader_why_and_every_one_the_operator(
    cloud: Cloud, ingest: Function
) -> None:
    put = cloud.upload("incoming/courier/ferry.json", a_story())
    message = body(notice(cloud, put))
    cloud.border.fail("GetObject", "AccessDenied", status=403)

    for strike in range(1, 5):
        assert failures(ingest.invoke(batch(message, received=strike))) == ["1"]
    assert cloud.receipts() == []

    assert failures(ingest.invoke(batch(message, received=5))) == ["1"]
    [receipt] = cloud.receipts()
    assert (receipt["state"], receipt["outcome"]) == ("failed", "failed")
    assert "AccessDenied" in receipt["cause"]

    lines = [line for line in cloud.logged() if line.get("message") == "upload failed"]
    assert [(it["key"], it["version"]) for it in lines] == [(put["key"], put["version"])] * 5
    assert ["AccessDenied" in it["cause"] for it in lines] == [True] * 5

    cloud.border.heal()
    assert failures(ingest.invoke(batch(message, received=6))) == []
    assert outcomes(cloud) == {"ferry.json": "accepted"}


@pytest.mark.parametrize(
    ("received", "refused", "state"),
    [(1, "GetObject", None), (5, "GetObject", "failed"), (5, "PutItem", None)],
    ids=["will be tried again", "told to have failed", "no receipt can be written"],
)
def test_of_the_uploads_of_a_message_the_others_are_stored_while_one_fails(
    cloud: Cloud, ingest: Function, received: int, refused: str, state: str | None
) -> None:
    names = ("one", "bad", "two")
    puts = [cloud.upload(f"incoming/courier/{it}.json", a_story(id=it)) for it in names]
    cloud.border.fail(refused, "SlowDown", status=503, concerns=lambda asked: "bad" in str(asked))

    message = body(*(notice(cloud, put) for put in puts))
    assert failures(ingest.invoke(batch(message, received=received))) == ["1"]

    bad = {"bad.json": state} if state else {}
    assert outcomes(cloud) == {"one.json": "accepted", "two.json": "accepted", **bad}
    assert {"one", "two"} <= {item["article"]["source_id"] for item in cloud.articles()}
    assert "upload failed" in [line.get("message") for line in cloud.logged()]


def test_a_last_attempt_that_is_killed_told_the_uploader(cloud: Cloud, ingest: Function) -> None:
    message = upload(cloud)
    cloud.border.fail("UpdateItem", "Killed", kills=True)

    with pytest.raises(KeyboardInterrupt):
        ingest.invoke(batch(message, received=5))

    [receipt] = cloud.receipts()
    assert receipt["state"] == "failed"
    assert "time or memory" in receipt["cause"]


@pytest.mark.parametrize("event", [{}, {"Records": None}, {"Records": []}])
def test_an_event_without_messages_is_answered_without_a_word_to_aws(
    cloud: Cloud, ingest: Function, event: dict[str, Any]
) -> None:
    assert failures(ingest.invoke(event)) == []

    assert cloud.border.requests == []


def test_a_request_that_dynamodb_will_never_take_rejects_its_record_alone(
    cloud: Cloud, ingest: Function
) -> None:
    message = upload(cloud, file=[a_story(id="1"), a_story(id="2")])
    cloud.border.fail("UpdateItem", "ValidationException", times=1)

    assert failures(ingest.invoke(batch(message))) == []

    assert sorted(told(cloud)) == ["created", "rejected"]
    [receipt] = cloud.receipts()
    [bad] = [it for it in receipt["records"] if it["outcome"] == "rejected"]
    assert [problem["code"] for problem in bad["problems"]] == ["E_INTERNAL"]
    assert cloud.metrics()["InternalErrors"] == 1


# ── What S3 will never give ──────────────────────────────────────────────────────────────────────

SSE_C = "The object was stored using a form of Server Side Encryption. The correct parameters must…"
KMS = "User: arn:… is not authorized to perform: kms:Decrypt on the resource associated with this"


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        ("InvalidObjectState", "The operation is not valid for the object's class", "STANDARD"),
        ("InvalidRequest", SSE_C, "without a key"),
        ("AccessDenied", KMS, "KMS key"),
        ("KMS.DisabledException", "arn:… is disabled.", "KMS key"),
    ],
)
def test_what_no_retry_mends_is_told_the_uploader_at_once_and_pages_nobody(
    cloud: Cloud, ingest: Function, code: str, message: str, hint: str
) -> None:
    cloud.border.fail("GetObject", code, status=403, says=message)

    assert failures(ingest.invoke(batch(upload(cloud)))) == []

    [receipt] = cloud.receipts()
    [problem] = receipt["problems"]
    assert (receipt["outcome"], problem["code"]) == ("rejected", "E_UNREADABLE")
    assert hint in problem["message"]
    assert "InternalErrors" not in cloud.metrics()


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidRequest", "KMS.ThrottlingException"])
def test_what_a_retry_may_mend_comes_again(cloud: Cloud, ingest: Function, code: str) -> None:
    cloud.border.fail("GetObject", code, status=403)

    assert failures(ingest.invoke(batch(upload(cloud)))) == ["1"]

    assert cloud.receipts() == []


# ── What is told ─────────────────────────────────────────────────────────────────────────────────


def test_an_upload_is_one_line_of_facts_and_metrics_by_stage_and_outcome_only(
    cloud: Cloud, ingest: Function
) -> None:
    ingest.invoke(batch(upload(cloud, file=[a_story(id="1"), a_story(id="2"), BAD])))

    [line] = [it for it in cloud.logged() if it.get("message") == "ingested"]
    facts = (line["key"], line["feed"], line["outcome"], line["counts"])
    counts = {"created": 2, "rejected": 1}
    assert facts == ("incoming/courier/ferry.json", "courier", "partial", counts)
    sums = {"Messages": 1, "UploadsPartial": 1, "Created": 2, "Rejected": 1}
    assert cloud.metrics() == sums
    [emf] = [line for line in cloud.logged() if "_aws" in line]
    [group] = emf["_aws"]["CloudWatchMetrics"]
    assert group["Namespace"] == "Articles"
    assert [sorted(dimensions) for dimensions in group["Dimensions"]] == [["service", "stage"]]
    assert (emf["service"], emf["stage"]) == ("ingest", "test")
