import pytest
from pydantic import BaseModel

from articles.settings import IngestSettings, PublishSettings, ReconcileSettings, ReleaseSettings

from .stack import Stack


@pytest.mark.parametrize(
    ("function", "service", "settings"),
    [
        ("IngestFunction", "ingest", IngestSettings),
        ("BulkFunction", "ingest", IngestSettings),
        ("PublishFunction", "publish", PublishSettings),
        ("ReleaseFunction", "release", ReleaseSettings),
        ("ReconcileFunction", "reconcile", ReconcileSettings),
    ],
)
def test_the_environment_is_what_the_settings_know_and_what_the_alarms_watch(
    stack: Stack, function: str, service: str, settings: type[BaseModel]
) -> None:
    environment = stack.properties(function)["Environment"]["Variables"]
    given = {name for name in environment if not name.startswith("POWERTOOLS_")}
    known = {name.upper(): field for name, field in settings.model_fields.items()}

    assert given <= {*known}
    assert {name for name, field in known.items() if field.is_required()} <= given
    assert environment["POWERTOOLS_SERVICE_NAME"] == service
    assert environment["POWERTOOLS_METRICS_NAMESPACE"] == "Articles"
