import pytest

from .stack import Stack, source, translate


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack(translate(source()))
