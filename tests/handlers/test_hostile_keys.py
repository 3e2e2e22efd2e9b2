"""Keys of every kind: opaque, decoded once, each with its outcome, and never a path."""

from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from articles_local.function import Function
from tests.aws.cloud import Cloud

from .deliveries import a_record, altered, deliver
from .messages import batch, body, failures, notice

LONG = "incoming/courier/"
NAMES = ["a.JSON", ".json", "a", ".", "..", "a//b.json", "./a.json", "../b/c", "a.json.gz.json"]
NAMES += ["..%2f..%2fescape.json", "%2B%20%25%E2%9B%B4.json", "cafe\u0301.json", "caf\u00e9.json"]
NAMES += ["a b+c&d=e?f#g;h@i:j!k$l*m'n(o)p,q[r].json", "港の記事 ⛴ 🏴󠁧󠁢󠁥󠁮󠁧󠁿.json", "\u202egpj.json"]
NAMES += ["\u200b\ufeff\u2066.json", "a\nb\r\nc\td.json", "\x00\x1b[31m\x7f\x9b.json"]
NAMES += ["a\u2028b\x85c.json", '{"a": 1}.json', "'; DROP TABLE articles; --.json", "\\..\\a.json"]
NAMES += ["<script>alert(1)</script>.json", "{{7*7}} ${jndi:x} %s %(key)s {0}.json", "\ufffd.json"]
NAMES += ["aws:x-amz.json", "k" * (1024 - len(LONG)), "%" * (1024 - len(LONG))]
NAMES += ["d/" * ((1024 - len(LONG)) // 2 - 1) + "x", "⛴" * ((1024 - len(LONG)) // 3)]
FEEDS = [
    "",
    ".",
    "..",
    "../..",
    "-a",
    "A",
    "a b",
    "港",
    "a_b",
    "é",
    "a\n",
    "a\x00",
    "%61",
    "a" * 64,
]
FEEDS += ["Courier", "${jndi:ldap://x}", "k" * 1008]
# What editors and job systems leave.
LEFT = ["a.json.bak", "a.json~", "a.json ", "a.json.TMP", "a.json.part", "a.json.swp", "._a.json"]
LEFT += ["a.json\n", "a.json\t", "a.json\u3000", "Thumbs.db"]
# Another prefix, our own among them, and folders.
OTHERS = ["/incoming/courier/a.json", "INCOMING/courier/a.json", " incoming/a.json", "incoming"]
OTHERS += ["incomin/g.json", "a.json", "reports/courier/incoming/a.json", "\ufeffincoming/a.json"]
OTHERS += ["incoming/", "incoming/courier/", "incoming/courier//"]
KEYS = [
    *((f"incoming/{name}", "accepted") for name in ("a.json", "%41.json", "+.json", "100%.json")),
    *((LONG + name, "accepted") for name in NAMES),
    # A feed that is malformed is told to the operator, whoever it was.
    *((f"incoming/{feed}/a.json", "rejected E_FEED") for feed in FEEDS),
    *((LONG + name, "ignored") for name in LEFT),
    *((key, "nothing") for key in OTHERS),
]


def lower_case(key: str) -> str:
    """Encode all but letters and digits, and with the digits that S3 does not use."""
    return "".join(c if c.isascii() and c.isalnum() else quote(c, safe="").lower() for c in key)


def like_s3(key: str) -> str:
    return quote_plus(key, safe="/")


def entirely(key: str) -> str:
    """Encode slashes as well, as moto and MinIO do."""
    return quote_plus(key, safe="")


@pytest.mark.parametrize("encode", [like_s3, entirely, lower_case])
def test_a_key_is_opaque_and_has_one_outcome_in_every_encoding(
    cloud: Cloud, ingest: Function, encode: Callable[[str], str]
) -> None:
    letters = [
        (key, body(altered(a_record(cloud, key), "s3/object/key", encode(key)))) for key, _ in KEYS
    ]

    told = deliver(cloud, ingest, letters)

    assert [(key, outcome) for (key, _), outcome in zip(KEYS, told, strict=True)] == KEYS


@pytest.mark.parametrize("key", ["incoming/%E0%A4%A.json", "incoming/%", "incoming/%ED%A0%80%zz"])
def test_a_key_badly_encoded_names_no_object(cloud: Cloud, ingest: Function, key: str) -> None:
    ingest.invoke(batch(body(altered(a_record(cloud), "s3/object/key", key))))

    assert [it["outcome"] for it in cloud.receipts()] == ["gone"]
    assert cloud.messages("DeadLetterQueueUrl") == []


def test_the_report_of_a_hostile_key_stays_in_its_prefix(cloud: Cloud, ingest: Function) -> None:
    keys = [key for key, outcome in KEYS if outcome in ("accepted", "rejected E_FEED")]
    for key in keys:
        put = cloud.upload(key, {"neither": "a title", "nor": "a text"})
        assert failures(ingest.invoke(batch(body(notice(cloud, put))))) == []

    receipts = cloud.receipts()
    assert {it["key"] for it in receipts} == set(keys)
    assert len({it["report"] for it in receipts}) == len(keys)
    for receipt in receipts:
        assert receipt["outcome"] == "rejected"
        assert receipt["report"].startswith(f"reports/{receipt['feed']}/")
        assert len(receipt["report"].encode()) <= 1024
        assert cloud.report(receipt["report"])["key"] == receipt["key"]
