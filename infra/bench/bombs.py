"""A small upload that unpacks to 4 GiB and is rejected: memory and seconds, by its content."""

import json
import sys
import time

import warm


def main() -> None:
    name = f"{sys.argv[1]}.bomb.gz"
    start = time.perf_counter()
    receipt = warm.take(name)
    seconds = time.perf_counter() - start
    codes = [problem.code for problem in receipt.problems]
    if codes != ["E_TOO_LARGE"]:
        raise warm.Failed(f"{name}: the receipt says {codes}")
    sys.stdout.write(json.dumps({"mib": warm.peak_mib(), "seconds": seconds}))


if __name__ == "__main__":
    main()
