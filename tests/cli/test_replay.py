"""`replay`: uploads are read again, and what would change is told before anything is sent."""

import json
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from articles_cli.replays import sending
from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal import waiting
from articles_local import EmbeddedAws

from . import mistakes
from .conftest import Articles, Done, Line, feeds_file, service_with_feeds
from .mistakes import Desk, deploy

BERLIN = '[default]\nopen = true\n[feeds.courier]\ntimezone = "Europe/Berlin"\n'
NEW_YORK = BERLIN.replace("Europe/Berlin", "America/New_York")
NUMBERS = count()

feeds = feeds_file(NEW_YORK)
aws = service_with_feeds(MAX_INLINE_BYTES="5000", PART_RECORDS="40")


@pytest.fixture
def courier(aws: EmbeddedAws, deployed: Articles, feeds: Path, tmp_path: Path) -> Desk:
    """A feed of the service, whose operator has a feeds file of their own."""
    here = tmp_path / "feeds.toml"
    here.write_text(feeds.read_text())
    return Desk(aws, deployed, here, feed="courier")


@pytest.fixture
def desk(courier: Desk) -> Desk:
    """A feed to which nothing was uploaded yet."""
    return replace(courier, feed=f"desk-{next(NUMBERS)}")


def story(number: int, **more: Any) -> Line:
    local = {"published_at": "2025-06-02T19:00:00"}
    return mistakes.story(f"s-{number}") | local | more


def replay(desk: Desk, *arguments: str) -> Done:
    return desk("replay", "--feed", desk.feed, *arguments)


def sent(done: Done) -> dict[str, Line]:
    """Give what became of each upload, by the name of the file."""
    return {line["key"].rpartition("/")[2]: line for line in done.of("upload")}


def test_looking_tells_what_a_mended_zone_would_change_and_sends_nothing(courier: Desk) -> None:
    for number in range(3):
        courier.upload(f"zone/{number}.json", story(number))
    courier.aws.drain()
    courier.feeds.write_text(BERLIN)

    done = courier("replay", "incoming/courier/zone/")
    shown = courier.articles(
        "replay", "incoming/courier/zone/*", "--feeds", courier.feeds, "--table"
    ).out

    assert (done.code, courier.messages("UploadsQueueUrl")) == (0, 0), done
    [selection], [found] = done.of("selection"), done.of("differences")
    assert (selection["uploads"], selection["records"]) == (3, 3)
    assert (found["outcomes"], found["fields"]) == ({"changed": 3}, {"published_at": 3})
    before, after = "2025-06-02T23:00:00Z", "2025-06-02T17:00:00Z"
    change = {"field": "published_at", "before": before, "after": after}
    assert done.of("difference")[0]["changes"] == [change]
    assert "3 uploads, 3 receipts, 3 records, " in shown
    assert "read again here: 3 of 3 uploads" in shown
    assert f"{before} │ {after}" in shown
    assert "Nothing was sent" in shown
    assert courier.receipts("zone/0.json")[0]["run"] == 0


def test_sending_waits_for_the_receipts_of_the_new_run(desk: Desk) -> None:
    for number in range(12):
        desk.upload(f"{number}.json", story(number))
    desk.aws.drain()

    done = replay(desk, "--send", "--run", "1700000000")

    assert done.code == 0, done
    assert [line["run"] for line in done.of("upload")] == [1_700_000_000] * 12
    [summary] = done.of("summary")
    assert (summary["run"], summary["uploads"]) == (1_700_000_000, {"accepted": 12})
    assert desk.receipts("7.json")[0]["run"] == 1_700_000_000
    assert desk.messages("UploadsQueueUrl") == 0

    # What later runs have overtaken is not taken for done.
    done = replay(desk, "--send", "--run", "5")
    assert (done.code, "later runs than 5" in done.err) == (2, True)


def test_a_run_goes_on_where_it_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        desk.upload(f"{number}.json", story(number))
    desk.aws.drain()
    first = desk("replay", f"incoming/{desk.feed}/2.json", "--send", "--run", "5")
    assert first.code == 0, first
    monkeypatch.setattr(waiting, "pause", lambda: None)

    done = replay(desk, "--send", "--run", "5", "--timeout", "0")

    outcomes = {name: line["outcome"] for name, line in sent(done).items()}
    assert (done.code, desk.messages("UploadsQueueUrl")) == (3, 2), done
    assert outcomes == {"0.json": "missing", "1.json": "missing", "2.json": "accepted"}
    desk.aws.drain()


