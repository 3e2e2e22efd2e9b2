import os
from collections.abc import Iterator

import boto3
import pytest

from articles_local.function import Function

from .bulk import Announcements
from .cloud import Cloud, in_process
from .newsroom import Newsroom


@pytest.fixture(scope="module")
def stack() -> Iterator[Cloud]:
    """The stack of the real template in this process."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        with in_process() as running:
            # What a function makes with `boto3.client` passes the border as well.
            patch.setattr(boto3, "DEFAULT_SESSION", running.session)
            yield running


@pytest.fixture
def cloud(stack: Cloud) -> Cloud:
    stack.empty()
    return stack


@pytest.fixture
def newsroom(cloud: Cloud) -> Newsroom:
    return Newsroom(cloud)


@pytest.fixture
def ingest(cloud: Cloud) -> Function:
    return cloud.function("IngestFunction")


@pytest.fixture(scope="module")
def streams(stack: Cloud) -> Announcements:
    return Announcements(stack)


@pytest.fixture
def announced_since(cloud: Cloud, streams: Announcements) -> Announcements:
    assert cloud.articles() == []
    return streams.begin()
