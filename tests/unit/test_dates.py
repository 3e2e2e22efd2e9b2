"""N10 to N16: a date is read when it is sure, and never guessed."""

from typing import Any

import pytest

from articles.metadata.normalize.dates import embargo, moment

from .build import accept, noted, written


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # N10 and N12 - RFC 3339 and ISO 8601 extended, with an offset
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"),
        ("2026-03-01t09:00:00z", "2026-03-01T09:00:00Z"),
        ("2026-03-01T09:00:00+01:00", "2026-03-01T08:00:00Z"),
        ("2026-03-01 09:00:00+01:00", "2026-03-01T08:00:00Z"),
        ("2026-03-01T09:00:00 -0330", "2026-03-01T12:30:00Z"),
        ("2026-03-01T09:00:00+09", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:30:00+05:45", "2026-02-28T18:45:00Z"),
        ("2026-03-01T09:00:00.987654321Z", "2026-03-01T09:00:00Z"),
        ("2026-03-01T09:00:00,5Z", "2026-03-01T09:00:00Z"),
        ("2026-03-01T09:00-0400", "2026-03-01T13:00:00Z"),
        ("2026-3-1T9:05:00Z", "2026-03-01T09:05:00Z"),
        ("  2026-03-01T09:00:00Z\n", "2026-03-01T09:00:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"),
        # N10: ISO 8601 basic
        ("20180619T055000+0900", "2018-06-18T20:50:00Z"),
        ("20180619T055000Z", "2018-06-19T05:50:00Z"),
        ("20180619T0550Z", "2018-06-19T05:50:00Z"),
        ("20180619T055000", "2018-06-19T05:50:00"),
        ("20180619", "2018-06-19"),
        # N12: no offset, no instant
        ("2026-03-01T09:00:00", "2026-03-01T09:00:00"),
        ("2026-03-01 09:00", "2026-03-01T09:00:00"),
        ("2022-5-3T23:57:00", "2022-05-03T23:57:00"),
        ("2026-03-01", "2026-03-01"),
        ("2026-3-1", "2026-03-01"),
        # N10: RFC 1123 and 2822
        ("Wed, 04 May 2022 02:41:00 GMT", "2022-05-04T02:41:00Z"),
        ("Wed, 4 May 2022 02:41:00 +0200", "2022-05-04T00:41:00Z"),
        ("Wednesday, 04 May 2022 02:41:00 GMT", "2022-05-04T02:41:00Z"),
        ("4 May 2022 02:41 EST", "2022-05-04T07:41:00Z"),
        ("17 Feb 2019 05:57 GMT", "2019-02-17T05:57:00Z"),
        ("26 June 2024 18:44", "2024-06-26T18:44:00"),
        ("26 june 2024", "2024-06-26"),
        ("1 Sept 2024", "2024-09-01"),
        # as ctime writes it (N10)
        ("Tue Jan 28 15:28:56 CET 2020", "2020-01-28T14:28:56Z"),
        ("Tue Jan  7 15:28:56 UTC 2020", "2020-01-07T15:28:56Z"),
        # N10: the two written forms whose order is known
        ("2019/06/02", "2019-06-02"),
        ("2019/06/02 17:40", "2019-06-02T17:40:00"),
        ("02.06.2019", "2019-06-02"),
        # N11: the named zone's own offset, also in summer
        ("2020-07-01T12:00:00 CET", "2020-07-01T11:00:00Z"),
        ("2020-07-01T12:00:00 CEST", "2020-07-01T10:00:00Z"),
        ("2020-07-01 12:00:00 PDT", "2020-07-01T19:00:00Z"),
        ("2020-07-01 12:00:00 MSK", "2020-07-01T09:00:00Z"),
        ("2020-07-01 12:00:00 EEST", "2020-07-01T09:00:00Z"),
        ("2020-07-01 12:00:00 WEST", "2020-07-01T11:00:00Z"),
        ("2020-07-01 12:00:00 UT", "2020-07-01T12:00:00Z"),
        # N11: three zones are called IST: the wall clock stays
        ("2020-07-01T12:00:00 IST", "2020-07-01T12:00:00"),
        ("2020-07-01T12:00:00 BST", "2020-07-01T12:00:00"),
        ("Tue Jan 28 15:28:56 AEDT 2020", "2020-01-28T15:28:56"),
        # N10: Unix time and Mongo
        (1559496000, "2019-06-02T17:20:00Z"),
        ("1559496000", "2019-06-02T17:20:00Z"),
        (1559496000999, "2019-06-02T17:20:00Z"),
        ("1559496000999", "2019-06-02T17:20:00Z"),
        ({"$date": 1559496000999}, "2019-06-02T17:20:00Z"),
        ({"$date": "2019-06-02T17:20:00Z"}, "2019-06-02T17:20:00Z"),
        # N13: an instant at midnight is an instant
        ("Sun, 27 Jul 2014 00:00:00 GMT", "2014-07-27T00:00:00Z"),
        ("2014-07-27T00:00:00+00:00", "2014-07-27T00:00:00Z"),
        # N5: the first of a list that says something
        (["", None, "2026-03-01", "2026-03-02"], "2026-03-01"),
        # not the placeholder, though it is near
        ("1970-01-01T00:00:01Z", "1970-01-01T00:00:01Z"),
        ("1970-01-02", "1970-01-02"),
        ("1851-09-18", "1851-09-18"),
    ],
)
def test_a_date_is_read_as_it_was_written(value: Any, expected: str) -> None:
    found, codes = noted(moment, value)

    assert written(found) == expected
    assert codes == []


