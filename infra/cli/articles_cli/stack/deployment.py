"""The deployed service: where a stack of template.yaml runs, and clients for it."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from articles.storing.lookup import Lookup
from articles_cli.options import FEEDS, FUNCTIONS, IS_CHECKOUT, ROOT
from articles_cli.stack.tap import Tap
from articles_cli.terminal import streams
from articles_cli.terminal.exit_codes import FAILED
from articles_cli.terminal.output import fail, tell

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
REGION_HERE = "us-east-1"  # of the embedded AWS
_OTHERWISE = (
    "deploy it, name another with --stack or ARTICLES_STACK, or use another AWS_PROFILE or region."
)


@dataclass(frozen=True)
class Deployment:
    """A stack by its outputs and parameters; `client` makes a client of a service, by its name."""

    outputs: dict[str, str]
    client: Callable[..., Any]
    parameters: dict[str, str] = field(default_factory=dict)

    @cached_property
    def s3(self) -> "S3Client":
        client: S3Client = self.client("s3")
        return client

    def s3_for(self, threads: int) -> "S3Client":
        """A client with a connection for each of its threads."""
        client: S3Client = self.client("s3", config=Config(max_pool_connections=threads))
        return client

    @cached_property
    def signer(self) -> "S3Client":
        """A client whose links lead to the bucket's own region: S3 redirects no form."""
        config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
        client: S3Client = self.client("s3", config=config)
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        client: SQSClient = self.client("sqs")
        return client

    @property
    def inbox(self) -> str:
        return self.outputs["InboxBucket"]

    @property
    def keep_receipts(self) -> timedelta:
        """How long receipts and reports are kept."""
        return timedelta(days=int(self.parameters["KeepReceiptsDays"]))

    @cached_property
    def feeds_file(self) -> Path:
        """The file of this checkout that holds the feeds of its stage.

        Without a checkout, the file that is installed: it is said that it may be another.
        """
        file = Path(self.parameters.get("FeedsFile", FEEDS.name))
        if IS_CHECKOUT or file.is_absolute():  # absolute: of the embedded AWS
            return FUNCTIONS / file
        tell(
            f"The stack's {file} is not here: the feeds are those that were installed with "
            "articles. Name a copy of the file with --feeds."
        )
        return FEEDS

    @cached_property
    def lookup(self) -> Lookup:
        return Lookup(
            self.client("dynamodb"),
            self.s3,
            articles=self.outputs["ArticlesTable"],
            receipts=self.outputs["ReceiptsTable"],
            archive=self.outputs["ArchiveBucket"],
        )

    def tap(self) -> Tap:
        """Listen to the events of the service, from now on."""
        return Tap(self.client("events"), self.client("sqs"), self.outputs["EventBusName"])


def find(name: str | None, *, changes: bool = False) -> Deployment:
    """Find a deployed stack by its name; without one, the default of samconfig.toml.

    A command that `changes` something says where, before it does, and ends what it has begun even
    if its output can no longer be written.
    """
    name = name or default_name()
    cloudformation = boto3.client("cloudformation")
    try:
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        fail(_missing(name, cloudformation), FAILED)
    outputs = {it["OutputKey"]: it["OutputValue"] for it in stack.get("Outputs", [])}
    given = stack.get("Parameters", [])
    parameters = {it["ParameterKey"]: it["ParameterValue"] for it in given}
    if changes:
        streams.outlive_output()
        _, _, _, _, account, _ = stack["StackId"].split(":", 5)
        tell(f"Stack {name} (stage {parameters['Stage']}) {place(cloudformation, account)}")
    return Deployment(outputs, boto3.client, parameters)


def place(client: "CloudFormationClient", account: str | None = None) -> str:
    """Say where a client works: on this machine, or in an account, which it asks for if need be."""
    if _is_here(client):
        return f"on this machine, at {urlsplit(client.meta.endpoint_url).netloc}"
    account = account or boto3.client("sts").get_caller_identity()["Account"]
    return f"in account {account}, {client.meta.region_name}"


def _missing(name: str, client: "CloudFormationClient") -> str:
    """Say that there is no such stack; on this machine, also which there are."""
    if not _is_here(client):
        return f"There is no stack {name} {place(client)}: {_OTHERWISE}"
    asked = f"There is no stack {name} in {client.meta.region_name} {place(client)}"
    there = boto3.client("cloudformation", region_name=REGION_HERE).describe_stacks()["Stacks"]
    names = ", ".join(it["StackName"] for it in there)
    return (
        f"{asked}. It has {f'only {names}' if names else 'none'}, in {REGION_HERE}: "
        "check --stack, ARTICLES_STACK, and the variables that `articles up` has printed."
    )


def _is_here(client: "CloudFormationClient") -> bool:
    return urlsplit(client.meta.endpoint_url).hostname in LOOPBACK


def default_name(folder: Path = ROOT) -> str:
    """Return the name that the samconfig.toml of a folder gives to its stack."""
    config = tomllib.loads((folder / "samconfig.toml").read_text(encoding="utf-8"))
    return str(config["default"]["deploy"]["parameters"]["stack_name"])
