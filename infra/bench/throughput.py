"""Articles per second in one process, by rounds: `throughput.py <rounds>`.

`ours` ingests NDJSON with the bulk function, which leaves the events to the publish function;
`common` is the pattern of peers.py, which sends its own.
"""

import json
import sys
import time
from collections.abc import Callable
from itertools import count

import peers
import warm
from rounds import by_turns

OURS = 2000


def main() -> None:
    uploads = (f"article-{OURS}-{number}.ndjson" for number in count())
    found = by_turns(
        int(sys.argv[1]),
        ours=lambda: per_second(lambda: warm.take_all(next(uploads), OURS), OURS),
        common=lambda: per_second(peers.common, peers.ARTICLES),
    )
    sys.stdout.write(json.dumps(found))


def per_second(action: Callable[[], object], records: int) -> float:
    start = time.perf_counter()
    action()
    return records / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
