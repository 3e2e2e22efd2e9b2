import pytest
from pydantic import BaseModel

from articles.settings import IngestSettings, PublishSettings, ReconcileSettings, ReleaseSettings

from .stack import Stack


@pytest.mark.parametrize(
    ("function", "settings"),
    [
        ("IngestFunction", IngestSettings),
        ("BulkFunction", IngestSettings),
        ("PublishFunction", PublishSettings),
        ("ReleaseFunction", ReleaseSettings),
        ("ReconcileFunction", ReconcileSettings),
    ],
)
def test_every_environment_name_is_known_to_the_settings_and_the_other_way_round(
    stack: Stack, function: str, settings: type[BaseModel]
) -> None:
    environment = stack.properties(function)["Environment"]["Variables"]
    given = {name for name in environment if not name.startswith("POWERTOOLS_")}
    known = {name.upper(): field for name, field in settings.model_fields.items()}

    assert given <= {*known}
    assert {name for name, field in known.items() if field.is_required()} <= given


@pytest.mark.parametrize(
    ("function", "service"),
    [
        ("IngestFunction", "ingest"),
        ("BulkFunction", "ingest"),
        ("PublishFunction", "publish"),
        ("ReleaseFunction", "release"),
        ("ReconcileFunction", "reconcile"),
    ],
)
def test_metrics_are_filed_under_the_service_that_the_alarms_watch(
    stack: Stack, function: str, service: str
) -> None:
    environment = stack.properties(function)["Environment"]["Variables"]

    assert environment["POWERTOOLS_SERVICE_NAME"] == service
    assert environment["POWERTOOLS_METRICS_NAMESPACE"] == "Articles"