@pytest.mark.parametrize(
    "value",
    [
        "03/04/2024",  # March or April?
        "3-4-2024",
        "04.13.2024",
        "12/31/2024",
        "2024",
        "2024-06",
        "June 2024",
        "Feb 17, 2019",
        "24-06-26",
        "2024-W26-3",
        "2024-178",
        "yesterday",
        "2 hours ago",
        "Updated 26 June 2024",
        "since 26 June 2024 18:44",
        "26 Juni 2024",
        "26 June",
        "18:44",
        "2024-02-30",
        "2023-02-29T12:00:00Z",
        "2024-13-01",
        "2024-06-31",
        "2024-06-26T24:00:00Z",
        "2024-06-26T18:60:00Z",
        "2024-06-26T18:44:61Z",
        "2024-06-26T18:44:00+25:00",
        "2024-06-26T18:44:00+01:75",
        "2024-06-26T18:44:00ZZ",
        "2024-06-26 6:44 PM",
        "2024-06-26T18:44:00Z and more",
        "2024-06-26T18:44:00Z/2024-06-27",
        "٢٠٢٤-٠٦-٢٦",
        "https://news.example/2024/06/26/ferry",
        "155949600",
        155949600,
        15594960001,
        1559496000.5,
        -1559496000,
        True,
        {"$date": "soon"},
        {"date": "2024-06-26"},
        [["2024-06-26"]],
    ],
)
def test_what_is_not_sure_is_not_guessed(value: Any) -> None:
    assert noted(moment, value) == (None, ["W_DATE"])  # N15


@pytest.mark.parametrize(
    "value",
    [
        "0000-00-00",
        "0000-00-00 00:00:00",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+09:00",
        "0001-01-01",
        "1969-12-31",
        "1969-12-31T19:00:00-05:00",
        "1969-12-31T20:00:00-05:00",
        "1969-12-31T16:00:00",
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00",
        "1970-01-01T00:00:00-05:00",
        "1970-01-01T00:00:00+01:00",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        0,
        "0",
        "0000000000",
        {"$date": 0},
    ],
)
def test_a_placeholder_is_no_date(value: Any) -> None:
    assert noted(moment, value) == (None, ["W_DATE_SENTINEL"])  # N14


@pytest.mark.parametrize(
    "value",
    [None, "", "  ", "None", "null", " NaN ", "undefined", [], {}, [None, ""], {"$date": ""}],
)
def test_nothing_is_no_date_and_no_fault(value: Any) -> None:
    assert noted(moment, value) == (None, [])  # N4


@pytest.mark.parametrize(
    ("value", "expected", "codes"),
    [
        ("1599-12-31T23:00:00Z", "1599-12-31T23:00:00Z", ["W_DATE_RANGE"]),
        ("0800-12-25", "0800-12-25", ["W_DATE_RANGE"]),
        ("1600-01-01", "1600-01-01", []),
        ("2026-03-04T11:59:59Z", "2026-03-04T11:59:59Z", []),
        ("2026-03-04T12:00:01Z", "2026-03-04T12:00:01Z", ["W_DATE_RANGE"]),
        ("2113-01-01", "2113-01-01", ["W_DATE_RANGE"]),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", ["W_DATE_RANGE"]),
    ],
)
def test_a_date_out_of_range_is_kept_with_a_warning(
    value: str, expected: str, codes: list[str]
) -> None:
    found, noticed = noted(moment, value)  # N14; received 2026-03-02T12:00:00Z

    assert (written(found), noticed) == (expected, codes)


@pytest.mark.parametrize("value", ["9999-12-31T23:59:59-01:00", "0001-01-02T00:00:00+23:59"])
def test_a_date_at_the_edge_of_the_calendar_is_not_a_fault_of_ours(value: str) -> None:
    found, codes = noted(moment, value)

    assert found is not None or codes in (["W_DATE"], ["W_DATE_SENTINEL"])


