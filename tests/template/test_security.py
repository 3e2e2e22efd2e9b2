import json
import re
from typing import Any

import pytest

from .stack import FUNCTIONS, ROOT, Stack, listed, target

BUCKETS = ["InboxBucket", "ArchiveBucket"]
QUEUES = ["UploadsQueue", "BulkQueue", "DeadLetterQueue", "PublishFailureQueue"]
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


def test_no_role_has_a_managed_policy_or_may_do_anything_by_wildcard(stack: Stack) -> None:
    assert stack.of_type("IAM::ManagedPolicy") == {}
    for role in stack.of_type("IAM::Role").values():
        assert "ManagedPolicyArns" not in role
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


def test_who_is_let_in_is_one_service_for_one_source_in_this_account(stack: Stack) -> None:
    for guard in [it for name in BUCKETS + QUEUES for it in stack.guards(name)]:
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
    ours = {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:s3:::" + inbox}}
    assert guard["Condition"]["ArnEquals"] == ours


def test_a_function_is_invoked_by_the_rule_of_this_stack_only(stack: Stack) -> None:
    permissions, rules = stack.of_type("Lambda::Permission"), stack.of_type("Events::Rule")

    called = {(target(it["SourceArn"]), target(it["FunctionName"])) for it in permissions.values()}
    assert called == {
        (name, target(aim["Arn"])) for name, rule in rules.items() for aim in rule["Targets"]
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
def test_a_queue_has_one_policy_and_its_messages_are_encrypted(stack: Stack, name: str) -> None:
    policies = stack.of_type("SQS::QueuePolicy").values()

    assert sum({"Ref": name} in policy["Queues"] for policy in policies) == 1
    assert stack.properties(name)["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_is_private_encrypted_and_drops_uploads_that_were_never_finished(
    stack: Stack, name: str
) -> None:
    bucket = stack.properties(name)
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    aes = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    rules = bucket["LifecycleConfiguration"]["Rules"]
    enabled = [it for it in rules if it["Status"] == "Enabled"]

    assert bucket["PublicAccessBlockConfiguration"] == dict.fromkeys(closed, True)
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["BucketEncryption"] == {"ServerSideEncryptionConfiguration": [aes]}
    aborted = [it.get("AbortIncompleteMultipartUpload") for it in enabled]
    assert {"DaysAfterInitiation": 7} in aborted


class TestRetentionOfUploads:
    """S3 counts the days of the latest version from its upload, of others from what hid them.

    So a version is gone 30 days after it was overwritten, and no later than 430 after its upload.
    """

    def test_both_spans_are_parameters_of_their_own_which_publish_remembers(
        self, stack: Stack
    ) -> None:
        inbox, days = stack.properties("InboxBucket"), stack.values({})
        environment = stack.properties("PublishFunction")["Environment"]["Variables"]
        latest, overwritten = {"Ref": "KeepUploadsDays"}, {"Ref": "KeepOverwrittenDays"}

        assert inbox["VersioningConfiguration"] == {"Status": "Enabled"}
        rules = inbox["LifecycleConfiguration"]["Rules"]
        [rule] = [it for it in rules if "ExpirationInDays" in it]
        assert rule["ExpirationInDays"] == environment["KEEP_UPLOADS_DAYS"] == latest
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": overwritten}
        assert environment["KEEP_OVERWRITTEN_DAYS"] == overwritten
        assert (days["KeepUploadsDays"], days["KeepOverwrittenDays"]) == ("400", "30")

    def test_an_overwritten_version_outlives_the_messages_that_name_it(self, stack: Stack) -> None:
        """First one for ingest, then one for bulk, which keeps its age among the dead letters."""
        queues = [stack.properties(name) for name in ("UploadsQueue", "BulkQueue")]
        letters = stack.properties("DeadLetterQueue")["MessageRetentionPeriod"]
        waiting = [it["MessageRetentionPeriod"] for it in queues]

        assert letters <= waiting[1]
        least = stack.template["Parameters"]["KeepOverwrittenDays"]["MinValue"]
        assert least > sum(waiting) / 86_400


@pytest.mark.parametrize("name", ["uploader", "contributor", "presigner", "subscriber", "operator"])
def test_a_policy_for_others_allows_named_actions_on_named_resources(name: str) -> None:
    policy = json.loads((ROOT / "infra/policies" / f"{name}.json").read_text(encoding="utf-8"))

    named = r"arn:aws:(s3|dynamodb|sqs|events|states|cloudformation):[^*]*[^*/](/\*)?|KMS_KEY"
    for statement in policy["Statement"]:
        assert "*" not in "".join(statement["Action"])
        assert [it for it in statement["Resource"] if not re.fullmatch(named, it)] == []
