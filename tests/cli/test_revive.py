"""`revive`: a kill by mistake is taken back, and stays so."""

from unittest.mock import patch

from articles_cli.replays import sending

from .conftest import feeds_file, service_with_feeds
from .mistakes import FEEDS, Desk, desk_of_feed, story

WHY = "--reason=It was the wrong story"


feeds = feeds_file(FEEDS)
aws = service_with_feeds()
desk = desk_of_feed()


def killed(desk: Desk, name: str) -> tuple[str, str]:
    """Have an article with two versions, which a notice kills; gives its id, and the notice."""
    desk.upload(f"{name}-1.json", story(name))
    desk.upload(f"{name}-2.json", story(name, title="Ferry returns late", day=2))
    notice = desk.put(f"{name}-kill.json", story(name, title="KILL", day=3, status="canceled"))
    article_id = desk.article_id(f"{name}-1.json")
    assert desk.stored(article_id)["status"]["S"] == "canceled"
    return article_id, notice


def test_a_look_says_what_killed_an_article_and_what_would_win(desk: Desk) -> None:
    article_id, notice = killed(desk, "look")

    done = desk("revive", article_id, WHY)

    [ended] = done.of("ended")
    versions = {it["key"].rpartition("/")[2]: it for it in done.of("version")}
    assert done.code == 0
    assert (ended["is_now"], ended["upload"]["version"]) == ("killed", notice)
    assert [name for name, it in versions.items() if it["wins"]] == ["look-2.json"]
    assert [name for name, it in versions.items() if it["is_spared"]] == ["look-kill.json"]
    shown = desk.articles("revive", article_id, WHY, "--feeds", desk.feeds, "--table").out
    row = next(line for line in shown.splitlines() if "look-2.json" in line)
    assert "wins" in row
    assert "was killed at" in shown
    assert desk.stored(article_id)["status"]["S"] == "canceled"


def test_who_revived_an_article_and_why_is_kept_with_it(desk: Desk) -> None:
    article_id, notice = killed(desk, "kept")

    done = desk("revive", article_id, WHY, "--send")

    assert done.code == 0, done
    [article], [line] = done.of("article"), done.of("revived")
    assert (article["status"], article["article"]["title"]) == ("usable", "Ferry returns late")
    kept = desk.stored(article_id)["revived"]["M"]
    assert kept["reason"]["S"] == line["reason"] == "It was the wrong story"
    assert kept["by"]["S"] == line["by"]
    assert line["by"].startswith("arn:aws:sts::")
    assert kept["version"]["S"] == notice


def test_a_revival_that_was_interrupted_goes_on(desk: Desk) -> None:
    article_id, _ = killed(desk, "broken")

    with patch.object(sending, "send", side_effect=KeyboardInterrupt):
        assert desk("revive", article_id, WHY, "--send").code != 0
    looked = desk("revive", article_id, WHY)
    done = desk("revive", article_id, WHY, "--send")

    assert looked.of("ended")[0]["is_now"] == "revived, and not yet read again"
    assert done.of("article")[0]["article"]["title"] == "Ferry returns late"


def test_the_uploads_to_read_can_be_named(desk: Desk) -> None:
    article_id, _ = killed(desk, "named")

    done = desk("revive", article_id, WHY, "--upload", "incoming/desk/named-1.json", "--send")

    [article] = done.of("article")
    assert article["article"]["title"] == "Ferry returns"
    assert len(done.of("receipt")) == 1


def test_an_upload_whose_receipt_has_expired_is_read_to_find_the_article(desk: Desk) -> None:
    article_id, _ = killed(desk, "old")
    for name in ("old-1.json", "old-2.json"):
        desk.forget_receipt(name)

    done = desk("revive", article_id, WHY, "--send")

    assert done.of("article")[0]["article"]["title"] == "Ferry returns late"


def test_an_article_can_be_named_by_the_key_of_an_upload_that_has_no_other(desk: Desk) -> None:
    article_id, _ = killed(desk, "key")
    desk.put("two.json", story("one"), story("two"))

    [ended] = desk("revive", "incoming/desk/key-1.json", WHY).of("ended")
    assert ended["article_id"] == article_id
    assert desk("revive", "incoming/desk/two.json", WHY).code == 2


def test_what_is_alive_or_unknown_cannot_be_revived(desk: Desk) -> None:
    desk.put("alive.json", story("alive"))

    alive = desk("revive", desk.article_id("alive.json"), WHY, "--send")
    unknown = desk("revive", "a" * 26, WHY, "--send")

    assert (alive.code, unknown.code) == (3, 3)
    assert "neither killed nor removed" in alive.err
    assert "There is no article" in unknown.err


def test_an_article_without_another_version_comes_back_with_its_next_upload(desk: Desk) -> None:
    desk.put("only-kill.json", story("only", day=3, status="canceled"))
    article_id = desk.article_id("only-kill.json")

    done = desk("revive", article_id, WHY, "--send")
    desk.put("only-1.json", story("only", title="Ferry again", day=1))

    assert done.code == 0
    assert desk.stored(article_id)["title"]["S"] == "Ferry again"
