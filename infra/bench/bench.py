"""Measure what the design promises; one JSON line a figure, ratios of one run.

`of` is what a figure is compared with, `target` what it must not exceed. "Bare" is one botocore
put_item of the same 4 KB item with the default configuration: CPU of the client's process.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3

from articles.feeds import Default, Feeds
from articles.revision import revise
from articles.store import to_item
from articles.upload import Upload
from articles.validate import Accepted, validate

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, EACH = 7, 150
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
}
SENTENCE = "The council passed the budget by one vote after a debate of nine hours. "
ARTICLE = {
    "id": "bench-1",
    "url": "https://courier.example/news/budget?utm_source=mail&page=2",
    "title": "Council passes budget &amp; keeps the night bus",
    "description": "The vote ended at two in the morning.",
    "byline": "By Amara Diallo and Tomas Reyes, Reuters",
    "published_at": "2025-03-14T01:55:00+01:00",
    "updated_at": "2025-03-14T08:20:00Z",
    "language": "en_GB",
    "section": "City",
    "tags": ["budget", "Night bus", "council"],
    "images": ["https://img.courier.example/hall.jpg"],
}
TEXT = json.dumps({**ARTICLE, "text": "\n\n".join([SENTENCE * 5] * 9)}).encode()
HTML = json.dumps({**ARTICLE, "body": f"<p>{SENTENCE * 5}</p>" * 9}).encode()
FEED = Feeds(default=Default(open=True)).find("bench")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class NullEndpoint(BaseHTTPRequestHandler):
    """Answers every request of DynamoDB at once with nothing."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Print all figures."""
    os.environ.update(CREDENTIALS)
    if sys.argv[1:] == ["serve"]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), NullEndpoint)
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()  # until the bench ends
        return
    bare = bare_put()
    tell("bare_put_ms", bare)
    tell("validate_text", cpu_ms(lambda: list(_verdicts(TEXT))) / bare, target=0.4)
    tell("validate_html", cpu_ms(lambda: list(_verdicts(HTML))) / bare, target=0.7)
    tell("cold_start", cold_start(INGEST) / cold_start(BOTO), target=1.3)


INGEST = "import ingest; ingest.ingestion()"
BOTO = "import boto3; [boto3.client(it) for it in ('s3', 'dynamodb')]"


def bare_put() -> float:
    """Measure CPU milliseconds of one bare put_item, this process only."""
    (verdict,) = _verdicts(TEXT)
    assert isinstance(verdict, Accepted)  # noqa: S101 - the sample is ours
    assert FEED  # noqa: S101
    revision = revise(verdict, FEED, Upload("incoming/bench/a.json", "v"), NOW)
    item = to_item(
        {
            "article_id": revision.article_id,
            "order_key": revision.order_key,
            "article": revision.packed.metadata,
            "text": json.loads(TEXT)["text"],
        }
    )
    command = [sys.executable, __file__, "serve"]
    with subprocess.Popen(  # noqa: S603 - this very file
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout  # noqa: S101
        port = server.stdout.readline().strip()
        client = boto3.client("dynamodb", endpoint_url=f"http://127.0.0.1:{port}")
        return cpu_ms(lambda: client.put_item(TableName="bench", Item=item))


def cold_start(code: str) -> float:
    """Measure CPU milliseconds of a new interpreter that runs the code, over an empty one."""
    return _process(code) - _process("pass")


def cpu_ms(action: Callable[[], object]) -> float:
    """Measure CPU milliseconds of an action: the best of some rounds, after a warm-up."""
    for _ in range(20):
        action()
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(EACH):
            action()
        rounds.append((time.process_time() - start) / EACH * 1000)
    return min(rounds)


def tell(name: str, value: float, *, target: float | None = None) -> None:
    """Print a figure."""
    met = {} if target is None else {"target": target, "met": value <= target}
    sys.stdout.write(json.dumps({"figure": name, "value": round(value, 3), **met}) + "\n")
    sys.stdout.flush()


def _verdicts(data: bytes) -> list[object]:
    assert FEED  # noqa: S101
    return list(validate(data, feed=FEED, received=NOW).records)


def _process(code: str) -> float:
    environment = CREDENTIALS | {
        "PYTHONPATH": str(ROOT / "functions"),
        "PATH": os.environ["PATH"],
        **dict.fromkeys(("STAGE", "INBOX_BUCKET", "ARCHIVE_BUCKET", "ARTICLES_TABLE"), "x"),
        **dict.fromkeys(("RECEIPTS_TABLE", "BULK_QUEUE_URL", "DEAD_LETTER_QUEUE_URL"), "x"),
        "MAX_RECEIVES": "5",
        "POWERTOOLS_METRICS_NAMESPACE": "x",
        "POWERTOOLS_SERVICE_NAME": "ingest",
    }
    times = []
    for _ in range(ROUNDS):
        before = os.times()
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603
        after = os.times()
        used = after.children_user + after.children_system
        times.append(used - before.children_user - before.children_system)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
