"""The functions run with IAM enforced: each may do what it does, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.aws.iam import Grant, Request, allows, grants, superfluous
from tests.aws.roles import Enforced
from tests.newsroom import Newsroom, a_story
from tests.template.stack import Stack, source, translate

from .bulk import FEW, Bulk, rerun, uploaded
from .messages import batch, bulk_batch, failures, outcomes, upload

WATCHED = "[default]\nopen = true\n[feeds.courier]\nsilence_hours = 4\n"
KEY_AND_TRACES = {"KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1", "Tracing": "true"}
ROLES = ["IngestRole", "BulkRole", "PublishRole", "ReleaseRole", "ReconcileRole"]


@pytest.fixture(scope="module")
def written() -> Stack:
    return Stack(translate(source()))


@pytest.fixture
def cloud(written: Stack) -> Enforced:
    return Enforced(written)


def ingest(cloud: Enforced, folder: Path) -> None:
    """Uploads of each outcome of a feed that is watched, once more, replayed, and a part."""
    (folder / "feeds.toml").write_text(WATCHED)
    take = cloud.function("IngestFunction", FEEDS_FILE=str(folder / "feeds.toml"))
    messages = {
        "accepted.json": upload(cloud, "accepted.json"),
        "partial.json": upload(cloud, "partial.json", [a_story(), {"neither": "nor"}]),
        "rejected.json": upload(cloud, "rejected.json", {"neither": "nor"}),
        "large.json": upload(cloud, "large.json", size=2_000_000),
        **gone(cloud),
    }
    told = ["accepted", "partial", "rejected", "processing", "gone", "gone"]

    assert failures(take.invoke(batch(*messages.values(), "poison"))) == []
    assert outcomes(cloud) == dict(zip(messages, told, strict=True))

    cloud.border.fail("UpdateItem", "ConditionalCheckFailedException", times=1)
    assert failures(take.invoke(batch(messages["accepted.json"], received=2))) == []
    for run in (1, 2):
        assert failures(take.invoke(batch(rerun(messages["partial.json"], run)))) == []
        assert outcomes(cloud)["partial.json"] == "partial"
        lose_reports(cloud)
    assert failures(take.invoke(batch(*parts(cloud)))) == []
    assert outcomes(cloud)["parts.json"] == "partial"
    fail_for_good(cloud, lambda message: failures(take.invoke(batch(message, received=5))))


def bulk(cloud: Enforced, _: Path) -> None:
    """Large uploads in parts and small ones that were put alone, gone, replayed, or that fail."""
    take = cloud.function("BulkFunction", PART_RECORDS="2")
    for message in [*parts(cloud), *gone(cloud).values(), "poison"]:
        assert failures(take.invoke(bulk_batch(message))) == []
    assert outcomes(cloud) == {
        "parts.json": "partial",
        "deleted.json": "gone",
        "deleted-too.json": "gone",
    }
    alone = upload(cloud, "alone.json", [a_story(), {"neither": "nor"}])
    for run in (0, 1, 2):
        assert failures(take.invoke(bulk_batch(rerun(alone, run)))) == []
        assert outcomes(cloud)["alone.json"] == "partial"
        if run:
            lose_reports(cloud)
    cloud.border.fail("UpdateItem", "ConditionalCheckFailedException", times=1)
    assert failures(take.invoke(bulk_batch(alone))) == []
    fail_for_good(cloud, lambda message: failures(take.invoke(bulk_batch(message, received=5))))


def gone(cloud: Enforced) -> dict[str, str]:
    """Upload files that are deleted before they are read; gives their messages."""
    messages = {
        "deleted.json": upload(cloud, "deleted.json"),
        "deleted-too.json": upload(cloud, "deleted-too.json", versionId=None),
    }
    for bucket, key, version in list(cloud.memory.objects):
        if bucket == "inbox" and "deleted" in key:
            cloud.memory.forget(key, version)
    return messages


def parts(cloud: Enforced) -> list[str]:
    """Have a large upload planned; gives the messages of its parts."""
    cloud.all_messages("BulkQueueUrl")
    return Bulk(cloud).plan(uploaded(cloud, FEW, "parts.json"))


def lose_reports(cloud: Enforced) -> None:
    """Have the reports expire before their receipts."""
    for place in [it for it in cloud.memory.objects if it[0] == "archive"]:
        del cloud.memory.objects[place]


def fail_for_good(cloud: Enforced, deliver: Callable[[str], list[str]]) -> None:
    """Have the last attempt at an upload fail, and that at a part of another."""
    first, *_ = parts(cloud)
    cloud.border.fail("GetObject", "InternalError", status=500)
    for message in (upload(cloud, "failed.json"), first):
        assert deliver(message) == ["1"]
    cloud.border.heal()
    assert outcomes(cloud)["failed.json"] == outcomes(cloud)["parts.json"] == "failed"


def publish(cloud: Enforced, _: Path) -> None:
    newsroom = Newsroom(cloud)
    item = newsroom.submit(a_story())
    poison = newsroom.record(None, {"article_id": {"S": "x"}, "status": {"S": "usable"}})
    newsroom.put(a_story(), key="incoming/brief/a.json")  # a feed with `retain_days`
    expired = newsroom.expire("2026-05-01T00:00:00Z")

    answer = cloud.function("PublishFunction").invoke({"Records": [item, poison, expired]})

    assert failures(answer) == []
    assert [it["type"] for it in cloud.border.bus.events] == ["ArticleCreated", "ArticleWithdrawn"]
    assert len(cloud.all_messages("PublishFailureQueueUrl")) == 1


def release(cloud: Enforced, folder: Path) -> None:
    (folder / "feeds.toml").write_text(WATCHED)
    Newsroom(cloud).put(a_story(embargoed_until="2026-03-01T12:00:01Z"))

    cloud.function("ReleaseFunction", FEEDS_FILE=str(folder / "feeds.toml")).invoke({})

    assert cloud.metrics()["Released"] == 1


def reconcile(cloud: Enforced, _: Path) -> None:
    cloud.memory.put("incoming/courier/a.json", b"{}", cloud.memory.now() - timedelta(hours=2))

    cloud.function("ReconcileFunction").invoke({})

    assert cloud.metrics()["UploadsMissing"] == 1


STORIES = [ingest, bulk, publish, release, reconcile]


@pytest.fixture(scope="module", params=[{}, KEY_AND_TRACES], ids=["", "key and traces"])
def told(
    written: Stack, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Enforced:
    """Give a cloud after all stories, in each of which everything went as it should."""
    cloud = Enforced(written, **request.param)
    for story in STORIES:
        cloud.forget()
        story(cloud, tmp_path_factory.mktemp("story"))
    return cloud


@pytest.mark.parametrize("role", ROLES)
def test_a_function_may_do_what_it_and_its_mappings_do(told: Enforced, role: str) -> None:
    assert [it for it in told.asked[role] if not allows(told.allowed[role], it)] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_function_may_do_nothing_else(told: Enforced, role: str) -> None:
    """Each single grant is missed by a story, and one that is added is not."""
    added = Grant("Allow", "s3:DeleteObject", "arn:aws:s3:::inbox/*", {})

    assert superfluous(told.allowed[role], told.asked[role]) == []
    assert superfluous([*told.allowed[role], added], told.asked[role]) == [added]


def test_release_has_no_part_in_receipts_but_its_notes(told: Enforced) -> None:
    """The condition on their key is judged: what is not the notes' is denied."""
    [note] = [it for it in told.asked["ReleaseRole"] if it.action == "dynamodb:PutItem"]
    receipt = {"dynamodb:LeadingKeys": ["incoming/courier/ferry.json"]}

    assert allows(told.allowed["ReleaseRole"], note)
    assert not allows(told.allowed["ReleaseRole"], note._replace(context=receipt))


