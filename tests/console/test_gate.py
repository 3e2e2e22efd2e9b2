"""Who is let in: nobody but the browser that was given the address, from the console's own pages.

What a browser sends of its own accord is tried in browser/: these are the requests themselves.
"""

import pytest

from articles_console.gate import HEADERS

from .conftest import HOST, ORIGIN, PORT, Visitor

NO_TOKEN = {"form_token": ""}


@pytest.mark.parametrize("token", ["", "token=", "token=wrong", "token=%ff", "other=1"])
def test_nobody_enters_without_the_token(outsider: Visitor, token: str) -> None:
    answer = outsider.get(f"/enter?{token}")
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


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


def test_the_token_is_exchanged_for_a_cookie_that_scripts_and_other_sites_do_not_get(
    outsider: Visitor,
) -> None:
    answer = outsider.client.application.test_client().get(
        f"/enter?token={outsider.gate.token}", base_url=ORIGIN
    )
    assert (answer.status_code, answer.location) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"articles-{PORT}=")
    assert outsider.gate.token not in cookie
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


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


@pytest.mark.parametrize(
    ("origin", "fields"),
    [
        (None, {}),
        ("null", {}),
        ("https://evil.example", {}),
        (f"http://127.0.0.1:{PORT + 1}", {}),
        (f"https://{HOST}", {}),
        (f"http://localhost:{PORT}", {}),
        (ORIGIN, NO_TOKEN),
        (ORIGIN, {"form_token": "é"}),
    ],
)
@pytest.mark.parametrize("path", ["/files", "/files/x/upload", "/replay", "/replay/x/send"])
def test_nothing_is_sent_but_by_a_form_of_the_console(
    visitor: Visitor, path: str, origin: str | None, fields: dict[str, str]
) -> None:
    article = '{"title": "Ferry", "text": "Six."}'
    answer = visitor.post(path, origin=origin, feed="attack", text=article, do="upload", **fields)
    assert answer.status_code == 403
    assert [key for key in visitor.inbox if "attack" in key] == []
