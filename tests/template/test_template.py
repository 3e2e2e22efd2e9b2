import json
from graphlib import TopologicalSorter

import pytest
import yaml
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]

from .stack import ROOT, Stack, listed, references, source

TABLES = ["ArticlesTable", "ReceiptsTable"]


def test_the_translated_template_passes_cfn_lint(stack: Stack) -> None:
    """As it is translated, with what cfn-lint only notes; `make check` has the source."""
    # I3011: queues and logs go with their stack. What a message is about is kept by the inbox, and
    # by the receipts: `articles reconcile` and `rejects` find it.
    regions = ["us-east-1", "eu-central-1"]
    options = ManualArgs(include_checks=["I"], ignore_checks=["I3011"], regions=regions)

    assert lint(json.dumps(stack.template), config=options) == []


def test_no_resource_waits_for_itself(stack: Stack) -> None:
    waits_for = {
        name: {*references(resource), *listed(resource.get("DependsOn", []))} & {*stack.resources}
        for name, resource in stack.resources.items()
    }

    TopologicalSorter(waits_for).prepare()  # raises CycleError


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("InboxBucket", "UploadsQueuePolicy"),  # or it may not notify yet
        ("ReceiptsTable", "ArticlesTable"),  # tables with indexes are made one after the other
    ],
)
def test_a_resource_waits_for_what_it_does_not_refer_to(
    stack: Stack, name: str, first: str
) -> None:
    assert stack.resources[name]["DependsOn"] == first


def test_the_outputs_are_those_that_the_command_line_reads_and_the_operators_first_page(
    stack: Stack,
) -> None:
    assert " ".join(stack.template["Outputs"]) == (
        "InboxBucket ArchiveBucket ArticlesTable ReceiptsTable UploadsQueueUrl BulkQueueUrl "
        "DeadLetterQueueUrl PublishFailureQueueUrl EventBusName ReplayMachineArn "
        "DashboardUrl"
    )


@pytest.mark.parametrize("name", ["InboxBucket", "ArchiveBucket", *TABLES])
def test_data_outlives_the_stack(stack: Stack, name: str) -> None:
    resource = stack.resources[name]

    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", TABLES)
def test_a_table_can_be_restored_forgets_by_ttl_streams_both_images_and_is_never_replaced(
    stack: Stack, name: str
) -> None:
    table = stack.properties(name)

    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["ProtectTables", True, False]}
    assert "TableName" in table  # what has a fixed name cannot be replaced


def test_each_function_logs_to_a_group_whose_retention_is_set(stack: Stack) -> None:
    groups = stack.of_type("Logs::LogGroup").values()

    assert {it["LogGroupName"]["Fn::Sub"]: it["RetentionInDays"] for it in groups} == {
        f"/aws/lambda/{function['FunctionName']['Fn::Sub']}": {"Ref": "LogRetentionDays"}
        for function in stack.of_type("Lambda::Function").values()
    }


def test_no_function_reserves_concurrency_or_may_run_in_a_loop(stack: Stack) -> None:
    for function in stack.of_type("Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function
        assert function.get("RecursiveLoop", "Terminate") == "Terminate"


def test_each_function_is_built_by_the_makefile_of_its_architecture_for_its_runtime() -> None:
    template, folder = source(), "infra/build/${Architecture}"
    built = {"BuildMethod": "makefile", "ContextPath": {"Fn::Sub": folder}}
    resources = template["Resources"].values()
    functions = [it for it in resources if it["Type"] == "AWS::Serverless::Function"]

    assert [it["Metadata"] for it in functions] == [built] * 5
    for architecture in template["Parameters"]["Architecture"]["AllowedValues"]:
        assert (ROOT / folder.replace("${Architecture}", architecture) / "Makefile").is_file()
    runtime = template["Globals"]["Function"]["Runtime"].removeprefix("python")
    rules = (ROOT / "infra/build/zip.mk").read_text("utf-8")
    assert f"--python-version {runtime}" in rules
    assert f"find --no-project {runtime}" in rules


def test_the_stack_of_the_registry_is_the_generated_one_and_gets_its_parameters() -> None:
    nested = source()["Resources"]["Schemas"]["Properties"]
    text = (ROOT / nested["TemplateURL"]).read_text(encoding="utf-8")

    parameters = yaml.safe_load(text.partition("Parameters:\n")[2].partition("\n\n")[0])
    assert text.startswith("# Generated")
    assert nested["Parameters"].keys() == parameters.keys()
