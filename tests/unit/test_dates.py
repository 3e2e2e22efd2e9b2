"""N10 to N16, N99: a date is read when it is sure, and never guessed."""

from typing import Any

import pytest

from articles.metadata.normalize.dates import embargo, moment, parse

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
        *((it, "2019-06-02T17:20:00Z") for it in (1559496000, "1559496000", 1559496000999)),
        ("1559496000999", "2019-06-02T17:20:00Z"),
        (1559496000.0, "2019-06-02T17:20:00Z"),  # N98
        ("1559496000.0", "2019-06-02T17:20:00Z"),
        ({"$date": 1559496000999.0}, "2019-06-02T17:20:00Z"),
        ({"$date": 1559496000999}, "2019-06-02T17:20:00Z"),
        ({"$date": "2019-06-02T17:20:00Z"}, "2019-06-02T17:20:00Z"),
        # N13: an instant at midnight is an instant
        ("Sun, 27 Jul 2014 00:00:00 GMT", "2014-07-27T00:00:00Z"),
        ("2014-07-27T00:00:00+00:00", "2014-07-27T00:00:00Z"),
        # N5: the first of a list that says something
        (["", None, "2026-03-01", "2026-03-02"], "2026-03-01"),
        # not the placeholder, though it is near
        *((it, it) for it in ("1970-01-01T00:00:01Z", "1970-01-02", "1851-09-18")),
    ],
)
def test_a_date_is_read_as_it_was_written(value: Any, expected: str) -> None:
    found, codes = noted(moment, value)

    assert written(found) == expected
    assert codes == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # two halves in two styles, and one-digit parts
        ("20200316T13:00:00Z", "2020-03-16T13:00:00Z"),
        ("2020-03-16T130000Z", "2020-03-16T13:00:00Z"),
        ("20200316130000", "2020-03-16T13:00:00"),
        ("2020-12-05T23:15:0Z", "2020-12-05T23:15:00Z"),
        ("2020-12-05T3:5:7+1:00", "2020-12-05T02:05:07Z"),
        ("2019/11/15 10:00:00 +0900", "2019-11-15T01:00:00Z"),
        # JavaScript
        ("Tue Nov 19 2019 03:05:46 GMT+0000 (Coordinated Universal Time)", "2019-11-19T03:05:46Z"),
        ("Tue Nov 19 2019 03:05:46 GMT+0100 (Mitteleuropäische Zeit)", "2019-11-19T02:05:46Z"),
        ("Tue Nov 19 2019", "2019-11-19"),
        ("Nov 19, 2019, 3:05:46\u202fAM", "2019-11-19T03:05:46"),
        # the month first, and 12-hour clocks
        ("Tue, Sep 15 2020 10:01:41 EDT", "2020-09-15T14:01:41Z"),
        ("Tuesday, September 15, 2020 at 10:01 AM", "2020-09-15T10:01:00"),
        ("Sept. 15th, 2020 | 10:01 p.m. ET", "2020-09-15T22:01:00"),
        ("MARCH 5,2024", "2024-03-05"),
        ("Mar 28, 2020, 06:15 PM IST", "2020-03-28T18:15:00"),
        ("Sat, Oct 28 2023 08:28:28 PM", "2023-10-28T20:28:28"),
        ("28 Oct 2023 12:15 AM", "2023-10-28T00:15:00"),
        ("28.10.2023 12:15 pm", "2023-10-28T12:15:00"),
        ("2023-10-28 11:15 PM +02:00", "2023-10-28T21:15:00Z"),
        ("5 Mar 2024 5pm", "2024-03-05T17:00:00"),
        ("Tue Jan 28 03:28:56 PM CET 2020", "2020-01-28T14:28:56Z"),
        ("Tue 28 Jan 15:28:56 CET 2020", "2020-01-28T14:28:56Z"),
        ("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24Z"),
        # the two digits of RFC 2822 (4.3) and RFC 850
        ("Mon, 16 May 16 12:39:07 -0700", "2016-05-16T19:39:07Z"),
        ("16 May 49 12:39 GMT", "2049-05-16T12:39:00Z"),
        ("Sunday, 06-Nov-50 08:49:37 GMT", "1950-11-06T08:49:37Z"),
        # the day decides the offset of a place
        ("2023-03-18 20:21:00 America/Los_Angeles", "2023-03-18T20:21:00"),
        ("2023-03-18T20:21:00[America/Argentina/Salta]", "2023-03-18T20:21:00"),
        ("2023-03-18T20:21:00+01:00[Europe/Paris]", "2023-03-18T19:21:00Z"),
        ("2023-03-18T20:21:00Z[UTC]", "2023-03-18T20:21:00Z"),
        ("2023-03-18 20:21 Etc/UTC", "2023-03-18T20:21:00Z"),
        # Go
        ("2023-05-01 10:00:00 +0000 UTC", "2023-05-01T10:00:00Z"),
        ("2023-05-01 10:00:00.12 +0200 CEST m=+0.0001", "2023-05-01T08:00:00Z"),
        # around the month, and around the time
        ("26. Jänner 2018, 10:30 Uhr", "2018-01-26T10:30:00"),
        ("Freitag, den 26. Januar 2018 um 10 Uhr", "2018-01-26T10:00:00"),
        ("Di, 23.01.2018 10.30 Uhr", "2018-01-23T10:30:00"),
        ("Di, 23 Jan 2018 00:00:00 +0100", "2018-01-22T23:00:00Z"),
        ("viernes, 1 de diciembre de 2017 a las 10:30", "2017-12-01T10:30:00"),
        ("1 dic. 2017, 10:30 p. m.", "2017-12-01T22:30:00"),
        ("Le 1er février 2020 à 10h30", "2020-02-01T10:30:00"),
        ("sexta-feira, 1º de março de 2017 às 10h30", "2017-03-01T10:30:00"),
        ("venerdì 1 dicembre 2017 alle ore 10:30", "2017-12-01T10:30:00"),
        ("ma, 08 okt 2018 10:09:29 +0000", "2018-10-08T10:09:29Z"),
        ("maandag 8 oktober 2018 om 10:09 uur", "2018-10-08T10:09:00"),
        ("søndag den 3. maj 2021 kl. 10.30", "2021-05-03T10:30:00"),
        ("3. maj 2021 15.04.05", "2021-05-03T15:04:05"),
        ("mån, 3 maj 2021 10:30:00 +0200", "2021-05-03T08:30:00Z"),
        ("śr., 15 lutego 2019 r., godz. 10:30", "2019-02-15T10:30:00"),
        ("mar 5 mar 2020", "2020-03-05"),  # mardi, mars
        ("5 fe\u0301vrier 2020", "2020-02-05"),
    ],
)
def test_a_date_is_read_as_people_and_tools_write_it(value: str, expected: str) -> None:
    found, codes = noted(moment, value)  # N99; a year that is far away is told by N14

    assert (written(found), set(codes) - {"W_DATE_RANGE"}) == (expected, set())


