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
        ("incoming/../a.json", a_story(), "E_FEED"),
        (f"incoming/{'f' * 64}/a.json", a_story(), "E_FEED"),
        ("incoming//a.json", a_story(), "E_FEED"),
        ("incoming/-courier/a.json", a_story(), "E_FEED"),
        ("incoming/courier/a.json", b" " * (1024 * 1024), "E_EMPTY"),
        ("incoming/courier/a.json", b'{"title": "Ferry", "text": ', "E_JSON"),
        ("incoming/courier/a.json", b'[{"title": "Ferry", "text": "sinks"}', "E_JSON"),
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


def test_a_file_in_no_folder_belongs_to_the_default_feed(cloud: Cloud, ingest: Function) -> None:
    ingest.invoke(batch(body(notice(cloud, cloud.upload("incoming/ferry.json", a_story())))))

    assert [item["feed"] for item in cloud.articles()] == ["default"]


def test_a_bad_record_leaves_the_others_of_its_file_alone(cloud: Cloud, ingest: Function) -> None:
    ingest.invoke(batch(upload(cloud, file=[a_story(id="1"), BAD, 7, a_story(id="2")])))

    [receipt] = cloud.receipts()
    assert receipt["outcome"] == "partial"
    assert receipt["counts"] == {"created": 2, "rejected": 2}
    assert [record["outcome"] for record in receipt["records"]] == [
        "created",
        "rejected",
        "rejected",
        "created",
    ]
    assert len(cloud.articles()) == 2


def test_an_article_twice_in_one_file_is_written_once(cloud: Cloud, ingest: Function) -> None:
    old = a_story(updated_at="2026-03-01T08:00:00Z", title="Old")
    new = a_story(updated_at="2026-03-01T10:00:00Z", title="New")

    ingest.invoke(batch(upload(cloud, file=[new, old, new])))

    [receipt] = cloud.receipts()
    assert [record["outcome"] for record in receipt["records"]] == [
        "unchanged",
        "superseded",
        "created",
    ]
    assert receipt["records"][1]["superseded_by"]["record"] == 2
    assert receipt["records"][1]["decided_by"] == "effective time"
    assert [item["title"] for item in cloud.articles()] == ["New"]
    assert len(cloud.border.asked("UpdateItem")) == 1


def test_of_two_records_alike_but_for_content_the_later_one_counts(
    cloud: Cloud, ingest: Function
) -> None:
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
        ("GetObject", "InternalError", 500),
        ("UpdateItem", "ProvisionedThroughputExceededException", 400),
        ("UpdateItem", "ThrottlingException", 400),
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


@pytest.mark.parametrize("operation", ["UpdateItem", "PutItem"])
def test_a_write_whose_answer_was_lost_has_its_outcome_after_the_redelivery(
    cloud: Cloud, ingest: Function, operation: str
) -> None:
    message = upload(cloud)
    cloud.border.lose_answer(operation)

    assert failures(ingest.invoke(batch(message))) == ["1"]
    assert failures(ingest.invoke(batch(message, received=2))) == []

    [receipt] = cloud.receipts()
    assert receipt["counts"] == {"created": 1}


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


def test_the_fifth_strike_of_one_upload_does_not_fail_one_that_is_done(
    cloud: Cloud, ingest: Function
) -> None:
    good = cloud.upload("incoming/courier/good.json", a_story(id="good"))
    bad = cloud.upload("incoming/courier/bad.json", a_story(id="bad"))
    cloud.border.fail(
        "GetObject", "AccessDenied", status=403, concerns=lambda asked: "bad" in asked["Key"]
    )

    answer = ingest.invoke(batch(body(notice(cloud, good), notice(cloud, bad)), received=5))

    assert failures(answer) == ["1"]
    assert outcomes(cloud) == {"good.json": "accepted", "bad.json": "failed"}


def bad_and_good(cloud: Cloud) -> str:
    """Write one message of two uploads: of the first, nothing can be read."""
    cloud.border.fail(
        "GetObject", "AccessDenied", status=403, concerns=lambda asked: "bad" in asked["Key"]
    )
    puts = [
        cloud.upload(f"incoming/courier/{name}.json", a_story(id=name)) for name in ("bad", "good")
    ]
    return body(*(notice(cloud, put) for put in puts))


def test_a_message_whose_first_upload_fails_comes_again_and_its_second_is_stored(
    cloud: Cloud, ingest: Function
) -> None:
    assert failures(ingest.invoke(batch(bad_and_good(cloud)))) == ["1"]

    assert outcomes(cloud) == {"good.json": "accepted"}
    assert [item["article"]["source_id"] for item in cloud.articles()] == ["good"]


def test_a_message_whose_first_upload_fails_for_good_has_a_receipt_of_each(
    cloud: Cloud, ingest: Function
) -> None:
    assert failures(ingest.invoke(batch(bad_and_good(cloud), received=5))) == ["1"]

    assert outcomes(cloud) == {"bad.json": "failed", "good.json": "accepted"}
    assert [item["article"]["source_id"] for item in cloud.articles()] == ["good"]


def test_a_message_whose_first_upload_can_have_no_receipt_still_has_its_second_stored(
    cloud: Cloud, ingest: Function
) -> None:
    message = bad_and_good(cloud)
    cloud.border.fail(
        "PutItem",
        "ThrottlingException",
        concerns=lambda asked: "bad" in asked["Item"]["key"]["S"],
    )

    assert failures(ingest.invoke(batch(message, received=5))) == ["1"]

    assert outcomes(cloud) == {"good.json": "accepted"}


