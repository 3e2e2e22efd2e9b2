"""`purge`: an article is removed for good, and a certificate says what is left."""

from typing import Any

import pytest

from articles_cli.stories.traces import Trace, Traces

from .conftest import Line, feeds_file, service_with_feeds
from .mistakes import FEEDS, Desk, deploy, desk_of_feed, story, tapped

WHY = "--reason=Court order"
NAME = "Ida Krohn was seen"  # what must be found nowhere afterwards


feeds = feeds_file(FEEDS)
aws = service_with_feeds(keep_events_days="700", PART_RECORDS="2")
desk = desk_of_feed()


def about(number: str, day: int = 1, **more: Any) -> Line:
    return story(number, title=f"{NAME}, {number}", day=day, **more)


def everywhere(desk: Desk, word: str) -> list[str]:
    """Name the places, in both tables and both buckets, where a word is found."""
    found = []
    for table in ("ArticlesTable", "ReceiptsTable"):
        items = desk.aws.client("dynamodb").scan(TableName=desk.aws.outputs[table])["Items"]
        found += [f"{table}: {it.get('key', it)}" for it in items if word in str(it)]
    s3 = desk.aws.client("s3")
    for bucket in ("InboxBucket", "ArchiveBucket"):
        name = desk.aws.outputs[bucket]
        for it in s3.list_object_versions(Bucket=name).get("Versions", []):
            which = {"Bucket": name, "Key": it["Key"], "VersionId": it["VersionId"]}
            if word.encode() in s3.get_object(**which)["Body"].read():
                found.append(f"{bucket}: {it['Key']}")
    return found


def test_a_look_names_all_there_is_and_removes_nothing(desk: Desk) -> None:
    first = desk.put("look-1.json", about("look"))
    both = desk.put("look-2.json", about("look", day=2), story("other"))
    article_id = desk.article_id("look-1.json")
    before = everywhere(desk, f"{NAME}, look")

    done = desk("purge", article_id, WHY)

    assert done.code == 0
    assert done.of("certificate") == []
    traces = {it["version"]: it for it in done.of("trace")}
    assert (traces[first]["file"], traces[first]["records"]) == ("deleted", [0])
    assert traces[both]["file"] == "kept: it holds other records"
    assert (traces[both]["records"], traces[both]["others"]) == ([0], 1)
    assert len(traces[both]["reports"]) == 1
    shown = desk.articles("purge", "incoming/desk/look-1.json", WHY, "--table").out
    assert "Nothing was changed; --send removes it." in shown
    assert everywhere(desk, f"{NAME}, look") == before != []


def test_nothing_is_left_where_files_hold_nothing_else(desk: Desk) -> None:
    desk.put("gone-1.json", about("gone"))
    desk.put("gone-1.json", about("gone", day=2))  # the other version of the key
    desk.put("gone-2.json", about("gone", day=3, text="x"), about("gone", day=4))
    article_id = desk.article_id("gone-1.json")

    with tapped(desk.aws) as tap:
        done = desk("purge", article_id, WHY, "--send")
        desk.aws.drain()
        [event] = tap.read()

    assert done.code == 0, done
    assert everywhere(desk, f"{NAME}, gone") == []
    assert event["detail-type"] == "ArticleWithdrawn"
    assert event["detail"]["subject"] == article_id
    assert event["detail"]["data"]["reason"] == "removed"
    assert NAME not in str(event)
    assert desk.stored(article_id)["status"]["S"] == "removed"
    [certificate] = done.of("certificate")
    assert len(certificate["deleted"]) == 3
    assert certificate["removed"]["reason"] == "Court order"
    assert certificate["announced"] is True
    [receipt] = desk.receipts("gone-2.json")
    assert [it["article_id"] for it in receipt["records"]] == [article_id] * 2


