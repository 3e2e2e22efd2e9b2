import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from .deployment import Stack, applications
from .ministack import running
from .tools import install


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run these tests only where somebody asks for them: `-m e2e`."""
    if config.option.markexpr:
        return
    asked_for = [it for it in items if it.get_closest_marker("e2e")]
    config.hook.pytest_deselected(items=asked_for)
    items[:] = [it for it in items if it not in asked_for]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards; pytest would keep some 200 MB of builds."""
    with TemporaryDirectory(prefix="articles-e2e-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Give the stack that several modules share: it is deleted by the last of them."""
    if sys.platform != "linux":
        pytest.skip("the build is for Linux, and MiniStack runs it on this machine")
    ministack, sam = install("ministack"), install("sam")
    with (
        TemporaryDirectory(prefix="articles-e2e-") as home,
        running(ministack / "ministack", Path(home)) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name in os.environ.keys() - server.environment.keys():
            patch.delenv(name)
        for name, value in server.environment.items():
            patch.setenv(name, value)
        service, kit = applications(sam, Path(home))
        for application in (service, kit):
            application.build()
            application.deploy()
        yield Stack(server, service, kit)