def test_ctrl_c_names_the_command_that_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("stopped.json", story(1))
    monkeypatch.setattr(waiting, "pause", lambda: signal.raise_signal(signal.SIGINT))

    done = replay(desk, "--since", "2020-01-01", "--latest", "--send", "--run", "77")

    same = f"--feed {desk.feed} --since 2020-01-01T00:00:00+00:00 --latest --send --run 77"
    assert (done.code, f"articles replay {same}" in done.err) == (3, True)
    desk.aws.drain()


def test_what_was_not_stored_is_sent_once_more(courier: Desk, feeds: Path) -> None:
    twice = replace(courier, feed="twice")
    twice.put("new.json", story(1, updated_at="2025-06-04T06:00:00Z"))
    twice.put("old.json", story(1, title="Old", updated_at="2025-06-03T06:00:00Z"))

    def runs(run: str) -> dict[str, tuple[int, str]]:
        done = replay(twice, "--send", "--run", run)
        assert done.code == 0, done
        return {name: (line["run"], *line["counts"]) for name, line in sent(done).items()}

    deploy(feeds, BERLIN.replace("courier", "twice"))
    assert runs("10") == {"new.json": (10, "updated"), "old.json": (11, "superseded")}
    assert runs("20") == {"new.json": (20, "unchanged"), "old.json": (20, "superseded")}
    deploy(feeds, NEW_YORK)


def test_looking_names_what_would_be_rejected_moved_or_is_not_stored(desk: Desk) -> None:
    one = story(1, url="https://a.example/kind-1", published_at="2025-06-02T19:00:00Z")
    undated = {"title": "No date", "id": "2", "text": "Six.", "url": "https://a.example/kind-2"}
    desk.put("kinds.json", one, undated)
    desk.put("lost.json", one | {"updated_at": "2025-06-01T06:00:00Z"})
    rules = 'identity = ["url"]\nrequired = ["published_at"]\n'
    desk.feeds.write_text(f"[default]\nopen = true\n{rules}")

    done = replay(desk)

    [found] = done.of("differences")
    assert found["outcomes"] == {"moved": 1, "rejected": 1, "stored": 1}
    assert found["codes"] == {"E_REQUIRED": 1}
    lines = {(line["outcome"], line["record"]): line for line in done.of("difference")}
    moved = lines["moved", 0]
    assert moved["article_id"] != moved["moved_from"]
    assert lines["rejected", 1]["still_stored"] is True


def test_an_old_identity_is_found_also_without_its_receipt(desk: Desk) -> None:
    desk.put("1.json", story(1, url="https://a.example/expired"))
    desk.forget_receipt("1.json")
    desk.feeds.write_text('[default]\nopen = true\nidentity = ["url"]\n')

    [line] = replay(desk).of("difference")

    assert (line["outcome"], line["still_stored"]) == ("moved", True)
    assert line["article_id"] != line["moved_from"]


def test_a_retention_that_is_new_to_the_feed_is_told_as_a_change(desk: Desk) -> None:
    desk.put("1.json", story(1))
    desk.feeds.write_text("[default]\nopen = true\nretain_days = 30\n")

    [found] = replay(desk).of("differences")

    assert (found["outcomes"], found["fields"]) == ({"changed": 1}, {"expires": 1})


def test_a_report_that_has_expired_does_not_end_the_look(desk: Desk) -> None:
    desk.put("two.json", story(1), story(2))
    [receipt] = desk.receipts("two.json")
    archive = desk.aws.outputs["ArchiveBucket"]
    desk.aws.client("s3").delete_object(Bucket=archive, Key=receipt["report"])

    done = replay(desk)

    assert done.code == 0, done
    assert done.of("differences")[0]["outcomes"] == {"unchanged": 2}


def test_all_versions_are_read_unless_only_the_latest_are_wanted(desk: Desk) -> None:
    versions = [desk.put("v.json", story(n, id="v")) for n in range(3)]
    desk.put("v.json-not", story(9))
    key = f"incoming/{desk.feed}/v.json"

    [every] = desk("replay", key).of("selection")
    latest = desk("replay", key, "--latest", "--send", "--run", "3")

    assert every["uploads"] == 3
    assert [line["version"] for line in latest.of("upload")] == [versions[-1]]


def test_a_feed_is_its_folder_and_a_time_that_of_the_upload(courier: Desk) -> None:
    replace(courier, feed="timed").put("1.json", story(1))
    replace(courier, feed="timed-2").put("1.json", story(1))
    inbox = courier.aws.outputs["InboxBucket"]
    courier.aws.client("s3").put_object(Bucket=inbox, Key="incoming/loose.json", Body=b"{")
    courier.aws.drain()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()

    def chosen(*arguments: str) -> int:
        done = courier("replay", *arguments, "--sample", "0")
        return int(done.of("selection")[0]["uploads"]) if done.code == 0 else done.code - 3

    assert chosen("--feed", "timed") == 1
    assert chosen("--feed", "default") == 1
    assert chosen("--feed", "timed", "--since", "1h", "--until", tomorrow) == 1
    assert chosen("--feed", "timed", "--until", "1h") == 0
    assert chosen("--feed", "timed", "--since", tomorrow) == 0


