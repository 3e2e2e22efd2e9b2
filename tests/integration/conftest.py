import os
from collections.abc import Iterator

import boto3
import pytest

from .cloud import Cloud, in_process
from .newsroom import Newsroom


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A stack of the real template in this process, empty."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with in_process() as running:
        # What a function makes with `boto3.client` passes the border as well.
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", running.session)
        yield running


@pytest.fixture
def newsroom(cloud: Cloud) -> Newsroom:
    return Newsroom(cloud)
