import pytest

from articles_local.function import Function
from tests.aws.cloud import Announcements, Cloud
from tests.newsroom import Newsroom


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def newsroom(cloud: Cloud) -> Newsroom:
    return Newsroom(cloud)


@pytest.fixture
def ingest(cloud: Cloud) -> Function:
    return cloud.function("IngestFunction")


@pytest.fixture
def announced_since(cloud: Cloud) -> Announcements:
    return Announcements(cloud)


@pytest.fixture
def publish(cloud: Cloud) -> Function:
    return cloud.function("PublishFunction")
