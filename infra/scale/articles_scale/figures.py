"""What an article costs, and what AWS takes: the figures from which docs/scale.md is computed.

Ours are measured; those of AWS are the defaults of a new account in us-east-1, as its pages on
quotas and limits give them in November 2026. Times are in seconds.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[3]
DAY = 86_400
PEAK = 3  # how much more than on the average of a day comes in its busiest hours

# ── Measured: `make bench` ───────────────────────────────────────────────────────────────────────

BARE = 0.00117  # processor time of one put_item of botocore, on one processor
UPLOAD = 3.1 * BARE  # … of a file of one article: reading it, two writes, the line of the log
INGEST = 1.3 * BARE  # … of an article of a large file, on its way into the table
PUBLISH = 0.27 * BARE  # … on its way to the bus
ITEM_UNITS = 3.5  # write units of an article of 4 KB: docs/costs.md

# ── Assumed: how long AWS takes to answer ────────────────────────────────────────────────────────

GET_OBJECT, WRITE_ITEM, PUT_EVENTS = 0.015, 0.005, 0.010

# ── What AWS takes ───────────────────────────────────────────────────────────────────────────────

PATIENCE = 1.0  # how long botocore repeats a request, at three attempts
PARTITION_UNITS = 1_000  # write units a second of a partition, of a table or of an index
NEW_TABLE_UNITS = 4_000  # … of a new on-demand table, and of each of its indexes
TABLE_UNITS = 40_000  # … of a table, and of each of its indexes: a quota
PUTS_OF_A_PREFIX = 3_500  # S3 requests a second
EVENTS_OF_A_REQUEST = 10
PUT_EVENTS_REQUESTS = 10_000  # a second: a quota; 600 in most regions, 400 in the smallest
RULE_TARGETS = 18_750  # a second: a quota; 1,100 in most regions, 750 in the smallest
CONCURRENCY = 1_000  # functions that run at once: a quota
MAXIMUM_CONCURRENCY = 1_000  # of the mapping of a queue
PROCESSOR_MB = 1_769  # memory with which a function has one processor


class Stack(NamedTuple):
    """How template.yaml sets what counts here, by default."""

    uploads_at_once: int
    bulk_at_once: int
    publish_at_once: int  # of a shard
    batch: int
    uploads_visibility: int
    bulk_visibility: int
    strikes: int
    ingest_processor: float
    bulk_processor: float
    publish_processor: float


@cache
def stack() -> Stack:
    """Read template.yaml."""
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    defaults = {name: it.get("Default") for name, it in template["Parameters"].items()}
    default_memory = template["Globals"]["Function"]["MemorySize"]

    def of(name: str) -> dict[str, Any]:
        properties: dict[str, Any] = template["Resources"][name]["Properties"]
        return properties

    def processor(function: str) -> float:
        return min(1, float(of(function).get("MemorySize", default_memory)) / PROCESSOR_MB)

    return Stack(
        uploads_at_once=int(defaults["MaximumConcurrency"]),
        bulk_at_once=int(defaults["BulkConcurrency"]),
        publish_at_once=int(defaults["ParallelizationFactor"]),
        batch=of("UploadsToIngest")["BatchSize"],
        uploads_visibility=of("UploadsQueue")["VisibilityTimeout"],
        bulk_visibility=of("BulkQueue")["VisibilityTimeout"],
        strikes=int(template["Mappings"]["Queues"]["Redrive"]["MaxReceives"]),
        ingest_processor=processor("IngestFunction"),
        bulk_processor=processor("BulkFunction"),
        publish_processor=processor("PublishFunction"),
    )


def file_seconds() -> float:
    """How long ingest works on a file of one article: it reads, writes the item and a receipt."""
    return GET_OBJECT + 2 * WRITE_ITEM + UPLOAD / stack().ingest_processor


def article_seconds() -> float:
    """How long bulk works on an article of a large file: its writes wait for the processor."""
    return INGEST / stack().bulk_processor


def event_seconds() -> float:
    """How long publish works on a change, of a full batch."""
    return PUBLISH / stack().publish_processor + PUT_EVENTS / EVENTS_OF_A_REQUEST
