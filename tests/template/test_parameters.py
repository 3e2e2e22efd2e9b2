"""What CloudFormation makes of the parameters: which it refuses, and what names result."""

import re
import shlex
import tomllib
from collections import defaultdict
from itertools import permutations

import pytest

from .stack import ROOT, Stack, target

CONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = {  # what `sam deploy` reads; `sam build` reads the global part only
    name: it["global"]["parameters"] | it["deploy"]["parameters"]
    for name, it in CONFIG.items()
    if name != "version"
}
TOPIC = {"AlarmTopicArn": "arn:aws:sns:eu-central-1:123456789012:pages"}
UNWATCHED, UNPROTECTED = "A protected stack needs AlarmTopicArn", "A production needs Deletion"
GIVEN: list[tuple[dict[str, str], str | None]] = [
    ({"Stage": "prod", **TOPIC}, None),
    ({"Stage": "prod"}, UNWATCHED),
    ({"Stage": "prod-eu"}, UNWATCHED),  # whatever its name
    ({"Stage": "dev"}, UNWATCHED),
    ({"Stage": "dev", "DeletionProtection": "false"}, None),
    ({"Stage": "prod", "DeletionProtection": "false", **TOPIC}, UNPROTECTED),
    ({"Stage": "production", "DeletionProtection": "false", **TOPIC}, UNPROTECTED),
    ({"Stage": "live", "DeletionProtection": "false", **TOPIC}, UNPROTECTED),
    (TOPIC, r".*\bStage\b"),
    ({"Stage": "receipts-dev", **TOPIC}, 'up to 16 .*; not beginning with "receipts-"'),
    ({"Stage": "receipts", **TOPIC}, None),
    ({"Stage": "Dev", **TOPIC}, "up to 16 lower-case letters"),
]


def pairs(text: str) -> dict[str, str]:
    return dict(it.split("=", 1) for it in shlex.split(text))


@pytest.mark.parametrize(("given", "refusal"), GIVEN)
def test_a_stack_is_watched_and_protected_unless_it_says_that_it_is_an_experiment(
    stack: Stack, given: dict[str, str], refusal: str | None
) -> None:
    refusals = stack.refusals(**given)

    assert len(refusals) == bool(refusal), refusals
    assert all(re.match(str(refusal), it) for it in refusals)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_is_deployed_as_its_file_says_and_production_once_it_has_a_topic(
    stack: Stack, name: str
) -> None:
    given = pairs(ENVIRONMENTS[name]["parameter_overrides"])
    refusals = stack.refusals(**given)

    assert [it[: len(UNWATCHED)] for it in refusals] == ([UNWATCHED] if name == "prod" else [])
    assert stack.refusals(**given, **TOPIC) == []


def test_an_environment_names_its_stage_in_its_stack_its_code_and_all_tags() -> None:
    for environment in ENVIRONMENTS.values():
        stage = pairs(environment["parameter_overrides"])["Stage"]
        assert environment["stack_name"] == environment["s3_prefix"] == f"articles-{stage}"
        assert pairs(environment["tags"]) == {"service": "articles", "stage": stage}


def test_only_production_is_asked_for_before_it_is_deployed() -> None:
    asked = [name for name, it in ENVIRONMENTS.items() if it.get("confirm_changeset")]

    assert asked == ["prod"]


def test_no_stage_gives_a_resource_the_name_of_one_of_another_stage(stack: Stack) -> None:
    names = defaultdict(set)
    for resource in stack.resources.values():
        for key, value in resource["Properties"].items():
            if key.endswith("Name") and "${Stage}" in str(value):
                prefix, _, rest = value["Fn::Sub"].partition("${Stage}")
                names[resource["Type"], key].add((prefix, rest))

    longer = []
    for of_one_kind in names.values():
        for (prefix, rest), (other, other_rest) in permutations(of_one_kind, 2):
            assert rest == other_rest
            if other.startswith(prefix):  # the same name, if one stage is the other with this
                longer.append(other.removeprefix(prefix))
    assert longer == ["receipts-"]
    assert [it for it in longer if not stack.refusals(Stage=f"{it}x", **TOPIC)] == []


@pytest.mark.parametrize(
    ("parameter", "value", "resources"),
    [
        ("ReplayMachine", "true", {"ReplayStateMachine", "ReplayRole", "ReplayPolicy"}),
        ("SchemaRegistry", "true", {"Schemas"}),
        ("KeepEventsDays", "30", {"EventArchive"}),
    ],
)
def test_a_feature_is_there_only_where_its_parameter_asks_for_it(
    stack: Stack, parameter: str, value: str, resources: set[str]
) -> None:
    asked, default = stack.given(Stage="dev", **{parameter: value}), stack.given(Stage="dev")

    assert asked.resources.keys() - default.resources.keys() == resources


def test_a_boundary_is_that_of_every_role_where_one_is_given(stack: Stack) -> None:
    def boundaries(**given: str) -> list[object]:
        roles = stack.given(Stage="dev", ReplayMachine="true", **given).of_type("IAM::Role")
        return [it.get("PermissionsBoundary") for it in roles.values()]

    boundary = "arn:aws:iam::123456789012:policy/boundary"
    assert boundaries() == [None] * 6
    assert boundaries(PermissionsBoundaryArn=boundary) == [{"Ref": "PermissionsBoundaryArn"}] * 6


@pytest.mark.parametrize(("tracing", "mode"), [("true", "Active"), ("false", "PassThrough")])
def test_functions_send_traces_and_may_do_so_only_where_they_are_asked_to(
    stack: Stack, tracing: str, mode: str
) -> None:
    given = stack.given(Stage="dev", Tracing=tracing)
    functions = given.of_type("Lambda::Function").values()
    allowed = {
        name: it["Action"] for name, it in given.role_statements() if "xray" in str(it["Action"])
    }

    assert {it["TracingConfig"]["Mode"] for it in functions} == {mode}
    sending = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    roles = [target(it["Role"]) for it in functions if mode == "Active"]
    assert allowed == dict.fromkeys(roles, sending)


def test_requests_for_uploads_and_reports_are_logged_where_a_bucket_is_given(stack: Stack) -> None:
    buckets = stack.given(Stage="dev", AccessLogBucket="logs").of_type("S3::Bucket").values()
    logging = [it["LoggingConfiguration"] for it in buckets]

    assert {it["DestinationBucketName"]["Ref"] for it in logging} == {"AccessLogBucket"}
    assert len({it["LogFilePrefix"]["Fn::Sub"] for it in logging}) == len(logging) == 2
    for bucket in stack.given(Stage="dev").of_type("S3::Bucket").values():
        assert "LoggingConfiguration" not in bucket
