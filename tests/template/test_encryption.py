"""The stack under a key of the operator's own, and what each needs then to read and to write."""

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.aws.iam import Grant, Request, allows, arn, grants
from tests.aws.roles import Names

from .stack import ROOT, Stack, listed

KEY = {"Ref": "KmsKeyArn"}
FEATURES = {"Stage": "dev", "KeepEventsDays": "30", "ReplayMachine": "true"}
BY_DEFAULT = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
RULE = {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": BY_DEFAULT}
TABLE = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
ENCRYPTED: dict[str, dict[str, Any]] = {  # what a resource has then
    "S3::Bucket": {"BucketEncryption": {"ServerSideEncryptionConfiguration": [RULE]}},
    "DynamoDB::Table": {"SSESpecification": TABLE},
    "SQS::Queue": {"KmsMasterKeyId": KEY, "SqsManagedSseEnabled": False},
    "Logs::LogGroup": {"KmsKeyId": KEY},
    "Events::EventBus": {"KmsKeyIdentifier": KEY},
    "Events::Archive": {"KmsKeyIdentifier": KEY},
    "Lambda::Function": {"KmsKeyArn": KEY},
}


@pytest.fixture(scope="module")
def encrypted(stack: Stack) -> Stack:
    return stack.given(**FEATURES, KmsKeyArn="arn:aws:kms:eu-central-1:123456789012:key/1")


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_whatever_holds_data_is_under_the_key_that_is_given(encrypted: Stack, kind: str) -> None:
    for name, properties in encrypted.of_type(kind).items():
        assert {it: properties[it] for it in ENCRYPTED[kind]} == ENCRYPTED[kind], name


def test_without_a_key_nothing_refers_to_one(stack: Stack) -> None:
    assert "KmsKeyArn" not in json.dumps(stack.given(**FEATURES).resources)


def test_who_sends_or_uploads_may_encrypt_too_and_the_others_decrypt_only(encrypted: Stack) -> None:
    allowed: dict[str, set[str]] = {}
    write: set[str] = set()
    for role, statement in encrypted.role_statements():
        actions = {*listed(statement["Action"])}
        allowed.setdefault(role, set()).update(actions if statement["Resource"] == KEY else ())
        write |= {role} if actions & {"s3:PutObject", "sqs:SendMessage"} else set()

    both = {"kms:Decrypt", "kms:GenerateDataKey"}
    roles = encrypted.of_type("IAM::Role")
    assert allowed == {role: both if role in write else {"kms:Decrypt"} for role in roles}


OURS = arn("kms", "key/1")
SSE = "s3:x-amz-server-side-encryption"
PUTS: list[tuple[dict[str, str], tuple[bool, bool]]] = [  # refused without a key, and with ours
    ({}, (False, False)),
    ({SSE: "AES256"}, (False, True)),
    ({SSE: "aws:kms"}, (False, True)),  # the key that AWS has for S3
    ({SSE: "aws:kms", f"{SSE}-aws-kms-key-id": OURS}, (True, False)),
    ({SSE: "aws:kms", f"{SSE}-aws-kms-key-id": arn("kms", "key/2")}, (True, True)),
    ({f"{SSE}-customer-algorithm": "AES256"}, (True, True)),
    ({"s3:x-amz-storage-class": "STANDARD_IA"}, (False, False)),
    ({"s3:x-amz-storage-class": "GLACIER"}, (True, True)),
    ({"s3:x-amz-storage-class": "DEEP_ARCHIVE"}, (True, True)),
    ({"aws:SecureTransport": "false"}, (True, True)),
]


@pytest.mark.parametrize(("sent", "refused"), PUTS)
def test_what_could_never_be_read_is_refused_where_it_is_put(
    stack: Stack, sent: dict[str, str], refused: tuple[bool, bool]
) -> None:
    context = {name: [it] for name, it in ({"aws:SecureTransport": "true"} | sent).items()}
    uploader = Grant("Allow", "s3:PutObject", "*", {})
    for key, expected in zip(("", OURS), refused, strict=True):
        values = stack.values(FEATURES | {"KmsKeyArn": key})
        names = Names(stack.given(**values), values)
        policy = names.resolved(names.stack.properties("InboxBucketPolicy")["PolicyDocument"])
        put = Request("s3:PutObject", f"{names.arn('InboxBucket')}/incoming/desk/a.json", context)

        assert allows([uploader, *grants(policy)], put) is not expected


class TestKeyPolicy:
    """The policy of the key, which is made before the stack: it names what it must by name."""

    document = json.loads((ROOT / "infra/policies/key.json").read_text(encoding="utf-8"))

    def allowed(self, service: str) -> dict[str, Any]:
        """Return what a service may do, and under which conditions."""
        return {
            action: it.get("Condition", {})
            for it in self.document["Statement"]
            if it["Principal"].get("Service") == service
            for action in it["Action"]
        }

    def filled_in(self, template: str) -> str:
        """Write a name of the template as the policy does."""
        words = {"Stage": "STAGE", "AWS::AccountId": "ACCOUNT", "AWS::Region": "REGION"}
        return re.sub(r"\$\{([\w:]+)}", lambda it: words[it[1]], template)

    def test_the_account_decides_by_its_own_policies_who_else_may_use_it(self) -> None:
        [account] = [it for it in self.document["Statement"] if "AWS" in it["Principal"]]

        assert account["Principal"] == {"AWS": "arn:aws:iam::ACCOUNT:root"}
        assert account["Action"] == ["kms:*"]

    def test_aws_itself_may_use_it_for_what_the_stack_has_and_for_no_more(
        self, encrypted: Stack
    ) -> None:
        buckets = encrypted.of_type("S3::Bucket").values()
        users = {
            "s3.amazonaws.com": any("NotificationConfiguration" in it for it in buckets),
            "logs.REGION.amazonaws.com": encrypted.of_type("Logs::LogGroup"),
            "events.amazonaws.com": encrypted.of_type("Events::EventBus"),
            "cloudwatch.amazonaws.com": encrypted.of_type("CloudWatch::Alarm"),
        }
        services = [it["Principal"].get("Service") for it in self.document["Statement"]]

        assert {*services} - {None} == {name for name, uses in users.items() if uses}

    def test_the_inbox_and_no_other_bucket_notifies_with_it(self, encrypted: Stack) -> None:
        [guard] = [it for it in encrypted.guards("UploadsQueue") if it["Effect"] == "Allow"]
        inbox = guard["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
        name = self.filled_in(inbox.replace("${AWS::Partition}", "aws"))
        source, allowed = {"aws:SourceArn": name}, self.allowed("s3.amazonaws.com")
        ours = {"StringEquals": {"aws:SourceAccount": "ACCOUNT"}, "ArnEquals": source}

        assert allowed == {"kms:GenerateDataKey": ours, "kms:Decrypt": ours}

    def test_the_logs_of_all_functions_are_written_with_it(self, encrypted: Stack) -> None:
        allowed = self.allowed("logs.REGION.amazonaws.com")
        [(_, pattern)] = allowed["kms:GenerateDataKey*"]["ArnLike"].items()

        for group in encrypted.of_type("Logs::LogGroup").values():
            name = self.filled_in(group["LogGroupName"]["Fn::Sub"])
            assert fnmatchcase(f"arn:aws:logs:REGION:ACCOUNT:log-group:{name}", pattern)

    def test_the_bus_and_its_archive_are_kept_with_it(self, encrypted: Stack) -> None:
        name = self.filled_in(encrypted.properties("Bus")["Name"]["Fn::Sub"])
        context = "kms:EncryptionContext:aws:events:event-bus:arn"
        bus = {"StringEquals": {context: f"arn:aws:events:REGION:ACCOUNT:event-bus/{name}"}}

        own = dict.fromkeys(("kms:GenerateDataKey", "kms:Decrypt", "kms:ReEncrypt*"), bus)
        assert self.allowed("events.amazonaws.com") == {"kms:DescribeKey": {}, **own}
