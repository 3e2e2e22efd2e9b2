"""A wrong feeds file that was deployed all the same: uploads wait for the mend, and are told so."""

from pathlib import Path

import pytest

from tests.aws.cloud import Cloud
from tests.newsroom import a_story

from .bulk import Bulk, uploaded
from .messages import batch, failures, outcomes, upload

WRONG = '[default]\nopen = true\n[feeds.courier]\ntimezone = "Mars/Olympus"\n'
LINE = "feeds.toml, line 4: feeds.courier.timezone: must be an IANA time zone such as Europe/Warsaw"
LAST = 5


@pytest.mark.parametrize(
    ("text", "cause"), [(WRONG, LINE), (None, "feeds.toml: No such file or directory")]
)
def test_each_upload_fails_with_the_cause_and_is_accepted_after_the_mend(
    cloud: Cloud, tmp_path: Path, text: str | None, cause: str
) -> None:
    feeds = tmp_path / "feeds.toml"
    if text:
        feeds.write_text(text)
    bulk = Bulk(cloud, {"FEEDS_FILE": str(feeds), "MAX_INLINE_BYTES": "2000"})
    small = [upload(cloud, "a.json"), upload(cloud, "b.json")]
    large = bulk.put_off(
        uploaded(cloud, b'[{"id": 1, "title": "Ferry", "body": "%s"}]' % (b"x" * 2000))
    )

    assert failures(bulk.ingest.invoke(batch(*small))) == ["1", "2"]
    assert bulk.deliver(large) == [large]
    assert outcomes(cloud) == {"large.json": "processing"}  # they will be tried again

    assert failures(bulk.ingest.invoke(batch(small[0], received=LAST))) == ["1"]
    assert bulk.deliver(large, received=LAST) == [large]
    failed = {it["key"]: it["cause"] for it in cloud.receipts() if it["state"] == "failed"}
    assert failed.keys() == {"incoming/courier/a.json", "incoming/courier/large.json"}
    assert all(told.startswith(cause) for told in failed.values())

    feeds.write_text(WRONG.replace("Mars/Olympus", "Europe/Oslo"))
    assert failures(bulk.ingest.invoke(batch(*small))) == []
    assert bulk.deliver(large) == []
    assert bulk.deliver(*bulk.waiting()) == []
    receipts = [it for it in cloud.receipts() if "part" not in it]
    assert [it["outcome"] for it in receipts] == ["accepted"] * 3


def test_what_needs_no_feed_is_dealt_with_all_the_same(cloud: Cloud, tmp_path: Path) -> None:
    ingest = cloud.function("IngestFunction", FEEDS_FILE=str(tmp_path / "feeds.toml"))
    messages = [
        "poison",
        upload(cloud, "draft.json~"),
        upload(cloud, "ferry.json", a_story(id="1")),
    ]

    assert failures(ingest.invoke(batch(*messages))) == ["3"]

    assert outcomes(cloud) == {"draft.json~": "ignored"}