def test_subscribers_hear_nothing_of_its_neighbours(desk: Desk) -> None:
    desk.put("told.json", about("told"), story("neighbour-of-told"))
    article_id = desk.article_id("told.json")
    with tapped(desk.aws) as tap:
        desk("purge", article_id, WHY, "--send")
        desk.aws.drain()
        assert [it["detail"]["subject"] for it in tap.read()] == [article_id]


def test_what_must_stay_is_named_with_its_records_and_its_end(desk: Desk) -> None:
    desk.put("stay.json", story("one"), about("stay"), story("two"))
    article_id = desk.article_id("stay.json", 1)

    [certificate] = desk("purge", article_id, WHY, "--send").of("certificate")

    left = {it["what"]: it for it in certificate["left"]}
    assert "stay.json" in left["file with other records"]["where"]
    assert "record 1" in left["file with other records"]["where"]
    assert left["file with other records"]["until"] > left["backups"]["until"]
    assert left["archive of events"]["until"] > left["file with other records"]["until"]
    always = {"tombstone", "receipts", "streams", "logs", "dead letters", "subscribers"}
    assert always <= left.keys()
    assert everywhere(desk, f"{NAME}, stay") == ["InboxBucket: incoming/desk/stay.json"]
    titles = [it.get("title") for it in desk.receipts("stay.json")[0]["records"]]
    assert titles == ["Ferry returns", None, "Ferry returns"]

    shown = desk.articles("purge", article_id, WHY, "--send", "--table").out
    for words in (
        f"Certificate: article {article_id} of feed desk is removed.",
        "Reason: Court order",
        "ArticleWithdrawn",
        "point-in-time recovery",
    ):
        assert words in shown
    assert "stored now" not in desk.articles("status", article_id, "--table").out


def test_what_is_removed_does_not_come_back(desk: Desk) -> None:
    version = desk.put("back.json", story("neighbour"), about("back"))
    article_id = desk.article_id("back.json", 1)
    desk("purge", article_id, WHY, "--send")

    desk.redeliver("back.json", version)
    desk.redeliver("back.json", version, run=2_000_000_000)
    desk.put("again.json", about("back", day=20))
    desk.put("twice.json", about("back", day=21), about("back", day=22), about("back", day=22))

    told = {it for it in everywhere(desk, f"{NAME}, back") if not it.startswith("InboxBucket")}
    assert told == set()
    assert desk.stored(article_id)["status"]["S"] == "removed"
    names = ("again.json", "twice.json")
    again, *twice = (it for name in names for it in desk.receipts(name)[0]["records"])
    outcomes = [(it["outcome"], it["decided_by"]) for it in (again, *twice)]
    assert outcomes == [("superseded", "removal")] * 4
    assert [it["code"] for it in again["warnings"]] == ["W_SUPERSEDED"]
    [certificate] = desk("purge", article_id, "--reason=again", "--send").of("certificate")
    assert certificate["removed"]["reason"] == "Court order"
    assert everywhere(desk, f"{NAME}, back") == ["InboxBucket: incoming/desk/back.json"]


def test_a_large_upload_is_erased_from_its_parts_too(desk: Desk) -> None:
    others = [story(f"part-{n}") for n in range(4)]
    desk.put("large.json", *others, about("large"))
    article_id = desk.article_id("large.json", 4)
    assert len(everywhere(desk, f"{NAME}, large")) > 4

    done = desk("purge", article_id, WHY, "--send")

    assert everywhere(desk, f"{NAME}, large") == ["InboxBucket: incoming/desk/large.json"]
    [trace] = done.of("trace")
    assert len(trace["receipts"]) == len(trace["reports"]) == 2


