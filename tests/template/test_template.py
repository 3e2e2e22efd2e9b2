import json
from graphlib import TopologicalSorter

import pytest
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]

from .stack import ROOT, Stack, listed, references


@pytest.mark.parametrize("regions", [["us-east-1"], ["eu-central-1"]])
def test_the_translated_template_passes_cfn_lint(stack: Stack, regions: list[str]) -> None:
    # I3011: queues and logs go with their stack. What a message is about is kept by the inbox, and
    # by the receipts: `articles reconcile` and `rejects` find it.
    options = ManualArgs(include_checks=["I"], ignore_checks=["I3011"], regions=regions)

    assert lint(json.dumps(stack.template), config=options) == []


def test_the_source_passes_cfn_lint() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")

    assert lint(text, config=ManualArgs(ignore_checks=["I"])) == []


def test_no_resource_waits_for_itself(stack: Stack) -> None:
    waits_for = {
        name: {*references(resource), *listed(resource.get("DependsOn", []))} & {*stack.resources}
        for name, resource in stack.resources.items()
    }

    TopologicalSorter(waits_for).prepare()  # raises CycleError


def test_the_outputs_are_those_that_the_command_line_reads_and_the_operators_first_page(
    stack: Stack,
) -> None:
    assert " ".join(stack.template["Outputs"]) == (
        "InboxBucket ArchiveBucket ArticlesTable ReceiptsTable UploadsQueueUrl BulkQueueUrl "
        "DeadLetterQueueUrl PublishFailureQueueUrl EventBusName ReplayMachineArn "
        "DashboardUrl"
    )


def test_the_inbox_waits_until_it_may_notify(stack: Stack) -> None:
    assert stack.resources["InboxBucket"]["DependsOn"] == "UploadsQueuePolicy"


def test_tables_with_indexes_are_made_one_after_the_other(stack: Stack) -> None:
    assert stack.resources["ReceiptsTable"]["DependsOn"] == "ArticlesTable"


@pytest.mark.parametrize("name", ["InboxBucket", "ArchiveBucket", "ArticlesTable", "ReceiptsTable"])
def test_data_outlives_the_stack(stack: Stack, name: str) -> None:
    resource = stack.resources[name]

    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", ["ArticlesTable", "ReceiptsTable"])
class TestTable:
    def test_can_be_restored_to_any_second(self, stack: Stack, name: str) -> None:
        recovery = stack.properties(name)["PointInTimeRecoverySpecification"]

        assert recovery == {"PointInTimeRecoveryEnabled": True}

    def test_forgets_items_by_their_ttl(self, stack: Stack, name: str) -> None:
        expiry = stack.properties(name)["TimeToLiveSpecification"]

        assert expiry == {"AttributeName": "ttl", "Enabled": True}

    def test_streams_both_images(self, stack: Stack, name: str) -> None:
        stream = stack.properties(name)["StreamSpecification"]

        assert stream == {"StreamViewType": "NEW_AND_OLD_IMAGES"}

    def test_has_a_fixed_name_so_that_it_is_never_replaced(self, stack: Stack, name: str) -> None:
        assert "TableName" in stack.properties(name)

    def test_can_be_protected_from_deletion(self, stack: Stack, name: str) -> None:
        protection = stack.properties(name)["DeletionProtectionEnabled"]

        assert protection == {"Fn::If": ["ProtectTables", True, False]}


def test_each_function_logs_to_a_group_whose_retention_is_set(stack: Stack) -> None:
    groups = {
        group["LogGroupName"]["Fn::Sub"]: group["RetentionInDays"]
        for group in stack.of_type("Logs::LogGroup").values()
    }

    assert groups == {
        f"/aws/lambda/{function['FunctionName']['Fn::Sub']}": {"Ref": "LogRetentionDays"}
        for function in stack.of_type("Lambda::Function").values()
    }


def test_no_function_reserves_concurrency(stack: Stack) -> None:
    for function in stack.of_type("Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function


def test_no_function_may_run_in_a_loop(stack: Stack) -> None:
    for function in stack.of_type("Lambda::Function").values():
        assert function.get("RecursiveLoop", "Terminate") == "Terminate"
