"""The drills of docs/restore.md: what was lost comes back from copies, and from the inbox alone.

MiniStack restores a table as it is when it is asked to, so that the copy is made at the point to
which AWS would go back. What it does not show: how long AWS takes.
"""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from articles_cli.local.invariants import to_tell
from tests.subscriber import Subscriber

from .deployment import Item, Stack
from .newsroom import article, articles, only_record

pytestmark = pytest.mark.e2e

WHY = ("--reason", "a drill", "--send")
COPIES = {"ArticlesTable": "articles-restored", "ReceiptsTable": "receipts-restored"}
# Of an article that is read again from the inbox: these are new.
TIMES = {"ingested_at", "first_ingested_at", "released_at"}
SEQUENCER = 4  # its place in the order key, behind the generation


def put(stack: Stack, name: str, source_id: str, **fields: str) -> str:
    """Upload an article to the feed of this module; gives its id."""
    receipt = stack.upload(f"incoming/drill/{name}.json", article(source_id, **fields))
    return str(only_record(receipt)["article_id"])


def later() -> None:
    """Wait for another second: of two uploads within one, no listing says which came later."""
    time.sleep(1 - time.time() % 1)


def stored(stack: Stack) -> dict[str, Item]:
    return {it["article_id"]: it for it in stack.items("ArticlesTable") if it["feed"] == "drill"}


def agree(stack: Stack, subscriber: Subscriber) -> bool | None:
    """Whether a subscriber that heard all events believes what the table says; None: not yet."""
    subscriber.take(it["detail"] for it in stack.events())
    told = {article_id: to_tell(it) for article_id, it in stored(stack).items()}
    return all(subscriber.believes().get(it) == told[it] for it in told) or None


def content(item: Item) -> Item:
    """Give what an item says, less its times, repairs, and S3's sequencer: no listing has it."""
    told: dict[str, Any] = {
        name: value for name, value in item.items() if name not in TIMES | {"previous_hash", "run"}
    }
    upload = {name: value for name, value in item["upload"].items() if name != "sequencer"}
    _, *rest = item["order_key"].split("#")
    del rest[SEQUENCER]
    return told | {"upload": upload, "order_key": rest}


@pytest.fixture
def subscriber() -> Subscriber:
    return Subscriber()


def test_what_was_lost_comes_back_from_a_copy(stack: Stack, subscriber: Subscriber) -> None:
    names = ("kept", "lost", "late", "damaged", "killed", "purged")
    ids = {name: put(stack, name, f"drill-{name}") for name in names}
    point = datetime.now(UTC).isoformat()
    for table, copy in COPIES.items():
        stack.client("dynamodb").restore_table_to_point_in_time(
            SourceTableName=stack.outputs[table],
            TargetTableName=copy,
            UseLatestRestorableTime=True,
        )
    # What came after the point …
    later()
    ids["new"] = put(stack, "new", "drill-new")
    put(stack, "late-2", "drill-late", title="Ferries stay away")
    put(stack, "kill", "drill-killed", status="canceled", updated_at="2026-11-02T09:00:00Z")
    articles("purge", ids["purged"], *WHY)
    stack.until(lambda: agree(stack, subscriber), "agreement")
    before = stored(stack)
    # … and then the accident.
    stack.delete("ArticlesTable", *(before[ids[it]] for it in ("lost", "late", "new")))
    stack.delete("ReceiptsTable", *stack.items("ReceiptsTable"))
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["ArticlesTable"],
        Key={"article_id": {"S": ids["damaged"]}},
        UpdateExpression="SET title = :x, article.title = :x",
        ExpressionAttributeValues={":x": {"S": "x"}},
    )

    looked = articles("restore", "--articles", COPIES["ArticlesTable"])
    copies = ("--articles", COPIES["ArticlesTable"], "--receipts", COPIES["ReceiptsTable"])
    articles("restore", *copies, "--send")
    replayed = articles("replay", "incoming/drill/", "--since", point, "--send")

    counts = [it for it in looked if it["type"] == "count" and it["feed"] == "drill"]
    found = {it["state"]: it["count"] for it in counts}
    assert found == {"same": 1, "missing": 2, "damaged": 1, "later": 2}
    assert replayed[-1]["counts"] == {"created": 1, "updated": 1, "unchanged": 1}
    after = stored(stack)
    assert {it: content(after[it]) for it in after} == {it: content(before[it]) for it in before}
    kept = ids["kept"], ids["killed"], ids["purged"]
    assert {it: after[it] for it in kept} == {it: before[it] for it in kept}
    assert articles("restore", *copies)[-1]["restored"] == 0
    stack.until(lambda: agree(stack, subscriber), "agreement")
    for copy in COPIES.values():
        stack.client("dynamodb").delete_table(TableName=copy)


