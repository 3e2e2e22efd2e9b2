"""Messages delivered between good ones, and once more: what became of each, and of nothing else."""

from copy import deepcopy
from typing import Any
from urllib.parse import quote_plus

from articles.versions.identity import short_hash
from articles_local.function import Function
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.newsroom import a_story

from .messages import batch, failures, notice, upload

KEY = "incoming/courier/ferry.json"
ABSENT = object()
# Outcomes for which no object is asked for.
UNREAD = {"poison", "nothing", "put off", "ignored", "rejected E_EMPTY", "rejected E_TOO_LARGE"}
OUTCOMES = {*UNREAD, "accepted", "gone", "rejected E_FEED"}
AT_ONCE = 8
GOOD = ("good/one.json", "good/two.json")

Letter = tuple[str, str]  # the key of the object that a message is about, and the message


def deliver(cloud: Cloud, ingest: Function, letters: list[Letter]) -> list[str]:
    """Deliver messages, a few at once between two good ones; give the outcome of each in a word.

    Poison and nothing leave no receipt; a code follows `rejected`. See that none is given again,
    that articles say under which key they came, and that a second delivery changes nothing.
    """
    told: list[str] = []
    for start in range(0, len(letters), AT_ONCE):
        told += _deliver(cloud, ingest, letters[start : start + AT_ONCE])
    return told


def _deliver(cloud: Cloud, ingest: Function, some: list[Letter]) -> list[str]:
    cloud.empty()
    messages = [message for _, message in some]
    good = [upload(cloud, name, a_story(id=name)) for name in GOOD]

    assert failures(ingest.invoke(batch(good[0], *messages, good[1]))) == []

    receipts = {it["key"]: it for it in cloud.receipts()}
    neighbours = {f"incoming/courier/{name}" for name in GOOD}
    assert {receipts.pop(it)["outcome"] for it in neighbours} == {"accepted"}
    letters = cloud.messages("DeadLetterQueueUrl")
    assert all(it["MessageAttributes"]["cause"]["StringValue"] for it in letters)
    buried = [it["Body"] for it in letters]
    put_off = "".join(cloud.all_messages("BulkQueueUrl"))
    asked = cloud.border.asked("GetObject")
    assert {it["Bucket"] for it in asked} == {cloud.outputs["InboxBucket"]}
    told: list[str] = []
    for key, message in some:
        outcome = in_a_word(receipts.pop(key, None))
        if message in buried:
            buried.remove(message)
            assert outcome == "nothing"
            outcome = "poison"
        is_put_off = quote_plus(key, safe="/") in put_off
        assert is_put_off == (outcome == "put off")
        assert outcome in OUTCOMES
        assert any(it["Key"] == key for it in asked) == (outcome not in UNREAD)
        told.append(outcome)
    assert buried == []
    assert receipts == {}
    accepted = {key for (key, _), it in zip(some, told, strict=True) if it == "accepted"}
    assert {it["upload"]["key"] for it in cloud.articles()} == accepted | neighbours

    tables = (cloud.articles(), cloud.receipts())
    assert failures(ingest.invoke(batch(*messages, received=2))) == []
    assert (cloud.articles(), cloud.receipts()) == tables
    return told


def in_a_word(receipt: Item | None) -> str:
    if receipt is None:
        return "nothing"
    if receipt["state"] == "processing":
        return "put off"
    return " ".join([receipt["outcome"], *(it["code"] for it in receipt.get("problems", ()))])


def a_record(cloud: Cloud, key: str = KEY, **changes: Any) -> dict[str, Any]:
    """Upload an article and write the record that tells of it."""
    return notice(cloud, cloud.upload(key, a_story(id=short_hash(key))), **changes)


def altered(record: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """Put a value at a place of a record, `s3/object/size` for instance."""
    changed = deepcopy(record)
    holder = changed
    *path, name = place.split("/")
    for step in path:
        holder = holder[step]
    if value is ABSENT:
        del holder[name]
    else:
        holder[name] = value
    return changed
