"""Keys of every kind: opaque, decoded once, each with its outcome, and never a path."""

from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from articles_local.function import Function
from tests.aws.cloud import Cloud

from .deliveries import a_record, altered, deliver
from .messages import batch, body, failures, notice

LONG = "incoming/courier/"
KEYS: list[tuple[str, str]] = [
    *((f"incoming/courier/{name}", "accepted") for name in ("a.JSON", ".json", "a", ".", "..")),
    *((f"incoming/courier/{name}", "accepted") for name in ("a//b.json", "./a.json", "../b/c")),
    *((f"incoming/{name}", "accepted") for name in ("a.json", "%41.json", "+.json", "100%.json")),
    ("incoming/courier/..%2f..%2fescape.json", "accepted"),
    ("incoming/courier/a b+c&d=e?f#g;h@i:j!k$l*m'n(o)p,q[r].json", "accepted"),
    ("incoming/courier/%2B%20%25%E2%9B%B4.json", "accepted"),
    ("incoming/courier/cafe\u0301.json", "accepted"),
    ("incoming/courier/caf\u00e9.json", "accepted"),
    ("incoming/courier/港の記事 ⛴ 🏴󠁧󠁢󠁥󠁮󠁧󠁿.json", "accepted"),
    ("incoming/courier/\u202egpj.json", "accepted"),
    ("incoming/courier/\u200b\ufeff\u2066.json", "accepted"),
    ("incoming/courier/a\nb\r\nc\td.json", "accepted"),
    ("incoming/courier/\x00\x1b[31m\x7f\x9b.json", "accepted"),
    ("incoming/courier/a\u2028b\x85c.json", "accepted"),
    ('incoming/courier/{"a": 1}.json', "accepted"),
    ("incoming/courier/'; DROP TABLE articles; --.json", "accepted"),
    ("incoming/courier/<script>alert(1)</script>.json", "accepted"),
    ("incoming/courier/{{7*7}} ${jndi:x} %s %(key)s {0}.json", "accepted"),
    ("incoming/courier/aws:x-amz.json", "accepted"),
    ("incoming/courier/a.json.gz.json", "accepted"),
    ("incoming/courier/\\..\\a.json", "accepted"),
    ("incoming/courier/\ufffd.json", "accepted"),
    (LONG.ljust(1024, "k"), "accepted"),
    (LONG + "d/" * ((1024 - len(LONG)) // 2 - 1) + "x", "accepted"),
    (LONG + "⛴" * ((1024 - len(LONG)) // 3), "accepted"),
    (LONG + "%" * (1024 - len(LONG)), "accepted"),
    # A feed that is malformed is told to the operator, whoever it was.
    *((f"incoming/{feed}/a.json", "rejected E_FEED") for feed in ("", ".", "..", "../..", "-a")),
    *((f"incoming/{feed}/a.json", "rejected E_FEED") for feed in ("A", "a b", "港", "a_b", "é")),
    *((f"incoming/{feed}/a.json", "rejected E_FEED") for feed in ("a\n", "a\x00", "%61", "a" * 64)),
    ("incoming/${jndi:ldap://x}/a.json", "rejected E_FEED"),
    ("incoming/" + "k" * 1013 + "/x", "rejected E_FEED"),
    # What editors and job systems leave.
    *((f"incoming/courier/a.json{end}", "ignored") for end in (".bak", "~", " ", ".TMP", ".part")),
    *((f"incoming/courier/a.json{end}", "ignored") for end in ("\n", "\t", "\u3000", ".swp")),
    ("incoming/courier/._a.json", "ignored"),
    ("incoming/courier/Thumbs.db", "ignored"),
    # Another prefix, our own among them.
    *((key, "nothing") for key in ("/incoming/courier/a.json", "INCOMING/courier/a.json")),
    *((key, "nothing") for key in (" incoming/a.json", "incoming", "incomin/g.json", "a.json")),
    *((key, "nothing") for key in ("reports/courier/incoming/a.json", "\ufeffincoming/a.json")),
    *((key, "nothing") for key in ("incoming/", "incoming/courier/", "incoming/courier//")),
]


def lower_case(key: str) -> str:
    """Encode all but letters and digits, and with the digits that S3 does not use."""
    return "".join(c if c.isascii() and c.isalnum() else quote(c, safe="").lower() for c in key)


def like_s3(key: str) -> str:
    return quote_plus(key, safe="/")


def entirely(key: str) -> str:
    """Encode slashes as well, as moto and MinIO do."""
    return quote_plus(key, safe="")


@pytest.mark.parametrize("encode", [like_s3, entirely, quote, lower_case])
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
