"""CPU milliseconds of a new interpreter, less those of an empty one.

`ingest` is the function as Lambda starts it, `boto` only creates the same clients. Neither is ended
in order: a function is not, and tidying up what was loaded would count as a part of its start.
"""

import json
import resource
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
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = f"{code}; import os; os._exit(0)"
    subprocess.run([sys.executable, "-c", ended], check=True)  # noqa: S603 - the code above
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used * 1000


if __name__ == "__main__":
    main()
