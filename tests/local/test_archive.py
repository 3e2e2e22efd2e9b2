from datetime import UTC, datetime, timedelta
from io import StringIO

from articles_local import Tap

from .bus import ENVELOPE, send
from .conftest import embedded


def test_a_subscriber_that_missed_a_day_gets_it_from_the_archive_and_nobody_else_does() -> None:
    with embedded(StringIO(), KeepEventsDays="30") as aws:
        events, sqs, bus = aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]
        send(aws, title="Ferry")
        send(aws, title="Not ours", source="another.application")
        archive = events.describe_archive(ArchiveName="articles-test")
        assert (archive["RetentionDays"], archive["EventCount"]) == (30, 1)
        now, day = datetime.now(UTC), timedelta(days=1)

        with Tap(events, sqs, bus) as missed, Tap(events, sqs, bus) as other:
            for name, since in (("today", now - day / 2), ("yesterday", now - day * 1.5)):
                events.start_replay(
                    ReplayName=name,
                    EventSourceArn=archive["ArchiveArn"],
                    EventStartTime=since,
                    EventEndTime=since + day,
                    Destination={"Arn": archive["EventSourceArn"], "FilterArns": [missed.rule]},
                )
                assert events.describe_replay(ReplayName=name)["State"] == "COMPLETED"

            [replayed] = missed.read()
            assert other.read() == []
        assert replayed.keys() == {*ENVELOPE, "replay-name"}
        assert (replayed["replay-name"], replayed["detail"]) == ("today", {"title": "Ferry"})
        assert events.describe_archive(ArchiveName="articles-test")["EventCount"] == 1
