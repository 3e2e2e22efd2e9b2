"""`restore`: what the tables have lost is put back from copies, and converges with what came since.

Here a copy is what it was when it was asked for: moto restores no other point in time.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from articles.storing import restoring
from articles.storing.embargoes import Embargoes, Held
from articles.storing.items import from_item
from articles_cli.stack.tap import Tap
from articles_local import EmbeddedAws
from tests.aws.border import Border
from tests.aws.iam import Request, allows, arn, of_the_key, superfluous

from .conftest import ROOT, Articles, Done, Line, embedded, feeds_file
from .mistakes import FEEDS, deploy, story
from .operators import Operator, policy
from .room import Room

COPIES = {"ArticlesTable": "articles-restored", "ReceiptsTable": "receipts-restored"}
DUE = {"missing", "older", "damaged", "incomplete"}
# What is known of an article without a date of its own, whichever of its versions is stored.
OF_THE_ARTICLE = ("first_ingested_at", "released_at", "feed_month", "listing")
WHY = '--reason "A mistake" --send'
OTHERWISE = FEEDS + 'rights = {holder = "Desk"}\n'  # each story is read in another way

feeds = feeds_file(FEEDS)


@pytest.fixture(scope="module")
def aws(feeds: Path, border: Border) -> Iterator[EmbeddedAws]:
    with embedded(FEEDS_FILE=str(feeds), PART_RECORDS="2") as running:
        running.drain()
        border.clear()
        yield running


@pytest.fixture(scope="module")
def operator(aws: EmbeddedAws) -> Operator:
    return Operator(aws.outputs, machine="none")


@pytest.fixture
def room(
    aws: EmbeddedAws, deployed: Articles, feeds: Path, border: Border, operator: Operator
) -> Iterator[Room]:
    with Tap(aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"]) as tap:
        room = Room(aws, deployed, feeds, border=border, tap=tap, operator=operator)
        yield room
        room.clear()
    deploy(feeds, FEEDS)
    for name in set(COPIES.values()) & {*aws.client("dynamodb").list_tables()["TableNames"]}:
        aws.client("dynamodb").delete_table(TableName=name)


def copy(room: Room) -> None:
    for table, name in COPIES.items():
        room.aws.client("dynamodb").restore_table_to_point_in_time(
            SourceTableName=room.aws.outputs[table],
            TargetTableName=name,
            UseLatestRestorableTime=True,
        )


def restore(room: Room, *more: str) -> Done:
    line = " ".join(["articles restore --articles articles-restored --json", *more])
    return room.run(line)


def states(done: Done) -> dict[str, int]:
    return dict(done.of("summary")[0]["counts"])


def lose_item(room: Room, table: str, **key: str) -> None:
    named = {name: {"S": value} for name, value in key.items()}
    room.aws.client("dynamodb").delete_item(TableName=room.aws.outputs[table], Key=named)


class Lost:
    """One article, and what may happen to it; the story of day 1 is in `a.json`."""

    def __init__(self, room: Room) -> None:
        self.room = room
        room.put("a.json", story("a"))
        self.id = room.article_id("a.json")

    def lost(self) -> None:
        lose_item(self.room, "ArticlesTable", article_id=self.id)

    def corrected(self) -> None:
        self.room.put("b.json", story("a", day=2, title="Ferry is late"))

    def embargoed(self) -> None:
        self.room.put("b.json", story("a", day=2, title=LATE, embargoed_until=FAR))

    def killed(self) -> None:
        self.room.put("kill.json", story("a", day=3, status="canceled"))

    def killed_in_berlin(self) -> None:
        """By a local time, which was before the upload wherever it is read."""
        deploy(self.room.feeds, FEEDS + 'timezone = "Europe/Berlin"\n')
        self.room.put(
            "kill.json", story("a", status="canceled") | {"updated_at": "2026-01-03 06:00"}
        )

    def put_back(self) -> None:
        restore(self.room, "--send")

    def new_york(self) -> None:
        deploy(self.room.feeds, FEEDS + 'timezone = "America/New_York"\n')

    def revived(self) -> None:
        assert self.room.run(f"articles revive {self.id} {WHY}").code == 0

    def purged(self) -> None:
        assert self.room.run(f"articles purge {self.id} --feed desk {WHY}").code == 0

    def read_again(self) -> None:
        done = self.room.run("articles replay incoming/* --send")
        assert done.code == 0 or "no such uploads" in done.err  # a purge deletes them

    def first_read_in_two_ways(self) -> None:
        for rules in (FEEDS, OTHERWISE):
            deploy(self.room.feeds, rules)
            assert self.room.run("articles replay incoming/desk/a.json --send").code == 0

    def read_in_another_way(self) -> None:
        deploy(self.room.feeds, OTHERWISE)
        self.read_again()

    def damaged(self) -> None:
        self.change(title={"S": "x"}, article={"M": {}})

    def without_key(self) -> None:
        self.room.aws.client("dynamodb").update_item(
            TableName=self.room.aws.outputs["ArticlesTable"],
            Key={"article_id": {"S": self.id}},
            UpdateExpression="REMOVE order_key",
        )

    def outlived(self) -> None:
        self.change(ttl={"N": "1772355600"})

    def change(self, **values: Line) -> None:
        item = self.room.stored(self.id) | values
        self.room.aws.client("dynamodb").put_item(
            TableName=self.room.aws.outputs["ArticlesTable"], Item=item
        )

    @property
    def shown(self) -> str | None:
        """What the table says of it: its title, or its status where it is not usable."""
        items = {it["article_id"]["S"]: from_item(it) for it in self.room.items("ArticlesTable")}
        item = items.get(self.id, {})
        found: str | None = item.get("title" if item.get("status") == "usable" else "status")
        return found


class Case(NamedTuple):
    """What happens before the copy, and after it; what a look says, and what must be stored.

    `replayed` is what must be stored after a replay of everything, where that is something else.
    """

    before: list[Callable[[Lost], None]]
    after: list[Callable[[Lost], None]]
    state: str
    end: str | None
    replayed: str | None = None


FIRST, LATE, FAR = "Ferry returns", "Ferry is late", "2099-01-01T00:00:00Z"
L = Lost
CASES = {
    "untouched": Case([], [], "same", FIRST),
    "lost": Case([], [L.lost], "missing", FIRST),
    "damaged": Case([], [L.damaged], "damaged", FIRST),
    "its key lost": Case([], [L.without_key], "damaged", FIRST),
    "corrected": Case([], [L.corrected], "later", LATE),
    "corrected, lost": Case([], [L.corrected, L.lost], "missing", FIRST, LATE),
    "lost, corrected": Case([], [L.lost, L.corrected], "incomplete", LATE),
    "lost, embargoed": Case([], [L.lost, L.embargoed], "incomplete", LATE),
    "lost, killed": Case([], [L.lost, L.killed], "incomplete", "canceled"),
    "lost, the same came": Case([L.corrected], [L.lost, L.read_again], "incomplete", LATE),
    "lost, the same in another reading": Case(
        [], [L.lost, L.read_in_another_way], "incomplete", FIRST
    ),
    "lost, an older one in two readings": Case(
        [L.corrected], [L.lost, L.first_read_in_two_ways], "older", LATE
    ),
    "of a later generation, lost, killed": Case(
        [L.read_in_another_way], [L.lost, L.killed], "incomplete", "canceled"
    ),
    "read again since": Case([], [L.read_in_another_way], "later", FIRST),
    "killed": Case([], [L.killed], "later", "canceled"),
    "killed, revived": Case([L.killed], [L.revived], "later", FIRST),
    "a kill is lost": Case([L.killed], [L.lost, L.corrected], "older", "canceled"),
    "a kill is lost, it came again and was taken back": Case(
        [L.killed], [L.lost, L.read_again, L.revived], "incomplete", FIRST
    ),
    "purged": Case([], [L.purged], "later", "removed"),
    "lost, purged": Case([], [L.lost, L.purged], "incomplete", "removed"),
    "a purge is lost": Case([L.purged], [L.lost, L.corrected], "older", "removed"),
    "purged, revived": Case([L.purged], [L.revived, L.corrected], "later", LATE),
    "revived, lost": Case([L.killed, L.revived], [L.lost], "missing", FIRST),
    "revived, lost, its kill came": Case(
        [L.killed, L.revived], [L.lost, L.read_again], "older", FIRST
    ),
    "revived, lost, its kill came in another zone": Case(
        [L.killed_in_berlin, L.revived], [L.lost, L.new_york, L.read_again], "older", FIRST
    ),
    "revived, lost, corrected": Case(
        [L.killed, L.revived], [L.lost, L.corrected], "incomplete", LATE
    ),
    "revived, lost, purged": Case(
        [L.killed, L.revived], [L.lost, L.purged], "incomplete", "removed"
    ),
    "lost, killed, revived": Case([L.corrected], [L.lost, L.killed, L.revived], "incomplete", LATE),
    "expired": Case(
        [L.outlived], [L.lost], "over", None, FIRST
    ),  # its feed keeps articles for ever
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_put_back_converges_with_what_came_since(case: Case, room: Room) -> None:
    lost = Lost(room)
    for act in case.before:
        act(lost)
    copy(room)
    began = room.stored(lost.id)
    for act in case.after:
        act(lost)
    room.hear()

    looked, sent, again = restore(room), restore(room, "--send"), restore(room)

    assert states(looked) == {case.state: 1}
    is_due = case.state in DUE
    assert [it["restored"] for it in sent.of("summary")] == [int(is_due)]
    assert states(again).keys() & DUE == set()
    assert lost.shown == case.end
    if case.end:
        kept = room.stored(lost.id)
        assert [kept[it] for it in OF_THE_ARTICLE] == [began[it] for it in OF_THE_ARTICLE]
    lost.read_again()
    assert lost.shown == (case.replayed or case.end)
    room.hear()
    assert room.subscriber.believes() == room.told()


def commands(heading: str) -> list[str]:
    """Read our commands under a heading of the page."""
    page = (ROOT / "docs/restore.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("articles ")]


def test_the_commands_of_the_page_put_back_what_was_lost(room: Room) -> None:
    lost = Lost(room)
    waiting = datetime.now(UTC) - timedelta(seconds=2)
    room.upload("waits.json", story("a", day=2, title=LATE))  # it is read after the copy was made
    copy(room)
    room.aws.drain()
    lost.lost()
    room.hear()

    done = [
        room.run(line, WAITING=waiting.isoformat())
        for line in commands("Articles were deleted or damaged")
    ]

    assert [it.code for it in done] == [0] * 4, done
    assert [it["counts"].keys() & DUE for it in done[-1].of("summary")] == [set(), set()]
    assert lost.shown == LATE
    room.hear()
    assert room.subscriber.believes() == room.told()


def test_the_commands_of_the_page_fill_an_empty_table(room: Room) -> None:
    lost = Lost(room)
    lost.corrected()
    lost.lost()

    assert [room.run(line).code for line in commands("From the inbox alone")] == [0, 0]

    assert lost.shown == LATE


LIFTED: dict[str, list[Callable[[Lost], None]]] = {
    "it is missing": [],
    "another came meanwhile": [L.corrected],
    "it was put back already": [L.put_back],
    "a kill was put back already": [L.put_back, L.killed],
}


@pytest.mark.parametrize("meanwhile", LIFTED.values(), ids=LIFTED.keys())
def test_subscribers_take_what_is_lifted_over_a_generation_that_is_lost(
    meanwhile: list[Callable[[Lost], None]], room: Room
) -> None:
    lost = Lost(room)
    copy(room)
    lost.read_in_another_way()
    lost.lost()
    for act in meanwhile:
        act(lost)
    room.hear()

    sent, again = (restore(room, "--send --lift 2") for _ in range(2))

    assert [it.of("summary")[0]["restored"] for it in (sent, again)] == [1, 0]
    room.hear()
    assert room.subscriber.believes() == room.told()


def test_an_embargo_that_ends_meanwhile_stays_over(room: Room) -> None:
    lost = Lost(room)
    [item] = map(from_item, room.items("ArticlesTable"))
    lost.lost()
    lost.embargoed()
    dynamodb, table = room.aws.client("dynamodb"), room.aws.outputs["ArticlesTable"]
    now, articles = datetime.now(UTC), restoring.Articles(dynamodb, table)
    [finding] = articles.findings([item], now)
    held = Held(lost.id, str(from_item(room.stored(lost.id))["order_key"]), now)
    after = datetime.fromisoformat(FAR) + timedelta(hours=1)

    assert Embargoes(dynamodb, table).release(held, now=after)
    assert articles.restore(finding)

    assert (lost.shown, "hold_until" in room.stored(lost.id)) == (LATE, False)


def test_receipts_are_put_back_where_they_are_missing_and_were_final(room: Room) -> None:
    versions = {name: room.put(f"{name}.json", story(name)) for name in ("there", "gone", "again")}
    versions["open"] = room.put("open.json", *(story(f"o-{n}") for n in range(3)))
    copy(room)
    begun = {"state": {"S": "processing"}}
    for item in room.aws.client("dynamodb").scan(TableName="receipts-restored")["Items"]:
        if item["version"]["S"] == versions["open"]:
            room.aws.client("dynamodb").put_item(TableName="receipts-restored", Item=item | begun)
    for name in ("gone", "again", "open"):
        key = f"incoming/desk/{name}.json"
        lose_item(room, "ReceiptsTable", key=key, version=versions[name])
    assert room.run("articles replay incoming/desk/again.json --send").code == 0

    room.hear()

    done = room.run("articles restore --receipts receipts-restored --send --json")

    found = states(done)
    assert found.pop("same") > 0
    assert found == {"later": 1, "missing": 1, "unfinished": 1}
    assert [it["outcome"] for it in room.receipts("gone.json")] == ["accepted"]
    assert room.receipts("again.json")[0]["run"] > 0
    assert room.receipts("open.json") == []


def test_what_a_receipt_brings_back_of_a_purged_article_a_second_purge_removes(room: Room) -> None:
    lost = Lost(room)
    room.put("no.json", {"id": "b"})  # rejected
    copy(room)
    for item in room.items("ReceiptsTable"):
        lose_item(room, "ReceiptsTable", key=item["key"]["S"], version=item["version"]["S"])
    lost.purged()
    sent = [it["id"] for it in room.hear() if it["type"] == "UploadProcessed"]

    restore(room, "--receipts receipts-restored --send")

    assert FIRST in str(room.items("ReceiptsTable"))
    again = [it["id"] for it in room.hear() if it["type"] == "UploadProcessed"]
    assert again == sent != []
    lost.purged()
    assert FIRST not in str(room.items("ReceiptsTable"))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("", 2, "Name the copies"),
        ("--articles articles-dev", 2, "the table of the stack itself"),
        ("--articles no-such-table", 3, "There is no table"),
        ("--articles articles-receipts-dev", 2, "its keys are others"),
    ],
)
def test_what_is_no_copy_is_refused(arguments: str, code: int, said: str, room: Room) -> None:
    done = room.run(f"articles restore {arguments}")
    assert (done.code, said in done.err) == (code, True), done


# What DynamoDB asks of who copies a table: of the copy to fill it, and of a key to encrypt it. Of
# AWS's pages on backups and on encryption at rest: no emulator asks for it.
FILLING = "BatchWriteItem DeleteItem GetItem PutItem Query Scan UpdateItem".split()
GRANTED = [
    f"kms:{it}"
    for it in (
        "CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext "
        "ReEncryptFrom ReEncryptTo"
    ).split()
]


def copied(room: Room) -> list[Request]:
    tables = [arn("dynamodb", f"table/{room.aws.outputs[it]}") for it in COPIES]
    copies = [arn("dynamodb", f"table/{it}") for it in COPIES.values()]
    return [
        *(Request("dynamodb:RestoreTableToPointInTime", it) for it in tables),
        *(Request(f"dynamodb:{action}", it) for action in FILLING for it in copies),
    ]


def test_the_policy_allows_what_restoring_does_and_nothing_else(room: Room) -> None:
    lost = Lost(room)
    copy(room)
    lost.lost()
    for item in room.items("ReceiptsTable"):
        lose_item(room, "ReceiptsTable", key=item["key"]["S"], version=item["version"]["S"])
    room.operator.asked.clear()

    room.run("articles restore --articles articles-restored --receipts receipts-restored --send")

    asked = [*room.operator.asked, *copied(room)]
    for key in ("", arn("kms", "key/1")):
        with Operator(room.aws.outputs, key=key).at_work():
            allowed = policy(room.articles, "restorer", "--copies", *COPIES.values())
        needed = [*asked, *of_the_key(asked, key), *(Request(it, key) for it in GRANTED if key)]
        assert [it for it in needed if not allows(allowed, it)] == []
        assert superfluous(allowed, needed) == []