def test_what_is_denied_fails_and_the_receipt_and_the_log_say_what(cloud: Enforced) -> None:
    cloud.deny("IngestRole", "s3:GetObjectVersion")
    message = upload(cloud)
    take = cloud.function("IngestFunction")

    assert failures(take.invoke(batch(message))) == ["1"]
    assert cloud.receipts() == []
    assert failures(take.invoke(batch(message, received=5))) == ["1"]

    [receipt] = cloud.receipts()
    assert (receipt["state"], receipt["outcome"]) == ("failed", "failed")
    denied = "not authorized to perform: s3:GetObjectVersion on resource: arn:aws:s3:::inbox/"
    assert denied in receipt["cause"]
    [first, _] = [it for it in cloud.logged() if it.get("message") == "upload failed"]
    assert denied in first["cause"]


@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:ListBucketVersions"])
def test_without_listing_no_upload_is_known_to_be_gone(cloud: Enforced, action: str) -> None:
    cloud.deny("IngestRole", action)
    [message, _] = gone(cloud).values()

    assert failures(cloud.function("IngestFunction").invoke(batch(message))) == ["1"]


@pytest.mark.parametrize("parameters", [{}, KEY_AND_TRACES], ids=["", "key"])
def test_an_upload_by_a_form_passes_the_policy_of_the_bucket(
    written: Stack, parameters: dict[str, str]
) -> None:
    names = Enforced(written, **parameters).roles.names
    policy = names.stack.properties("InboxBucketPolicy")["PolicyDocument"]["Statement"]
    to_all = [{key: it[key] for key in it if key != "Principal"} for it in policy]
    signer = Grant("Allow", "s3:PutObject", "arn:aws:s3:::inbox/incoming/courier/*", {})
    judges = [signer, *grants({"Statement": names.resolved(to_all)})]
    plain = {"aws:SecureTransport": ["true"]}  # a form has no header of an encryption or a class
    put = Request("s3:PutObject", "arn:aws:s3:::inbox/incoming/courier/a.json", plain)

    assert allows(judges, put)
    own = {"s3:x-amz-server-side-encryption-customer-algorithm": ["AES256"]}
    assert not allows(judges, put._replace(context={**plain, **own}))
    assert not allows(judges, put._replace(context={"aws:SecureTransport": ["false"]}))
