"""The release function, once a minute: embargoes that are over, uploads and feeds that are late."""

from functools import cache, partial
from typing import Any

from articles.loading import for_good

with for_good():
    from articles.aws import Clients
    from articles.feeds import Feeds
    from articles.logs import Handler, Telemetry
    from articles.releasing import Releaser, Silence
    from articles.settings import ReleaseSettings
    from articles.storing.embargoes import Embargoes
    from articles.storing.latest_uploads import LatestUploads
    from articles.times import Clock


def build(settings: ReleaseSettings, clients: Clients, clock: Clock) -> Handler:
    """Put the function together: its handler takes a scheduled event, of which it reads nothing."""
    embargoes = Embargoes(clients.dynamodb, settings.articles_table)
    telemetry = Telemetry(stage=settings.stage)
    feeds = cache(partial(Feeds.load, settings.feeds_file, shapes=None))
    latest = LatestUploads(clients.dynamodb, settings.receipts_table)
    silence = Silence(feeds, latest, telemetry)
    releaser = Releaser(
        embargoes, clients.dynamodb, settings.receipts_table, silence, clock, telemetry
    )
    return telemetry.observed(releaser.handle)


@cache
@for_good()
def built() -> Handler:
    return build(ReleaseSettings.from_env(), Clients(), Clock())


def handler(event: dict[str, Any], context: Any) -> None:  # noqa: ANN401 - Lambda's own types
    """Release the articles whose embargo is over."""
    built()(event, context)
