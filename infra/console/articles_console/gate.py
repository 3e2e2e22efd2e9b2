"""Who may ask for a page: this machine's own browser, and no other page that is open in it.

Whoever is the first to open the address that the command prints gets a cookie. Other sites, also
those on other ports of this machine, cannot read that address, have no right Origin, and name no
right host; and as the pages are under a path that cannot be guessed, a browser gives the cookie to
no other port. docs/console.md says what each check is for.
"""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from flask import Flask, Response, abort, make_response, render_template, request

# Of the page of those who are not let in, and so not to the stylesheet either.
STYLE = "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}"
_STYLED = b64encode(sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; "
    f"style-src 'self' 'sha256-{_STYLED}'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it, browsers send the console's own forms without their Origin.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAFE = frozenset({"GET", "HEAD"})
OWN = frozenset({"same-origin", "none"})  # none: typed, or opened by the command
_ENTER = "Open the address that `articles console` printed last, in a tab of its own."
_OPENS = '<!doctype html><title>Console</title><meta http-equiv="refresh" content="0; url={}">'


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass
class Gate:
    """The checks before every page of the console at a port.

    `on_used` is called when somebody has come in by the address: from then on there is another.
    """

    port: int
    on_used: Callable[[], None] = lambda: None
    token: str = field(default_factory=_secret)
    root: str = field(default_factory=lambda: f"/{_secret()}")
    _cookie: str = field(default_factory=_secret)
    _form: str = field(default_factory=_secret)
    _lock: Lock = field(default_factory=Lock)

    @property
    def address(self) -> str:
        """The address to open, once: whoever does may do all that the operator may."""
        return f"http://127.0.0.1:{self.port}/enter?token={self.token}"

    def write_opener(self, path: Path) -> None:
        """Write a page that leads to the address: other users see what a browser is started with.

        Nobody else can read the file. Raises OSError.
        """
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(_OPENS.format(self.address), encoding="utf-8")

    @property
    def cookie_name(self) -> str:
        return f"articles-{self.port}"

    def guard(self, app: Flask) -> None:
        """Have a Flask application go by this gate."""
        app.before_request(self._check)
        app.after_request(self._seal)
        app.add_url_rule("/enter", "enter", self._enter)
        app.context_processor(lambda: {"form_token": self._form})

    def _check(self) -> None:
        # Against DNS rebinding: another site's name that leads to this machine is another host.
        if request.host not in (f"127.0.0.1:{self.port}", f"localhost:{self.port}"):
            abort(HTTPStatus.MISDIRECTED_REQUEST, "The console has another address.")
        if request.endpoint == "enter":
            return
        if request.headers.get("Sec-Fetch-Site", "none") not in OWN:
            abort(HTTPStatus.FORBIDDEN, f"Another page has asked for this. {_ENTER}")
        if not _is_same(request.cookies.get(self.cookie_name), self._cookie):
            abort(HTTPStatus.FORBIDDEN, _ENTER)
        if request.method in SAFE:
            return
        if request.headers.get("Origin") != f"http://{request.host}":
            abort(HTTPStatus.FORBIDDEN, "Only the console's own pages may do this.")
        # Last, as it reads the body.
        if not _is_same(request.form.get("form_token"), self._form):
            abort(HTTPStatus.FORBIDDEN, "This form is of an earlier console: load the page again.")

    def _enter(self) -> Response:
        with self._lock:
            if not _is_same(request.args.get("token"), self.token):
                used = "This address was used already, or is of an earlier console."
                abort(HTTPStatus.FORBIDDEN, f"{used} {_ENTER}")
            self.token = _secret()
        # No redirect: after one, a browser would still ask for the page that led here, cookieless.
        answer = make_response(render_template("enter.html", root=self.root))
        answer.set_cookie(
            self.cookie_name, self._cookie, path=self.root, httponly=True, samesite="Strict"
        )
        self.on_used()
        return answer

    def _seal(self, answer: Response) -> Response:
        answer.headers.update(HEADERS)
        return answer


def _is_same(given: str | None, secret: str) -> bool:
    return hmac.compare_digest((given or "").encode(errors="replace"), secret.encode())
