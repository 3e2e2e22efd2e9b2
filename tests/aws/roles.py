"""The roles of the translated template, and a cloud in which functions may do what theirs allow."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from articles_local.function import Function
from tests.template.stack import Stack, target

from . import service
from .cloud import Cloud
from .expressions import Item
from .iam import Grant, Request, allows, arn, grants, of_the_key, of_what_is_missing, requests
from .memory import error
from .records import ACCOUNT, REGION

PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": "articles-test",
}
# How CloudFormation calls a resource: the property that names it, and its ARN.
NAMES = {
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::{}"),
    "AWS::SQS::Queue": ("QueueName", arn("sqs", "{}")),
    "AWS::DynamoDB::Table": ("TableName", arn("dynamodb", "table/{}")),
    "AWS::Events::EventBus": ("Name", arn("events", "event-bus/{}")),
    "AWS::Logs::LogGroup": ("LogGroupName", arn("logs", "log-group:{}:*")),
    "AWS::Lambda::Function": ("FunctionName", arn("lambda", "function:{}")),
    "AWS::Events::Archive": ("ArchiveName", arn("events", "archive/{}")),
    "AWS::CloudWatch::Dashboard": (
        "DashboardName",
        f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{{}}",
    ),
    "AWS::EventSchemas::Registry": ("RegistryName", arn("schemas", "registry/{}")),
    "AWS::IAM::Role": ("RoleName", f"arn:aws:iam::{ACCOUNT}:role/{{}}"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", arn("states", "stateMachine:{}")),
}


@dataclass(frozen=True)
class Names:
    """What the references of a stack come to, whose conditions are decided (`Stack.given`).

    `names` overrides the names of resources.
    """

    stack: Stack
    parameters: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)

    def resolved(self, node: Any) -> Any:
        """Copy a part of the template with its references resolved."""
        match node:
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._attribute(name, attribute)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w:.]+)}", lambda it: self._named(it[1]), text)
            case dict():
                return {key: self.resolved(it) for key, it in node.items()}
            case list():
                return [self.resolved(it) for it in node]
        return node

    def arn(self, name: str) -> str:
        resource = self.stack.resources[name]
        property_, pattern = NAMES[resource["Type"]]
        given = self.names.get(name) or self.resolved(resource["Properties"][property_])
        return pattern.format(given.rpartition("/")[2] if "://" in given else given)

    def _named(self, path: str) -> str:
        name, _, attribute = path.partition(".")
        return str(self._attribute(name, attribute) if attribute else self._ref(name))

    def _ref(self, name: str) -> Any:
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        is_machine = self.stack.resources[name]["Type"] == "AWS::StepFunctions::StateMachine"
        return self.arn(name) if is_machine else self.arn(name).rpartition(":")[2]

    def _attribute(self, name: str, attribute: str) -> str:
        match attribute:
            case "Arn":
                return self.arn(name)
            case "StreamArn":
                return f"{self.arn(name)}/stream/1"
            case "Name":
                return self.arn(name).rpartition("/")[2].rpartition(":")[2]
        raise NotImplementedError(f"an attribute: {name}.{attribute}")


@dataclass(frozen=True)
class Roles:
    """What each role may do, and what Lambda itself asks for when it runs a function."""

    names: Names

    @property
    def by_function(self) -> dict[str, str]:
        functions = self.names.stack.of_type("Lambda::Function")
        return {name: target(it["Role"]) for name, it in functions.items()}

    def allowed(self, role: str) -> list[Grant]:
        """List what a role allows, whether written in the role or beside it."""
        statements = [it for name, it in self.names.stack.role_statements() if name == role]
        return grants({"Statement": self.names.resolved(statements)})

    def of_lambda(self, function: str) -> list[Request]:
        """Name what Lambda asks for with the role of a function, by its documentation."""
        stack = self.names.stack
        properties = stack.properties(function)
        name = self.names.resolved(properties["FunctionName"])
        group = f"log-group:/aws/lambda/{name}:log-stream:1"
        found = [Request(f"logs:{it}", arn("logs", group)) for it in LOGGING]
        if properties.get("TracingConfig") == {"Mode": "Active"}:
            found += [Request(f"xray:{it}", "*") for it in TRACING]
        if key := properties.get("KmsKeyArn"):  # of its environment
            found.append(Request("kms:Decrypt", self.names.resolved(key)))
        for mapping in stack.of_type("Lambda::EventSourceMapping").values():
            if target(mapping["FunctionName"]) == function:
                source = self.names.resolved(mapping["EventSourceArn"])
                found += [Request(it, source) for it in READING[source.split(":")[2]]]
                if failed := mapping.get("DestinationConfig"):
                    queue = self.names.resolved(failed["OnFailure"]["Destination"])
                    found.append(Request("sqs:SendMessage", queue))
        return [*found, *of_the_key(found, self.names.parameters["KmsKeyArn"])]


LOGGING = ("CreateLogStream", "PutLogEvents")
TRACING = ("PutTraceSegments", "PutTelemetryRecords")
READING = {
    "sqs": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    "dynamodb": [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ],
}


class Enforced(Cloud):
    """A cloud that denies what the role of a function does not allow; remembers what was asked."""

    def __init__(self, stack: Stack, **parameters: str) -> None:
        super().__init__()
        values = stack.values(service.PARAMETERS | parameters)
        self.roles = Roles(Names(stack.given(**values), values, names=service.RESOURCES))
        self.allowed = {role: self.roles.allowed(role) for role in self.roles.by_function.values()}
        self.asked: dict[str, list[Request]] = {role: [] for role in self.allowed}
        self._role: str | None = None
        self.memory.hook = self._judge

    def deny(self, role: str, action: str) -> None:
        """Take an action out of a role."""
        self.allowed[role] = [it for it in self.allowed[role] if it.action != action]

    def _build(self, name: str, environment: dict[str, str | None]) -> Function:
        built = super()._build(name, environment)
        return replace(built, handler=self._in_role(name, built.handler))

    def _in_role(self, function: str, handler: Callable[..., Item | None]) -> Callable[..., Any]:
        role = self.roles.by_function[function]

        def handle(event: Item, context: Any) -> Item | None:
            self.asked[role] += self.roles.of_lambda(function)
            self._role = role
            try:
                return handler(event, context)
            finally:
                self._role = None

        return handle

    def _judge(self, phase: str, operation: str, asked: Item) -> Any:
        if phase == "before" and self._role:
            for request in self._needed(operation, asked):
                self.asked[self._role].append(request)
                if not allows(self.allowed[self._role], request):
                    why = f"{self._role} is not authorized to perform: {request.action}"
                    raise error("AccessDenied", operation, f"{why} on resource: {request.arn}")
        return self.border(phase, operation, asked)

    def _needed(self, operation: str, asked: Item) -> list[Request]:
        needed = list(requests(_service(asked), operation, asked))
        if operation == "GetObject" and self._is_missing(asked):
            needed += of_what_is_missing(asked)
        return [*needed, *of_the_key(needed, self.roles.names.parameters["KmsKeyArn"])]

    def _is_missing(self, asked: Item) -> bool:
        version = asked.get("VersionId")
        return not any(
            (bucket, key) == (asked["Bucket"], asked["Key"]) and version in (None, name)
            for bucket, key, name in self.memory.objects
        )


def _service(asked: Item) -> str:
    """Tell by its parameters which service a request goes to."""
    for parameter, name in (("Bucket", "s3"), ("QueueUrl", "sqs"), ("Entries", "events")):
        if parameter in asked:
            return name
    return "dynamodb"
