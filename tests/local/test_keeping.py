"""What an embedded AWS keeps in a folder, and which folders it refuses."""

import json
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws, KeptError, TemplateError, pumps
from articles_local.keeping import LOCK, MADE_BY, STATE
from tests.newsroom import a_story

ROOT = Path(__file__).parents[2]


def embedded(keep: Path, template: Path = ROOT / "template.yaml") -> EmbeddedAws:
    return EmbeddedAws(
        template=template,
        functions=ROOT / "functions",
        stack="articles-test",
        parameters={"Stage": "test"},
        log=StringIO(),
        keep=keep,
    )


def put(aws: EmbeddedAws, name: str, **changes: Any) -> Any:
    return aws.client("s3").put_object(
        Bucket=aws.outputs["InboxBucket"],
        Key=f"incoming/courier/{name}.json",
        Body=json.dumps(a_story(id=name, url=None, **changes)).encode(),
    )


def held(aws: EmbeddedAws) -> Any:
    """Give all objects and items."""
    dynamodb, inbox = aws.client("dynamodb"), aws.outputs["InboxBucket"]
    names = aws.outputs["ArticlesTable"], aws.outputs["ReceiptsTable"]
    return (
        aws.client("s3").list_object_versions(Bucket=inbox).get("Versions"),
        [dynamodb.scan(TableName=name)["Items"] for name in names],
    )


def rule_of(tap: Tap) -> str:
    return tap.rule.rpartition("/")[2]


def titles(aws: EmbeddedAws, queue: str) -> list[str]:
    """Receive what a subscriber's queue holds, and leave it there."""
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    told = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    events = [json.loads(it["Body"])["detail"] for it in told.get("Messages", [])]
    return [it["data"]["article"]["title"] for it in events]


def test_it_goes_on_where_it_stopped_and_does_what_came_due_meanwhile(tmp_path: Path) -> None:
    until = datetime.now(UTC) + timedelta(seconds=5)
    with embedded(tmp_path) as aws:
        tap = Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"])
        put(aws, "told", title="Told before")
        put(aws, "held", title="Held until then", embargoed_until=until.isoformat())
        while aws.pump():
            pass
        put(aws, "told", title="Updated", updated_at="2026-03-02T09:00:00Z")
        aws.save()
        before = held(aws)
    time.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()) + 1)  # it ends with a second
    with embedded(tmp_path) as aws:
        assert held(aws) == before
        assert titles(aws, rule_of(tap)) == ["Told before"]
        while aws.pump():  # at once, though the schedule is for each minute
            pass
        told = titles(aws, rule_of(tap))

    assert sorted(told) == ["Held until then", "Told before", "Updated"]


def test_a_service_that_cannot_be_saved_is_named_once_and_the_rest_is_kept(tmp_path: Path) -> None:
    with embedded(tmp_path) as aws:
        aws.client("ssm").put_parameter(Name="mine", Value="x", Type="String")
        aws.client("kms").create_key()
        topic = aws.client("sns").create_topic(Name="kept")["TopicArn"]
        put(aws, "a")
        aws.drain()
        assert (aws.save(), aws.save()) == ({"kms", "ssm"}, set())
        before = held(aws)
    with embedded(tmp_path) as aws:
        assert held(aws) == before
        assert [it["TopicArn"] for it in aws.client("sns").list_topics()["Topics"]] == [topic]
        assert aws.client("kms").list_keys()["Keys"] == []


def test_what_it_cannot_do_without_is_not_left_out_and_the_state_of_before_stays(
    tmp_path: Path,
) -> None:
    with embedded(tmp_path) as aws:
        put(aws, "a")
        aws.save()
        before = (tmp_path / STATE).read_bytes()
        unfit = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_bucket(aws.outputs["InboxBucket"])
        unfit.cors = [lambda: None]  # type: ignore[list-item]
        with pytest.raises(KeptError, match=r"s3 cannot be saved: .*lambda"):
            aws.save()

    assert (tmp_path / STATE).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "mode", "says"),
    [(LOCK, 0o700, "cannot be used"), (f"{STATE}.new", 0o700, "symbolic"), ("", 0o777, "mode 700")],
)
def test_nothing_is_written_by_way_of_a_link_or_where_others_may_write(
    tmp_path: Path, name: str, mode: int, says: str
) -> None:
    mine, kept = tmp_path / "mine", tmp_path / "kept"
    mine.write_text("mine")
    kept.mkdir()
    if name:
        (kept / name).symlink_to(mine)
    kept.chmod(mode)

    with pytest.raises((KeptError, OSError), match=says), embedded(kept) as aws:
        aws.save()

    assert mine.read_text() == "mine"
    assert [it.name for it in kept.iterdir() if it.name not in (name, LOCK)] == []


