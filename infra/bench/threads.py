"""CPU milliseconds per article of NDJSON, by how many are written at once, beside `bare`.

`threads.py <rounds> <threads>…`; the names of the figures are the numbers of threads.
"""

import json
import os
import sys
from collections.abc import Callable
from itertools import count

import ingest
import peers
import warm
from rounds import by_turns, cpu_ms

RECORDS = 500
UPLOADS = count()


def main() -> None:
    rounds, *threads = map(int, sys.argv[1:])
    put = peers.bare_put()
    found = by_turns(
        rounds,
        bare=lambda: cpu_ms(put, 150),
        **{str(it): with_threads(it) for it in threads},
    )
    sys.stdout.write(json.dumps(found))


def with_threads(threads: int) -> Callable[[], float]:
    def measure() -> float:
        os.environ["WRITES_AT_ONCE"] = str(threads)
        ingest.built.cache_clear()
        name = f"article-{RECORDS}-{next(UPLOADS)}.ndjson"
        return cpu_ms(lambda: warm.take_all(name, RECORDS)) / RECORDS

    return measure


if __name__ == "__main__":
    main()
