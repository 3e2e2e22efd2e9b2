"""The reconcile function, on a schedule if the stack has one: uploads that were never read."""

from functools import cache
from typing import Any

from articles.loading import for_good

with for_good():
    from articles.aws import Clients
    from articles.logs import Handler, Telemetry
    from articles.reconciling import Reconciler, Reconciliation
    from articles.settings import ReconcileSettings
    from articles.times import Clock


def build(settings: ReconcileSettings, clients: Clients, clock: Clock) -> Handler:
    """Put the function together: its handler takes a scheduled event, of which it reads nothing."""
    reconciliation = Reconciliation(
        clients.s3, clients.dynamodb, settings.inbox_bucket, settings.receipts_table
    )
    telemetry = Telemetry(stage=settings.stage)
    reconciler = Reconciler(settings, reconciliation, clock, telemetry)
    return telemetry.observed(reconciler.handle)


@cache
@for_good()
def built() -> Handler:
    return build(ReconcileSettings.from_env(), Clients(), Clock())


def handler(event: dict[str, Any], context: Any) -> None:  # noqa: ANN401 - Lambda's own types
    """Count the uploads without a receipt, and log their keys."""
    built()(event, context)
