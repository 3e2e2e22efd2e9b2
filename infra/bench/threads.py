"""CPU milliseconds per article of NDJSON, by how many are written at once, beside `bare`.

`threads.py <rounds> <threads>…`; the names of the figures are the numbers of threads, and
`<threads> a second` how many articles a second they are.
"""

import json
import os
import sys
import time
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
    speeds: dict[str, list[float]] = {f"{it} a second": [] for it in threads}
    found = by_turns(
        rounds,
        bare=lambda: cpu_ms(put, 150),
        **{str(it): with_threads(it, speeds[f"{it} a second"]) for it in threads},
    )
    speeds = {name: it[-rounds:] for name, it in speeds.items()}  # without the warm-up
    sys.stdout.write(json.dumps(found | speeds))


def with_threads(threads: int, speeds: list[float]) -> Callable[[], float]:
    def measure() -> float:
        os.environ["WRITES_AT_ONCE"] = str(threads)
        ingest.built.cache_clear()
        name = f"article-{RECORDS}-{next(UPLOADS)}.ndjson"
        start = time.perf_counter()
        used = cpu_ms(lambda: warm.take_all(name, RECORDS)) / RECORDS
        speeds.append(RECORDS / (time.perf_counter() - start))
        return used

    return measure


if __name__ == "__main__":
    main()
