"""Writing many records at once: what is told of them, and what goes on after a fault."""

import json
import time
from dataclasses import dataclass, field
from threading import Event, Timer
from typing import cast

import pytest
from botocore.exceptions import ClientError

from articles.judging import revisions, validate
from articles.storing.articles_table import ArticlesTable, Outcome
from articles.storing.receipts import Record
from articles.storing.writing import Writer
from articles.uploads.message import Upload
from articles.versions.revision import Revision

from .build import RECEIVED, a_feed

UPLOAD = Upload(key="incoming/desk/a.json", version="v1")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
TOO_LONG = 10.0


def write(store: object, count: int, *, at_once: int) -> list[Record]:
    """Write an upload of so many articles; no record may meet a bug."""
    faults: list[BaseException] = []
    stories = [
        {"id": number, "title": f"Story {number}", "text": "Six."} for number in range(count)
    ]
    verdicts = validate(json.dumps(stories).encode(), feed=a_feed(), received=RECEIVED)
    writer = Writer(cast("ArticlesTable", store), faults.append, at_once=at_once)
    records = writer.write(revisions(verdicts, UPLOAD, RECEIVED, faults.append), now=RECEIVED)
    assert faults == []
    return records


@dataclass
class Throttled:
    """A store that refuses the first record while the others are under way, and those take time."""

    begun: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    others_begin: Event = field(default_factory=Event)
    others_end: Event = field(default_factory=Event)

    def put(self, revision: Revision, **_: object) -> Outcome:
        self.begun.add(revision.origin.record)
        try:
            if revision.origin.record == 0:
                assert self.others_begin.wait(TOO_LONG)
                Timer(0.5, self.others_end.set).start()
                raise THROTTLED
            self.others_begin.set()
            assert self.others_end.wait(TOO_LONG)
            return Outcome("created")
        finally:
            self.ended.add(revision.origin.record)


def test_after_an_error_of_aws_no_write_is_begun_and_none_goes_on() -> None:
    store = Throttled()

    with pytest.raises(ClientError) as error:
        write(store, 10, at_once=4)
    begun, ended = set(store.begun), set(store.ended)

    assert error.value is THROTTLED
    assert begun == ended
    assert 2 <= len(begun) < 10


class Uneven:
    """A store that takes the longer for a record the earlier it stands among its neighbours."""

    def put(self, revision: Revision, **_: object) -> Outcome:
        time.sleep(0.002 * (7 - revision.origin.record % 8))
        return Outcome("updated" if revision.origin.record % 3 else "created")


def test_what_is_written_at_once_is_told_in_the_order_of_its_records() -> None:
    records = write(Uneven(), 40, at_once=16)

    assert [(it.record, it.title, it.outcome) for it in records] == [
        (number, f"Story {number}", "updated" if number % 3 else "created") for number in range(40)
    ]
