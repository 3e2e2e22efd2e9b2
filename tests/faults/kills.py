"""Kills: the ingest function in a process of its own, ended by SIGKILL at a random moment.

Nothing is simulated but the queue: the function talks HTTP to MiniStack, an AWS that others have
built, in another process. An upload's message is given again until a process has lived to take it;
then the article must be the one uploaded last, and its receipt done.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime

from .emulated import in_ministack
from .paths import a_story
from .world import Message, World, worlds

RUNS = int(os.environ.get("KILLS", "1000"))
ARTICLES = 25
# About what taking a message takes; longer lives than that are not killed.
LONGEST_LIFE = 0.25


def main() -> int:
    """Kill, and print the figure."""
    chance = random.Random(7)  # noqa: S311 - the same again
    kills = lost = 0
    with in_ministack() as aws, worlds(aws) as empty:
        world = empty()
        for run in range(RUNS):
            number = run % ARTICLES
            file = _file(number, run)
            key = f"incoming/courier/{number}.json"
            message = world.upload(key, file, at=datetime.now(UTC))
            killed = 0
            # Two lives are cut short, then one may last; most messages are killed at least once.
            while not _take(
                world, message, chance.uniform(0, LONGEST_LIFE) if killed < 2 else None
            ):
                killed += 1
            kills += killed
            lost += not _is_there(world, message, f"Title {run}")
    figure = {"figure": "kills", "runs": RUNS, "kills": kills, "lost": lost}
    sys.stdout.write(json.dumps(figure) + "\n")
    return 1 if lost else 0


def _file(number: int, run: int) -> object:
    story = a_story(id=f"{number}", title=f"Title {run}", updated_at=None)
    # Every third is a file with a report.
    return [story, {"neither": "a title"}] if run % 3 == 0 else story


def _take(world: World, message: Message, life: float | None) -> bool:
    """Have a process take a message; tell whether it lived to do so."""
    message.received += 1
    child = os.fork()
    if child == 0:
        world.functions.restart("ingest")  # connections are not shared with the parent
        os._exit(1 if world.invoke([message]) else 0)
    if life is not None:
        time.sleep(life)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _is_there(world: World, message: Message, title: str) -> bool:
    """Tell whether an upload is stored, and its receipt done, whatever was killed on the way."""
    [told] = json.loads(message.body)["Records"]
    found = told["s3"]["object"]
    client = world.aws.client("dynamodb")
    receipt = client.get_item(
        TableName="receipts",
        Key={"key": {"S": found["key"]}, "version": {"S": found["versionId"]}},
        ConsistentRead=True,
    ).get("Item", {})
    if receipt.get("state") != {"S": "done"}:
        return False
    article_id = receipt["records"]["L"][0]["M"]["article_id"]
    item = client.get_item(
        TableName="articles", Key={"article_id": article_id}, ConsistentRead=True
    ).get("Item", {})
    return bool(item.get("title") == {"S": title})


if __name__ == "__main__":
    sys.exit(main())
