"""Every pattern of docs/filters.md is a rule on the bus, and gets the events that it should."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from articles_cli.stack.tap import Tap
from tests.aws.service import ROOT, embedded
from tests.newsroom import a_story

PAGE = (ROOT / "docs/filters.md").read_text(encoding="utf-8")
# The heading above each pattern, and the pattern.
PATTERNS = {
    re.findall(r"^###? (.+)$", before, re.MULTILINE)[-1]: pattern
    for before, pattern in re.findall(r"(.*?)```json\n(.*?)```", PAGE, re.DOTALL)
}
TAGS = {
    "budget": [{"name": "Business", "scheme": "iptc", "code": "04000000"}],
    "match": [
        {"name": "Cup", "scheme": "iptc", "code": "15000000"},
        {"name": "Final", "scheme": "desk", "code": "04"},
    ],
    "list": [{"name": f"word {number} {'x' * 150}"} for number in range(400)] + ["Business"],
}
IMAGE = "https://img.courier.example/hall.jpg"


def story(name: str, **members: Any) -> dict[str, Any]:
    absent = {"url": None, "updated_at": None}
    return a_story(**{**absent, "id": name, "title": name, "text": name, **members})


POLITICS = {"section": "Politics", "language": "en-GB"}
BUDGET = {**POLITICS, "tags": TAGS["budget"], "url": "https://courier.example/b", "images": [IMAGE]}
SPORT = {"section": "Sport", "language": "enm", "tags": TAGS["match"]}
GONE, KILLED = {"status": "withheld"}, {"status": "canceled"}
# What is uploaded, one file after the other; what is told of it is named after its title.
UPLOADS: list[tuple[str, Any]] = [
    ("courier", story("plain", body_text="word " * 1_200)),
    ("courier", story("budget", **BUDGET)),
    ("courier", story("match", **SPORT, url="https://www.courier.example/m")),
    ("courier", story("leaves", **POLITICS)),
    ("courier", story("back", **POLITICS)),
    ("courier", story("long list", tags=TAGS["list"], section="politics", images=[IMAGE])),
    ("wire-sport", story("wire", **POLITICS)),
    ("wiretap", story("other", url="https://othercourier.example/o")),
    ("courier", [story("one"), story("two")]),
    ("courier", [story("three"), {"no": "article"}]),
    ("courier", {"no": "article"}),
    ("wiretap", {"no": "article"}),
    ("courier", story("budget", **BUDGET, body_text="Corrected.")),
    ("courier", story("match", **SPORT, url="https://www.courier.example/m", rights="Ours")),
    ("courier", story("leaves", **POLITICS | {"section": "Sport"})),
    ("courier", story("back", **POLITICS, **GONE)),
    ("courier", story("back", **POLITICS)),
    ("wiretap", story("other", **GONE)),
    ("courier", story("one", **KILLED)),
]
NEW = {*"plain budget match leaves back wire other one two three".split(), "long list"}
CORRECTED = {"budget+", "back+"}
UPDATED = {*CORRECTED, "match+", "leaves+"}
WITHDRAWN = {"back: withheld", "other: withheld", "one: canceled"}
OF_UPLOADS = {f"courier {it}" for it in ("accepted", "partial", "rejected")}
ELSEWHERE = {"wire", "other", "other: withheld", "wiretap rejected"}
ALL = NEW | UPDATED | WITHDRAWN | OF_UPLOADS | ELSEWHERE

EXPECTED = {
    "Before you filter on content": {"budget", "leaves", "back", "budget+", "leaves+", "back+"}
    | (WITHDRAWN - ELSEWHERE),
    "One feed": ALL - ELSEWHERE - OF_UPLOADS,
    "Several feeds": ALL - ELSEWHERE - OF_UPLOADS | {"wire"},
    "New articles": NEW,
    "A language": {"budget", "leaves", "back", "wire", "budget+", "leaves+", "back+"},
    "A language, or none": ALL - OF_UPLOADS - {"match", "match+", "wiretap rejected"},
    "A section": {"budget", "leaves", "back", "wire", "budget+", "back+", "long list"},
    "A tag by its name": {"budget", "budget+", "long list"},
    "A tag by its code": {"budget", "budget+", "long list"},
    "A publisher": {"budget", "match", "budget+", "match+"},
    "Long articles": {"plain"},
    "With images": {"budget", "budget+", "long list"},
    "Corrections of the text": CORRECTED,
    "Withdrawals": WITHDRAWN,
    "Kills and takedowns": {"one: canceled"},
    "Truncated events": {"long list"},
    "Uploads that somebody must look at": OF_UPLOADS - {"courier accepted"},
}


@pytest.fixture(scope="module")
def heard() -> Iterator[dict[str, set[str]]]:
    """Run the uploads; gives what each rule of the page got, and a rule for everything."""
    with (
        embedded() as aws,
        ExitStack() as rules,
    ):
        bus = (aws.client("events"), aws.client("sqs"), aws.outputs["EventBusName"])
        taps = {"all": rules.enter_context(Tap(*bus))} | {
            name: rules.enter_context(Tap(*bus, json.loads(pattern)))
            for name, pattern in PATTERNS.items()
        }
        for number, (feed, file) in enumerate(UPLOADS):
            key = f"incoming/{feed}/{number}.json"
            aws.client("s3").put_object(
                Bucket=aws.outputs["InboxBucket"], Key=key, Body=json.dumps(file).encode()
            )
            aws.drain()
        events = {name: tap.read() for name, tap in taps.items()}
        titles = {
            it["detail"]["subject"]: it["detail"]["data"]["article"]["title"]
            for it in events["all"]
            if it["detail-type"] == "ArticleCreated"
        }
        yield {name: {named(it, titles) for it in them} for name, them in events.items()}


def named(event: dict[str, Any], titles: dict[str, str]) -> str:
    data, title = event["detail"]["data"], titles.get(event["detail"]["subject"])
    match event["detail-type"]:
        case "UploadProcessed":
            return f"{data['feed']} {data['outcome']}"
        case "ArticleWithdrawn":
            return f"{title}: {data['reason']}"
        case "ArticleUpdated":
            return f"{title}+"
    return str(title)


def test_the_run_tells_what_the_expectations_speak_of(heard: dict[str, set[str]]) -> None:
    assert heard["all"] == ALL
    assert EXPECTED.keys() == PATTERNS.keys()


@pytest.mark.parametrize("name", PATTERNS)
def test_a_rule_gets_its_events_and_no_others(heard: dict[str, set[str]], name: str) -> None:
    assert heard[name] == EXPECTED[name]


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_fits_into_a_rule(name: str) -> None:
    assert len(PATTERNS[name]) <= 2_048