def test_a_last_strike_whose_receipt_cannot_be_written_still_fails(
    cloud: Cloud, ingest: Function
) -> None:
    message = upload(cloud)
    cloud.border.fail("PutItem", "ThrottlingException")

    assert failures(ingest.invoke(batch(message, received=5))) == ["1"]
    assert cloud.receipts() == []
    assert "upload failed" in [line.get("message") for line in cloud.logged()]


def test_a_last_attempt_that_is_killed_has_told_the_uploader(
    cloud: Cloud, ingest: Function
) -> None:
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

    [receipt] = cloud.receipts()
    assert receipt["counts"] == {"created": 1, "rejected": 1}
    codes = [problem["code"] for it in receipt["records"] for problem in it.get("problems", [])]
    assert codes == ["E_INTERNAL"]
    assert cloud.metrics()["InternalErrors"] == 1


# ── What S3 will never give ──────────────────────────────────────────────────────────────────────

SSE_C = "The object was stored using a form of Server Side Encryption. The correct parameters must…"
KMS = "User: arn:… is not authorized to perform: kms:Decrypt on the resource associated with this"


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        ("InvalidObjectState", "The operation is not valid for the object's class", "STANDARD"),
        ("InvalidRequest", SSE_C, "without a key"),
        ("AccessDenied", KMS, "KMS key"),
        ("KMS.DisabledException", "arn:… is disabled.", "KMS key"),
    ],
)
def test_what_no_retry_mends_is_told_the_uploader_at_once_and_pages_nobody(
    cloud: Cloud, ingest: Function, code: str, message: str, told: str
) -> None:
    cloud.border.fail("GetObject", code, status=403, says=message)

    assert failures(ingest.invoke(batch(upload(cloud)))) == []

    [receipt] = cloud.receipts()
    [problem] = receipt["problems"]
    assert (receipt["outcome"], problem["code"]) == ("rejected", "E_UNREADABLE")
    assert told in problem["message"]
    assert "InternalErrors" not in cloud.metrics()


@pytest.mark.parametrize(
    ("code", "message"),
    [("AccessDenied", ""), ("InvalidRequest", ""), ("KMS.ThrottlingException", "arn:…")],
)
def test_what_a_retry_may_mend_comes_again(
    cloud: Cloud, ingest: Function, code: str, message: str
) -> None:
    cloud.border.fail("GetObject", code, status=403, says=message)

    assert failures(ingest.invoke(batch(upload(cloud)))) == ["1"]

    assert cloud.receipts() == []


# ── What is told ─────────────────────────────────────────────────────────────────────────────────


def test_a_log_line_is_one_json_object_and_holds_no_article(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_PASSWORD", "correct horse battery staple")
    ingest = cloud.function("IngestFunction")
    secret = "What the minister said in private. " * 40
    text = a_story(title="T" * 300, body_text=secret, body_html=f"<p>{secret}</p>")
    cloud.border.fail(
        "UpdateItem", "ThrottlingException", concerns=lambda asked: "canceled" in str(asked)
    )

    ingest.invoke(
        batch(
            upload(cloud, "a\nb\x1b[31m.json", text),
            upload(cloud, "2.json", {"unknown": secret}),
            upload(cloud, "3.json", f'{{"title": "{secret}"'.encode()),
            upload(cloud, "4.json", {**text, "status": "canceled"}),
            "poison " + secret,
        )
    )

    assert len(cloud.logged()) >= 5
    log = cloud.log.getvalue()
    assert secret[:200] not in log
    assert "T" * 201 not in log
    assert "correct horse" not in log
    assert "\x1b" not in log


def test_an_upload_is_one_line_of_facts(cloud: Cloud, ingest: Function) -> None:
    ingest.invoke(batch(upload(cloud, file=[a_story(id="1"), BAD])))

    [line] = [it for it in cloud.logged() if it.get("message") == "ingested"]
    assert line["key"] == "incoming/courier/ferry.json"
    assert line["feed"] == "courier"
    assert line["outcome"] == "partial"
    assert line["counts"] == {"created": 1, "rejected": 1}


def test_metrics_count_records_by_stage_and_outcome_only(cloud: Cloud, ingest: Function) -> None:
    ingest.invoke(batch(upload(cloud, file=[a_story(id="1"), a_story(id="2"), BAD])))

    told = {"Messages": 1, "UploadsPartial": 1, "Created": 2, "Rejected": 1}
    assert cloud.metrics() == told
    [emf] = [line for line in cloud.logged() if "_aws" in line]
    [group] = emf["_aws"]["CloudWatchMetrics"]
    assert group["Namespace"] == "Articles"
    assert [sorted(dimensions) for dimensions in group["Dimensions"]] == [["service", "stage"]]
    assert (emf["service"], emf["stage"]) == ("ingest", "test")


def test_a_warm_function_keeps_its_collaborators(cloud: Cloud, ingest: Function) -> None:
    for number in range(3):
        ingest.invoke(batch(upload(cloud, f"{number}.json")))

    assert len(cloud.articles()) == 3
    assert cloud.metrics() == {"Messages": 3, "UploadsAccepted": 3, "Created": 3}


def test_a_function_without_its_configuration_names_all_that_is_missing(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_PASSWORD", "correct horse battery staple")
    missing = ("ARCHIVE_BUCKET", "RECEIPTS_TABLE", "MAX_RECEIVES", "DEAD_LETTER_QUEUE_URL")
    ingest = cloud.function("IngestFunction", **dict.fromkeys(missing))

    assert ingest.invoke(batch(upload(cloud))) is None

    log = cloud.log.getvalue()
    assert [name for name in missing if name.lower() not in log.lower()] == []
    assert "correct horse" not in log
