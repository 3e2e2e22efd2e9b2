"""The picture of the dashboard in the docs: `make dashboard`.

A day with trouble in it goes through the real functions, minute by minute; what the dashboard of
template.yaml shows at its end is drawn by draw.py, in a virtual environment of its own. AWS's own
metrics are simulated as far as they follow from the run; times of functions are this machine's.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from math import ceil, sin
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from articles.times import format_instant
from articles_local.limits import item_size
from tests.aws import dashboard
from tests.aws.alarms import alarms, is_on, metric
from tests.aws.cloud import Cloud
from tests.aws.day import Day, Message
from tests.newsroom import a_story

HOURS = 24
FEEDS = """[default]
open = true
[feeds.courier]
silence_hours = 2
kills = true
"""
SETTINGS = {"MAX_INLINE_BYTES": "20000", "PART_RECORDS": "50"}
STATUSES = ["usable"] * 60 + ["withheld", "withheld", "canceled"]


class TroubledDay(Day):
    """A day that also measures what the picture shows of AWS's own metrics."""

    def _invoke(self, function: str, event: Any) -> dict[str, Any] | None:
        begun = time.perf_counter()
        answer = super()._invoke(function, event)
        taken = (time.perf_counter() - begun) * 1000
        for name, value in {"Duration": taken, "ConcurrentExecutions": 1, "Throttles": 0}.items():
            of_function = metric(f"AWS/Lambda {name}", FunctionName=function)
            self.metrics.add(of_function, self.minute, value)
        return answer

    def end(self) -> None:
        before = {name: len(it.changes) for name, it in self.cloud.memory.tables.items()}
        super().end()
        for name, table in self.cloud.memory.tables.items():
            of_table = metric(
                "AWS/DynamoDB ConsumedWriteCapacityUnits", TableName=f"{name.capitalize()}Table"
            )
            changes = table.changes[before[name] :]
            units = sum(ceil(max(map(item_size, filter(None, it))) / 1024) for it in changes)
            self.metrics.add(of_table, self.minute, units)
        sent = metric("Articles EventsSent", service="publish", stage="test")
        events = self.metrics.statistic(sent, "Sum", range(self.minute, self.minute + 1)) or 0
        rule = {"EventBusName": "articles-test", "RuleName": "search"}  # of a subscriber of all
        for name, count in {"Invocations": events, "FailedInvocations": 0}.items():
            self.metrics.add(metric(f"AWS/Events {name}", **rule), self.minute, count)

    # ── What is uploaded ─────────────────────────────────────────────────────────────────────────

    def minute_of_news(self, chance: random.Random) -> None:
        """Let three feeds upload more by day than by night, and an archive every other hour."""
        for _ in range(round(3 + 3 * sin((self.minute - 420) / 229) + chance.random())):
            feed = chance.choice(["courier", "magazine", "magazine", "harbour"])
            if feed != "courier" or self.minute < 19 * 60:
                name = f"{chance.randrange(4_000)}"
                story, ago = self.written(feed, name, chance), chance.randrange(1, 5)
                self.upload(f"incoming/{feed}/{name}.json", story, seconds_ago=ago)
        if self.minute % 120 == 45:
            archive = [a_story(id=f"old-{self.minute}-{n}", updated_at=None) for n in range(150)]
            self.upload(f"incoming/harbour/archive-{self.minute}.json", archive)

    def written(self, feed: str, name: str, chance: random.Random) -> Any:
        if feed == "magazine" and 6 * 60 <= self.minute < 7 * 60 and chance.random() < 0.6:
            return {"error": "template not found"}  # its CMS was updated
        title = "Ferry returns" if chance.random() < 0.1 else f"Ferry returns at {self.minute}"
        story = a_story(id=name, title=title, updated_at=None, status=chance.choice(STATUSES))
        if chance.random() < 0.05:
            story["embargoed_until"] = format_instant(self.now.replace(minute=59, second=0))
        return [story, {"neither": "nor"}] if chance.random() < 0.01 else story

    # ── What goes wrong ──────────────────────────────────────────────────────────────────────────

    def trouble(self) -> None:
        if self.minute == 10 * 60 + 20:
            self.cloud.border.fail("UpdateItem", "InternalServerError", status=500)
        elif self.minute == 10 * 60 + 55:
            self.cloud.border.heal()
        elif self.minute == 12 * 60:  # somebody sends the dead letters back
            letters = self.queues["DeadLetterQueue"]
            self.queues["UploadsQueue"] += [Message(it.body, it.sent) for it in letters]
            letters.clear()
        elif self.minute == 13 * 60 + 30:
            self.off.add("ReleaseFunction")
        elif self.minute == 14 * 60 + 30:
            self.off.clear()
        elif self.minute == 16 * 60:  # a deployment without one of its settings
            self.settings["MAX_RECEIVES"] = ""
        elif self.minute == 16 * 60 + 10:
            del self.settings["MAX_RECEIVES"]
        elif self.minute == 22 * 60 + 30:
            self.queues["UploadsQueue"].append(Message("no notification", self.minute))


def lived(folder: Path) -> TroubledDay:
    """Let a day pass."""
    (folder / "feeds.toml").write_text(FEEDS)
    day = TroubledDay(Cloud(), {"FEEDS_FILE": str(folder / "feeds.toml"), **SETTINGS})
    chance = random.Random(1)  # noqa: S311 - the same day every time
    for _ in range(HOURS * 60):
        day.begin()
        day.trouble()
        day.minute_of_news(chance)
        day.end()
    return day


# ── What the dashboard shows ─────────────────────────────────────────────────────────────────────


def shown(day: Day) -> Iterator[dict[str, Any]]:
    """Give the widgets with what they show at the end of a day."""
    for widget in dashboard.body()["widgets"]:
        properties = widget["properties"]
        drawn = {**widget, **properties, "properties": None}
        if widget["type"] == "alarm":
            drawn["alarms"] = [
                (it, is_on(alarms()[it], day.metrics, day.minute)) for it in properties["alarms"]
            ]
        elif widget["type"] == "log":
            drawn["rows"] = dashboard.answer(properties["query"], day.logged)[:9]
        else:
            minutes = properties["period"] // 60
            periods = [range(it, it + minutes) for it in range(0, HOURS * 60, minutes)]
            drawn["lines"] = [
                {"label": it.label, "color": it.color, "points": it.points(day.metrics, periods)}
                for it in dashboard.lines(properties)
            ]
        yield drawn


def main() -> None:
    with TemporaryDirectory() as folder:
        day = lived(Path(folder))
    json.dump({"digest": dashboard.digest(), "widgets": [*shown(day)]}, sys.stdout)


if __name__ == "__main__":
    main()
