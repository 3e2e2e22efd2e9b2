"""`replay`: uploads are read again, and what would change is told before anything is sent."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from articles_cli.replays import sending
from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal import waiting
from articles_local import EmbeddedAws

from .conftest import Articles, Done, feeds_file, service_with_feeds
from .mistakes import deploy

BERLIN = '[default]\nopen = true\n[feeds.courier]\ntimezone = "Europe/Berlin"\n'
NEW_YORK = BERLIN.replace("Europe/Berlin", "America/New_York")


@contextmanager
def deployed_with(feeds: Path, text: str) -> Iterator[None]:
    """Have the functions start anew with another feeds file for a while; the data stays."""
    before = feeds.read_text()
    deploy(feeds, text)
    yield
    deploy(feeds, before)


@dataclass(frozen=True)
class Desk:
    """A service, the feeds file that it was given, and the one that its operator has here."""

    articles: Articles
    aws: EmbeddedAws
    feeds: Path
    folder: Path

    def put(self, feed: str, name: str, *records: dict[str, Any], text: str | None = None) -> str:
        key = f"incoming/{feed}/{name}"
        body = text or "\n".join(json.dumps(it) for it in records)
        answer = self.aws.client("s3").put_object(
            Bucket=self.aws.outputs["InboxBucket"], Key=key, Body=body.encode()
        )
        self.aws.drain()
        return str(answer["VersionId"])

    def replay(self, *arguments: object) -> Done:
        return self.articles("replay", *arguments, "--feeds", self.feeds, "--json")

    def receipts(self, key: str) -> list[dict[str, Any]]:
        return self.articles("status", key, "--all", "--json").of("receipt")

    @property
    def messages(self) -> int:
        """How many messages wait for ingest."""
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.aws.outputs["UploadsQueueUrl"],
            AttributeNames=["ApproximateNumberOfMessages"],
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


feeds = feeds_file(NEW_YORK)
aws = service_with_feeds(MAX_INLINE_BYTES="5000", PART_RECORDS="40")


@pytest.fixture
def desk(aws: EmbeddedAws, deployed: Articles, feeds: Path, tmp_path: Path) -> Desk:
    here = tmp_path / "feeds.toml"
    here.write_text(feeds.read_text())
    return Desk(deployed, aws, here, tmp_path)


def story(number: int, **more: object) -> dict[str, object]:
    return {
        "id": f"s-{number}",
        "title": f"Story {number}",
        "text": "At six.",
        "published_at": "2025-06-02T19:00:00",
    } | more


def test_looking_tells_what_a_mended_zone_would_change_and_sends_nothing(desk: Desk) -> None:
    for number in range(3):
        desk.put("courier", f"zone/{number}.json", story(number))
    desk.feeds.write_text(BERLIN)

    done = desk.replay("incoming/courier/zone/")

    assert (done.code, desk.messages) == (0, 0), done
    assert done.of("selection")[0]["uploads"] == 3
    assert done.of("selection")[0]["records"] == 3
    (found,) = done.of("differences")
    assert (found["outcomes"], found["fields"]) == ({"changed": 3}, {"published_at": 3})
    first = done.of("difference")[0]
    assert first["changes"] == [
        {
            "field": "published_at",
            "before": "2025-06-02T23:00:00Z",
            "after": "2025-06-02T17:00:00Z",
        }
    ]
    assert desk.receipts("incoming/courier/zone/0.json")[0]["run"] == 0


def test_sending_waits_for_the_receipts_of_the_new_run(desk: Desk) -> None:
    for number in range(12):
        desk.put("courier", f"sent/{number}.json", story(number, id=f"sent-{number}"))

    done = desk.replay("incoming/courier/sent/", "--send", "--run", 1_700_000_000)

    assert done.code == 0, done
    assert [line["run"] for line in done.of("upload")] == [1_700_000_000] * 12
    (summary,) = done.of("summary")
    assert (summary["run"], summary["uploads"]) == (1_700_000_000, {"accepted": 12})
    assert desk.receipts("incoming/courier/sent/7.json")[0]["run"] == 1_700_000_000
    assert desk.messages == 0


def test_what_a_run_has_done_is_not_sent_again_when_it_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        desk.put("courier", f"resumed/{number}.json", story(number, id=f"resumed-{number}"))
    first = desk.replay("incoming/courier/resumed/2.json", "--send", "--run", 5)
    assert first.code == 0, first
    monkeypatch.setattr(waiting, "pause", lambda: None)

    done = desk.replay("incoming/courier/resumed/", "--send", "--run", 5, "--timeout", 0)

    outcomes = {line["key"][-6:]: line["outcome"] for line in done.of("upload")}
    assert (done.code, desk.messages) == (3, 3), done
    assert outcomes == {f"{n}.json": "accepted" if n == 2 else "missing" for n in range(4)}
    desk.aws.drain()


def test_a_run_that_later_ones_have_overtaken_is_not_taken_for_done(desk: Desk) -> None:
    desk.put("courier", "overtaken/1.json", story(1, id="overtaken"))
    assert desk.replay("incoming/courier/overtaken/", "--send", "--run", 9).code == 0

    done = desk.replay("incoming/courier/overtaken/", "--send", "--run", 5)

    assert (done.code, "later runs than 5" in done.err) == (2, True)


def test_ctrl_c_names_the_command_that_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("courier", "stopped/1.json", story(1, id="stopped"))
    monkeypatch.setattr(waiting, "pause", lambda: signal.raise_signal(signal.SIGINT))

    done = desk.replay(
        "--feed", "courier", "--since", "2020-01-01", "--latest", "--send", "--run", 77
    )

    assert done.code == 3
    assert (
        "articles replay --feed courier --since 2020-01-01T00:00:00+00:00 --latest --send --run 77"
        in done.err
    )
    desk.aws.drain()


def test_what_was_not_stored_is_sent_once_more_if_anything_changed(desk: Desk, feeds: Path) -> None:
    desk.put("twice", "new.json", story(1, modified_at="2025-06-04T06:00:00Z"))
    desk.put("twice", "old.json", story(1, title="Old", modified_at="2025-06-03T06:00:00Z"))

    def runs(run: int) -> dict[str, tuple[int, str]]:
        done = desk.articles("replay", "--feed", "twice", "--send", "--run", run, "--json")
        assert done.code == 0, done
        return {line["key"][-8:]: (line["run"], *line["counts"]) for line in done.of("upload")}

    with deployed_with(feeds, BERLIN.replace("courier", "twice")):
        assert runs(10) == {"new.json": (10, "updated"), "old.json": (11, "superseded")}
        assert runs(20) == {"new.json": (20, "unchanged"), "old.json": (20, "superseded")}


def test_a_replay_after_a_mended_feeds_file_updates_the_articles(desk: Desk, feeds: Path) -> None:
    key = "incoming/mended/1.json"
    desk.put("mended", "1.json", story(1))
    with deployed_with(feeds, BERLIN.replace("courier", "mended")):
        looked = desk.articles("replay", key, "--feeds", feeds, "--json")
        assert looked.of("differences")[0]["outcomes"] == {"changed": 1}
        done = desk.articles("replay", key, "--send", "--json")
        again = desk.articles("replay", key, "--feeds", feeds, "--json")

    assert done.code == 0, done
    assert again.of("differences")[0]["outcomes"] == {"unchanged": 1}
    (article,) = desk.articles("get", key, "--json").of("article")
    assert article["article"]["published_at"] == "2025-06-02T17:00:00Z"


def test_looking_names_what_would_be_rejected_moved_or_is_not_stored(desk: Desk) -> None:
    one = story(1, url="https://a.example/kind-1", published_at="2025-06-02T19:00:00Z")
    desk.put(
        "paper",
        "kinds.json",
        one,
        {"title": "No date", "id": "kind-2", "text": "Six.", "url": "https://a.example/kind-2"},
    )
    desk.put("paper", "lost.json", one | {"modified_at": "2025-06-01T06:00:00Z"})
    desk.feeds.write_text(
        '[default]\nopen = true\nidentity = ["url"]\nrequired = ["published_at"]\n'
    )

    done = desk.replay("incoming/paper/")

    (found,) = done.of("differences")
    assert found["outcomes"] == {"moved": 1, "rejected": 1, "stored": 1}
    assert found["codes"] == {"E_REQUIRED": 1}
    lines = {(line["outcome"], line["record"]): line for line in done.of("difference")}
    moved = lines["moved", 0]
    assert moved["article_id"] != moved["moved_from"]
    assert lines["rejected", 1]["still_stored"] is True


def test_an_old_identity_is_found_without_the_receipt_by_which_it_would_be_withdrawn(
    desk: Desk,
) -> None:
    key = "incoming/expired/1.json"
    version = desk.put("expired", "1.json", story(1, url="https://a.example/expired"))
    desk.aws.client("dynamodb").delete_item(
        TableName=desk.aws.outputs["ReceiptsTable"],
        Key={"key": {"S": key}, "version": {"S": version}},
    )
    desk.feeds.write_text('[default]\nopen = true\nidentity = ["url"]\n')

    (line,) = desk.replay(key).of("difference")

    assert (line["outcome"], line["still_stored"]) == ("moved", True)
    assert line["article_id"] != line["moved_from"]


def test_a_retention_that_is_new_to_the_feed_is_told_as_a_change(desk: Desk) -> None:
    desk.put("kept", "1.json", story(1))
    desk.feeds.write_text("[default]\nopen = true\nretain_days = 30\n")

    (found,) = desk.replay("--feed", "kept").of("differences")

    assert (found["outcomes"], found["fields"]) == ({"changed": 1}, {"expires": 1})


def test_a_report_that_has_expired_does_not_end_the_look(desk: Desk) -> None:
    desk.put("unreported", "two.json", story(1, id="one"), story(1, id="two"))
    [receipt] = desk.articles("status", "incoming/unreported/two.json", "--json").of("receipt")
    s3, archive = desk.aws.client("s3"), desk.aws.outputs["ArchiveBucket"]
    s3.delete_object(Bucket=archive, Key=receipt["report"])

    done = desk.replay("--feed", "unreported")

    assert done.code == 0, done
    assert done.of("differences")[0]["outcomes"] == {"unchanged": 2}


def test_people_see_counts_and_examples(desk: Desk) -> None:
    desk.put("courier", "table/1.json", story(1, id="table"))
    desk.feeds.write_text(BERLIN)

    shown = desk.articles(
        "replay", "incoming/courier/table/*", "--feeds", desk.feeds, "--table"
    ).out

    assert "1 uploads, 1 receipts, 1 records, " in shown
    assert "read again here: 1 of 1 uploads" in shown
    assert "2025-06-02T23:00:00Z │ 2025-06-02T17:00:00Z" in shown
    assert "Nothing was sent" in shown


def test_all_versions_are_read_unless_only_the_latest_are_wanted(desk: Desk) -> None:
    versions = [desk.put("desk", "v.json", story(n, id="v")) for n in range(3)]
    desk.put("desk", "v.json-not", story(9, id="other"))
    key = "incoming/desk/v.json"

    every = desk.replay(key).of("selection")[0]
    latest = desk.replay(key, "--latest", "--send", "--run", 3)

    assert every["uploads"] == 3
    assert [line["version"] for line in latest.of("upload")] == [versions[-1]]


def test_a_feed_is_its_folder_and_a_time_that_of_the_upload(desk: Desk) -> None:
    desk.put("timed", "1.json", story(1, id="timed"))
    desk.put("timed-2", "1.json", story(1, id="timed"))
    desk.aws.client("s3").put_object(
        Bucket=desk.aws.outputs["InboxBucket"], Key="incoming/loose.json", Body=b"{"
    )
    desk.aws.drain()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()

    def chosen(*arguments: str) -> int:
        done = desk.replay(*arguments, "--sample", "0")
        return int(done.of("selection")[0]["uploads"]) if done.code == 0 else done.code - 3

    assert chosen("--feed", "timed") == 1
    assert chosen("--feed", "default") == 1
    assert chosen("--feed", "timed", "--since", "1h", "--until", tomorrow) == 1
    assert chosen("--feed", "timed", "--until", "1h") == 0
    assert chosen("--feed", "timed", "--since", tomorrow) == 0


def test_rejects_are_the_latest_versions_that_hold_rejected_records(desk: Desk) -> None:
    desk.put("rejects", "mended.json", text="{")
    desk.put("rejects", "mended.json", story(1, id="mended"))
    desk.put("rejects", "broken.json", text="{")
    desk.put("rejects", "partial.json", story(2, id="partial"), {"nothing": 1})

    def keys(*arguments: str) -> set[str]:
        done = desk.replay("--rejects", "--feed", "rejects", *arguments, "--send")
        return {line["key"].rpartition("/")[2] for line in done.of("upload")}

    done = desk.replay("--rejects", "--feed", "rejects", "--sample", "all")
    assert done.of("selection")[0]["uploads"] == 2
    assert done.of("differences")[0]["outcomes"]["rejected"] == 2
    assert keys() == {"broken.json", "partial.json"}
    assert keys("--code", "E_JSON") == {"broken.json"}


def test_a_reject_with_a_code_that_only_its_report_shows_is_chosen(desk: Desk) -> None:
    untitled = [json.dumps({"title": 5, "id": number}) for number in range(29)]
    desk.put("reported", "rows.ndjson", text="\n".join([*untitled, "{", json.dumps(story(1))]))

    done = desk.replay("--rejects", "--feed", "reported", "--code", "E_JSON", "--sample", "0")

    assert done.of("selection")[0]["uploads"] == 1


def test_keys_come_from_stdin_or_from_the_lines_of_another_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.put("stdin", "a b.json", story(1, id="a"))
    desk.put("stdin", "a b.json", story(2, id="a"))
    desk.put("stdin", "c.json", story(3, id="c"))
    line = json.dumps({"v": 1, "key": "incoming/stdin/a b.json", "version": first})
    monkeypatch.setattr("sys.stdin", StringIO(f"{line}\nincoming/stdin/c.json\n"))

    done = desk.replay("-", "--send", "--run", 8)

    assert [line["key"][15:] for line in done.of("upload")] == ["a b.json", "c.json"]
    assert done.of("upload")[0]["version"] == first


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("incoming/desk/", "--feed", "desk"), 2),
        (("--feed", "desk", "--dead-letters"), 2),
        (("--dead-letters", "--since", "1d"), 2),
        (("--feed", "desk", "--run", 99_999_999_999_999, "--send"), 2),
        (("--feed", "desk", "--code", "E_JSON"), 2),
        (("--feed", "desk", "--rejects", "--code", "E_NOPE"), 2),
        (("--feed", "desk", "--key", "incoming/desk/"), 2),
        (("outgoing/desk/",), 2),
        (("outgoing.json",), 2),
        (("--feed", "desk", "--since", "soon"), 2),
        (("--feed", "desk", "--sample", "some"), 2),
        (("incoming/desk/nowhere.json",), 3),
        (("--feed", "nobody"), 3),
    ],
)
def test_what_is_not_there_and_what_is_not_understood(
    desk: Desk, arguments: tuple[object, ...], code: int
) -> None:
    done = desk.replay(*arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err


def test_messages_are_paced_by_their_articles(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(waiting, "rest", rests.append)
    desk.put("pace", "many.ndjson", *(story(n, id=f"p-{n}") for n in range(60)))

    desk.replay("--feed", "pace", "--send", "--per-second", "10")

    assert sum(rests) == pytest.approx(6, abs=0.6)


def test_a_message_that_sqs_refuses_ends_the_run_and_names_the_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("refused", "1.json", story(1, id="refused"))
    monkeypatch.setattr(sending, "notice", lambda *_, **__: "\x00")  # no text that SQS takes

    done = desk.replay("--feed", "refused", "--send", "--run", 4)

    assert done.code == 3
    assert desk.messages == 0


def test_the_state_machine_is_told_a_prefix_and_a_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = desk.aws.client("stepfunctions")
    machine = states.create_state_machine(
        name="replay",
        definition='{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/replay",
    )["stateMachineArn"]
    outputs = desk.aws.outputs | {"ReplayMachineArn": machine}
    found = Deployment(outputs, desk.aws.client)
    monkeypatch.setattr(deployment, "find", lambda *_, **__: found)

    looked = desk.replay("--feed", "courier", "--machine", "--run", 6)
    assert looked.code == 0, looked
    assert states.list_executions(stateMachineArn=machine)["executions"] == []

    done = desk.replay("incoming/courier/2026*", "--machine", "--send", "--run", 6)

    (line,) = done.of("execution")
    execution = states.describe_execution(executionArn=line["execution"])
    assert json.loads(execution["input"]) == {"prefix": "incoming/courier/2026", "run": 6}


def test_without_the_state_machine_it_is_said_how_to_get_it(desk: Desk) -> None:
    done = desk.replay("--feed", "courier", "--machine")
    assert done.code == 2
    assert "ReplayMachine=true" in done.err
    assert desk.replay("incoming/courier/1.json", "--machine").code == 2
