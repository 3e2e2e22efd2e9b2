"""The console for the embedded AWS, and a browser that has been let in, without its scripts."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from html import unescape
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from articles_cli.files import load_feeds
from articles_cli.options import FEEDS
from articles_cli.stack import deployment
from articles_console.app import console
from articles_console.desk import Desk, Place
from articles_console.gate import Gate
from articles_local import EmbeddedAws
from tests.cli.conftest import aws

__all__ = ["aws"]

collect_ignore = ["browser"]  # `make browser` runs it, in an environment that has Playwright

PORT = 8765
HOST = f"127.0.0.1:{PORT}"
ORIGIN = f"http://{HOST}"


@dataclass
class Visitor:
    """Asks for pages as a browser does from the console's own pages."""

    aws: EmbeddedAws
    desk: Desk
    gate: Gate
    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(self.path(path), base_url=ORIGIN, headers=_as(headers))

    def path(self, path: str) -> str:
        """Give the path of a page: below one that cannot be guessed, but for the entrance."""
        is_whole = path.startswith(("/enter", self.gate.root))
        return path if is_whole else self.gate.root + path

    def post(self, path: str, *, origin: str | None = ORIGIN, **fields: Any) -> TestResponse:
        token = re.search(r'name="form_token" value="([^"]+)"', self.get("/").text)
        assert token
        headers = {"Origin": origin} if origin else {}
        data = {"form_token": token[1]} | fields
        return self.client.post(
            self.path(path), base_url=ORIGIN, headers=headers, data=data, follow_redirects=True
        )

    def at(self, desk: Desk) -> "Visitor":
        """Give somebody who was let in by the console of another desk."""
        gate = Gate(PORT)
        other = replace(self, desk=desk, gate=gate, client=console(desk, gate).test_client())
        assert other.get(f"/enter?token={gate.token}").status_code == 200
        return other

    def drop(self, content: str, *, name: str = "a.json", do: str = "upload") -> TestResponse:
        """Drop a file into the feed `desk`, and let the service do what it does."""
        file = (BytesIO(content.encode()), name)
        answer = self.post("/files", feed="desk", file=file, do=do, watch="on")
        self.aws.drain()
        return self.get(answer.request.full_path) if answer.status_code == 200 else answer

    @property
    def inbox(self) -> list[str]:
        listed = self.desk.service.s3.list_objects_v2(Bucket=self.desk.service.inbox)
        return [it["Key"] for it in listed.get("Contents", [])]


def _as(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def text(answer: TestResponse) -> str:
    """Give what a page says, without its markup."""
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", answer.text).split()))


@pytest.fixture(scope="module")
def desk(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with patch.dict(os.environ, aws.environment):
        service = deployment.find(None)
        place = Place.of(service, "articles-dev")
        folder = tmp_path_factory.mktemp("console")
        with closing(Desk(service, place, load_feeds(FEEDS), folder)) as desk:
            yield desk


@pytest.fixture(scope="module")
def outsider(aws: EmbeddedAws, desk: Desk) -> Visitor:
    """Somebody who was not let in."""
    gate = Gate(PORT)
    return Visitor(aws, desk, gate, console(desk, gate).test_client())


@pytest.fixture(scope="module")
def visitor(outsider: Visitor) -> Visitor:
    return outsider.at(outsider.desk)
