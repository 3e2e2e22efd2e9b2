"""`replay --dead-letters`: what lies there and why, and the way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from articles_local import EmbeddedAws
from tests.aws.border import Border

from .conftest import Articles, embedded

SMALL = '{"id": "f-1", "title": "Ferry leaves earlier", "text": "At six."}'
LINES = [f'{{"id": "{n}", "title": "Title {n}", "text": "Six."}}\n' for n in range(4)]
LARGE = "".join(LINES)
SECOND_PART = f"bytes={len(''.join(LINES[:2]))}-"


@pytest.fixture(scope="module")
def aws(border: Border) -> Iterator[EmbeddedAws]:
    """A service in which LARGE is stored in parts of two records, and SMALL is not."""
    with embedded(PART_RECORDS="2", MAX_INLINE_BYTES="100") as running:
        running.drain()
        border.clear()
        yield running


@dataclass(frozen=True)
class Dead:
    """A service with three dead letters: of an upload, of a part, and one that nobody can read."""

    articles: Articles
    aws: EmbeddedAws
    small: str
    large: str

    @property
    def waiting(self) -> int:
        """How many letters others could receive."""
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.aws.outputs["DeadLetterQueueUrl"],
            AttributeNames=["ApproximateNumberOfMessages"],
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def outcome(self, key: str) -> str:
        (receipt,) = self.articles("status", key, "--json").of("receipt")
        return str(receipt["outcome"])


@pytest.fixture
def dead(
    aws: EmbeddedAws,
    deployed: Articles,
    border: Border,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Dead]:
    feed = request.node.name.replace("_", "-")[:60]  # each test has its own keys
    (tmp_path / "small.json").write_text(SMALL)
    (tmp_path / "large.ndjson").write_text(LARGE)
    put = deployed("put", tmp_path, "--feed", feed, "--json")
    assert put.code == 0, put
    small, large = f"incoming/{feed}/small.json", f"incoming/{feed}/large.ndjson"
    border.fail(
        "GetObject",
        "AccessDenied",
        status=403,
        concerns=lambda asked: (
            asked["Key"] == small or str(asked.get("Range", "")).startswith(SECOND_PART)
        ),
    )
    aws.client("sqs").send_message(
        QueueUrl=aws.outputs["UploadsQueueUrl"], MessageBody="no notification"
    )
    aws.drain()
    border.heal()
    dead = Dead(deployed, aws, small, large)
    assert (dead.waiting, dead.outcome(small), dead.outcome(large)) == (3, "failed", "failed")
    yield dead
    deployed("replay", "--dead-letters", "--send", "--drop-poison")
    aws.drain()


def test_each_letter_is_shown_with_its_cause_and_when_it_expires(dead: Dead) -> None:
    done = dead.articles("replay", "--dead-letters", "--json")

    assert done.code == 0, done
    letters = {line.get("key"): line for line in done.of("letter")}
    assert letters.keys() == {dead.small, dead.large, None}
    assert "AccessDenied" in letters[dead.small]["cause"]
    assert "part" not in letters[dead.small]
    assert letters[dead.large]["part"] == 2
    assert letters[dead.large]["feed"] == dead.large.split("/")[1]
    assert (letters[None]["poison"], letters[None]["cause"]) == (True, "the message is not JSON")
    assert [letter["poison"] for key, letter in letters.items() if key] == [False, False]
    assert all(letter["expires_at"] > letter["sent_at"] for letter in letters.values())
    assert done.of("summary")[0]["letters"] == {"waiting": 2, "poison": 1}


def test_looking_leaves_every_letter_where_others_can_receive_it(dead: Dead) -> None:
    for _ in range(2):
        shown = dead.articles("replay", "--dead-letters", "--table").out
        assert "2 waiting" in shown
        assert "AccessDenied" in shown
        assert "in 13 d 23 h" in shown
    assert dead.waiting == 3


def test_letters_are_sent_back_and_poison_stays(dead: Dead) -> None:
    done = dead.articles("replay", "--dead-letters", "--send", "--json")
    dead.aws.drain()

    assert done.code == 0, done
    assert done.of("summary")[0]["letters"] == {"sent": 2, "poison": 1}
    assert (dead.outcome(dead.small), dead.outcome(dead.large)) == ("accepted", "accepted")
    assert dead.waiting == 1


def test_poison_is_deleted_only_when_it_is_to_be_dropped(dead: Dead) -> None:
    looked = dead.articles("replay", "--dead-letters", "--drop-poison", "--json")
    assert (looked.code, dead.waiting) == (0, 3)

    done = dead.articles("replay", "--dead-letters", "--drop-poison", "--send", "--json")
    dead.aws.drain()

    assert done.of("summary")[0]["letters"] == {"sent": 2, "dropped": 1}
    assert dead.waiting == 0


def test_letters_are_chosen_by_key(dead: Dead) -> None:
    done = dead.articles("replay", "--dead-letters", "--key", dead.large, "--send", "--json")
    dead.aws.drain()

    assert [line["key"] for line in done.of("letter")] == [dead.large]
    assert (dead.outcome(dead.small), dead.outcome(dead.large)) == ("failed", "accepted")
    assert dead.waiting == 2


def test_a_letter_that_could_not_be_deleted_comes_back_and_changes_nothing(
    dead: Dead, border: Border
) -> None:
    border.fail("DeleteMessage", "InternalError", status=500, times=1)
    broken = dead.articles("replay", "--dead-letters", "--key", dead.small, "--send", "--json")
    assert (broken.code, dead.waiting) == (3, 3)
    dead.aws.drain()
    assert dead.outcome(dead.small) == "accepted"

    again = dead.articles("replay", "--dead-letters", "--key", dead.small, "--send", "--json")
    dead.aws.drain()

    assert (again.code, dead.waiting) == (0, 2)
    (receipt,) = dead.articles("status", dead.small, "--json").of("receipt")
    assert receipt["counts"] == {"created": 1}