@pytest.mark.parametrize(
    ("value", "is_there"), [("Tuesday", True), (True, True), ("", False), ("None", False)]
)
def test_an_embargo_that_cannot_be_read_is_not_an_absent_one(value: Any, *, is_there: bool) -> None:
    found, _ = noted(embargo, value)  # N69

    assert (found is not None) == is_there


@pytest.mark.parametrize(
    ("published", "modified", "warns"),
    [
        ("2026-03-01T09:00:00Z", "2026-03-01T08:59:59Z", True),
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z", False),
        ("2026-03-01T09:00:00Z", "2026-03-01T09:30:00+01:00", True),
        ("2026-03-01T09:00:00Z", "2026-03-01T08:00:00", False),  # not known to be earlier
    ],
)
def test_a_modification_before_the_publication_is_kept(
    published: str, modified: str, *, warns: bool
) -> None:
    article = accept({"title": "Ferry", "id": 1, "date": published, "updated": modified})  # N16

    assert ("W_DATE_ORDER" in article.get("warnings", [])) == warns
    assert {"published_at"} < {name for name in article if name.endswith(("_at", "_local"))}


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-03-01T09:00:00", "Europe/Warsaw", "2026-03-01T08:00:00Z"),
        ("2026-07-01T09:00:00", "Europe/Warsaw", "2026-07-01T07:00:00Z"),
        ("26 June 2024 18:44", "America/New_York", "2024-06-26T22:44:00Z"),
        ("2026-03-01T09:00:00", "Asia/Kathmandu", "2026-03-01T03:15:00Z"),
    ],
)
def test_a_local_time_is_read_in_the_zone_of_its_feed(local: str, zone: str, instant: str) -> None:
    article = accept({"title": "Ferry", "id": 1, "date": local}, timezone=zone)  # N86

    assert article["published_at"] == instant
    assert "published_at_local" not in article
    assert "W_ASSUMED_TIMEZONE" in article["warnings"]


@pytest.mark.parametrize("value", ["2026-03-01", "2026-03-01T09:00:00+02:00"])
def test_the_zone_of_a_feed_overrules_nothing(value: str) -> None:
    article = accept({"title": "Ferry", "id": 1, "date": value}, timezone="Asia/Tokyo")

    assert article == accept({"title": "Ferry", "id": 1, "date": value})


def test_a_zone_that_was_named_is_not_the_zone_of_the_feed() -> None:
    document = {"title": "x", "id": "1", "published_at": "2026-03-01T06:00:00 IST"}

    article = accept(document, timezone="Europe/Oslo")

    assert article["published_at_local"] == "2026-03-01T06:00:00"


def test_an_embargo_in_a_zone_that_may_be_three_withholds_the_article() -> None:
    document = {"title": "x", "id": "1", "text": "Six.", "embargo": "2026-03-03T06:00:00 IST"}

    assert accept(document, timezone="Europe/Oslo")["status"] == "withheld"


def test_no_embargo_is_none() -> None:
    assert accept({"title": "x", "id": "1", "text": "Six.", "embargo": False})["status"] == "usable"


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("2026-03-03T06:00:00.990Z", "2026-03-03T06:00:01Z"),
        ("2026-03-03T06:00:00.000Z", "2026-03-03T06:00:00Z"),
        ("2026-03-03T06:00:00Z", "2026-03-03T06:00:00Z"),
        (1772517600001, "2026-03-03T06:00:01Z"),
        (1772517600000, "2026-03-03T06:00:00Z"),
    ],
)
def test_an_embargo_never_ends_a_moment_early(value: Any, end: str) -> None:
    article = accept({"title": "x", "id": "1", "text": "Six.", "embargo": value})

    assert article["embargoed_until"] == end


def test_the_comment_of_a_mail_date_is_no_part_of_it() -> None:
    found, codes = noted(moment, "Mon, 01 Jul 2024 10:00:00 +0000 (UTC)")

    assert (written(found), codes) == ("2024-07-01T10:00:00Z", [])


@pytest.mark.parametrize(
    ("published", "modified", "is_told"),
    [
        ("2025-03-02", "2025-03-01", True),
        ("2025-03-02 10:00", "2025-03-02 09:00", True),
        ("2025-03-02 10:00", "2025-03-02", False),
        ("2025-03-02", "2025-03-02 09:00", False),
    ],
)
def test_local_times_have_an_order_too(published: str, modified: str, *, is_told: bool) -> None:
    article = accept({"title": "x", "id": "1", "published_at": published, "updated_at": modified})

    assert ("W_DATE_ORDER" in article.get("warnings", [])) == is_told
