"""The handler that docs/subscribing.md shows for Python shows what may be shown."""

import json
import re
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from tests.aws.service import ROOT
from tests.contract import stories
from tests.contract.recorded import Event

PAGE = (ROOT / "docs/subscribing.md").read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]


def messages(*events: Event) -> dict[str, Any]:
    """Give events as a queue gives them to a function."""
    records = [
        {"messageId": str(number), "body": json.dumps({"detail": event})}
        for number, event in enumerate(events)
    ]
    return {"Records": records}


def test_the_handler_shows_what_may_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with stories.told() as (aws, events):
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        shown: dict[str, str] = {}
        theirs: dict[str, Any] = {
            "held": {},
            "show": lambda item, _: shown.__setitem__(item["article_id"], item["title"]),
            "hide": lambda name: shown.pop(name, None),
        }
        monkeypatch.setitem(sys.modules, "yours", SimpleNamespace(**theirs))
        exec(CODE, theirs)  # noqa: S102 - it is the page's own code
        others = [{"type": it, "subject": "a"} for it in ("UploadProcessed", "ArticleToCome")]
        monkeypatch.setattr("articles_reader.PAUSE_SECONDS", 0)

        answer = theirs["handler"](messages(*events, *reversed(events), *others), None)

    assert sorted(shown.values()) == ["Ferry returns", "Headline only"]
    late = len(events) - 1  # the table is behind it: twice, as it comes last and then first
    assert answer == {
        "batchItemFailures": [{"itemIdentifier": str(late)}, {"itemIdentifier": str(late + 1)}]
    }
    assert theirs["held"].keys() == {it["subject"] for it in events[:-1]}
