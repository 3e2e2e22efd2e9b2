"""The stack is deleted, and made again around what is left; the last of these tests."""

import pytest

from .deployment import Stack
from .newsroom import article, articles, only_record

pytestmark = pytest.mark.e2e


def test_a_deleted_stack_is_made_again_around_what_it_has_left(stack: Stack) -> None:
    stack.upload("incoming/example/outlives.json", article("outlives"))
    before = {table: stack.items(table) for table in ("ArticlesTable", "ReceiptsTable")}
    names = {it: stack.outputs[it] for it in ("ArticlesTable", "ReceiptsTable", "InboxBucket")}

    stack.kit.delete()  # the rules of subscribers are on the bus
    stack.service.delete()
    while_it_was_gone = stack.put("incoming/example/meanwhile.json", article("meanwhile"))
    with pytest.raises(pytest.fail.Exception, match=r"ROLLBACK_COMPLETE|already exists"):
        stack.service.deploy()  # the buckets and tables are there
    stack.service.delete()
    left = articles("adopt")
    articles("adopt", "--send")
    stack.service.deploy()
    stack.look_up()

    assert len(left) == 4
    assert {it: stack.outputs[it] for it in names} == names
    assert {table: stack.items(table) for table in before} == before
    stored = only_record(stack.upload("incoming/example/afterwards.json", article("outlives")))
    assert stored["outcome"] == "unchanged"
    news = stack.upload("incoming/example/news.json", article("outlives", title="They are back"))
    stack.event("ArticleUpdated", only_record(news)["article_id"])
    found = articles("reconcile", "--feed", "example", "--age", "0", "--send")
    assert while_it_was_gone in {it.get("version") for it in found}
    stack.receipt("incoming/example/meanwhile.json", while_it_was_gone)
    for queue in ("DeadLetterQueueUrl", "PublishFailureQueueUrl"):
        assert stack.waiting(queue) == 0, queue