# As Unicode's CLDR has them, each month in full and short; two forms of a noun are one after
# the other.
MONTHS = {
    "en": "January/Jan February/Feb March/Mar April/Apr May June/Jun July/Jul August/Aug "
    "September/Sep October/Oct November/Nov December/Dec",
    "de": "Januar/Jan. Februar/Feb. März/Mär April/Apr. Mai Juni/Jun Juli/Jul August/Aug. "
    "September/Sept. Oktober/Okt. November/Nov. Dezember/Dez.",
    "fr": "janvier/janv. février/févr. mars avril/avr. mai juin juillet/juil. août "
    "septembre/sept. octobre/oct. novembre/nov. décembre/déc.",
    "es": "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago "
    "septiembre/sept octubre/oct noviembre/nov diciembre/dic",
    "pt": "janeiro/jan. fevereiro/fev. março/mar. abril/abr. maio/mai. junho/jun. julho/jul. "
    "agosto/ago. setembro/set. outubro/out. novembro/nov. dezembro/dez.",
    "it": "gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug "
    "agosto/ago settembre/set ottobre/ott novembre/nov dicembre/dic",
    "nl": "januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug "
    "september/sep oktober/okt november/nov december/dec",
    "da": "januar/jan. februar/feb. marts/mar. april/apr. maj juni/jun. juli/jul. august/aug. "
    "september/sep. oktober/okt. november/nov. december/dec.",
    "sv": "januari/jan. februari/feb. mars april/apr. maj juni juli augusti/aug. "
    "september/sep. oktober/okt. november/nov. december/dec.",
    "nb": "januar/jan. februar/feb. mars/mar april/apr. mai juni/jun juli/jul august/aug. "
    "september/sep. oktober/okt. november/nov. desember/des.",
    "pl": "stycznia/styczeń/sty lutego/luty/lut marca/marzec/mar kwietnia/kwiecień/kwi maja/maj "
    "czerwca/czerwiec/cze lipca/lipiec/lip sierpnia/sierpień/sie września/wrzesień/wrz "
    "października/październik/paź listopada/listopad/lis grudnia/grudzień/gru",
}


