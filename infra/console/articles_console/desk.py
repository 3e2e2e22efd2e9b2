"""What all pages share: the stack, its feeds, files that were checked, its events, and a replay."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from articles.feeds import Feeds
from articles.refs import DEFAULT
from articles.uploads import listing
from articles_cli.stack.deployment import LOOPBACK, Deployment
from articles_cli.stories.story import Stories
from articles_console.events import Events
from articles_console.files import Files
from articles_console.replays import Replays


class Place(NamedTuple):
    """Where the stack is, as every page says it."""

    stack: str
    stage: str
    account: str
    region: str
    endpoint: str | None  # of the embedded AWS
    feeds_file: Path
    is_by_hand: bool  # whether --feeds named the file: it may not be what is deployed

    @classmethod
    def of(cls, service: Deployment, stack: str, feeds_file: Path | None = None) -> "Place":
        url = urlsplit(service.sqs.meta.endpoint_url)
        return cls(
            stack=stack,
            stage=service.parameters["Stage"],
            account=service.outputs["UploadsQueueUrl"].split("/")[-2],
            region=service.sqs.meta.region_name,
            endpoint=url.netloc if url.hostname in LOOPBACK else None,
            feeds_file=feeds_file or service.feeds_file,
            is_by_hand=feeds_file is not None,
        )

    @property
    def is_production(self) -> bool:
        return self.endpoint is None and self.stage.startswith("prod")


@dataclass
class Desk:
    """The stack that the pages are about; `folder` holds files until the console ends."""

    service: Deployment
    place: Place
    feeds: Feeds
    folder: Path

    def __post_init__(self) -> None:
        self.events = Events(self.service.tap)
        self.files = Files(self.service, self.feeds)
        self.replays = Replays(self.service, self.feeds)

    @property
    def stories(self) -> Stories:
        return Stories(self.service, datetime.now(UTC))

    @property
    def feed_names(self) -> list[str]:
        """Name the feeds that are known: by feeds.toml, or by a folder in the inbox."""
        folders = listing.feeds(self.service.s3, self.service.inbox)
        return sorted({*self.feeds.feeds, *folders, DEFAULT})

    def close(self) -> None:
        """Remove what the console has created in the account."""
        with ExitStack() as ends:  # each, also when Ctrl-C is pressed once more while one waits
            ends.callback(self.events.close)
            ends.callback(self.replays.close)
            ends.callback(self.files.close)
