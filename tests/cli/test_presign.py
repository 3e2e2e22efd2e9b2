"""`presign`: a partner with a plain HTTP client uploads, and reads a report."""

import json
import shlex
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_local import EmbeddedAws, post_policy

from .conftest import Articles

STORY = {"id": "f-1", "title": "Ferry returns", "text": "At six."}
FILE = json.dumps(STORY).encode()
OTHER_KEY = {"x-amz-server-side-encryption-customer-algorithm": "AES256"}

Link = dict[str, Any]


def link(deployed: Articles, *options: str) -> Link:
    done = deployed("presign", *options, "--json")
    assert (done.code, done.err) == (0, ""), done
    [made] = done.lines
    return made


def post(link: Link, file: bytes = FILE, **changes: str) -> requests.Response:
    fields = link["fields"] | changes
    return requests.post(link["url"], data=fields, files={"file": ("a.json", file)}, timeout=60)


def test_a_file_that_is_posted_is_ingested(deployed: Articles, aws: EmbeddedAws) -> None:
    made = link(deployed, "--feed", "reuters")

    answer = post(made)

    assert answer.status_code == 204, answer.text
    aws.drain()
    [receipt] = deployed("status", "incoming/reuters/a.json", "--json").of("receipt")
    assert receipt["outcome"] == "accepted"
    assert receipt["version"] == answer.headers["x-amz-version-id"]


def test_the_line_for_curl_sends_the_same_form(deployed: Articles) -> None:
    shown = deployed("presign", "--feed", "reuters", "--name", "it's.json", "--table")

    [command] = shown.out.splitlines()  # a script may run what is printed
    words = shlex.split(command)
    given = [it for option, it in pairwise(words) if option == "--form-string"]
    fields = dict(it.split("=", 1) for it in given)
    assert words[-3:-1] == ["-F", "file=@FILE"]
    assert fields["key"] == "incoming/reuters/it's.json"
    assert post({"url": words[-1], "fields": fields}).status_code == 204
    assert "It works until " in shown.err


@pytest.mark.parametrize(
    ("code", "file", "changes"),
    [
        ("EntityTooLarge", b"." * 101, {}),
        ("EntityTooSmall", b"", {}),
        ("AccessDenied", FILE, {"key": "incoming/afp/${filename}"}),
        ("AccessDenied", FILE, {"key": "incoming/reuters-test/a.json"}),
        ("AccessDenied", FILE, {"x-amz-storage-class": "GLACIER"}),
        ("AccessDenied", FILE, OTHER_KEY),
        ("AccessDenied", FILE, {"policy": ""}),
        ("SignatureDoesNotMatch", FILE, {"policy": "eyJleHBpcmF0aW9uIjogIjIwOTktMDEtMDEifQ=="}),
    ],
)
def test_what_the_link_does_not_say_is_refused(
    deployed: Articles, code: str, file: bytes, changes: dict[str, str]
) -> None:
    answer = post(link(deployed, "--feed", "reuters", "--max-bytes", "100"), file, **changes)

    assert answer.status_code in {400, 403}
    assert f"<Code>{code}</Code>" in answer.text


def test_of_one_name_no_other_is_taken(deployed: Articles) -> None:
    made = link(deployed, "--feed", "reuters", "--name", "daily/feed.json")

    assert post(made).status_code == 204
    assert "AccessDenied" in post(made, key="incoming/reuters/daily/other.json").text


def test_later_nothing_is_taken(deployed: Articles, monkeypatch: pytest.MonkeyPatch) -> None:
    made = link(deployed, "--feed", "reuters", "--expires", "2h")
    assert post(made).status_code == 204

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Later":
            return super().now(tz) + timedelta(hours=2, minutes=1)

    monkeypatch.setattr(post_policy, "datetime", Later)
    assert "Policy expired" in post(made).text


def test_a_report_is_read_by_its_link_if_there_is_one(deployed: Articles, aws: EmbeddedAws) -> None:
    for name, file in (("bad.json", b"[7]"), ("good.json", FILE)):
        made = link(deployed, "--feed", "reuters", "--name", name)
        assert post(made, file).status_code == 204
    aws.drain()

    made = link(deployed, "--report", "incoming/reuters/bad.json")

    [record] = requests.get(made["url"], timeout=60).json()["records"]
    assert record["outcome"] == "rejected"

    for name, why in (("good.json", "it is accepted"), ("none.json", "There is no receipt")):
        done = deployed("presign", "--report", f"incoming/reuters/{name}")
        assert done.code == 3
        assert why in done.err


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--feed=reuters --report=incoming/reuters/a.json",
        "--feed=Reuters",
        "--feed=reuters --expires=8d",
        "--feed=reuters --expires=0m",
        "--feed=reuters --expires=soon",
        "--feed=reuters --max-bytes=5368709121",
        "--feed=reuters --name=/",
        f"--feed=reuters --name={'a' * 1024}",
    ],
)
def test_wrong_usage_is_told(deployed: Articles, options: str) -> None:
    assert deployed("presign", *options.split()).code == 2


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "ends earlier"), (48, ""), (None, "ends with them if that is earlier")],
)
def test_credentials_that_end_earlier_are_told(
    deployed: Articles, hours: int | None, said: str
) -> None:
    given = {"AWS_SESSION_TOKEN": "token"}
    if hours:
        ends = datetime.now(UTC) + timedelta(hours=hours)
        given["AWS_CREDENTIAL_EXPIRATION"] = ends.isoformat()

    done = deployed("presign", "--feed", "reuters", **given)

    assert (done.code, bool(done.err)) == (0, bool(said))
    assert said in done.err


def test_a_link_leads_to_the_region_of_the_bucket() -> None:
    session = boto3.Session("key", "secret", region_name="eu-central-1")
    post = Deployment({}, session.client).signer.generate_presigned_post("inbox", "a.json")

    assert post["url"] == "https://inbox.s3.eu-central-1.amazonaws.com/"


@pytest.mark.parametrize("command", [("presign",), ("policy", "uploader")])
def test_a_feed_that_would_be_rejected_is_told(
    deployed: Articles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(deployment, "FUNCTIONS", tmp_path)
    (tmp_path / "feeds.toml").write_text("[feeds.reuters]\n")
    said = {feed: deployed(*command, "--feed", feed).err for feed in ("reuters", "nobody")}

    assert "let the feed nobody in" in said["nobody"]
    assert "let the feed" not in said["reuters"]