def test_a_later_upload_of_the_same_second_wins_also_after_a_restart(tmp_path: Path) -> None:
    for title in ("Earlier", "Later"):
        with embedded(tmp_path) as aws:
            put(aws, "a", title=title, updated_at=None)
            aws.drain()
            aws.save()
            _, [[article], _] = held(aws)

    assert article["title"] == {"S": "Later"}


@pytest.mark.parametrize(
    ("files", "mode", "says"),
    [
        ({"my-article.json": "{}"}, 0o600, "holds other files"),
        ({STATE: '{"title": "no state"}\n'}, 0o600, "was not written by `articles up`"),
        ({STATE: json.dumps(MADE_BY | {"moto": "4.0"}) + "\n"}, 0o600, "moto 4.0.*Move .* away"),
        ({STATE: json.dumps(MADE_BY) + "\nhalf"}, 0o600, "is damaged.*Move .* away"),
        ({STATE: json.dumps(MADE_BY) + "\n"}, 0o622, "must be yours, and its mode 600"),
    ],
)
def test_a_folder_that_it_cannot_go_on_with_is_refused_and_left_as_it_is(
    tmp_path: Path, files: dict[str, str], mode: int, says: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(mode)

    with pytest.raises(KeptError, match=says), embedded(tmp_path):
        pass

    found = {it.name: it.read_text() for it in tmp_path.iterdir() if it.name != LOCK}
    assert found == files


def test_a_template_may_have_more_than_is_kept_but_not_something_else(tmp_path: Path) -> None:
    now = (ROOT / "template.yaml").read_text()
    more, other = tmp_path / "more.yaml", tmp_path / "other.yaml"
    more.write_text(now.replace("\nResources:\n", "\nResources:\n  Q: {Type: AWS::SQS::Queue}\n"))
    other.write_text(now.replace("MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 60"))
    kept = tmp_path / "kept"
    with embedded(kept) as aws:
        queues = len(aws.client("sqs").list_queues()["QueueUrls"])
        put(aws, "a")
        aws.drain()
        aws.save()
        before = held(aws)

    with embedded(kept, more) as aws:
        assert held(aws) == before
        assert len(aws.client("sqs").list_queues()["QueueUrls"]) == queues + 1
        put(aws, "b")
        aws.drain()
        assert len(held(aws)[1][0]) == 2
    with pytest.raises(TemplateError, match=r"test has changed BulkQueue.*move the folder"):
        embedded(kept, other).__enter__()
    with embedded(kept) as aws:
        assert held(aws) == before


def test_it_is_saved_when_something_changed_and_not_when_somebody_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles_local.keeping.Kept.is_due", True)
    with embedded(tmp_path) as aws:
        aws.drain()
        moments = []
        for act in (lambda: None, lambda: held(aws), lambda: put(aws, "a")):
            act()
            aws.save_when_due()
            moments.append((tmp_path / STATE).stat().st_mtime_ns)

    assert moments[0] == moments[1] < moments[2]


def test_changes_that_all_have_read_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pumps, "KEPT_CHANGES", 2)
    with (
        embedded(tmp_path) as aws,
        Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as tap,
    ):
        for number in range(7):
            put(aws, str(number))
            aws.drain()
        streams = aws.client("dynamodbstreams")
        [stream] = streams.list_streams(TableName="articles-test")["Streams"]
        arn = stream["StreamArn"]
        [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        begin = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        left = streams.get_records(ShardIterator=begin["ShardIterator"])["Records"]

        assert len(tap.read()) == 7
    assert 2 <= len(left) <= 4
