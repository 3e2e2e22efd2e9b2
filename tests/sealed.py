"""Hostile files through the functions, with all but AWS forbidden: `python -m tests.sealed FOLDER`.

Whatever a file says, no connection is opened, no name looked up, no process started and no file
opened but those of Python and of the functions; AWS itself is in memory. Python tells of each such
attempt (https://docs.python.org/3/library/audit_events.html), and it fails. The files are those of
a folder, and without one those of this module. The last line printed is JSON.
"""

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.aws.cloud import Announcements, Cloud
from tests.handlers.messages import batch, body, bulk_batch, notice
from tests.inputs import ROOT, an_input, documents
from tests.newsroom import a_story

EVENTS = re.compile(
    r"(socket|subprocess|urllib|http|ftplib|smtplib|imaplib|poplib|webbrowser|pickle|pty|shutil)\..+"
    r"|os\.(system|exec|fork|forkpty|posix_spawn|spawn|startfile|kill|link|symlink|mkdir|remove)"
    r"|os\.(rename|rmdir|truncate|chmod|chown)|ctypes\.dlopen"
)
MAY_BE_READ = (sys.prefix, sys.base_prefix, str(ROOT / "functions"), os.path.realpath(sys.prefix))
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
RANDOM_INPUTS = 100
METADATA = "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
TARGETS = [
    *(METADATA, "file:///etc/passwd", "ldap://127.0.0.1:1/a", "//127.0.0.1:9/a", "http://[::1]:9/"),
]
ENTITY = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{METADATA}"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
HTML = [
    f"{ENTITY}<p>&b;&c;</p>",
    f'<?xml-stylesheet href="{METADATA}"?><svg><image xlink:href="{METADATA}"/></svg>',
    *(f'<{tag} src="{METADATA}" href="{METADATA}" data="{METADATA}" srcset="{METADATA} 2x">'
      for tag in "img iframe script link object embed video audio source base a form".split()),
    f'<meta http-equiv="refresh" content="0; url={METADATA}">',
    f"<style>@import url({METADATA})</style>",
    f'<p style="background: url({METADATA})" onclick="fetch(\'{METADATA}\')">a</p>',
]  # fmt: skip
MEMBERS: list[dict[str, Any]] = [
    *({it: METADATA} for it in ("$ref", "$schema", "@context", "@id", "next", "feed_url")),
    {"__proto__": {"a": 1}, "__class__": "os.system", "!!python/object/apply:os.system": ["id"]},
    {"title": "${jndi:ldap://127.0.0.1:1/a} {{7*7}} $(id) `id` %(a)s {0.__class__}"},
    {"language": "../../../etc/passwd", "timezone": "/etc/passwd"},
    {"published_at": "2026-03-01T09:00:00[/etc/passwd]"},
    {"images": [{"url": it} for it in TARGETS]},
]
PICKLE = b"cos\nsystem\n(S'id'\ntR."


class Seal:
    """What is forbidden while it is closed; it cannot be taken off a process."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self._is_closed = False
        sys.addaudithook(self._watch)

    @contextmanager
    def closed(self) -> Iterator[None]:
        self._is_closed = True
        try:
            yield
        finally:
            self._is_closed = False

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._is_closed and (EVENTS.fullmatch(event) or _is_foreign_file(event, arguments)):
            self.broken.append(f"{event} {arguments}"[:200])
            raise PermissionError(self.broken[-1])


def _is_foreign_file(event: str, arguments: tuple[Any, ...]) -> bool:
    if event != "open" or isinstance(arguments[0], int):
        return False
    path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 - which asks the file system nothing
    return bool(arguments[2] & WRITES) or not path.startswith(MAY_BE_READ)


def hostile() -> Iterator[tuple[str, bytes]]:
    """Make files that ask for something: by key, and in a place of every format that has URLs."""
    found: list[Any] = [a_story(body_html=it, body_text=None) for it in HTML]
    found += [a_story() | it for it in MEMBERS]
    for target in TARGETS:
        text = json.dumps(documents(), ensure_ascii=False)
        found += json.loads(re.sub(r"\b(?:https?:)?//[^\s\"'<>\\]+", target, text))
    texts = dict.fromkeys(map(json.dumps, found))  # without URLs, a document is the same each time
    yield from ((f"incoming/courier/{n}.json", it.encode()) for n, it in enumerate(texts))
    yield "incoming/courier/rss.json", f"{ENTITY}<rss>&b;</rss>".encode()
    yield "incoming/courier/pickle.json", PICKLE
    yield from (an_input(1, number) for number in range(RANDOM_INPUTS))


def of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(it for it in folder.iterdir() if it.is_file()):
        yield f"incoming/default/{path.name}", path.read_bytes()


def process(cloud: Cloud, *files: tuple[str, bytes]) -> None:
    """Take files through ingest and bulk."""
    messages = [body(notice(cloud, cloud.upload(key, data))) for key, data in files]
    cloud.function("IngestFunction").invoke(batch(*messages))
    while waiting := cloud.messages("BulkQueueUrl"):
        cloud.function("BulkFunction").invoke(bulk_batch(*(it["Body"] for it in waiting)))


def main(arguments: list[str]) -> int:
    files = list(of_folder(Path(arguments[0])) if arguments else hostile())
    cloud, seal = Cloud(), Seal()
    announcements = Announcements(cloud)
    process(cloud, ("incoming/courier/first.json", json.dumps(a_story()).encode()))
    announcements.read()  # all is imported now
    cloud.empty()
    with seal.closed():
        for start in range(0, len(files), 10):
            process(cloud, *files[start : start + 10])
            announcements.read()
    told = Counter(it["outcome"] for it in cloud.receipts() if "outcome" in it)
    facts = {"files": len(files), "outcomes": told}
    print(json.dumps({**facts, "broken": seal.broken}))  # noqa: T201 - its answer
    return 1 if seal.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
