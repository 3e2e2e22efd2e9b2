"""The publish function: changes of the tables become events on the bus.

The stream is the outbox: nothing is announced that was not stored, and nothing stored is forgotten.
"""

from datetime import timedelta
from functools import cache
from typing import Any

from articles.loading import for_good

with for_good():
    from articles.announcing.announcer import Announcer
    from articles.announcing.publishing import Publisher
    from articles.aws import Clients
    from articles.logs import Handler, Telemetry
    from articles.settings import PublishSettings
    from articles.storing.tombstones import Expiry
    from articles.times import Clock


def build(settings: PublishSettings, clients: Clients, clock: Clock) -> Handler:
    """Put the function together: its handler takes a batch of one shard of a table's stream."""
    announcer = Announcer(clients.events, settings.event_bus, clock)
    telemetry = Telemetry(stage=settings.stage)
    kept = timedelta(days=settings.keep_uploads_days + settings.keep_overwritten_days)
    expiry = Expiry(clients.dynamodb, settings.articles_table, kept, clock)
    publisher = Publisher(settings, announcer, expiry, clients.sqs, clock, telemetry)
    return telemetry.observed(publisher.handle)


@cache
@for_good()
def built() -> Handler:
    return build(PublishSettings.from_env(), Clients(), Clock())


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own types
    """Announce a batch; returns the first record that must be retried, if any."""
    return built()(event, context)