@pytest.mark.parametrize("months", MONTHS.values(), ids=MONTHS)
def test_a_month_has_a_name_in_each_language_and_no_name_is_two_months(months: str) -> None:
    for number, names in enumerate(months.split(), start=1):
        for name in (it for one in names.split("/") for it in (one, one.upper(), one.title())):
            assert written(parse(f"5 {name} 2021")) == f"2021-{number:02}-05", name


@pytest.mark.parametrize(
    "days",
    [
        "Sunday Mon Tues Wednesday Thurs Fri. Sat",
        "Sonntag Mo. Dienstag Mi Donnerstag Fr. Samstag",
        "dimanche lun. mardi mer. jeudi ven. samedi",
        "domingo lun martes mié jueves vie sábado",
        "dom. segunda-feira ter. quarta-feira qui. sexta-feira sáb.",
        "domenica lun martedì mer giovedì ven sabato",
        "zondag ma dinsdag wo donderdag vr zaterdag",
        "søndag man. tirsdag ons. torsdag fre. lørdag",
        "söndag mån tisdag ons torsdag fre lördag",
        "niedziela pon. wtorek śr. czwartek pt. sobota",
    ],
)
def test_a_day_of_the_week_has_a_name_in_each_language(days: str) -> None:
    for day in days.split():
        assert written(parse(f"{day}, 5 Jun 2021 10:00")) == "2021-06-05T10:00:00", day


@pytest.mark.parametrize(
    "name",
    ["May 5", "April May", "Marco", "Mai Linh", "Juan de Marzo", "50 Cent", "Set 12", "Ago 2020"],
)
def test_a_name_that_has_a_month_in_it_is_no_date(name: str) -> None:
    assert parse(name) is None


@pytest.mark.parametrize(
    "value",
    [
        "03/04/2024",  # March or April?
        *("3-4-2024", "4/6/2016", "13/6/2016", "16-03-2020", "04.13.2024", "12/31/2024", "2024"),
        *("2024-06", "June 2024", "17 Feb", "Feb 17"),
        "14 May 16",  # or of 2014
        *("Mon, 16 May 16", "May 16, 16 10:00", "24-06-26", "2024-W26-3", "2024-178", "yesterday"),
        *("2 hours ago", "vor 2 Stunden", "il y a 3 jours", "today at 5 pm"),
        *("Updated 26 June 2024", "since 26 June 2024 18:44", "26 Foo 2024", "31 lutego 2024"),
        *("26 June", "18:44", "2024-02-30", "2023-02-29T12:00:00Z", "2024-13-01", "2024-06-31"),
        *("2024-06-26T24:00:00Z", "2024-06-26T18:60:00Z", "2024-06-26T18:44:61Z"),
        *("2024-06-26T18:44:00+25:00", "2024-06-26T18:44:00+01:75", "2024-06-26T18:44:00ZZ"),
        *("2024-06-26 13:00 PM", "2024-06-26 0:30 PM", "2024-06-26 12", "2024-06-26 10:30 XX"),
        *("2024-06-26 10:30 Desk/Reuters", "2024-06-26 10:30 GMT+25", "2024-06-26 10:30 -7"),
        *("Mai Linh 26 June 2024", "2024-06-26T18:44:00Z and more"),
        *("2024-06-26T18:44:00Z/2024-06-27", "٢٠٢٤-٠٦-٢٦", "https://news.example/2024/06/26/ferry"),
        *("155949600", 155949600, 15594960001, 1559496000.5, -1559496000, True, {"$date": "soon"}),
        *({"$date": {"$numberLong": 1559496000999}}, {"date": "2024-06-26"}, [["2024-06-26"]]),
    ],
)
def test_what_is_not_sure_is_not_guessed(value: Any) -> None:
    assert noted(moment, value) == (None, ["W_DATE"])  # N15


