"""How long AWS may keep us waiting: a request that hangs ends before its function does."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics

from articles.aws import CONFIG, LONGEST_REQUEST_SECONDS

from .test_settings import WHOLE

FUNCTIONS = Path(__file__).parents[2] / "functions"
CLIENTS = {
    "ingest": {"s3", "dynamodb", "sqs"},
    "publish": {"events", "sqs"},
    "release": {"dynamodb"},
}
LONGEST_PAUSE = 20  # seconds: botocore's own ceiling in its standard mode


def load(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import a function as a cold start does, with metrics that no other test sees."""
    for variable, value in {**WHOLE, "POWERTOOLS_SERVICE_NAME": "unit"}.items():
        monkeypatch.setenv(variable, value)
    spec = importlib.util.spec_from_file_location(f"{name}@unit", FUNCTIONS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "metrics", EphemeralMetrics())
    return module


def test_a_request_that_is_never_answered_ends_in_the_time_kept_for_an_upload() -> None:
    limits: Any = CONFIG
    attempts = limits.retries["total_max_attempts"]
    pauses = [min(2**number, LONGEST_PAUSE) for number in range(attempts - 1)]

    worst = attempts * (limits.connect_timeout + limits.read_timeout) + sum(pauses)

    assert limits.retries["mode"] == "standard"
    assert attempts > 1
    assert worst <= LONGEST_REQUEST_SECONDS


@pytest.mark.parametrize("name", CLIENTS)
def test_every_client_of_a_function_has_these_limits(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, Any]] = []

    def client(service: str, *, config: Any = None) -> SimpleNamespace:
        made.append((service, config))
        return SimpleNamespace()

    function = load(name, monkeypatch)
    monkeypatch.setattr(function, "boto3", SimpleNamespace(client=client))
    for factory in [it for it in vars(function).values() if hasattr(it, "cache_clear")]:
        factory()

    assert {service for service, _ in made} == CLIENTS[name]
    assert [service for service, config in made if config is not CONFIG] == []
