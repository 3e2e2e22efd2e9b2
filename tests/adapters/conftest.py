"""The tables of template.yaml in moto, with all that AWS refuses; S3 and SQS stay in memory."""

import os
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from articles_local import fast_moto, limits, stack
from tests.aws.border import Border
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.aws.memory import KEYS
from tests.aws.records import REGION
from tests.aws.service import PARAMETERS, translated
from tests.newsroom import Newsroom


class InMoto(Cloud):
    """A cloud whose tables are moto's."""

    def __init__(self, session: boto3.Session, border: Border, outputs: dict[str, str]) -> None:
        super().__init__()
        self.memory.hook = self.border = border
        self.outputs |= {it: outputs[it] for it in ("ArticlesTable", "ReceiptsTable")}
        self.plain = boto3.Session("test", "test", region_name=REGION)  # which no border watches
        self.clients.dynamodb = session.client("dynamodb")

    def empty(self) -> None:
        for table, keys in zip(("ArticlesTable", "ReceiptsTable"), KEYS.values(), strict=True):
            for item in self.images(table):
                key = {name: item[name] for name in keys}
                self.clients.dynamodb.delete_item(TableName=self.outputs[table], Key=key)
        super().empty()

    def images(self, table: str) -> list[Item]:
        items: list[Item] = self.clients.dynamodb.scan(TableName=self.outputs[table])["Items"]
        return items


@pytest.fixture(scope="module")
def in_moto() -> Iterator[InMoto]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        with mock_aws(), limits.enforced(), fast_moto.hastened():
            session = boto3.Session("test", "test", region_name=REGION)
            border = Border()
            border.watch(session)
            made, played = translated()
            formation = session.client("cloudformation")
            outputs, _ = stack.create(formation, "articles-test", made, played, PARAMETERS)
            yield InMoto(session, border, outputs)


@pytest.fixture
def cloud(in_moto: InMoto) -> Cloud:
    in_moto.empty()
    return in_moto


@pytest.fixture
def newsroom(cloud: Cloud) -> Newsroom:
    return Newsroom(cloud)
