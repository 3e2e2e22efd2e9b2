"""What the functions print: JSON lines of facts, which no upload can forge, fill or read."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from articles.article import Article
from articles.logs import TEXT_LOGGED
from articles_local.function import Function
from tests.aws.cloud import Cloud
from tests.newsroom import Newsroom, a_story

from .deliveries import a_record, altered
from .messages import batch, body, bulk_batch, failures, upload

# No part of it stands anywhere else, and none twice.
TEXT = " ".join(f"word-{number}" for number in range(2_000))
FORGED = '{"level":"ERROR","message":"forged","_aws":{}}'
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1b[2K\x1b[1G", "\\n", '"}\n', "\x00\n"]
# An ordinary line is far shorter; the longest tells where a bug of ours lies.
LONGEST_LINE = 4_096


def printed(cloud: Cloud) -> list[dict[str, Any]]:
    """Read the log as CloudWatch does: a line is a JSON object, without control characters."""
    *lines, rest = cloud.log.getvalue().split("\n")
    assert rest == ""
    assert [line for line in lines if len(line) > LONGEST_LINE] == []
    assert [line for line in lines if any(character < " " for character in line)] == []
    found = [json.loads(line) for line in lines]
    assert all(isinstance(line, dict) for line in found)
    return found


def messages(cloud: Cloud) -> list[str]:
    """Name the lines that are no metrics."""
    return [line["message"] for line in printed(cloud) if "_aws" not in line]


def quoted(cloud: Cloud, text: str = TEXT) -> int:
    """Count the characters of the longest piece of a text that stands in the log."""
    log, longest = cloud.log.getvalue(), 0
    for start in range(len(text)):
        while text[start : start + longest + 1] in log and start + longest < len(text):
            longest += 1
    return longest


EACH_ONCE = ["ingested", "ingested", "published"]


def ingested_and_published(newsroom: Newsroom, ingest: Function, story: Any, bad: Any) -> list[str]:
    """Take a story and a bad file, have the story published; gives the lines."""
    cloud = newsroom.cloud
    ingest.invoke(batch(upload(cloud, "1.json", story), upload(cloud, "2.json", bad)))
    change = newsroom.submit({**story, "id": "another"}, key="incoming/courier/3.json")
    cloud.function("PublishFunction").invoke({"Records": [change]})
    return messages(cloud)


# ── No line is forged ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("between", BREAKS, ids=ascii)
def test_no_key_forges_a_line(cloud: Cloud, ingest: Function, between: str) -> None:
    keys = [f"incoming/{name}{between}{FORGED}{between}.json" for name in ("", "courier/", "b/c/")]

    ingest.invoke(batch(*(body(a_record(cloud, key)) for key in keys)))

    told = [line for line in printed(cloud) if "_aws" not in line]
    assert {(line["level"], line["message"]) for line in told} == {("INFO", "ingested")}
    assert [line["key"] for line in told] == keys


@pytest.mark.parametrize("between", BREAKS, ids=ascii)
def test_no_article_forges_a_line(newsroom: Newsroom, ingest: Function, between: str) -> None:
    forged = f"a{between}{FORGED}{between}"
    names = ("title", "url", "body_text", "language", "author", "section", "tags", forged)
    story = {**a_story(), **dict.fromkeys(names, forged)}
    bad = [*({**story, name: forged} for name in ("id", "version", "status")), {forged: 1}, forged]

    assert ingested_and_published(newsroom, ingest, story, bad) == EACH_ONCE
    assert "forged" not in newsroom.cloud.log.getvalue()


@pytest.mark.parametrize("between", BREAKS, ids=ascii)
def test_no_message_forges_a_line(cloud: Cloud, ingest: Function, between: str) -> None:
    forged = f"a{between}{FORGED}{between}"
    places = ("eventSource", "eventVersion", "s3/bucket/name", "s3/object/size")
    poison = [body(altered(a_record(cloud), place, forged)) for place in places]

    ingest.invoke(batch(*poison, between + FORGED + between, upload(cloud, "good.json")))

    sent = not set(between) - set("\t\n\r").union(map(chr, range(32, 127)))  # SQS takes no other
    refused = [] if sent else ["message failed"]
    assert messages(cloud) == [*["poison message"] * 5, *refused, "ingested"]


@pytest.mark.parametrize("between", BREAKS, ids=ascii)
def test_no_upload_that_fails_forges_a_line(cloud: Cloud, ingest: Function, between: str) -> None:
    message = body(a_record(cloud, f"incoming/courier/{between}{FORGED}"))
    cloud.border.fail("GetObject", "SlowDown", status=503)

    ingest.invoke(batch(message, received=5))

    assert messages(cloud) == ["upload failed"]


# ── No article is told ───────────────────────────────────────────────────────────────────────────


STORY = a_story(title=TEXT[:4_000], body_text=TEXT, description=TEXT, author=TEXT, tags=[TEXT])
FILES: dict[str, Any] = {
    "accepted": STORY,
    "an unknown shape": {"text" + TEXT: TEXT, TEXT: 7},
    "a list of texts": [TEXT, [TEXT], {TEXT: TEXT}],
    "nothing but a text": TEXT,
    "every field of another kind": {name: {"text": TEXT} for name in STORY},
    "cut off": json.dumps(STORY).encode()[:-1],
    "no JSON": TEXT.encode(),
    "no UTF-8": TEXT.encode() + b"\xff",
    "not packed": b"\x1f\x8b" + TEXT.encode(),
    "lines": b"\n".join([json.dumps(STORY).encode(), TEXT.encode(), b'{"a": "' + TEXT.encode()]),
    "names twice": f'{{"{TEXT}": 1, "{TEXT}": 2, "title": "{TEXT}"}}'.encode(),
    "an error of another service": {"status": "error", "code": TEXT, "message": TEXT},
    "withdrawn": {**STORY, "status": TEXT},
}


@pytest.mark.parametrize("name", FILES)
def test_the_text_of_a_file_is_never_told(cloud: Cloud, ingest: Function, name: str) -> None:
    assert failures(ingest.invoke(batch(upload(cloud, "a.json", FILES[name])))) == []

    assert messages(cloud) == ["ingested"]
    assert quoted(cloud) < len("word-1000")


def as_a_name(_: Any) -> Exception:
    return KeyError(TEXT)


def with_notes(document: Any) -> Exception:
    error = ValueError(f"{document}")
    error.add_note(TEXT)
    return error


def of_pydantic(_: Any) -> Exception:
    with pytest.raises(ValidationError) as raised:
        Article.read({"shape": [TEXT], TEXT: TEXT})
    return raised.value


def with_a_cause(document: Any) -> Exception:
    error = RuntimeError(f"cannot read {document!r}")
    error.__cause__ = ValueError(TEXT)
    error.__context__ = ExceptionGroup(TEXT, [ValueError(TEXT)])
    return error


def as_json(document: Any) -> Exception:
    return AssertionError(json.dumps(document, default=repr))


BUGS = [as_a_name, with_notes, of_pydantic, with_a_cause, as_json]
PLACES = {
    "articles.metadata.assembling.read": "internal error",
    "articles.metadata.shapes.Formats.recognise": "internal error",
    "articles.judging.pack": "internal error",
    "articles.judging.article_id": "internal error",
    "articles.judging.revise": "internal error",
    "articles.storing.articles_table.ArticlesTable.put": "upload failed",
    "articles.records.framing.unwrap": "upload failed",
    "articles.storing.writing.fold": "upload failed",
    "articles.storing.receipts_table.Receipts.put": "upload failed",
}


@pytest.mark.parametrize("bug", BUGS)
@pytest.mark.parametrize("place", PLACES)
def test_a_bug_of_ours_tells_no_more_of_the_document_than_a_line(
    cloud: Cloud,
    ingest: Function,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    bug: Callable[[Any], Exception],
) -> None:
    def fail(*given: Any, **_: Any) -> Any:
        raise bug(given)

    monkeypatch.setattr(place, fail)

    answer = ingest.invoke(batch(upload(cloud, "a.json", STORY), "poison"))

    assert failures(answer) == (["1"] if PLACES[place] == "upload failed" else [])
    [line] = [it for it in printed(cloud) if it.get("message") == PLACES[place]]
    assert line["fault"]
    assert line["raised_in"]
    assert quoted(cloud) <= TEXT_LOGGED


def test_a_record_of_the_stream_that_is_not_ours_is_not_told(newsroom: Newsroom) -> None:
    change = newsroom.submit(a_story(title=TEXT[:4_000], description=TEXT))
    change["dynamodb"]["NewImage"]["article"]["M"]["title"] = {"S": ""}
    change["dynamodb"]["NewImage"]["order_key"] = {"NULL": True}
    change["dynamodb"]["NewImage"]["article"] = {"S": TEXT}

    newsroom.cloud.function("PublishFunction").invoke({"Records": [change]})

    assert messages(newsroom.cloud) == ["unreadable stream record", "published"]
    assert quoted(newsroom.cloud) <= TEXT_LOGGED


SECRET = "hunter2-secret"
ADDRESSES = [
    f"https://reader:{SECRET}@courier.example/ferry",
    f"https://{SECRET}@courier.example/ferry",
    f"ftp://reader:{SECRET}@courier.example/ferry",
    f"//reader:{SECRET}@courier.example/ferry",
    f"https://reader:{SECRET}@courier.example:99999/ferry",
    f"https://reader:{SECRET}@[::1/ferry",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_credentials_in_an_address_are_in_no_line(
    newsroom: Newsroom, ingest: Function, address: str
) -> None:
    names = ("url", "canonical_url", "image", "link", "author", "source", "status")
    story = {**a_story(), **dict.fromkeys(names[:4], address), "images": [address]}
    bad = [{name: address} for name in names]

    assert ingested_and_published(newsroom, ingest, story, bad) == EACH_ONCE
    assert SECRET not in newsroom.cloud.log.getvalue()


# ── No upload fills the log ──────────────────────────────────────────────────────────────────────

BAD = {f"unknown-{number}": "x" * 40 for number in range(400)}


def test_an_upload_is_one_line_whatever_is_unknown_in_it(cloud: Cloud, ingest: Function) -> None:
    files: list[Any] = [BAD, {**a_story(), **BAD}, [{}] * 2_000, [BAD] * 40]

    ingest.invoke(batch(*(upload(cloud, f"{n}.json", file) for n, file in enumerate(files))))

    assert messages(cloud) == ["ingested"] * 4
    assert "unknown-" not in cloud.log.getvalue()


@pytest.mark.parametrize("record", [b"{}", b"7", b"{", b'{"id": "a"}', b'"\xff"'])
def test_many_bad_records_in_parts_are_a_few_lines(cloud: Cloud, record: bytes) -> None:
    file = b"\n".join([b'{"1": 1}', b'{"2": 2}', *[record] * 298])
    ingest = cloud.function("IngestFunction", PART_RECORDS="50")
    assert failures(ingest.invoke(batch(upload(cloud, "a.json", file)))) == []

    while waiting := cloud.all_messages("BulkQueueUrl"):
        for message in waiting:
            assert failures(ingest.invoke(bulk_batch(message))) == []

    [receipt] = [it for it in cloud.receipts() if "part" not in it]
    assert receipt["counts"] == {"rejected": 300}
    assert set(messages(cloud)) == {"in progress", "ingested"}
    assert len(printed(cloud)) < 25


def test_each_poison_message_is_one_line(cloud: Cloud, ingest: Function) -> None:
    poison = ["p" * 1_000_000, body(altered(a_record(cloud), "eventSource", "e" * 1_000_000))]

    ingest.invoke(batch(*poison * 5))

    assert messages(cloud) == ["poison message"] * 10


# ── What is missing is told ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("function", "missing"),
    [
        ("IngestFunction", ["ARCHIVE_BUCKET", "RECEIPTS_TABLE", "DEAD_LETTER_QUEUE_URL"]),
        ("PublishFunction", ["EVENT_BUS", "PUBLISH_FAILURE_QUEUE_URL"]),
    ],
)
def test_a_function_without_its_configuration_names_all_that_is_missing_and_no_secret(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, function: str, missing: list[str]
) -> None:
    monkeypatch.setenv("SOME_PASSWORD", SECRET)

    assert cloud.function(function, **dict.fromkeys(missing)).invoke({"Records": []}) is None

    log = cloud.log.getvalue()
    assert [name for name in missing if name.lower() not in log.lower()] == []
    assert SECRET not in log