def test_a_second_purge_finishes_what_an_interrupted_one_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("half-1.json", about("half"))
    desk.put("half-2.json", about("half", day=2))
    article_id = desk.article_id("half-1.json")
    erase, erased = Traces.erase, list[Trace]()

    def once(traces: Traces, trace: Trace) -> None:
        if erased:
            raise KeyboardInterrupt
        erased.append(trace)
        erase(traces, trace)

    with monkeypatch.context() as patch:
        patch.setattr(Traces, "erase", once)
        assert desk("purge", article_id, WHY, "--send").code != 0
    assert everywhere(desk, f"{NAME}, half") != []

    assert desk("purge", article_id, WHY, "--send").code == 0
    assert everywhere(desk, f"{NAME}, half") == []
    assert desk("purge", article_id, WHY, "--send").of("trace") == []


def test_other_versions_of_its_files_are_named(desk: Desk) -> None:
    bucket, key = desk.aws.outputs["InboxBucket"], "incoming/desk/broken.json"
    desk.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=f'{{"title": "{NAME}'.encode())
    desk.put("broken.json", about("broken"))

    [done] = desk("purge", desk.article_id("broken.json"), WHY, "--send").of("certificate")

    # Nobody knows what they hold.
    [where] = [it["where"] for it in done["left"] if it["what"] == "other version of a file"]
    assert key in where


def test_a_file_that_its_feed_no_longer_accepts_is_found(desk: Desk) -> None:
    version = desk.put("strict.json", about("strict"))
    article_id = desk.article_id("strict.json")
    deploy(desk.feeds, FEEDS + 'required = ["canonical_url"]\n')
    desk.redeliver("strict.json", version, run=2_000_000_000)
    [receipt] = desk.receipts("strict.json")
    assert receipt["outcome"] == "rejected"

    done = desk("purge", article_id, WHY, "--send")

    deploy(desk.feeds, FEEDS)
    assert done.code == 0, done
    assert everywhere(desk, f"{NAME}, strict") == []
    assert len(done.of("certificate")[0]["deleted"]) == 1


def test_a_report_that_has_expired_hides_no_records(desk: Desk) -> None:
    mine = [about("hidden", day=day) for day in range(1, 21)]  # as many as a receipt shows
    first = desk.put("full.json", *mine, story("beside-hidden"))
    last = desk.put("late.json", *[story(f"before-{n}") for n in range(20)], about("hidden"))
    article_id = desk.article_id("full.json")
    for receipt in (*desk.receipts("full.json"), *desk.receipts("late.json")):
        bucket = desk.aws.outputs["ArchiveBucket"]
        desk.aws.client("s3").delete_object(Bucket=bucket, Key=receipt["report"])

    done = desk("purge", article_id, WHY)

    traces = {it["version"]: it for it in done.of("trace")}
    assert traces.keys() == {first, last}
    assert {it["file"] for it in traces.values()} == {"kept: it holds other records"}
    assert traces[last]["records"] == [20]


def test_an_article_that_is_not_stored_can_be_forbidden(desk: Desk) -> None:
    unknown = "a" * 26

    refused = desk("purge", unknown, WHY, "--send")
    done = desk("purge", unknown, WHY, "--feed", "desk", "--send")

    assert (refused.code, done.code) == (3, 0)
    assert desk("purge", "b" * 26, WHY, "--feed", "No Feed", "--send").code == 2
    assert desk("purge", "b" * 26, WHY, "--feed", "dsek", "--send").code == 3
    assert desk("purge", "b" * 26, "--reason= ", "--feed", "desk", "--send").code == 2
    assert desk.stored(unknown)["status"]["S"] == "removed"
    assert done.of("certificate")[0]["announced"] is False


def test_a_removal_can_be_taken_back_where_a_file_is_left(desk: Desk) -> None:
    desk.put("undo.json", story("any"), about("undo"))
    article_id = desk.article_id("undo.json", 1)
    desk("purge", article_id, WHY, "--send")

    done = desk("revive", article_id, "--reason=Overturned", "--send")

    assert done.of("ended")[0]["reason"] == "Court order"
    assert done.of("article")[0]["article"]["title"] == f"{NAME}, undo"
