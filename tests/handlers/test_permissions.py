"""Each function may do what it does: moto would let it do anything."""

from datetime import timedelta

import pytest

from tests.aws.cloud import Cloud
from tests.newsroom import Newsroom, a_story
from tests.template.stack import Stack, listed, source, target, translate

from .messages import batch, body, bulk_batch, notice

ACTIONS = {
    "GetObject": "s3:GetObjectVersion",
    "PutObject": "s3:PutObject",
    "UploadFileobj": "s3:PutObject",
    "UpdateItem": "dynamodb:UpdateItem",
    "PutItem": "dynamodb:PutItem",
    "GetItem": "dynamodb:GetItem",
    "BatchGetItem": "dynamodb:BatchGetItem",
    "ListObjectVersions": "s3:ListBucketVersions",
    "Query": "dynamodb:Query",
    "SendMessage": "sqs:SendMessage",
    "SendMessageBatch": "sqs:SendMessage",
    "ReceiveMessage": "sqs:ReceiveMessage",  # the mapping does it with the function's role
    "DeleteMessage": "sqs:DeleteMessage",
    "PutEvents": "events:PutEvents",
}
# Where a request says what it is about, and which resource of the template that is.
PLACES = ("Bucket", "TableName", "QueueUrl")


@pytest.fixture(scope="module")
def written() -> Stack:
    return Stack(translate(source()))


def allowed(stack: Stack, role: str) -> set[tuple[str, str]]:
    """Give the (action, resource) pairs that a role allows."""
    documents = [it["PolicyDocument"] for it in stack.properties(role).get("Policies", [])]
    documents += [
        policy["PolicyDocument"]
        for policy in stack.of_type("IAM::Policy").values()
        if role in map(target, policy["Roles"])
    ]
    return {
        (action, target(resource))
        for document in documents
        for statement in document["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def asked(cloud: Cloud) -> set[tuple[str, str]]:
    """Give the (action, resource) pairs that have been asked for."""
    resources = {
        cloud.outputs["InboxBucket"]: "InboxBucket",
        cloud.outputs["ArchiveBucket"]: "ArchiveBucket",
        cloud.outputs["ArticlesTable"]: "ArticlesTable",
        cloud.outputs["ReceiptsTable"]: "ReceiptsTable",
        cloud.outputs["UploadsQueueUrl"]: "UploadsQueue",
        cloud.outputs["BulkQueueUrl"]: "BulkQueue",
        cloud.outputs["DeadLetterQueueUrl"]: "DeadLetterQueue",
        cloud.outputs["PublishFailureQueueUrl"]: "PublishFailureQueue",
    }
    found = set()
    for operation, parameters in cloud.border.requests:
        names = [parameters[place] for place in PLACES if place in parameters]
        names += parameters.get("RequestItems", ())
        named = [resources[name] for name in names]
        place = named[0] if named else "Bus"
        # Only what lies in the inbox is read by its version.
        is_report = (operation, place) == ("GetObject", "ArchiveBucket")
        found.add(("s3:GetObject" if is_report else ACTIONS[operation], place))
    return found


def test_ingest_may_do_what_it_does(newsroom: Newsroom, written: Stack) -> None:
    cloud = newsroom.cloud
    ingest = cloud.function("IngestFunction")
    put = cloud.upload("incoming/courier/a.json", [a_story(), {"neither": "nor"}])
    message = body(notice(cloud, put))
    cloud.border.requests.clear()

    ingest.invoke(batch(message, "poison"))
    ingest.invoke(batch(message, received=5))

    assert asked(cloud) >= {
        ("s3:GetObjectVersion", "InboxBucket"),
        ("s3:PutObject", "ArchiveBucket"),
        ("dynamodb:UpdateItem", "ArticlesTable"),
        ("dynamodb:PutItem", "ReceiptsTable"),
        ("dynamodb:GetItem", "ReceiptsTable"),
        ("sqs:SendMessage", "DeadLetterQueue"),
    }
    assert asked(cloud) - allowed(written, "IngestRole") == set()
    # A message of the bulk queue has no neighbours, and is deleted by its mapping alone.
    assert asked(cloud) - allowed(written, "BulkRole") == {("sqs:DeleteMessage", "UploadsQueue")}


def test_bulk_may_do_what_it_does(cloud: Cloud, written: Stack) -> None:
    ingest = cloud.function("IngestFunction", PART_RECORDS="2")
    bulk = cloud.function("BulkFunction", PART_RECORDS="2")
    put = cloud.upload("incoming/courier/a.json", [a_story(id=str(n)) for n in range(5)])
    cloud.border.requests.clear()

    ingest.invoke(batch(body(notice(cloud, put))))
    while waiting := cloud.messages("BulkQueueUrl"):
        bulk.invoke(bulk_batch(*(it["Body"] for it in waiting)))

    wanted = {
        ("sqs:SendMessage", "BulkQueue"),
        ("dynamodb:Query", "ReceiptsTable"),
        ("s3:GetObject", "ArchiveBucket"),
    }
    assert asked(cloud) >= wanted
    assert asked(cloud) - allowed(written, "BulkRole") == set()


def test_publish_may_do_what_it_does(newsroom: Newsroom, written: Stack) -> None:
    cloud = newsroom.cloud
    publish = cloud.function("PublishFunction")
    item = newsroom.submit(a_story())
    poison = newsroom.record(None, {"article_id": {"S": "x"}, "status": {"S": "usable"}})
    newsroom.put(a_story(), key="incoming/brief/a.json")  # a feed with `retain_days`
    expired = newsroom.expire("2026-05-01T00:00:00Z")
    cloud.border.requests.clear()

    publish.invoke({"Records": [item, poison, expired]})

    wanted = {
        ("events:PutEvents", "Bus"),
        ("sqs:SendMessage", "PublishFailureQueue"),
        ("dynamodb:PutItem", "ArticlesTable"),
    }
    assert asked(cloud) == wanted
    assert wanted - allowed(written, "PublishRole") == set()


def test_release_may_do_what_it_does(newsroom: Newsroom, written: Stack) -> None:
    cloud = newsroom.cloud
    release = cloud.function("ReleaseFunction")
    newsroom.put(a_story(embargoed_until="2026-03-01T12:00:01Z"))
    cloud.border.requests.clear()

    release.invoke({})

    wanted = {
        ("dynamodb:Query", "ArticlesTable"),
        ("dynamodb:Query", "ReceiptsTable"),
        ("dynamodb:UpdateItem", "ArticlesTable"),
    }
    assert asked(cloud) == wanted
    assert wanted - allowed(written, "ReleaseRole") == set()


def test_reconcile_may_do_what_it_does(cloud: Cloud, written: Stack) -> None:
    reconcile = cloud.function("ReconcileFunction")
    cloud.memory.put("incoming/courier/a.json", b"{}", cloud.memory.now() - timedelta(hours=2))
    cloud.border.requests.clear()

    reconcile.invoke({})

    wanted = {("s3:ListBucketVersions", "InboxBucket"), ("dynamodb:BatchGetItem", "ReceiptsTable")}
    assert asked(cloud) == wanted
    assert wanted - allowed(written, "ReconcileRole") == set()
