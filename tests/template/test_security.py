import json
import re
from typing import Any

import pytest

from .stack import ROOT, Stack, listed, target

BUCKETS = ["InboxBucket", "ArchiveBucket"]
QUEUES = ["UploadsQueue", "BulkQueue", "DeadLetterQueue", "PublishFailureQueue"]
FUNCTIONS = [
    "IngestFunction",
    "BulkFunction",
    "PublishFunction",
    "ReleaseFunction",
    "ReconcileFunction",
]

# Only by a pattern: nobody knows the names of executions before they are started.
EXECUTIONS_OF_OUR_MACHINE = {
    "Fn::Sub": "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"
    ":execution:${ReplayStateMachine.Name}:*"
}
A_PREFIX_OF_OUR_BUCKET = re.compile(r"\$\{\w+Bucket\.Arn}/\w+/\*")


@pytest.fixture(scope="module")
def stack(stack: Stack) -> Stack:
    """Give the stack of the defaults, with the machine; test_encryption.py has the other keys."""
    return stack.given(Stage="dev", ReplayMachine="true")


def is_tls_only(guard: dict[str, Any]) -> bool:
    return (
        guard["Effect"] == "Deny"
        and guard["Principal"] == "*"
        and guard["Action"] in {"s3:*", "sqs:*"}
        and guard["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    )


def test_these_are_all_the_buckets_queues_and_functions(stack: Stack) -> None:
    assert {*stack.of_type("S3::Bucket")} == {*BUCKETS}
    assert {*stack.of_type("SQS::Queue")} == {*QUEUES}
    assert {*stack.of_type("Lambda::Function")} == {*FUNCTIONS}


def test_each_function_has_a_role_of_its_own(stack: Stack) -> None:
    roles = [target(stack.properties(name)["Role"]) for name in FUNCTIONS]

    assert sorted([*roles, "ReplayRole"]) == sorted(stack.of_type("IAM::Role"))


def test_a_role_is_assumed_by_one_service_for_this_account_and_no_other(stack: Stack) -> None:
    for name, role in stack.of_type("IAM::Role").items():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        is_machine = name == "ReplayRole"
        service = "states.amazonaws.com" if is_machine else "lambda.amazonaws.com"
        assert trust["Principal"] == {"Service": service}
        own = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert trust["Condition"]["StringEquals"] == own
        assert ("ArnLike" in trust["Condition"]) is is_machine


def test_no_role_has_a_managed_policy(stack: Stack) -> None:
    assert stack.of_type("IAM::ManagedPolicy") == {}
    for role in stack.of_type("IAM::Role").values():
        assert "ManagedPolicyArns" not in role


def test_no_role_may_do_anything_by_wildcard(stack: Stack) -> None:
    for _, statement in stack.role_statements():
        assert statement["Effect"] == "Allow"
        assert "*" not in "".join(listed(statement["Action"]))


def test_a_role_reaches_no_further_than_a_prefix_of_our_buckets(stack: Stack) -> None:
    for _, statement in stack.role_statements():
        for resource in listed(statement["Resource"]):
            if resource == EXECUTIONS_OF_OUR_MACHINE:
                continue
            assert target(resource) in stack.resources
            assert "*" not in str(resource) or A_PREFIX_OF_OUR_BUCKET.fullmatch(resource["Fn::Sub"])


def test_what_the_service_writes_cannot_trigger_it(stack: Stack) -> None:
    assert "NotificationConfiguration" not in stack.properties("ArchiveBucket")


@pytest.mark.parametrize("name", BUCKETS + QUEUES)
def test_who_is_let_in_is_one_service_for_one_source_in_this_account(
    stack: Stack, name: str
) -> None:
    for guard in stack.guards(name):
        if guard["Effect"] == "Allow":
            assert [*guard["Principal"]] == ["Service"]
            conditions = guard["Condition"]
            assert "*" not in str(conditions["ArnEquals"]["aws:SourceArn"])
            assert conditions["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_only_our_inbox_may_notify_the_uploads_queue(stack: Stack) -> None:
    [guard] = [guard for guard in stack.guards("UploadsQueue") if guard["Effect"] == "Allow"]
    inbox = stack.properties("InboxBucket")["BucketName"]["Fn::Sub"]

    assert guard["Principal"] == {"Service": "s3.amazonaws.com"}
    assert guard["Action"] == "sqs:SendMessage"
    assert guard["Condition"]["ArnEquals"]["aws:SourceArn"] == {
        "Fn::Sub": "arn:${AWS::Partition}:s3:::" + inbox
    }


def test_a_function_is_invoked_by_the_rule_of_this_stack_only(stack: Stack) -> None:
    called = {
        (target(permission["SourceArn"]), target(permission["FunctionName"]))
        for permission in stack.of_type("Lambda::Permission").values()
    }

    assert called == {
        (name, target(aim["Arn"]))
        for name, rule in stack.of_type("Events::Rule").items()
        for aim in rule["Targets"]
    }


@pytest.mark.parametrize("name", BUCKETS + QUEUES)
def test_nothing_is_reached_without_tls(stack: Stack, name: str) -> None:
    [resource] = [guard["Resource"] for guard in stack.guards(name) if is_tls_only(guard)]

    own = {"Fn::GetAtt": [name, "Arn"]}
    if name in BUCKETS:
        assert resource == [own, {"Fn::Sub": f"${{{name}.Arn}}/*"}]
    else:
        assert resource in ("*", own)


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_has_one_policy(stack: Stack, name: str) -> None:
    policies = stack.of_type("SQS::QueuePolicy").values()

    assert sum({"Ref": name} in policy["Queues"] for policy in policies) == 1


@pytest.mark.parametrize("name", QUEUES)
def test_messages_are_encrypted(stack: Stack, name: str) -> None:
    assert stack.properties(name)["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("name", BUCKETS)
class TestBucket:
    def test_is_never_public(self, stack: Stack, name: str) -> None:
        assert stack.properties(name)["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }

    def test_knows_no_access_lists(self, stack: Stack, name: str) -> None:
        [rule] = stack.properties(name)["OwnershipControls"]["Rules"]

        assert rule == {"ObjectOwnership": "BucketOwnerEnforced"}

    def test_is_encrypted(self, stack: Stack, name: str) -> None:
        encryption = stack.properties(name)["BucketEncryption"]
        [rule] = encryption["ServerSideEncryptionConfiguration"]

        assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}

    def test_drops_uploads_that_were_never_finished(self, stack: Stack, name: str) -> None:
        rules = stack.properties(name)["LifecycleConfiguration"]["Rules"]

        assert {"DaysAfterInitiation": 7} in [
            rule.get("AbortIncompleteMultipartUpload")
            for rule in rules
            if rule["Status"] == "Enabled"
        ]


class TestRetentionOfUploads:
    """S3 counts the days of the latest version from its upload, of others from what hid them."""

    def rule(self, stack: Stack) -> dict[str, Any]:
        inbox = stack.properties("InboxBucket")
        assert inbox["VersioningConfiguration"] == {"Status": "Enabled"}
        rules = inbox["LifecycleConfiguration"]["Rules"]
        [rule] = [it for it in rules if "ExpirationInDays" in it]
        return dict(rule)

    def days(self, stack: Stack, value: Any) -> int:
        return int(stack.template["Parameters"][value["Ref"]]["Default"])

    @pytest.mark.parametrize(
        ("overwritten_after", "kept"), [(0, 30), (10, 40), (399, 429), (None, 430)]
    )
    def test_a_version_is_deleted_so_many_days_after_its_upload(
        self, stack: Stack, overwritten_after: int | None, kept: int
    ) -> None:
        rule = self.rule(stack)
        hidden_after = self.days(stack, rule["ExpirationInDays"])
        noncurrent = self.days(stack, rule["NoncurrentVersionExpiration"]["NoncurrentDays"])

        hidden = hidden_after if overwritten_after is None else overwritten_after
        assert hidden + noncurrent == kept

    def test_both_spans_are_parameters_of_their_own(self, stack: Stack) -> None:
        rule = self.rule(stack)

        assert rule["ExpirationInDays"] == {"Ref": "KeepUploadsDays"}
        assert rule["NoncurrentVersionExpiration"] == {
            "NoncurrentDays": {"Ref": "KeepOverwrittenDays"}
        }

    def test_an_overwritten_version_outlives_the_messages_that_name_it(self, stack: Stack) -> None:
        """First one for ingest, then one for bulk, which keeps its age among the dead letters."""
        queues = [stack.properties(name) for name in ("UploadsQueue", "BulkQueue")]
        letters = stack.properties("DeadLetterQueue")["MessageRetentionPeriod"]
        waiting = [it["MessageRetentionPeriod"] for it in queues]

        assert letters <= waiting[1]
        least = stack.template["Parameters"]["KeepOverwrittenDays"]["MinValue"]
        assert least > sum(waiting) / 86_400

    def test_publish_remembers_what_expired_for_both_spans(self, stack: Stack) -> None:
        environment = stack.properties("PublishFunction")["Environment"]["Variables"]

        assert environment["KEEP_UPLOADS_DAYS"] == {"Ref": "KeepUploadsDays"}
        assert environment["KEEP_OVERWRITTEN_DAYS"] == {"Ref": "KeepOverwrittenDays"}


@pytest.mark.parametrize("name", ["uploader", "contributor", "presigner", "subscriber", "operator"])
def test_a_policy_for_others_allows_named_actions_on_named_resources(name: str) -> None:
    policy = json.loads((ROOT / "infra/policies" / f"{name}.json").read_text(encoding="utf-8"))

    for statement in policy["Statement"]:
        assert "*" not in "".join(statement["Action"])
        for resource in statement["Resource"]:
            assert re.fullmatch(
                r"arn:aws:(s3|dynamodb|sqs|events|states|cloudformation):[^*]*[^*/](/\*)?|KMS_KEY",
                resource,
            )
