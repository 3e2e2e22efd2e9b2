"""What became of uploads over time, counted from the inbox and the receipts.

No index has all outcomes by time: S3 lists by key. So no more than MOST versions are listed, and
where there are more, that is said; the dashboard in CloudWatch has them all.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from articles.refs import PREFIX
from articles.uploads import listing
from articles.uploads.listing import ObjectVersion
from articles_cli.stack.deployment import Deployment
from articles_console.windows import Window

MOST = 5_000
AT_ONCE = 100
# From the best to the worst, as they are stacked from below.
ORDER = ("accepted", "partial", "rejected", "failed", "others")


@dataclass
class History:
    """Uploads of a window by outcome, in steps; `is_cut` says that there were others."""

    begin: datetime
    step: timedelta
    steps: list[Counter[str]]
    total: Counter[str] = field(default_factory=Counter)
    is_cut: bool = False

    @property
    def highest(self) -> int:
        return max(it.total() for it in self.steps)

    @property
    def rows(self) -> Iterator[tuple[datetime, Counter[str]]]:
        """Give each step that has uploads, with its beginning."""
        for number, counts in enumerate(self.steps):
            if counts:
                yield self.begin + number * self.step, counts


def history(service: Deployment, feed: str | None, window: Window, now: datetime) -> History:
    """Count the uploads of a feed, or of all."""
    number = -(-window.length // window.step)
    begin = _floor(now, window.step) - (number - 1) * window.step
    found = History(begin, window.step, [Counter() for _ in range(number)])
    listed = _listed(service, feed)
    for _ in range(MOST // AT_ONCE):
        if not (batch := list(islice(listed, AT_ONCE))):
            break
        recent = [it for it in batch if it.uploaded_at >= begin]
        receipts = service.lookup.receipts_at(it.ref for it in recent)
        for it in recent:
            receipt = receipts.get(it.ref)
            outcome = receipt.outcome if receipt and receipt.outcome in ORDER else "others"
            place = min(number - 1, (it.uploaded_at - begin) // window.step)
            found.steps[place][outcome] += 1
            found.total[outcome] += 1
    found.is_cut = next(listed, None) is not None
    return found


def _listed(service: Deployment, feed: str | None) -> Iterator[ObjectVersion]:
    if feed is None:
        return listing.versions(service.s3, service.inbox, PREFIX)
    return listing.versions_in(service.s3, service.inbox, feed)


def _floor(moment: datetime, step: timedelta) -> datetime:
    """Round down to a whole step since the day began, so that bars begin at full hours."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + (moment - day) // step * step
