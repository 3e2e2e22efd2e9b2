"""The running stack in the hands of an operator: an update, and what failed for real."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from .deployment import Stack
from .newsroom import article, articles, only_record

pytestmark = pytest.mark.e2e

PAUSE = 0.2  # seconds between two uploads
LANGUAGE = "is"  # of the feed live, from the update on


@contextmanager
def uploading(stack: Stack) -> Iterator[dict[str, str]]:
    """Upload steadily, an article with each file; gives the version of each key put so far."""
    put: dict[str, str] = {}
    over = threading.Event()
    failures: list[BaseException] = []

    def upload() -> None:
        try:
            while not over.wait(PAUSE):
                key = f"incoming/live/{len(put)}.json"
                put[key] = stack.put(key, article(f"live-{len(put)}"))
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    uploader = threading.Thread(target=upload)
    uploader.start()
    try:
        yield put
    finally:
        over.set()
        uploader.join()
    assert failures == []


def test_an_update_of_the_running_stack_loses_no_upload(stack: Stack) -> None:
    feeds = stack.service.folder / "functions/feeds.toml"
    with feeds.open("a") as file:
        file.write(f'\n[feeds.live]\nlanguage = "{LANGUAGE}"\n')
    stack.service.build()

    with impatient(stack, 20):
        with uploading(stack) as put:
            stack.until(lambda: len(put) > 10 or None, "uploads before the update")
            stack.service.deploy(MaximumConcurrency="7")
            before = len(put)
            stack.mend_mappings()
            stack.until(lambda: len(put) > before + 10 or None, "uploads after the update")
        receipts = {key: stack.receipt(key, put[key]) for key in put}

    ids = {key: only_record(receipts[key])["article_id"] for key in put}
    languages = {key: stack.article(it)["article"].get("language") for key, it in ids.items()}
    assert set(languages.values()) == {None, LANGUAGE}, "read by the old code, and by the new"
    assert languages["incoming/live/0.json"] is None
    assert languages[f"incoming/live/{len(put) - 1}.json"] == LANGUAGE
    for article_id in ids.values():
        stack.event("ArticleCreated", article_id)
    told = Counter(it["detail"]["subject"] for it in stack.events())
    assert {article_id: told[article_id] for article_id in ids.values()} == dict.fromkeys(
        ids.values(), 1
    )
    assert stack.waiting("DeadLetterQueueUrl") == 0
    ingest = stack.client("lambda").list_event_source_mappings(FunctionName="articles-ingest-dev")
    [scaling] = [it["ScalingConfig"] for it in ingest["EventSourceMappings"]]
    assert scaling == {"MaximumConcurrency": 7}


@contextmanager
def impatient(stack: Stack, seconds: int) -> Iterator[None]:
    """Have messages come again soon after they failed; else it takes six minutes each time."""
    sqs, timeout = stack.client("sqs"), "VisibilityTimeout"
    before = {
        url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[timeout])["Attributes"]
        for url in (stack.outputs["UploadsQueueUrl"], stack.outputs["BulkQueueUrl"])
    }
    for url in before:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={timeout: str(seconds)})
    try:
        yield
    finally:
        for url, attributes in before.items():
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


@contextmanager
def broken(stack: Stack) -> Iterator[None]:
    """Have ingest and bulk write to a table that does not exist."""
    functions = {name: stack.environment(name) for name in ("ingest", "bulk")}

    def configure(**changes: str) -> None:
        for name, variables in functions.items():
            stack.client("lambda").update_function_configuration(
                FunctionName=f"articles-{name}-dev",
                Environment={"Variables": variables | changes},
            )

    configure(ARTICLES_TABLE="articles-nowhere")
    try:
        yield
    finally:
        configure()


def test_dead_letters_are_sent_back_once_the_cause_is_mended(stack: Stack) -> None:
    key = "incoming/example/dead.json"
    url = stack.outputs["UploadsQueueUrl"]
    stack.client("sqs").send_message(QueueUrl=url, MessageBody="no notification")
    stack.until(lambda: stack.waiting("DeadLetterQueueUrl") or None, "poison")
    with impatient(stack, 5), broken(stack):
        version = stack.put(key, article("dead"))
        stack.until(lambda: stack.waiting("DeadLetterQueueUrl") == 2 or None, "two dead letters")

        def cause() -> bool | None:
            said = stack.receipt(key, version, state="failed")["cause"]
            return "ResourceNotFoundException" in said or None  # first it says that time ran out

        stack.until(cause, "cause of the failure")
    stack.event("UploadProcessed", key)

    looked = articles("replay", "--dead-letters")
    sent = articles("replay", "--dead-letters", "--drop-poison", "--send")

    causes = {it.get("key"): it["cause"] for it in looked if it["type"] == "letter"}
    assert "ResourceNotFoundException" in causes[key]
    assert sent[-1]["letters"] == {"sent": 1, "dropped": 1}
    record = only_record(stack.receipt(key, version))
    stack.event("ArticleCreated", record["article_id"])
    stack.until(lambda: stack.events(key)[1:] or None, "news of the success")
    outcomes = [it["detail"]["data"]["outcome"] for it in stack.events(key)]
    assert outcomes == ["failed", "accepted"]
    assert articles("rejects", "--failed") == []
    assert stack.waiting("DeadLetterQueueUrl") == 0