def test_rejects_are_the_latest_versions_that_hold_rejected_records(desk: Desk) -> None:
    untitled = [json.dumps({"title": 5, "id": number}) for number in range(29)]
    for name in ("mended.json", "broken.json"):
        desk.write(name, "{")
    desk.aws.drain()
    desk.put("mended.json", story(1))
    desk.put("partial.json", story(2), {"nothing": 1})
    # More than the receipt shows: that a row is broken, only the report does.
    desk.write("rows.ndjson", "\n".join([*untitled, "{", json.dumps(story(3))]))
    desk.aws.drain()

    def names(*arguments: str) -> set[str]:
        return {*sent(replay(desk, "--rejects", *arguments, "--send"))}

    done = replay(desk, "--rejects", "--sample", "all")
    assert done.of("selection")[0]["uploads"] == 3
    assert done.of("differences")[0]["outcomes"]["rejected"] == 32
    assert names() == {"broken.json", "partial.json", "rows.ndjson"}
    assert names("--code", "E_JSON") == {"broken.json", "rows.ndjson"}


def test_keys_come_from_stdin(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = desk.put("a b.json", story(1, id="a"))
    desk.put("a b.json", story(2, id="a"))
    desk.put("c.json", story(3))
    folder = f"incoming/{desk.feed}"
    line = json.dumps({"v": 1, "key": f"{folder}/a b.json", "version": first})
    monkeypatch.setattr("sys.stdin", StringIO(f"{line}\n{folder}/c.json\n"))

    done = sent(desk("replay", "-", "--send", "--run", "8"))

    assert list(done) == ["a b.json", "c.json"]
    assert done["a b.json"]["version"] == first


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("", 2),
        ("incoming/desk/ --feed desk", 2),
        ("--feed desk --dead-letters", 2),
        ("--dead-letters --since 1d", 2),
        ("--feed desk --run 99999999999999 --send", 2),
        ("--feed desk --code E_JSON", 2),
        ("--feed desk --rejects --code E_NOPE", 2),
        ("--feed desk --key incoming/desk/", 2),
        ("outgoing/desk/", 2),
        ("outgoing.json", 2),
        ("--feed desk --since soon", 2),
        ("--feed desk --sample some", 2),
        ("incoming/desk/nowhere.json", 3),
        ("--feed nobody", 3),
    ],
)
def test_what_is_not_there_or_not_understood(courier: Desk, arguments: str, code: int) -> None:
    done = courier("replay", *arguments.split())
    assert (done.code, done.out) == (code, "")
    assert done.err


def test_messages_are_paced_by_their_articles(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(waiting, "rest", rests.append)
    desk.put("many.json", *map(story, range(60)))

    replay(desk, "--send", "--per-second", "10")

    assert sum(rests) == pytest.approx(6, abs=0.6)


def test_what_sqs_refuses_ends_the_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("1.json", story(1))
    monkeypatch.setattr(sending, "notice", lambda *_, **__: "\x00")  # no text that SQS takes

    done = replay(desk, "--send", "--run", "4")

    assert (done.code, desk.messages("UploadsQueueUrl")) == (3, 0)
    assert f"articles replay --feed {desk.feed} --send --run 4" in done.err


def test_the_state_machine_is_told_what_to_do(
    courier: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = courier.aws.client("stepfunctions")
    machine = states.create_state_machine(
        name="replay",
        definition='{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/replay",
    )["stateMachineArn"]
    outputs = courier.aws.outputs | {"ReplayMachineArn": machine}
    found = Deployment(outputs, courier.aws.client)
    monkeypatch.setattr(deployment, "find", lambda *_, **__: found)

    looked = replay(courier, "--machine", "--run", "6")
    assert looked.code == 0, looked
    assert states.list_executions(stateMachineArn=machine)["executions"] == []

    done = courier("replay", "incoming/courier/2026*", "--machine", "--send", "--run", "6")

    [line] = done.of("execution")
    execution = states.describe_execution(executionArn=line["execution"])
    assert json.loads(execution["input"]) == {"prefix": "incoming/courier/2026", "run": 6}


def test_without_the_state_machine_it_is_said_how_to_get_it(courier: Desk) -> None:
    done = replay(courier, "--machine")
    assert done.code == 2
    assert "ReplayMachine=true" in done.err
    assert courier("replay", "incoming/courier/1.json", "--machine").code == 2
