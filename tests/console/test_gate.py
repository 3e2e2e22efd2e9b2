"""Who is let in: nobody but the browser that was given the address, from the console's own pages.

What a browser sends of its own accord is tried in browser/: these are the requests themselves.
"""

import signal
from base64 import b64encode
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from articles_console.app import console
from articles_console.gate import HEADERS, Gate
from articles_console.server import CUT_OFF
from articles_local import EmbeddedAws
from tests.cli.conftest import call, running

from .conftest import HOST, ORIGIN, PORT, Visitor


@pytest.mark.parametrize("token", ["", "token=", "token=wrong", "token=%ff", "other=1"])
def test_nobody_enters_without_the_token(outsider: Visitor, token: str) -> None:
    answer = outsider.get(f"/enter?{token}")
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    styled = b64encode(sha256(answer.text.split("style>")[1][:-2].encode()).digest()).decode()
    assert f"'sha256-{styled}'" in answer.headers["Content-Security-Policy"]
    assert "<code>articles console</code>" in answer.text


def test_every_page_refuses_who_was_not_let_in_and_names_nothing(outsider: Visitor) -> None:
    rules = list(outsider.client.application.url_map.iter_rules())
    assert len(rules) > 10
    for rule in rules:
        path = rule.rule.replace("<name>", "x").replace("<path:filename>", "console.js")
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = outsider.client.open(path, method=method, base_url=ORIGIN)
            assert answer.status_code == 403, path
            assert outsider.desk.place.stack not in answer.text
            assert HEADERS.items() <= dict(answer.headers).items()


def test_the_token_is_exchanged_for_a_cookie_of_this_browser_alone(outsider: Visitor) -> None:
    gate = Gate(PORT)
    client, token = console(outsider.desk, gate).test_client(), gate.token
    answer = client.get(f"/enter?token={token}", base_url=ORIGIN)
    assert answer.status_code == 200
    assert f'content="0; url={gate.root}/"' in answer.text, "a redirect would lack the cookie"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"articles-{PORT}=")
    assert token not in cookie
    # Browsers give a cookie to every port of a host; what listens there does not know the path.
    assert {"HttpOnly", "SameSite=Strict", f"Path={gate.root}"} <= set(cookie.split("; "))
    assert len(gate.root) > 40
    assert client.get("/", base_url=ORIGIN).status_code == 403
    assert client.get(f"{gate.root}/", base_url=ORIGIN).status_code == 200


def test_the_address_works_once_and_then_there_is_another(outsider: Visitor) -> None:
    told: list[str] = []
    gate = Gate(PORT, lambda: told.append(gate.address))
    app = console(outsider.desk, gate)
    first = gate.address
    codes = [app.test_client().get(it, base_url=ORIGIN).status_code for it in (first, first)]
    assert codes == [200, 403]
    assert told == [gate.address]
    assert app.test_client().get(gate.address, base_url=ORIGIN).status_code == 200


def test_what_starts_a_browser_is_readable_by_nobody_else(tmp_path: Path) -> None:
    gate, page = Gate(PORT), tmp_path / "open.html"
    gate.write_opener(page)
    assert gate.address in page.read_text("utf-8")
    assert page.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_that_another_asks_for_is_refused(visitor: Visitor, site: str) -> None:
    assert visitor.get("/rejects", Sec_Fetch_Site=site).status_code == 403
    assert visitor.get("/rejects", Sec_Fetch_Site="same-origin").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", f"[::1]:{PORT}"]
)
def test_another_name_for_this_machine_is_refused(visitor: Visitor, host: str) -> None:
    for path in ("/", f"/enter?token={visitor.gate.token}"):
        assert visitor.client.get(path, headers={"Host": host}).status_code == 421


REFUSED: list[tuple[str | None, dict[str, str]]] = [
    (None, {}),
    ("null", {}),
    ("https://evil.example", {}),
    (f"http://127.0.0.1:{PORT + 1}", {}),
    (f"https://{HOST}", {}),
    (f"http://localhost:{PORT}", {}),
    (ORIGIN, {"form_token": ""}),
    (ORIGIN, {"form_token": "é"}),
]


@pytest.mark.parametrize("path", ["/files", "/files/x/upload", "/replay", "/replay/x/send"])
def test_nothing_is_sent_but_by_a_form_of_the_console(visitor: Visitor, path: str) -> None:
    sent = {"feed": "attack", "text": '{"title": "Ferry", "text": "Six."}', "do": "upload"}
    for origin, fields in REFUSED:
        answer = visitor.post(path, origin=origin, **sent, **fields)
        assert answer.status_code == 403, (origin, fields)
    assert [key for key in visitor.inbox if "attack" in key] == []


# `articles console`, as it is started and ended.


def test_it_prints_its_address_and_ends_cleanly(aws: EmbeddedAws, tmp_path: Path) -> None:
    with running("console", "--port", "0", TMPDIR=str(tmp_path), **aws.environment) as process:
        assert process.stdout
        address = urlsplit(process.stdout.readline().strip())
        assert address.hostname == "127.0.0.1"
        connection = HTTPConnection("127.0.0.1", address.port or 0, timeout=30)
        connection.request("GET", f"{address.path}?{address.query}")
        assert connection.getresponse().status == 200
        connection.close()
        connection.request("POST", "/files", headers={"Content-Length": str(CUT_OFF + 1)})
        assert connection.getresponse().status == 413
        connection.close()

        taken = call("console", "--port", address.port, **aws.environment)
        assert taken.code == 2
        assert f"Port {address.port} is in use; choose another with --port." in taken.err

        assert list(tmp_path.glob("articles-console-*"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert list(tmp_path.iterdir()) == [], "what was dropped in is deleted at the end"


def test_a_stack_that_is_none_is_said(aws: EmbeddedAws) -> None:
    done = call("console", "--port", "0", "--stack", "none", **aws.environment)
    assert done.code == 3
    assert "There is no stack none" in done.err
