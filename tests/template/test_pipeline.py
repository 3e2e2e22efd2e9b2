"""The way to production: the commands of the docs and of the pipeline, and its permissions."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import typer
import yaml
from botocore import xform_name
from botocore.session import get_session

from articles_cli.main import app

from .stack import ROOT, Stack
from .test_parameters import ENVIRONMENTS

PAGES = ("docs/deploy.md", "docs/operations.md")
WORKFLOW = yaml.safe_load((ROOT / "examples/pipeline/deploy.yml").read_text(encoding="utf-8"))
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
OF_EVERY_COMMAND = {"query", "output"}
RENAMED = {"notification-endpoint": "endpoint"}  # by the AWS CLI, which has an option --endpoint


def runs(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def commands(program: str) -> Iterator[list[str]]:
    """Give each command line of a program on the pages and in the pipeline, as words."""
    pages = "".join((ROOT / it).read_text(encoding="utf-8") for it in PAGES)
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", pages, re.DOTALL | re.MULTILINE)
    shell = "\n".join([*blocks, *(run for job in JOBS for run in runs(job))])
    for line in re.split(r"\n|&&|[|>]|\$\((?=aws)", shell.replace("\\\n", "")):
        if re.match(rf" *(\S*/)?{program} ", line):
            yield shlex.split(line.rstrip(")"), comments=True)[1:]


def options(words: list[str]) -> set[str]:
    return {RENAMED.get(it, it) for it in (w[2:] for w in words if w.startswith("--"))}


@cache
def model(service: str) -> Any:
    return get_session().get_service_model(service)


def of_aws(service: str, command: str) -> set[str]:
    """Name the options of a command of the AWS CLI, which it has from the models of the API."""
    if (service, command) == ("cloudformation", "deploy"):  # the CLI's own
        return {"stack-name", "template-file", "parameter-overrides", "capabilities"}
    operations = {xform_name(it, "-"): it for it in model(service).operation_names}
    shape = model(service).operation_model(operations[command]).input_shape
    return {xform_name(it, "-") for it in (shape.members if shape else ())}


def test_every_command_of_aws_exists_with_its_options() -> None:
    found = [*commands("aws")]
    assert len(found) > 10
    for service, command, *rest in found:
        if command == "wait":
            waiters = get_session().get_waiter_model(service).waiter_names
            assert rest[0] in {xform_name(it, "-") for it in waiters}
        else:
            assert options(rest) - OF_EVERY_COMMAND <= of_aws(service, command), command


def test_every_command_of_ours_exists_with_its_options() -> None:
    ours = typer.main.get_group(app).commands
    found = [*commands("articles")]
    assert len(found) > 10
    for name, *rest in found:
        ours[name].make_context(name, rest)  # raises UsageError


def test_every_environment_that_is_built_or_deployed_is_in_the_configuration() -> None:
    found = [*commands("sam")]
    named = {words[words.index("--config-env") + 1] for words in found if "--config-env" in words}
    assert named == {"dev", "prod"} <= ENVIRONMENTS.keys()
    assert {words[0] for words in found} == {"build", "deploy"}


def test_production_comes_after_development_and_after_its_plan() -> None:
    needed = {name: job.get("needs") for name, job in JOBS.items()}
    assert needed == {"check": None, "dev": "check", "plan": "dev", "prod": "plan"}
    executed = [name for name in JOBS if "aws cloudformation execute-change-set" in str(runs(name))]
    [plan], [made] = ([it for it in runs(name) if "sam deploy" in it] for name in ("plan", "prod"))
    assert executed == ["prod"]
    assert "--no-execute-changeset" in plan
    assert made.index("diff shown.txt made.txt") < made.index("execute-change-set")


def test_a_job_may_do_no_more_than_read_the_code_and_say_who_it_is() -> None:
    assert WORKFLOW["permissions"] == {}
    for name, job in JOBS.items():
        uses = [step.get("uses", "").partition("@")[0] for step in job["steps"]]
        asked = {"contents": "read"} if "actions/checkout" in uses else {}
        if "aws-actions/configure-aws-credentials" in uses:
            asked["id-token"] = "write"
            assert job["environment"], name  # by which AWS knows it
        assert job["permissions"] == asked, name
        for step in job["steps"]:
            if "actions/checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_a_run_shows_no_article_and_no_expression_is_pasted_into_a_command() -> None:
    every = [run for job in JOBS for run in runs(job)]
    shown = [run for run in every if "articles diff" in run]
    assert shown
    assert [run for run in shown if "--counts" not in run] == []
    assert [run for run in every if "${{" in run] == []


def test_the_stack_policy_keeps_what_outlives_the_stack(stack: Stack) -> None:
    policy = json.loads((ROOT / "infra/policies/stack-policy.json").read_text(encoding="utf-8"))
    allow, deny = policy["Statement"]

    kept = [name for name, it in stack.resources.items() if it.get("UpdateReplacePolicy")]
    assert (allow["Effect"], allow["Action"], allow["Resource"]) == ("Allow", "Update:*", "*")
    assert (deny["Effect"], deny["Action"]) == ("Deny", ["Update:Replace", "Update:Delete"])
    assert sorted(deny["Resource"]) == sorted(f"LogicalResourceId/{name}" for name in kept)


def test_the_price_of_an_idle_stack_counts_the_metrics_of_its_alarms(stack: Stack) -> None:
    alarms = stack.of_type("CloudWatch::Alarm").values()
    measured = [it for alarm in alarms for it in alarm.get("Metrics", [alarm])]
    priced = [it for it in measured if it.get("Expression") != "SUM(METRICS())"]

    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    assert f"watch {len(priced)} metrics" in page
