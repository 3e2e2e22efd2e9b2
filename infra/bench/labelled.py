"""What the costliest hostile file takes: `labelled.py <folder>`, each file in a process of its own.

`seconds` is CPU time, `mib` memory beside that of a small valid upload; both with the file's name.
"""

import json
import sys
from pathlib import Path

from tests.bounds.cost import cost, warm_up


def main() -> None:
    warm_up()
    plain = cost("plain.json", b'{"title": "Council passes budget", "text": "It took all night."}')
    files = [it for it in sorted(Path(sys.argv[1]).iterdir()) if it.is_file()]
    costs = {it.name: cost(it.name, it.read_bytes()) for it in files}
    found = {
        "seconds": max((it.seconds, name) for name, it in costs.items()),
        "mib": max((it.mib - plain.mib, name) for name, it in costs.items()),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