@pytest.mark.parametrize(
    "value",
    [
        *("0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z"),
        *("0001-01-01T00:00:00+09:00", "0001-01-01", "1969-12-31", "1969-12-31T19:00:00-05:00"),
        *("1969-12-31T20:00:00-05:00", "1969-12-31T16:00:00", "1970-01-01T00:00:00Z"),
        *("1970-01-01T00:00:00", "1970-01-01T00:00:00-05:00", "1970-01-01T00:00:00+01:00"),
        *("Thu, 01 Jan 1970 00:00:00 GMT", 0, "0", "0000000000", {"$date": 0}),
    ],
)
def test_a_placeholder_is_no_date(value: Any) -> None:
    assert noted(moment, value) == (None, ["W_DATE_SENTINEL"])  # N14


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        *((it, ["W_DATE_RANGE"]) for it in ("1599-12-31T23:00:00Z", "0800-12-25", "2113-01-01")),
        *((it, ["W_DATE_RANGE"]) for it in ("2026-03-04T12:00:01Z", "9999-12-31T23:59:59Z")),
        *((it, []) for it in ("1600-01-01", "2026-03-04T11:59:59Z")),
    ],
)
def test_a_date_out_of_range_is_kept_with_a_warning(value: str, codes: list[str]) -> None:
    found, noticed = noted(moment, value)  # N14; received 2026-03-02T12:00:00Z

    assert (written(found), noticed) == (value, codes)


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
    ("published", "modified", "told"),
    [
        ("2026-03-01T09:00:00Z", "2026-03-01T08:00:00Z", ["W_DATE_ORDER"]),
        ("2026-03-01T09:00:00Z", "2026-03-01T08:00:01Z", []),  # N105
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00+01:00", ["W_DATE_ORDER"]),
        ("2026-03-01T09:00:00Z", "2026-03-01T09:30:00+01:00", []),
        ("2026-03-01T09:00:00Z", "2026-03-01T08:00:00", []),  # not known to be earlier
        # local times have an order, too
        ("2025-03-02", "2025-03-01", ["W_DATE_ORDER"]),
        ("2025-03-02 10:00", "2025-03-02 09:00", ["W_DATE_ORDER"]),
        ("2025-03-02 10:00", "2025-03-02 09:30", []),
        ("2025-03-02 10:00", "2025-03-02", []),
        ("2025-03-02 10:00", "2025-03-01", ["W_DATE_ORDER"]),
        ("2025-03-02", "2025-03-01 23:30", []),
        ("2025-03-02", "2025-03-02 09:00", []),
    ],
)
def test_a_modification_before_the_publication_is_kept(
    published: str, modified: str, told: list[str]
) -> None:
    article = accept({"title": "Ferry", "id": 1, "date": published, "updated": modified})  # N16

    assert article.get("warnings", []) == told
    assert {"published", "modified"} == {it.partition("_at")[0] for it in article if "_at" in it}


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


@pytest.mark.parametrize("zone", [" IST", " ET", " America/New_York", "[America/New_York]"])
def test_a_zone_that_was_named_is_not_the_zone_of_the_feed(zone: str) -> None:
    document = {"title": "x", "id": "1", "published_at": f"2026-03-01T06:00:00{zone}"}

    article = accept(document, timezone="Europe/Oslo")

    assert article["published_at_local"] == "2026-03-01T06:00:00"


def test_an_embargo_in_a_zone_that_may_be_three_withholds_the_article() -> None:
    document = {"title": "x", "id": "1", "text": "Six.", "embargo": "2026-03-03T06:00:00 IST"}

    assert accept(document, timezone="Europe/Oslo")["status"] == "withheld"


SIX = "2026-03-03T06:00:00"


@pytest.mark.parametrize(
    ("value", "end"),
    [
        *((it, f"{SIX}Z") for it in (f"{SIX}Z", f"{SIX}.000Z", "03.03.2026 06:00 UTC")),
        (1772517600000, f"{SIX}Z"),
        *((it, "2026-03-03T06:00:01Z") for it in (f"{SIX}.990Z", "2026-03-03T06:00:0.5Z")),
        *((it, "2026-03-03T06:00:01Z") for it in ("20260303T060000.5Z", 1772517600001)),
        ("3. marts 2026 06.00.00,5 UTC", "2026-03-03T06:00:01Z"),
    ],
)
def test_an_embargo_never_ends_a_moment_early(value: Any, end: str) -> None:
    article = accept({"title": "x", "id": "1", "text": "Six.", "embargo": value})

    assert article["embargoed_until"] == end


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("+0000 (CEST)", "2024-07-01T10:00:00Z"),
        ("(UTC)", "2024-07-01T10:00:00Z"),
        ("(GMT+2)", "2024-07-01T08:00:00Z"),
        ("(FR)", "2024-07-01T10:00:00"),
    ],
)
def test_the_comment_of_a_mail_date_is_its_zone_only_if_there_is_no_other(
    zone: str, expected: str
) -> None:
    found, codes = noted(moment, f"Mon, 01 Jul 2024 10:00:00 {zone}")

    assert (written(found), codes) == (expected, [])
