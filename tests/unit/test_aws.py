"""How long AWS may keep us waiting: a request that hangs ends before its function does."""

from types import SimpleNamespace
from typing import Any

import boto3
import pytest

import ingest
import publish
import reconcile
import release
from articles import first_attempt
from articles.aws import AFTER_THE_FIRST, CONFIG, LONGEST_REQUEST_SECONDS, Clients
from articles.settings import IngestSettings, PublishSettings, ReconcileSettings, ReleaseSettings
from articles.times import Clock

from .test_settings import WHOLE

# Each with the clients that it has.
FUNCTIONS: list[tuple[Any, Any, set[str]]] = [
    (ingest, IngestSettings, {"s3", "dynamodb", "sqs"}),
    (publish, PublishSettings, {"dynamodb", "events", "sqs"}),
    (release, ReleaseSettings, {"dynamodb"}),
    (reconcile, ReconcileSettings, {"s3", "dynamodb"}),
]
LONGEST_PAUSE = 20  # seconds: botocore's own ceiling in its standard mode


@pytest.mark.parametrize(("limits", "own"), [(CONFIG, 0), (AFTER_THE_FIRST, 1)])
def test_a_request_that_is_never_answered_ends_in_the_time_of_an_upload(
    limits: Any, own: int
) -> None:
    attempts = limits.retries["total_max_attempts"] + own
    pauses = [min(2**number, LONGEST_PAUSE) for number in range(attempts - 1)]

    worst = attempts * (limits.connect_timeout + limits.read_timeout) + sum(pauses)

    assert limits.retries["mode"] == "standard"
    assert attempts > 1
    assert worst <= LONGEST_REQUEST_SECONDS


@pytest.mark.parametrize(("module", "settings", "clients"), FUNCTIONS)
def test_all_clients_of_a_function_have_them(
    module: Any, settings: Any, clients: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, Any]] = []

    def client(service: str, *, config: Any = None) -> SimpleNamespace:
        made.append((service, config))
        return SimpleNamespace()

    monkeypatch.setattr(boto3, "client", client)
    monkeypatch.setattr(first_attempt, "hasten", lambda client: client)
    module.build(settings.from_env(WHOLE), Clients(), Clock())

    assert {service for service, _ in made} == clients
    for service, config in made:
        assert config is (AFTER_THE_FIRST if service == "dynamodb" else CONFIG)
