"""One GB of NDJSON the bulk way, planned and then stored part by part: memory and time.

`early_mib` is the peak when a tenth of the parts are stored: as much as at the end if it is flat.
"""

import json
import sys
import time

from warm import peak_mib, take_all

RECORDS = 28_090  # of 36 KB


def main() -> None:
    peaks: list[float] = []
    start = time.perf_counter()
    take_all(f"long-{RECORDS}-1.ndjson", RECORDS, lambda: peaks.append(peak_mib()))
    seconds = time.perf_counter() - start
    measured = {"mib": peaks[-1], "early_mib": peaks[len(peaks) // 10], "seconds": seconds}
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    main()
