"""What a kill ends, and what it does not."""

from tests.newsroom import Newsroom

from .stories import KILL, later


def test_a_kill_ends_an_article_whatever_comes_later(newsroom: Newsroom) -> None:
    newsroom.put(later(9), version="1")
    newsroom.put(KILL, version="2")

    late = newsroom.put(later(23, title="Back"), version="3", at="2026-03-09T00:00:00Z")

    assert (late.outcome, late.decided_by) == ("superseded", "kill")
    assert newsroom.item["status"] == "canceled"


def test_a_kill_that_comes_before_its_article_keeps_it_out(newsroom: Newsroom) -> None:
    assert newsroom.put(KILL, version="1").outcome == "canceled"

    assert newsroom.put(later(10), version="2").outcome == "superseded"
    assert newsroom.item["status"] == "canceled"


def test_of_two_kills_the_later_one_stands(newsroom: Newsroom) -> None:
    early = later(9, status="canceled", title="First notice")
    late = later(10, status="canceled", title="Second notice")
    newsroom.put(late, version="2")

    assert newsroom.put(early, version="1").outcome == "superseded"
    assert newsroom.item["title"] == "Second notice"


def test_where_a_feed_has_no_kills_a_canceled_article_can_come_back(newsroom: Newsroom) -> None:
    key = "incoming/plain/ferry.json"
    newsroom.put(later(9, status="canceled"), key=key, version="1")

    assert newsroom.put(later(10), key=key, version="2").outcome == "updated"
    assert newsroom.item["status"] == "usable"
    assert newsroom.put(later(9, status="canceled"), key=key, version="1").outcome == "superseded"


def test_withheld_does_not_absorb_in_a_feed_with_kills(newsroom: Newsroom) -> None:
    newsroom.put(later(9, status="withheld"), version="1")

    assert newsroom.put(later(10), version="2").outcome == "updated"


def test_a_kill_of_one_feed_does_not_touch_another_feeds_article(newsroom: Newsroom) -> None:
    newsroom.put(later(9), key="incoming/plain/ferry.json")
    newsroom.put(KILL)

    assert sorted((it["feed"], it["status"]) for it in newsroom.cloud.articles()) == [
        ("courier", "canceled"),
        ("plain", "usable"),
    ]
