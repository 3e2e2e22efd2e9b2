"""How the CPU time per record grows with the number of records: it should not.

`stored <few> <many>` ingests short NDJSON records with the bulk function; `parsed <few> <many>`
only plans records of 1 KB, as NDJSON and as a list. Few are processed repeatedly during the run of
many, so that other load on the machine affects both.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import mean

import warm
from articles.limits import KIB, Limits
from articles.metadata.shapes import ANY
from articles.records.compression import Decompressed
from articles.records.planning import plan
from articles.streams import PIECE

# Processes this many records, and calls the function after each step.
Action = Callable[[int, Callable[[], None]], None]
RECORD = json.dumps({"title": "Council passes budget", "text": "a" * KIB}).encode()


def main() -> None:
    what, few, many = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if what == "stored":
        found = {"ndjson": growth(storing(), few, many, every=10)}
    else:
        found = {
            "ndjson": growth(planning(b"", b"\n", b"\n"), few, many, every=200),
            "list": growth(planning(b"[", b",", b"]"), few, many, every=200),
        }
    sys.stdout.write(json.dumps(found))


def storing() -> Action:
    uploads = count()

    def act(records: int, meanwhile: Callable[[], None]) -> None:
        warm.take_all(f"short-{records}-{next(uploads)}.ndjson", records, meanwhile)

    return act


def planning(opening: bytes, separator: bytes, end: bytes) -> Action:
    def act(records: int, meanwhile: Callable[[], None]) -> None:
        def pieces() -> Iterator[bytes]:
            there = opening
            for left in range(records, 0, -PIECE // KIB):
                there += (RECORD + separator) * min(left, PIECE // KIB)
                while len(there) > PIECE:
                    yield there[:PIECE]
                    there = there[PIECE:]
                meanwhile()
            yield there[:-1] + end

        if plan(Decompressed(pieces(), None), Limits(), ANY).records != records:
            raise warm.Failed(f"not all of {records} records are planned")

    return act


def growth(action: Action, few: int, many: int, *, every: int) -> float:
    """Compare the CPU time per record of many with that of few."""
    costs: list[float] = []
    calls = count(1)

    def meanwhile() -> None:
        if next(calls) % every == 0:
            start = time.process_time()
            action(few, lambda: None)
            costs.append(time.process_time() - start)

    action(few, lambda: None)  # warm-up
    start = time.process_time()
    action(many, meanwhile)
    of_many = time.process_time() - start - sum(costs)
    return of_many / many / (mean(costs) / few)


if __name__ == "__main__":
    main()
