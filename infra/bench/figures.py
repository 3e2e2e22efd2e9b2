"""Every figure that `make bench` measures: what it is, its unit, and its target if it has one."""

from typing import Any, NamedTuple


class Figure(NamedTuple):
    """A figure of a group; `at_most` and `at_least` are targets.

    A unit that begins with × is a ratio to the peer that it names, measured in the same round.
    """

    group: str
    what: str
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def target(self) -> float | None:
        return self.at_least if self.at_most is None else self.at_most

    def is_met(self, value: float) -> bool | None:
        """Whether a value is within the target; None without one."""
        if self.at_most is not None:
            return value <= self.at_most
        return None if self.at_least is None else value >= self.at_least


BARE, ORJSON, COMMON, CLIENTS = "× bare put", "× orjson.loads", "× common pattern", "× its clients"

FIGURES = {
    "facts_corpus": Figure("facts", "facts right on the labelled corpus", "%", at_least=100),
    "facts_bugs": Figure("facts", "facts right on the labelled bugs", "%", at_least=100),
    "facts_hostile": Figure("facts", "facts right on hostile files", "%", at_least=100),
    "hostile_memory": Figure("facts", "extra memory of a hostile file", "MiB", at_most=64),
    "hostile_seconds": Figure("facts", "time of a hostile file", "s", at_most=1),
    "cpu_below_1_mib": Figure("bounds", "CPU of the costliest upload below 1 MiB", "s", at_most=2),
    "cpu_per_mib": Figure("bounds", "CPU of the costliest larger upload, per MiB", "s", at_most=2),
    "bare_put_ms": Figure("cpu", "bare put: one put_item of botocore", "ms"),
    "orjson_us": Figure("cpu", "orjson.loads of the article", "µs"),
    "validate_text": Figure("cpu", "judge an article, text body", BARE, at_most=0.4),
    "validate_html": Figure("cpu", "judge an article, HTML body", BARE, at_most=0.6),
    "validate_text_orjson": Figure("cpu", "judge an article, text body", ORJSON),
    "cpu_per_article_ndjson": Figure("cpu", "whole ingest of NDJSON", BARE, at_most=1.4),
    "cpu_per_article_publish": Figure("cpu", "publish its event", BARE),
    "cpu_per_article_common": Figure("cpu", "the common pattern, event included", BARE),
    "cpu_per_upload": Figure("cpu", "a file of one article, from message to receipt", BARE),
    "endpoint": Figure("cpu", "the null endpoint, in its own process", "× whole ingest"),
    "requests_per_article": Figure("cpu", "AWS requests of an NDJSON article", at_most=1.2),
    "writes_at_once": Figure("threads", "CPU with 32 writes at once", "× one at a time"),
    "writes_at_once_5ms": Figure("threads", "articles/s, 32 at once, 5 ms", "× 16 at once"),
    "writes_at_once_20ms": Figure("threads", "articles/s, 32 at once, 20 ms", "× 16 at once"),
    "throughput_0ms": Figure("throughput", "articles/s, AWS answers at once", COMMON),
    "throughput_5ms": Figure("throughput", "articles/s, AWS takes 5 ms", COMMON, at_least=8),
    "throughput_20ms": Figure("throughput", "articles/s, AWS takes 20 ms", COMMON, at_least=25),
    "throughput_50ms": Figure("throughput", "articles/s, AWS takes 50 ms", COMMON),
    "bulk_memory_mib": Figure("memory", "peak memory, 1 GB of NDJSON", "MiB", at_most=200),
    "bulk_memory_growth": Figure(
        "memory", "the peak after all of 1 GB", "× after a tenth", at_most=1.1
    ),
    "bulk_seconds_per_gb": Figure("memory", "time for 1 GB of NDJSON", "s"),
    "bomb_memory_mib": Figure("bombs", "peak memory, bombs of 4 GiB", "MiB", at_most=200),
    "bomb_seconds": Figure("bombs", "time until such a bomb is rejected", "s"),
    "linear_parsed": Figure("linear", "CPU per record, 10⁶ parsed", "× 10⁴ records", at_most=1.1),
    "linear_stored": Figure("linear", "CPU per record, 10⁵ stored", "× 10³ records", at_most=1.1),
    "cold_start_ingest": Figure("cold", "cold start of ingest", CLIENTS, at_most=1.3),
    "cold_start_release": Figure("cold", "cold start of release", CLIENTS, at_most=1.3),
    "cold_start_publish": Figure("cold", "cold start of publish", CLIENTS, at_most=1.3),
    "modules": Figure("cold", "modules of ours in release and publish", at_most=30),
    "parsers": Figure("cold", "shapes and native parsers in them", at_most=0),
    "local_uploads": Figure("local", "CPU of `articles run`, 500 uploads", "s", at_most=10),
    "local_ndjson": Figure("local", "time of `articles run`, 2,000 records", "s", at_most=60),
    "zip_mb": Figure("zip", "the zip of a function", "MB", at_most=10),
    "dollars_per_object": Figure(
        "dollars", "dollars per million articles, one per object", "$", at_most=6.2
    ),
    "dollars_ndjson": Figure("dollars", "dollars per million articles, NDJSON", "$", at_most=4.25),
    "suite_minutes": Figure("suite", "`make test`", "min", at_most=3),
    "crash_points": Figure("faults", "crash points survived", "%", at_least=100),
    "crash_lost": Figure("faults", "articles or events lost by them", at_most=0),
    "deliveries": Figure("faults", "deliveries in random histories", at_least=100_000),
    "deliveries_in_moto": Figure("faults", "those in moto", at_least=5_000),
    "diverged": Figure("faults", "end states that diverged", at_most=0),
}

_CALLS = (
    "some 2,000 calls of Python for an article, none of which stands out; an eighth of it is "
    "packing, nearly all of that gzip"
)
_JUDGED_FIRST = (
    "the records of an upload are judged before the first is written, as one may replace another, "
    "so the CPU of judging and the wait for AWS add up; and the endpoint shares the processors"
)
_MODELS = (
    "boto3 and its clients are the peer; pydantic, its models and, in ingest, the shapes are most "
    "of the rest ([0024](decisions/0024-cold-starts-without-snapstart.md))"
)
_UNITS = (
    "the item of an article of 4 KB has 3.0 KB, so it takes three or four write units; "
    "`by_url = false` would meet it ([costs](costs.md))"
)

# What stands in the way of a target that is missed.
REASONS = {
    "validate_text": _CALLS,
    "validate_html": _CALLS,
    "throughput_5ms": _JUDGED_FIRST,
    "throughput_20ms": _JUDGED_FIRST,
    "cold_start_ingest": _MODELS,
    "cold_start_release": _MODELS,
    "cold_start_publish": _MODELS,
    "local_uploads": "it was 46 s; what is left is boto3's side of each request (a third), moto "
    "and its server (a quarter), imports (a sixth), and the functions "
    "([0025](decisions/0025-moto-made-faster.md))",
    "dollars_per_object": _UNITS,
    "dollars_ndjson": _UNITS,
    "suite_minutes": "a third of it is spent waiting for programs that tests start",
}

Line = dict[str, Any]  # what is printed and kept of a measured figure


def missed(lines: dict[str, Line]) -> dict[str, Line]:
    """Return the figures that are beside their targets."""
    return {name: it for name, it in lines.items() if it.get("met") is False}
