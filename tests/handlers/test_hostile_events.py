"""Messages that S3 never sends, or hardly ever: each has one outcome, and nobody else notices."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles_local.function import Function
from tests.aws.cloud import Cloud

from .deliveries import ABSENT, KEY, a_record, altered, deliver
from .messages import batch, body, failures, notice, outcomes, upload

GIB = 1024**3

# ── Members of a record ──────────────────────────────────────────────────────────────────────────

OBJECT, ETAG = "s3/object", "s3/object/eTag"
SIZE, VERSION, SEQUENCER = "s3/object/size", "s3/object/versionId", "s3/object/sequencer"
NO_TEXT: list[Any] = [7, 1.5, True, [], ["a"], {}, {"name": "a"}]

MEMBERS: list[tuple[str, list[Any], str]] = [
    # Minor versions grow, and members come with them; another major one may mean anything.
    ("eventVersion", ["2.0", "2.1", "2.6", "2.9", "2.41", "2", 2, 2.1, ABSENT], "accepted"),
    ("eventVersion", ["3.0", "1.0", "20.1", "02.1", "", "two", None, [], {}, True], "poison"),
    ("later", [None, {"in": [1]}, "x" * 100_000, [[[[[{}]]]]]], "accepted"),
    ("s3/later", [None, {"in": [1]}], "accepted"),
    ("s3/object/later", [None, {"size": 0, "key": "incoming/courier/other.json"}], "accepted"),
    ("s3/bucket/ownerIdentity", [None, {}, {"principalId": "somebody"}], "accepted"),
    ("s3/configurationId", [None, "", "ours", 7], "accepted"),
    ("eventTime", [None, "yesterday", 0, ABSENT], "accepted"),
    ("awsRegion", [None, "", "moon-1"], "accepted"),
    ("eventName", ["ObjectCreated:Put", "ObjectCreated:Post", "ObjectCreated:Copy"], "accepted"),
    ("eventName", ["ObjectCreated:CompleteMultipartUpload", "ObjectCreated:New"], "accepted"),
    ("eventName", ["ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated"], "nothing"),
    ("eventName", ["LifecycleTransition", "ObjectAcl:Put", "ObjectRestore:Post"], "nothing"),
    ("eventName", ["Replication:OperationFailedReplication", "IntelligentTiering"], "nothing"),
    ("eventName", ["objectcreated:put", "", None, 7, []], "nothing"),
    ("eventName", [ABSENT], "poison"),
    ("eventSource", ["aws:sns", "aws:dynamodb", "AWS:S3", "minio:s3", "", ABSENT], "poison"),
    ("eventSource", [None, *NO_TEXT, "\x1b[31m\n\u202e", "x" * 100_000], "poison"),
    ("run", [None, "often", [], {}], "poison"),
    ("s3", [None, "s3", ABSENT, *NO_TEXT], "poison"),
    ("s3/bucket", [None, "bucket", ABSENT, *NO_TEXT], "poison"),
    ("s3/bucket/name", [None, "", "somebody-elses-bucket", ABSENT, *NO_TEXT], "poison"),
    ("s3/bucket/name", ["inboxx", "xinbox", "arn:aws:s3:::inbox", "inbox.", " inbox"], "poison"),
    (OBJECT, [None, "object", ABSENT, *NO_TEXT], "poison"),
    ("s3/object/key", [None, ABSENT, *NO_TEXT, "\ud800", "incoming/a\udfff.json"], "poison"),
    ("s3/object/key", ["", "incoming", "incoming/", "incoming%2F", "incoming/a/"], "nothing"),
    # The size is believed: what is empty or too large needs no request.
    (SIZE, [ABSENT, 1, 1024**2, True, 1.5, "12", -1], "accepted"),
    (SIZE, [0, 0.0, "0", False], "rejected E_EMPTY"),
    (SIZE, [1024**2 + 1, 5 * GIB], "put off"),
    (SIZE, [5 * GIB + 1, 5 * 1024**4, 2**63, 10**300, 1e300, "9" * 30], "rejected E_TOO_LARGE"),
    (SIZE, [None, "", "many", [], {}, float("nan"), float("inf"), -float("inf")], "poison"),
    (SEQUENCER, [ABSENT, None, "", "0", "0055aed6dcd90281e5", "0055AED6DCD902"], "accepted"),
    (SEQUENCER, ["A" * 41, "a" * 5_000, "no hex", "0055\n", "٣", "⛴"], "accepted"),
    (SEQUENCER, NO_TEXT, "poison"),
    # Without a version the ETag says which upload of the key it is; that of many parts is no MD5.
    (VERSION, [ABSENT, None, "null", ""], "accepted"),
    (VERSION, ["never-was", "a#000001", "../..", "é ⛴", "x\ny", "v" * 1024], "gone"),
    (VERSION, NO_TEXT, "poison"),
    (ETAG, [ABSENT, None, "", "9affad555af89da9b0bfcd5e45bc93da-3", '"quoted"'], "accepted"),
    (ETAG, NO_TEXT, "poison"),
]


@pytest.mark.parametrize(
    ("place", "values", "outcome"), MEMBERS, ids=lambda it: it if isinstance(it, str) else None
)
def test_a_record_with_an_odd_member_has_one_outcome(
    cloud: Cloud, ingest: Function, place: str, values: list[Any], outcome: str
) -> None:
    keys = [f"incoming/courier/{number}.json" for number in range(len(values))]
    letters = [
        (key, body(altered(a_record(cloud, key), place, value)))
        for key, value in zip(keys, values, strict=True)
    ]

    told = deliver(cloud, ingest, letters)

    assert list(zip(values, told, strict=True)) == [(value, outcome) for value in values]


@pytest.mark.parametrize("etag", ["9affad555af89da9b0bfcd5e45bc93da-3", "another", "*", "é ⛴"])
def test_another_etag_is_another_upload(cloud: Cloud, ingest: Function, etag: str) -> None:
    record = altered(a_record(cloud, versionId=None), ETAG, etag)

    assert deliver(cloud, ingest, [(KEY, body(record))]) == ["gone"]


def test_what_is_not_there_at_all_is_gone(cloud: Cloud, ingest: Function) -> None:
    never = notice(cloud, {"key": KEY})

    assert deliver(cloud, ingest, [(KEY, body(never))]) == ["gone"]


# ── Whole messages ───────────────────────────────────────────────────────────────────────────────

Make = Callable[[Cloud, str], str]


def a_message(cloud: Cloud, key: str = KEY) -> str:
    return body(a_record(cloud, key))


def of_sns(cloud: Cloud, key: str) -> str:
    told = {"Type": "Notification", "TopicArn": "arn", "Message": a_message(cloud, key)}
    return json.dumps(told)


def of_event_bridge(cloud: Cloud, key: str) -> str:
    described = {"key": key, "size": 5, "etag": "0", "version-id": "1", "sequencer": "00"}
    detail = {"bucket": {"name": cloud.outputs["InboxBucket"]}, "object": described}
    return json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": detail})


def around(before: str = "", after: str = "") -> Make:
    return lambda cloud, key: f"{before}{a_message(cloud, key)}{after}"


def beside(text: str) -> Make:
    """Put a member before the records."""
    return lambda cloud, key: f"{{{text}, {a_message(cloud, key)[1:]}"


def records(*changes: dict[str, Any] | None) -> Make:
    """Write a message of records of one object, each with changes; None stands for itself."""
    return lambda cloud, key: body(*(it and a_record(cloud, key, **it) for it in changes))


def just(text: str) -> Make:
    return lambda _, __: text


NO_MESSAGES = ["", "not JSON", "[]", "null", '"Records"', "{}", '{"Records": null}']
NO_MESSAGES += ['{"Records": {}}', body(None), body("a"), body({}), "[" * 100_000]
PUT = {"eventName": "ObjectCreated:Put"}
REMOVED = {"eventName": "ObjectRemoved:Delete"}
MESSAGES: dict[str, tuple[Make, str]] = {
    "of SNS": (of_sns, "poison"),
    "of EventBridge": (of_event_bridge, "poison"),
    "a message in a message": (lambda *it: body(json.loads(a_message(*it))), "poison"),
    "a list of messages": (around("[", "]"), "poison"),
    "a list of records": (lambda *it: json.dumps([a_record(*it)]), "poison"),
    "a list in the list": (lambda *it: body([a_record(*it)]), "poison"),
    "a bare record": (lambda *it: json.dumps(a_record(*it)), "poison"),
    "JSON in JSON": (lambda *it: json.dumps(a_message(*it)), "poison"),
    "records as JSON": (lambda *it: body(json.dumps(a_record(*it))), "poison"),
    "with a mark": (around("\ufeff"), "poison"),
    "with blanks around": (around(" \r\n\t", "\n\n"), "accepted"),
    "and something behind it": (around(after="}"), "poison"),
    "and the same again": (lambda *it: a_message(*it) * 2, "poison"),
    "cut off": (lambda *it: a_message(*it)[:-1], "poison"),
    "a test of S3": (just('{"Service": "Amazon S3", "Event": "s3:TestEvent"}'), "nothing"),
    "another event": (just('{"Service": "Amazon S3", "Event": "s3:OtherEvent"}'), "poison"),
    "no records": (just(body()), "nothing"),
    **{it: (just(it), "poison") for it in NO_MESSAGES},
    "the last name counts": (beside('"Records": 7'), "accepted"),
    "members around": (beside('"Version": 7, "Event": null'), "accepted"),
    "a hundred levels": (beside('"x": ' + "[" * 100 + "]" * 100), "accepted"),
    "too many levels": (beside('"x": ' + "[" * 100_000 + "]" * 100_000), "poison"),
    "a long number": (beside('"x": ' + "9" * 5_000), "poison"),
    "nearly as long as SQS takes": (beside(f'"x": "{"x" * 1_000_000}"'), "accepted"),
    "as long, and no message": (just("x" * 1_000_000), "poison"),
    "odd characters": (just("\u202e\x9b\U0001f6a2"), "poison"),  # SQS takes no others
    "of one object twice": (records(PUT, PUT), "accepted"),
    "of what was removed, too": (records(REMOVED, PUT), "accepted"),
    "of what was removed twice": (records(REMOVED, REMOVED), "nothing"),
    "of something else, too": (records(PUT, None), "poison"),
    "of another bucket, too": (records(PUT, {"bucket": "another"}), "poison"),
    "of another version, too": (records({"eventVersion": "3.0"}, PUT), "poison"),
}


def test_an_odd_message_has_one_outcome(cloud: Cloud, ingest: Function) -> None:
    letters = [
        (key := f"incoming/courier/{number}.json", make(cloud, key))
        for number, (make, _) in enumerate(MESSAGES.values())
    ]

    told = deliver(cloud, ingest, letters)

    expected = {name: outcome for name, (_, outcome) in MESSAGES.items()}
    assert dict(zip(MESSAGES, told, strict=True)) == expected


def test_the_same_message_many_times_is_one_article(cloud: Cloud, ingest: Function) -> None:
    twins = batch(*[a_message(cloud)] * 5)
    twins["Records"][1]["messageId"] = twins["Records"][0]["messageId"]

    assert failures(ingest.invoke(twins)) == []

    assert [it["counts"] for it in cloud.receipts()] == [{"created": 1}]
    assert len(cloud.articles()) == 1


@pytest.mark.parametrize("queue", ["uploads", "bulk"])
def test_a_batch_of_nothing_but_poison_is_buried(
    cloud: Cloud, ingest: Function, queue: str
) -> None:
    poison = [*(f"poison {number}" for number in range(8)), of_sns(cloud, KEY)]

    assert failures(ingest.invoke(batch(*poison, queue=queue))) == []

    assert {it["Body"] for it in cloud.messages("DeadLetterQueueUrl")} == set(poison)
    assert cloud.metrics()["Poison"] == 9


def test_poison_that_cannot_be_buried_comes_again(cloud: Cloud, ingest: Function) -> None:
    cloud.border.fail("SendMessage", "ServiceUnavailable", status=503, times=1)

    assert failures(ingest.invoke(batch("poison", upload(cloud, "good.json")))) == ["1"]
    assert failures(ingest.invoke(batch("poison", received=2))) == []

    assert len(cloud.messages("DeadLetterQueueUrl")) == 1
    assert len(cloud.articles()) == 1


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["", "null", "2.1", "incoming/a", "%00", "%ff", "ObjectCreated:Put", "aws:s3"]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
PLACES = [
    *("eventVersion eventSource eventName s3 s3/bucket s3/bucket/name s3/object".split()),
    *("s3/object/key s3/object/size s3/object/versionId s3/object/sequencer later".split()),
]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), min_size=8, max_size=8))
def test_whatever_a_record_holds_its_message_is_dealt_with_at_once(
    oddities: list[tuple[str, Any]],
) -> None:
    cloud = Cloud()
    numbered = [(f"incoming/courier/{n}.json", *it) for n, it in enumerate(oddities)]
    messages = [body(altered(a_record(cloud, key), *it)) for key, *it in numbered]

    answer = cloud.function("IngestFunction").invoke(batch(*messages, upload(cloud, "good.json")))

    assert failures(answer) == []
    assert "good.json" in outcomes(cloud)
    assert {it["Bucket"] for it in cloud.border.asked("GetObject")} == {
        cloud.outputs["InboxBucket"]
    }
