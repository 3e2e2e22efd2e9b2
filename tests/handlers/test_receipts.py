"""What an uploader finds of an upload afterwards."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from articles.problems import ReportedProblem
from articles.storing.items import to_item
from articles.storing.lookup import Lookup
from articles.storing.receipts import Receipt, Record, shortened
from articles.uploads.message import Upload
from articles_local.limits import item_size
from tests.aws.cloud import Cloud
from tests.aws.expressions import Item
from tests.newsroom import KEY, NOON, Newsroom, a_story

BAD = {"neither": "a title", "nor": "a text"}
UPLOAD = Upload(key=KEY, version="1")
UPLOAD_2 = Upload(key=KEY, version="2")


def receipt_of(newsroom: Newsroom) -> Item:
    [receipt] = newsroom.cloud.receipts()
    return receipt


def attention(newsroom: Newsroom, feed: str = "courier") -> list[str]:
    found = newsroom.cloud.indexed("ReceiptsTable", "by_attention", feed=feed)
    return [item["outcome"] for item in found]


def test_an_accepted_article_has_a_receipt_and_no_report(newsroom: Newsroom) -> None:
    newsroom.take(a_story(), at="2026-03-01T10:00:00Z", now="2026-03-01T10:00:03Z", version="1")

    receipt = receipt_of(newsroom)
    [record] = receipt.pop("records")
    assert record["article_id"] == newsroom.item["article_id"]
    assert (
        receipt
        | {
            "key": KEY,
            "version": "1",
            "feed": "courier",
            "state": "done",
            "outcome": "accepted",
            "counts": {"created": 1},
            "uploaded_at": "2026-03-01T10:00:00Z",
            "finished_at": "2026-03-01T10:00:03.000Z",
            "ttl": 1780135203,  # ninety days later
        }
        == receipt
    )
    assert not receipt.keys() & {"report", "unread"}
    assert newsroom.cloud.border.asked("PutObject") == []


def test_what_loses_to_an_earlier_upload_is_accepted_with_a_warning(newsroom: Newsroom) -> None:
    newsroom.put(a_story(title="New", updated_at="2026-03-01T10:00:00Z"), version="1")
    faulty = {"language": "?", "tags": [{}] * 40}

    newsroom.take(a_story(**faulty), at="2026-03-01T13:00:00Z", version="2")

    [receipt] = [it for it in newsroom.cloud.receipts() if it["version"] == "2"]
    assert (receipt["outcome"], receipt["counts"]) == ("accepted", {"superseded": 1})
    [record] = receipt["records"]
    assert record["superseded_by"]["version"] == "1"
    assert (record["warnings"][0]["code"], record["warnings"][0]["record"]) == ("W_SUPERSEDED", 0)
    assert "report" not in receipt


def test_only_a_higher_run_writes_a_receipt_that_is_done_anew(newsroom: Newsroom) -> None:
    def told(hour: int, run: int) -> Item:
        newsroom.take(a_story(), version="1", now=f"2026-03-01T{hour}:00:00Z", run=run)
        return next(it for it in newsroom.cloud.receipts() if it["version"] == "1")

    first = told(13, run=0)
    newsroom.put(a_story(title="New", updated_at="2026-03-01T10:00:00Z"), version="2")
    assert told(14, run=0) == first

    second = told(15, run=2)
    assert (second["run"], second["finished_at"]) == (2, "2026-03-01T15:00:00.000Z")
    assert [told(16, run) for run in (2, 1, 0)] == [second] * 3


def test_a_failed_receipt_becomes_done_once_the_upload_succeeds_and_fails_no_more(
    newsroom: Newsroom,
) -> None:
    newsroom.ingestion.give_up(UPLOAD, cause="AccessDenied", is_over=True)
    failed = receipt_of(newsroom)
    told = (failed["state"], failed["outcome"], failed["cause"])
    assert told == ("failed", "failed", "AccessDenied")
    assert attention(newsroom) == ["failed"]

    newsroom.take(a_story(), version="1")
    newsroom.ingestion.give_up(UPLOAD, cause="AccessDenied", is_over=True)

    done = receipt_of(newsroom)
    assert (done["state"], done["outcome"]) == ("done", "accepted")
    assert "cause" not in done
    assert attention(newsroom) == []


@pytest.mark.parametrize(
    ("file", "outcome", "has_report"),
    [
        (a_story(), None, False),
        ([a_story(), a_story(id="courier-2")], None, True),
        ([a_story(), BAD], "partial", True),
        ([BAD, BAD], "rejected", True),
        (BAD, "rejected", True),
        (b"{", "rejected", True),
        (b"", "rejected", True),
    ],
)
def test_what_needs_an_operator_is_listed_and_what_a_line_cannot_tell_has_a_report(
    newsroom: Newsroom, file: Any, outcome: str | None, *, has_report: bool
) -> None:
    receipt = newsroom.take(file, version="1")

    assert attention(newsroom) == ([outcome] if outcome else [])
    stored = receipt_of(newsroom)
    assert stored.get("announce", False) == has_report
    assert ("report" in stored) == has_report
    if has_report:
        assert stored["report"] == "reports/courier/incoming/courier/ferry.json/1.json"
        report = newsroom.cloud.report(stored["report"])
        assert report["outcome"] == receipt.outcome
        assert len(report.get("records", [])) == len(receipt.records)


def test_a_report_that_a_receipt_names_stands_and_a_replay_has_its_own(newsroom: Newsroom) -> None:
    def told(hour: int, run: int) -> tuple[str, str]:
        now = f"2026-03-01T{hour}:00:00Z"
        newsroom.take([a_story(), BAD], version="1", now=now, run=run)
        receipt = receipt_of(newsroom)
        report = newsroom.cloud.report(receipt["report"])
        assert report["run"] == receipt.get("run", 0)
        return receipt["report"], report["finished_at"]

    first = told(13, run=0)
    assert told(14, run=0) == first
    second = told(15, run=2)
    assert second[0] != first[0]
    assert [told(hour, run) for hour, run in ((16, 0), (17, 1), (18, 2))] == [second] * 3
    assert newsroom.cloud.report(first[0])["finished_at"] == first[1]


def test_a_report_that_had_no_receipt_says_what_the_receipt_says(newsroom: Newsroom) -> None:
    file = [a_story(), a_story(id="courier-2")]
    newsroom.cloud.border.fail("PutItem", "ThrottlingException")
    with pytest.raises(ClientError):
        newsroom.take(file, version="1")
    newsroom.cloud.border.heal()
    newer = a_story(title="Newer", updated_at="2026-03-01T11:59:00Z")
    newsroom.take(newer, key="incoming/courier/other.json", version="2")

    newsroom.take(file, version="1")

    receipt = next(it for it in newsroom.cloud.receipts() if it["version"] == "1")
    report = newsroom.cloud.report(receipt["report"])
    assert receipt["counts"] == report["counts"] == {"superseded": 1, "created": 1}
    assert report["records"][0]["superseded_by"]["record"] == 0


def test_no_receipt_names_a_report_that_could_not_be_written(newsroom: Newsroom) -> None:
    newsroom.cloud.border.fail("PutObject", "SlowDown", status=503)

    with pytest.raises(ClientError, match="SlowDown"):
        newsroom.take([a_story(), BAD])

    assert newsroom.cloud.receipts() == []


def test_the_receipt_of_a_hopeless_list_is_bounded_its_report_whole(newsroom: Newsroom) -> None:
    bad = {f"{'ä' * 25}{number}": number for number in range(8)}
    newsroom.take([bad] * 2_000, version="1")

    receipt = receipt_of(newsroom)
    assert receipt["counts"] == {"rejected": 2_000}
    assert [record["record"] for record in receipt["records"]] == list(range(20))
    [image] = newsroom.cloud.images("ReceiptsTable")
    assert item_size(image) < 400 * 1024
    report = newsroom.cloud.report(receipt["report"])
    assert [record["record"] for record in report["records"]] == list(range(2_000))
    assert all(record["problems"] for record in report["records"])


def test_a_long_receipt_shows_what_was_rejected_before_what_was_not(newsroom: Newsroom) -> None:
    stories = [a_story(id=f"courier-{number}") for number in range(30)]

    newsroom.take([*stories, BAD])

    shown = receipt_of(newsroom)["records"]
    assert len(shown) == 20
    assert shown[-1]["outcome"] == "rejected"


def test_the_longest_title_and_many_warnings_leave_a_receipt_that_fits(newsroom: Newsroom) -> None:
    loud = a_story(title="⛴" * 4_096, **dict.fromkeys(("author", "tags", "images"), [7] * 400))

    newsroom.take([{**loud, "id": f"courier-{number}"} for number in range(20)])

    [image] = newsroom.cloud.images("ReceiptsTable")
    assert item_size(image) < 400 * 1024


def test_the_longest_keys_have_receipts_and_reports_of_their_own(newsroom: Newsroom) -> None:
    keys = ["incoming/courier/".ljust(1023, "k") + last for last in "ab"]
    for key in keys:
        newsroom.take(BAD, key=key)

    receipts = newsroom.cloud.receipts()
    assert [it["key"] for it in receipts] == keys
    assert [newsroom.cloud.report(it["report"])["key"] for it in receipts] == keys


def test_a_receipt_is_read_as_it_was_written(newsroom: Newsroom) -> None:
    told = newsroom.take([a_story(), BAD], version="1", run=3)
    known = receipt_of(newsroom).keys() & Receipt.model_fields.keys()

    again = Receipt.model_validate({name: receipt_of(newsroom)[name] for name in known})

    assert again.as_json() == told.model_copy(update={"report": again.report}).as_json()


# ── However much an uploader wrote, a receipt fits its item ──────────────────────────────────────


def test_a_member_name_of_any_length_is_cut_where_it_is_told(newsroom: Newsroom) -> None:
    links = {"k" * 450_000: {"rel": "canonical", "href": "zzz"}}
    item = {"altids": {"itemid": "a"}, "pubstatus": "usable", "headline": "h", "links": links}

    record = newsroom.put(item)

    assert record.outcome == "created"
    [warning] = receipt_of(newsroom)["records"][0]["warnings"]
    assert warning["path"] == "/links/" + "k" * 192 + "…"
    assert newsroom.faults == []


def test_a_receipt_of_long_warnings_fits_and_its_report_has_more(newsroom: Newsroom) -> None:
    links = {f"{n}{'⛴' * 300}": {"rel": "canonical", "href": f"no {n}"} for n in range(30)}
    item = {"pubstatus": "usable", "headline": "h", "links": links}

    newsroom.take([{**item, "altids": {"itemid": f"{n}"}} for n in range(30)])

    assert newsroom.faults == []
    [image] = newsroom.cloud.images("ReceiptsTable")
    assert item_size(image) < 400 * 1024
    receipt = receipt_of(newsroom)
    assert {len(it["warnings"]) for it in receipt["records"]} == {20}
    report = newsroom.cloud.report(receipt["report"])
    assert {len(it["warnings"]) for it in report["records"]} == {21}  # 20, and that there are more


@pytest.mark.parametrize("of_each", [3, 20])
def test_without_room_a_receipt_shows_three_problems_of_each_record(of_each: int) -> None:
    problems = (
        ReportedProblem("E_FIELD_VALUE", "⛴" * 300, at="⛴" * 200, path="⛴" * 200),
    ) * of_each
    fields = {"outcome": "rejected", "problems": problems, "warnings": problems}
    records = tuple(Record(record=number, **fields) for number in range(20))
    about: Any = {"key": KEY, "version": "1", "run": 0, "feed": "courier", "state": "done"}

    short = shortened(Receipt(outcome="rejected", records=records, **about))

    assert {(len(it.problems), len(it.warnings)) for it in short.records} == {(3, 3)}
    assert item_size(to_item(short.as_json())) < 400 * 1024


def test_a_receipt_that_is_refused_is_written_without_details(newsroom: Newsroom) -> None:
    newsroom.cloud.border.fail("PutItem", "ValidationException", times=1)

    assert newsroom.put(a_story(title=None, body_text="")).outcome == "rejected"

    assert len(newsroom.faults) == 1
    [receipt] = newsroom.cloud.receipts()
    assert (receipt["outcome"], receipt["counts"]) == ("rejected", {"rejected": 1})
    assert "records" not in receipt


def test_a_receipt_that_is_refused_without_details_is_an_error(newsroom: Newsroom) -> None:
    newsroom.cloud.border.fail("PutItem", "ValidationException", times=2)

    with pytest.raises(ClientError):
        newsroom.put(a_story())

    assert len(newsroom.faults) == 2
    assert newsroom.cloud.receipts() == []


def test_of_the_versions_of_a_key_one_that_failed_or_waits_is_not_older_than_one_that_is_done(
    newsroom: Newsroom,
) -> None:
    cloud = newsroom.cloud
    newsroom.put(a_story(), version="1", at="2026-03-01T11:00:00Z", now="2026-03-01T12:00:00Z")
    newsroom.ingestion.give_up(Upload(KEY, "2"), cause="AccessDenied", is_over=True)
    newsroom.ingestion.note_deferred(Upload(KEY, "3"))

    assert [it.version for it in lookup(cloud).receipts_of(KEY)] == ["3", "2", "1"]


def test_of_two_versions_of_one_second_the_later_is_the_latest(newsroom: Newsroom) -> None:
    newsroom.put(a_story(), version="1", at=NOON, now="2026-03-01T12:00:00.100Z")
    newsroom.put(a_story(), key="incoming/courier/b.json", now="2026-03-01T12:00:00.400Z")
    newsroom.ingestion.give_up(UPLOAD_2, cause="AccessDenied", is_over=True)

    assert [it.version for it in lookup(newsroom.cloud).receipts_of(KEY)] == ["2", "1"]
    [failed] = newsroom.cloud.indexed("ReceiptsTable", "by_attention", feed="courier")
    assert failed["attention"] == f"failed#{NOON}"  # as `--since` and `--until` are written


def lookup(cloud: Cloud) -> Lookup:
    return Lookup(
        cloud.clients.dynamodb,
        cloud.clients.s3,
        articles=cloud.outputs["ArticlesTable"],
        receipts=cloud.outputs["ReceiptsTable"],
        archive=cloud.outputs["ArchiveBucket"],
    )


# ── What nobody read ─────────────────────────────────────────────────────────────────────────────


def test_what_was_not_read_is_named_most_often_first(newsroom: Newsroom) -> None:
    rare = {f"rare{n:02}": n for n in range(19)}
    file = [a_story(id="a", **rare), *(a_story(id=f"b{n}", mood="calm", zeal=n) for n in range(3))]

    newsroom.take([*file, a_story(id="c", zeal="k")], version="1")

    receipt = receipt_of(newsroom)
    assert {k: int(v) for k, v in receipt["unread"].items()} == {
        "/zeal": 4,
        "/mood": 3,
        **{f"/{name}": 1 for name in sorted(rare)[:18]},
    }
    assert newsroom.cloud.report(receipt["report"])["unread"] == receipt["unread"]