def test_what_comes_back_from_the_inbox_alone(stack: Stack, subscriber: Subscriber) -> None:
    """An empty table, and a replay of everything: each loss of the page is asserted."""
    changed = {"updated_at": "2026-11-02T09:00:00Z"}
    ids = {name: put(stack, f"i-{name}", f"inbox-{name}") for name in ("plain", "killed", "spared")}
    later()
    put(stack, "i-news", "inbox-plain", title="Ferries stay away")
    put(stack, "i-kill", "inbox-killed", status="canceled", **changed)
    put(stack, "i-mistake", "inbox-spared", status="canceled", **changed)
    articles("revive", ids["spared"], "--upload", "incoming/drill/i-spared.json", *WHY)
    pair = stack.upload(
        "incoming/drill/i-pair.json",
        b"[%b,%b]" % (article("inbox-removed"), article("inbox-other")),
    )
    ids["removed"], ids["other"] = (it["article_id"] for it in pair["records"])
    articles("purge", ids["removed"], *WHY)
    ids["forgotten"] = put(stack, "i-forgotten", "inbox-forgotten")
    gone = stack.upload(
        "incoming/drill/i-gone.json", article("inbox-forgotten", status="canceled", **changed)
    )
    stack.client("s3").delete_object(  # as S3 does when its days are over
        Bucket=stack.outputs["InboxBucket"], Key=gone["key"], VersionId=gone["version"]
    )
    stack.until(lambda: agree(stack, subscriber), "agreement")
    before = stored(stack)
    stack.delete("ArticlesTable", *stack.items("ArticlesTable"))
    stack.delete("ReceiptsTable", *stack.items("ReceiptsTable"))

    articles("replay", "incoming/drill/", "--send")

    after = stored(stack)
    same = {ids[it] for it in ("plain", "killed", "other")}
    assert {it: content(after[it]) for it in same} == {it: content(before[it]) for it in same}
    assert all(after[it]["first_ingested_at"] > before[it]["first_ingested_at"] for it in same)
    assert {name: after[ids[name]]["status"] for name in ("spared", "removed", "forgotten")} == {
        "spared": "canceled",  # the mistaken kill is back
        "removed": "usable",  # what was removed is back
        "forgotten": "usable",  # a kill that no upload tells of any more
    }
    assert {it["order_key"].partition("#")[0] for it in after.values()} == {"0000"}
    # Subscribers keep what has a later generation: here the article that was revived.
    stack.until(lambda: stack.events(ids["other"])[1:] or None, "second event")
    time.sleep(1)
    subscriber.take(it["detail"] for it in stack.events())
    believed = subscriber.believes()
    assert believed[ids["removed"]] == "removed"
    assert believed[ids["spared"]] == to_tell(before[ids["spared"]])
    assert believed[ids["forgotten"]] == "canceled"
    assert believed[ids["plain"]] == to_tell(after[ids["plain"]])
    # The kill and the purges are done again from what the operator has kept.
    articles("purge", ids["removed"], *WHY)
    articles("revive", ids["spared"], "--upload", "incoming/drill/i-spared.json", *WHY)
    assert stored(stack)[ids["removed"]]["status"] == "removed"
    stack.until(lambda: stored(stack)[ids["spared"]]["status"] == "usable" or None, "revival")
