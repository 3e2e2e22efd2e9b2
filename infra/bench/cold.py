"""CPU milliseconds of a new interpreter, less those of an empty one.

`ingest` is the function as Lambda starts it, `boto` only creates the same clients.
"""

import json
import os
import statistics
import subprocess
import sys

ROUNDS = 9
CODE = {
    "empty": "pass",
    "ingest": "import ingest; ingest.built()",
    "boto": "import boto3; [boto3.client(it) for it in ('s3', 'dynamodb', 'sqs')]",
}


def main() -> None:
    rounds = [{name: cpu_ms(code) for name, code in CODE.items()} for _ in range(ROUNDS)]
    times = {name: statistics.median(it[name] for it in rounds) for name in CODE}
    empty = times.pop("empty")
    sys.stdout.write(json.dumps({name: time - empty for name, time in times.items()}))


def cpu_ms(code: str) -> float:
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - the code above
    after = os.times()
    used = after.children_user + after.children_system
    return (used - before.children_user - before.children_system) * 1000


if __name__ == "__main__":
    main()
