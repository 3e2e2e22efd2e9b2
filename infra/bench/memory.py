"""One GB of NDJSON with the bulk function, planned and stored in parts: memory and time.

`early_mib` is the peak when a tenth of the parts are stored: the same as at the end if it is flat.
"""

import json
import sys
import time

from warm import peak_mib, take_all

RECORDS = 28_090  # of 36 KB each


def main() -> None:
    peaks: list[float] = []
    start = time.perf_counter()
    take_all(f"long-{RECORDS}-1.ndjson", RECORDS, lambda: peaks.append(peak_mib()))
    seconds = time.perf_counter() - start
    measured = {"mib": peaks[-1], "early_mib": peaks[len(peaks) // 10], "seconds": seconds}
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    main()
