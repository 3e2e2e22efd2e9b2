"""The policies for partners allow exactly what the pages tell them to do."""

from typing import Any

import pytest

from articles_local import EmbeddedAws
from articles_reader import look_up
from tests.aws import iam
from tests.aws.iam import Request, allows, superfluous
from tests.template.stack import Stack, source
from tests.template.test_deployer import allowed

from .conftest import Articles
from .mistakes import Desk, story
from .operators import Operator, policy
from .test_presign import link, post

KEY = iam.arn("kms", "key/1")
STORY = story("read", published_at="2026-01-01T06:00:00Z")


@pytest.fixture(scope="module")
def partner(aws: EmbeddedAws) -> Operator:
    return Operator(aws.outputs)


@pytest.fixture(autouse=True)
def asked_nothing(partner: Operator) -> None:
    partner.asked.clear()


def client(partner: Operator, aws: EmbeddedAws, service: Any) -> Any:
    return partner.session.client(service, endpoint_url=aws.endpoint_url)


def judge(name: str, partner: Operator, deployed: Articles, others: list[Request]) -> None:
    """See that a policy allows what was asked for, with a key too, and nothing more.

    `others` are what it must deny.
    """
    for key in ("", KEY):
        with Operator(partner.outputs, key=key).at_work():
            feed = () if name == "subscriber" else ("--feed", "desk")
            allowed = policy(deployed, name, *feed)
        asked = [*partner.asked, *iam.of_the_key(partner.asked, key)]
        assert [it for it in asked if not allows(allowed, it)] == []
        assert superfluous(allowed, asked) == []
        assert [it for it in others if allows(allowed, it)] == []


def on_object(partner: Operator, action: str, bucket: str, key: str) -> Request:
    return Request(action, f"arn:aws:s3:::{partner.outputs[bucket]}/{key}")


def test_an_uploader_puts_files_of_its_feed_and_reads_their_reports(
    aws: EmbeddedAws, partner: Operator, deployed: Articles, tmp_path: Any
) -> None:
    s3, inbox = client(partner, aws, "s3"), aws.outputs["InboxBucket"]
    (tmp_path / "large.json").write_bytes(b" " * 9_000_000 + b"7")  # in parts, as tools send it
    s3.put_object(Bucket=inbox, Key="incoming/desk/a.json", Body=b"[7]")
    s3.upload_file(str(tmp_path / "large.json"), inbox, "incoming/desk/large.json")
    aws.drain()
    archive = aws.outputs["ArchiveBucket"]
    reports = aws.client("s3").list_objects_v2(Bucket=archive, Prefix="reports/desk/")
    for report in reports["Contents"]:
        s3.get_object(Bucket=archive, Key=report["Key"])["Body"].close()

    judge(
        "uploader",
        partner,
        deployed,
        [
            on_object(partner, "s3:PutObject", "InboxBucket", "incoming/desk-test/a.json"),
            on_object(partner, "s3:GetObject", "InboxBucket", "incoming/desk/a.json"),
            on_object(partner, "s3:DeleteObject", "InboxBucket", "incoming/desk/a.json"),
            on_object(partner, "s3:GetObject", "ArchiveBucket", "reports/wire/a.json"),
        ],
    )


def test_a_contributor_puts_files_of_its_feed_again_and_waits_for_their_receipts(
    aws: EmbeddedAws, partner: Operator, deployed: Articles, tmp_path: Any
) -> None:
    inbox, archive = aws.outputs["InboxBucket"], aws.outputs["ArchiveBucket"]
    (tmp_path / "put-large.json").write_text(" " * 9_000_000 + "7")  # in parts
    with partner.at_work():
        for _ in range(2):
            done = deployed("put", "--no-validate", "--wait", "--feed", "desk", tmp_path)
            assert done.code == 1, done  # it is rejected
    assert done.of("upload")[0]["skipped"]
    # Without it S3 says 403 of what is not there, and `put` uploads it all the same.
    partner.asked[:] = [it for it in partner.asked if it.action != "s3:ListBucket"]
    failed = {"Bucket": inbox, "Key": "incoming/desk/put-large.json"}
    partner.asked += iam.requests("s3", "AbortMultipartUpload", failed)
    partner.asked += iam.requests("s3", "GetObject", {"Bucket": archive, "Key": "reports/desk/a"})

    table = iam.arn("dynamodb", f"table/{aws.outputs['ReceiptsTable']}")
    other = {"dynamodb:LeadingKeys": ["incoming/wire/a.json"]}
    judge(
        "contributor",
        partner,
        deployed,
        [
            on_object(partner, "s3:PutObject", "InboxBucket", "incoming/wire/a.json"),
            on_object(partner, "s3:DeleteObject", "InboxBucket", "incoming/desk/a.json"),
            on_object(partner, "s3:GetObject", "ArchiveBucket", "reports/wire/a.json"),
            Request("dynamodb:GetItem", table, other),
            Request("dynamodb:Query", table, {"dynamodb:LeadingKeys": ["incoming/desk/a.json"]}),
        ],
    )


def test_who_makes_links_may_do_what_they_say_and_no_more(
    aws: EmbeddedAws, partner: Operator, deployed: Articles
) -> None:
    with partner.at_work():
        made = link(deployed, "--feed", "desk")
    key = made["key"].replace("${filename}", "a.json")
    posted = {"Bucket": aws.outputs["InboxBucket"], "Key": key}
    assert post(made).status_code == 204
    partner.asked += iam.requests("s3", "PutObject", posted)  # S3 judges it by who has signed

    others = on_object(partner, "s3:PutObject", "InboxBucket", "incoming/wire/a.json")
    judge("presigner", partner, deployed, [others])


def test_a_pipeline_puts_an_article_through(partner: Operator, deployed: Articles) -> None:
    file = "examples/articles/02-article.json"
    with partner.at_work():
        done = deployed(
            "put", "--stack", "articles-dev", "--feed", "example", "--wait", "--again", file
        )
    assert done.code == 0, done

    roles = allowed(Stack(source("infra/policies/deployer.yaml")), "PipelineRole")
    assert {it.action for it in partner.asked} > {"s3:PutObject", "dynamodb:GetItem"}
    assert [it for it in partner.asked if not allows(roles, it)] == []


def test_a_subscriber_finds_and_reads_articles(
    aws: EmbeddedAws, partner: Operator, deployed: Articles, tmp_path: Any
) -> None:
    Desk(aws, deployed, tmp_path).put("read.json", STORY)
    dynamodb, table = client(partner, aws, "dynamodb"), aws.outputs["ArticlesTable"]
    for index, key, value in (
        ("by_feed", "feed_month", "desk#2026-01"),
        ("by_url", "url_key", "x"),
    ):
        found = dynamodb.query(
            TableName=table,
            IndexName=index,
            KeyConditionExpression=f"{key} = :it",
            ExpressionAttributeValues={":it": {"S": value}},
        )["Items"]
        for item in found:
            assert look_up(dynamodb, table, item["article_id"]["S"])["title"]

    arn = iam.arn("dynamodb", f"table/{table}")
    others = [Request(f"dynamodb:{it}", arn) for it in ("Scan", "Query", "PutItem")]
    judge("subscriber", partner, deployed, others)
