"""Golden cases: an upload, perhaps a feed profile, and what `validate` says to them.

A new case is a folder with two files, `upload.json` and `expected.json`, and `feed.toml` where the
feed has settings (those of a `[feeds.<name>]` in functions/feeds.toml). `python -m tests.golden`
writes what is missing and records every case in rules.json. Read the difference before you commit:
the expectation comes from docs/rules.md, not from the code.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from articles.feeds import Feed, Profile
from articles.judging import Accepted, Refused, validate
from articles.problems import Problem, Rejected

FOLDER = Path(__file__).parent
RULES_FILE = FOLDER / "rules.json"
CASES = sorted(path.parent for path in FOLDER.glob("*/upload.json"))
RECEIVED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def outcome(case: Path) -> dict[str, Any]:
    """Give what becomes of a case's upload, in the form of expected.json."""
    profile = case / "feed.toml"
    settings = tomllib.loads(profile.read_text(encoding="utf-8")) if profile.exists() else {}
    feed = Feed(name="golden", profile=Profile.model_validate(settings))
    try:
        records, _, warnings, _ = validate(
            (case / "upload.json").read_bytes(), feed=feed, received=RECEIVED
        )
    except Rejected as rejected:
        return {"problems": _told(rejected.problems)}
    told: dict[str, Any] = {"records": [_record(record) for record in records]}
    return told | ({"warnings": _told(warnings)} if warnings else {})


def expected(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_expectation(case).read_text(encoding="utf-8"))
    return found


def digest(case: Path) -> str:
    """Give the digest of a case's expectation, whatever its layout."""
    text = json.dumps(expected(case), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def recorded() -> tuple[int, dict[str, str]]:
    """Give the version of the rules and the digests of the cases that rules.json holds."""
    found = json.loads(RULES_FILE.read_text(encoding="utf-8"))
    return found["rules"], found["digests"]


def write_missing() -> None:
    for case in CASES:
        if not _expectation(case).exists():
            _write(_expectation(case), outcome(case))


def rewrite() -> None:
    for case in CASES:
        _write(_expectation(case), outcome(case))


def record(rules: int) -> None:
    _write(RULES_FILE, {"rules": rules, "digests": {case.name: digest(case) for case in CASES}})


def _expectation(case: Path) -> Path:
    return case / "expected.json"


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _record(verdict: Accepted | Refused) -> dict[str, Any]:
    if isinstance(verdict, Refused):
        told: dict[str, Any] = {"problems": _told(verdict.problems)}
    else:
        told = {"article_id": verdict.article_id, "article": verdict.article.as_json()}
    told |= {"warnings": _told(verdict.warnings)} if verdict.warnings else {}
    return told | ({"unread": list(verdict.unread.pointers)} if verdict.unread.pointers else {})


def _told(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Leave the wording of messages free: only where and what counts."""
    return [
        {name: value for name, value in problem.reported().as_json().items() if name != "message"}
        for problem in problems
    ]
