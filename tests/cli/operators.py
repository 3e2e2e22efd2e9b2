"""What people and partners ask AWS for, and the policies of infra/policies that must allow it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from unittest.mock import patch

import boto3

from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from tests.aws import iam
from tests.aws.expressions import Item
from tests.aws.iam import Grant, Request
from tests.aws.records import REGION

from .conftest import Articles

# AWS asks for no permission; or it is never sent: a form is signed as if it were this request.
FREE = {"GetCallerIdentity", "CreateBucket"}
NOT_FOUND = 404


@dataclass
class Operator:
    """Records the requests of commands, or of a partner's client, and of nothing else here."""

    outputs: dict[str, str]
    machine: str = ""
    key: str = ""
    asked: list[Request] = field(default_factory=list)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Give the commands clients that are watched."""
        with (
            patch.object(deployment, "boto3", self.session),
            patch.object(deployment, "Deployment", self._with_more),
        ):
            yield

    @cached_property
    def session(self) -> boto3.Session:
        session = boto3.Session("embedded", "embedded", region_name=REGION)
        session.events.register("before-parameter-build", self._remember)
        session.events.register("after-call.s3", self._remember_missing)
        return session

    def _with_more(self, outputs: dict[str, str], client: Any, given: dict[str, str]) -> Deployment:
        """Give a stack that has what the embedded AWS does not create: a state machine, a key."""
        given = given | {"KmsKeyArn": self.key}
        return Deployment(outputs | {"ReplayMachineArn": self.machine}, client, given)

    def _remember(self, params: Item, model: Any, context: Item, **_: Any) -> None:
        context["asked"] = params
        if model.name not in FREE:
            service = str(model.service_model.endpoint_prefix)
            self.asked += iam.requests(service, model.name, dict(params))

    def _remember_missing(self, context: Item, http_response: Any, **_: Any) -> None:
        if http_response.status_code == NOT_FOUND:
            self.asked += iam.of_what_is_missing(context["asked"])


def policy(articles: Articles, name: str, *options: str) -> list[Grant]:
    """Give what a policy allows, as `articles policy` prints it."""
    done = articles("policy", name, *options)
    assert done.code == 0, done
    return iam.grants(json.loads(done.out))
