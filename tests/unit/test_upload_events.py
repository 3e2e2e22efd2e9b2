"""What subscribers are told of an upload: UploadProcessed, when, and what fits into it."""

import json
from typing import Any

import pytest

from articles.announcing.events import UploadProcessed, detail
from articles.announcing.transitions import upload_event
from articles.problems import ReportedProblem
from articles.storing.receipts import Receipt, Record, shortened

Item = dict[str, Any]

LIMIT = 64 * 1024


@pytest.mark.parametrize(
    ("outcome", "counts", "is_told"),
    [
        *(("accepted", {"created": 1}, False), ("ignored", {}, False), ("gone", {}, False)),
        ("accepted", {"created": 2}, True),
        ("accepted", {"created": 1, "unchanged": 1}, True),
        ("partial", {"created": 1, "rejected": 1}, True),
        *(("rejected", {"rejected": 1}, True), ("rejected", {}, True), ("failed", {}, True)),
    ],
)
def test_an_upload_is_announced_where_its_articles_do_not_say_it_all(
    outcome: Any, counts: dict[str, int], *, is_told: bool
) -> None:
    event = event_of_upload(a_receipt(outcome=outcome, counts=counts))

    assert (event is not None) == is_told
    if event:
        assert event.data.counts == counts


def a_receipt(**fields: Any) -> Receipt:
    state = "failed" if fields.get("outcome") == "failed" else "done"
    receipt = {"key": "incoming/desk/a.json", "version": "v1", "run": 0, "feed": "desk"}
    receipt |= {"state": state, "outcome": "rejected", "finished_at": "2026-03-02T12:00:00.250Z"}
    return Receipt.model_validate(receipt | fields)


def event_of_upload(receipt: Receipt, before: Receipt | None = None) -> UploadProcessed | None:
    return upload_event(before, receipt, stage="dev", archive="archive")


def told_of_upload(**fields: Any) -> Item:
    """Tell of an upload in the form in which it goes on the bus; nothing in it is null."""
    event = event_of_upload(a_receipt(**fields))
    assert event
    assert len(detail(event).encode()) < LIMIT
    assert ":null" not in detail(event)
    told: Item = json.loads(detail(event))
    return told


def test_an_upload_that_is_not_finished_is_not_announced() -> None:
    receipt = a_receipt(state="processing", outcome="partial", counts={"rejected": 2})

    assert event_of_upload(receipt) is None


def test_a_replay_of_an_upload_is_another_event() -> None:
    events = [event_of_upload(a_receipt(run=run)) for run in (0, 0, 1)]
    first, again, replayed = [event.id for event in events if event]

    assert first == again != replayed


def test_the_time_of_an_upload_has_milliseconds_whoever_wrote_its_receipt() -> None:
    assert told_of_upload()["time"] == "2026-03-02T12:00:00.250Z"
    old = told_of_upload(finished_at="2026-03-02T12:00:00Z")
    assert old["time"] == "2026-03-02T12:00:00.000Z"


def rejected_record(
    number: int, *problems: ReportedProblem, warnings: tuple[ReportedProblem, ...] = ()
) -> Record:
    return Record(record=number, outcome="rejected", problems=problems, warnings=warnings)


def test_an_upload_is_told_with_its_problems_and_where_its_report_is() -> None:
    odd = ReportedProblem("W_DATE", "Odd.")
    told = told_of_upload(
        outcome="partial",
        counts={"created": 1, "rejected": 2},
        records=(
            Record(record=0, outcome="created", title="Secret"),
            rejected_record(1, ReportedProblem("E_JSON", "Not JSON.", line=3), warnings=(odd,)),
            rejected_record(2, ReportedProblem("E_NOT_ARTICLE", "No.", record=2, at="/2")),
        ),
        problems=(ReportedProblem("E_TOO_MANY", "Too many."),),
        warnings=(ReportedProblem("W_ENVELOPE", "Found."),),
        report="reports/desk/a.json",
    )

    assert "Secret" not in json.dumps(told)
    assert told["subject"] == "incoming/desk/a.json"
    assert told["data"]["problems"] == [
        {"code": "E_TOO_MANY", "message": "Too many."},
        {"code": "E_JSON", "message": "Not JSON.", "record": 1, "line": 3},
        {"code": "E_NOT_ARTICLE", "message": "No.", "record": 2, "at": "/2"},
    ]
    assert told["data"]["warnings"] == [
        {"code": "W_ENVELOPE", "message": "Found."},
        {"code": "W_DATE", "message": "Odd.", "record": 1},
    ]
    assert told["data"]["report"] == "reports/desk/a.json"
    assert told["data"]["report_bucket"] == "archive"
    assert "omitted" not in told["data"]


def test_an_upload_without_a_report_names_no_bucket() -> None:
    assert "report_bucket" not in told_of_upload(outcome="failed", cause="AccessDenied")["data"]


@pytest.mark.parametrize(
    ("fields", "omitted"),
    [
        ({"records": [rejected_record(1, ReportedProblem("E_JSON", "No."))]}, None),
        ({"records": [rejected_record(1, *[ReportedProblem("E_JSON", "No.")] * 21)]}, ["problems"]),
        ({"records": [], "counts": {"rejected": 500}}, ["problems", "warnings"]),
        ({"warnings": [ReportedProblem("W_DATE", "Odd.")] * 21}, ["problems", "warnings"]),
        ({"problems": [ReportedProblem("E_JSON", "x" * 400_000)], "counts": {}}, ["problems"]),
    ],
    ids=["all", "more than 20", "not in the receipt", "both", "none in the receipt"],
)
def test_an_upload_with_more_problems_than_are_told_says_so(fields: Item, omitted: Any) -> None:
    receipt = shortened(a_receipt(**{"counts": {"rejected": 1}, **fields}))  # as it is stored
    event = event_of_upload(receipt)
    assert event
    data = json.loads(detail(event))["data"]

    assert data.get("omitted") == omitted
    assert len(data["problems"]) <= 20
    assert len(data["warnings"]) <= 20


@pytest.mark.parametrize("text", ["\x01", "\U0001f30a"], ids=ascii)
def test_whatever_an_uploader_wrote_the_event_is_small(text: str) -> None:
    problem = ReportedProblem("E_FIELD_VALUE", text * 5_000, 1, text * 200, text * 200, 1)
    told = told_of_upload(
        **dict.fromkeys(("key", "version", "report"), text * 1024),
        cause=text * 500,
        counts={"rejected": 20},
        records=tuple(rejected_record(number, *[problem] * 20) for number in range(20)),
        problems=(problem,) * 20,
        warnings=(problem,) * 20,
    )

    assert told["data"]["omitted"] == ["problems", "warnings"]
    assert told["data"]["problems"][0]["message"].startswith(text * 499)
    assert told["data"]["problems"][0]["message"].endswith("…")


def test_an_upload_that_was_told_to_have_failed_is_told_to_be_done() -> None:
    failed = a_receipt(outcome="failed")
    done = a_receipt(outcome="accepted", counts={"created": 1})

    event = event_of_upload(done, failed)

    assert event is not None
    assert event.data.outcome == "accepted"
    assert event_of_upload(done, done) is None
