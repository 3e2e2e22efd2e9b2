"""Events of an outage are replayed by the very commands of docs/operations.md."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from io import StringIO
from string import Template
from typing import Any

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws

from .bus import ENVELOPE, send
from .conftest import ROOT, embedded

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Replay events from the archive\n")[2].partition("\n## ")[0]
COMMANDS = SECTION.partition("```sh\n")[2].partition("```")[0].replace("\\\n", "").splitlines()


def test_a_subscriber_that_missed_a_day_gets_it_from_the_archive_and_nobody_else_does() -> None:
    with embedded(StringIO(), Stage="dev", KeepEventsDays="30") as aws:
        events, sqs, bus = aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]
        send(aws, title="Ferry")
        send(aws, title="Not ours", source="another.application")
        archive = events.describe_archive(ArchiveName="articles-dev")
        assert (archive["RetentionDays"], archive["EventCount"]) == (30, 1)
        now, day = datetime.now(UTC), timedelta(days=1)

        with Tap(events, sqs, bus) as missed, Tap(events, sqs, bus) as other:
            rule = missed.rule.rpartition("/")[2]
            for name, since in (("today", now - day / 2), ("yesterday", now - day * 1.5)):
                times = {"FROM": since.isoformat(), "TO": (since + day).isoformat()}
                here = [it.replace("search-1", name).replace("search", rule) for it in COMMANDS]
                assert replay(aws, here, times) == "COMPLETED"

            [replayed] = missed.read()
            assert other.read() == []
        assert replayed.keys() == {*ENVELOPE, "replay-name"}
        assert (replayed["replay-name"], replayed["detail"]) == ("today", {"title": "Ferry"})
        assert events.describe_archive(ArchiveName="articles-dev")["EventCount"] == 1


def replay(aws: EmbeddedAws, commands: list[str], names: dict[str, str]) -> Any:
    """Run lines of a shell; gives what the last one prints."""
    printed = None
    for line in commands:
        variable, command = re.fullmatch(r"(?:(\w+)=\$\()?(aws .+?)\)?", line).groups()  # type: ignore[union-attr]
        printed = call(aws, *shlex.split(Template(command).substitute(names))[1:])
        if variable:
            names = {**names, variable: printed}
    return printed


def call(aws: EmbeddedAws, service: str, operation: str, *options: str) -> Any:
    """Call AWS as its command line does."""
    said = dict(zip(options[::2], options[1::2], strict=True))
    shown, _ = said.pop("--query", ""), said.pop("--output", "")
    given: dict[str, Any] = {
        "".join(it.capitalize() for it in name[2:].split("-")): value
        for name, value in said.items()
    }
    if "Destination" in given:
        parts = dict(it.split("=") for it in given["Destination"].split(","))
        given["Destination"] = {**parts, "FilterArns": [parts["FilterArns"]]}
    answer = getattr(aws.client(service), operation.replace("-", "_"))(**given)
    return answer[shown] if shown else answer
