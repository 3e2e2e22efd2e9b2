"""Moto at a local port, patched where it differs from AWS in a way that matters here."""

from __future__ import annotations

import re
import socket
import time
import traceback
from contextlib import contextmanager, redirect_stderr, suppress
from io import BytesIO, StringIO
from itertools import count
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus
from weakref import WeakSet

from flask import Response
from moto.core.request import Request
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler
from moto.events.responses import EventsHandler
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server import werkzeug_app
from moto.moto_server.utilities import RegexConverter
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3 import notifications
from moto.s3.notifications import S3NotificationEvent
from moto.sqs.models import Queue
from moto.sqs.responses import SQSResponse
from werkzeug.serving import ThreadedWSGIServer

from . import limits
from .fast_moto import hastened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug import wrappers

_moto = DomainDispatcherApplication(create_backend_app)
_get_s3_event = notifications._get_s3_event  # noqa: SLF001 - creates the record; there is no hook
_send_event = notifications.send_event
_wait_for_messages = Queue.wait_for_messages

_READ = re.compile(r"(Get|BatchGet|List|Describe|Query|Scan|Test)")
_RECEIVE = "AmazonSQS.ReceiveMessage"  # who has received and not deleted receives again

lock = Lock()  # moto checks a condition and writes in two steps: two threads could both succeed
_puts = count(time.time_ns())  # goes on after those of an earlier process, whose state is kept


@contextmanager
def serving(port: int) -> Iterator[str]:
    """Serve an empty moto at 127.0.0.1 and `port` (0: any free one); yields the URL.

    Only one at a time per process. Raises PortTakenError.
    """
    notifications._get_s3_event = _aws_record  # noqa: SLF001
    notifications.send_event = _send_one
    werkzeug_app.RegexConverter = _AnyCharacter  # type: ignore[attr-defined]
    Queue.wait_for_messages = _wait_unlocked  # type: ignore[assignment,method-assign]
    try:
        with redirect_stderr(StringIO()):  # werkzeug explains at length, and without a port
            server = _Server("127.0.0.1", port, _moto, _Handler)
    except SystemExit:  # how werkzeug reports it
        raise PortTakenError(
            f"Port {port} is already in use: choose another with --port; 0 takes a free one."
        ) from None
    moto_api_backend.reset()  # moto's state is global to the process: forget an earlier server's
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="moto")
    thread.start()
    try:
        with limits.enforced(), hastened():
            yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


class _AnyCharacter(RegexConverter):
    """What a path of moto may hold: a key of S3 may have a line break."""

    def __init__(self, url_map: Any, *items: Any) -> None:  # noqa: ANN401 - as werkzeug has them
        super().__init__(url_map, *items)
        self.regex = f"(?s:{self.regex})"


class PortTakenError(Exception):
    """Another program is listening on the port."""


class _Server(ThreadedWSGIServer):
    """Closes its connections with itself: nobody of before reaches the next server's moto."""

    def __init__(self, *given: Any) -> None:  # noqa: ANN401 - as werkzeug has them
        self._open: WeakSet[socket.socket] = WeakSet()
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - its
        self._open.add(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        super().server_close()
        for connection in [*self._open]:
            with suppress(OSError):  # its thread has closed it
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(MotoRequestHandler):
    """Answers one request after another on a connection; werkzeug closes it after each."""

    wbufsize = -1  # an answer goes out in one packet
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
            self.wfile.flush()
        environ = self.make_environ()
        size = None if "wsgi.input_terminated" in environ else int(environ.get("CONTENT_LENGTH", 0))
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(size))
        try:
            with lock:
                response = traffic.answer(environ)
                traffic.writes += _is_write(environ)
        except Exception:  # noqa: BLE001 - a fault of moto's, which the client is told of
            self.log_error("%s", traceback.format_exc())
            response = Response(status=500)
        self._send(response)

    def _send(self, response: wrappers.Response) -> None:
        body = b"" if self.command == "HEAD" else response.get_data()
        self.send_response(response.status_code)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in response.headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *_: object) -> None:
        """Log no requests, only errors."""


# What moto's own dispatcher would find, by way of a Flask application for each.
_SERVICES = {
    "DynamoDB_20120810": DynamoHandler,
    "DynamoDBStreams_20120810": DynamoDBStreamsHandler,
    "AmazonSQS": SQSResponse,
    "AWSEvents": EventsHandler,
}


def _is_write(environ: dict[str, Any]) -> bool:
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if not target:
        return environ["REQUEST_METHOD"] not in ("GET", "HEAD")
    return target != _RECEIVE and not _READ.match(target.partition(".")[2])


def _answer(environ: dict[str, Any]) -> wrappers.Response:
    """Answer a request: of a service that is called at "/" directly, of others as moto does."""
    service = _SERVICES.get(environ.get("HTTP_X_AMZ_TARGET", "").partition(".")[0])
    if service is None or environ["PATH_INFO"] != "/":
        return Response.from_app(_moto, environ, buffered=True)
    request = Request(environ)
    request.from_wsgi_server = True
    status, headers, body = service.dispatch(request, request.raw_url, request.headers)
    return Response(body, status, headers)  # Flask's has the content type that moto's app gives


class Traffic:
    """All requests: what answers them, and how many may have changed something."""

    def __init__(self) -> None:
        self.answer: Callable[[dict[str, Any]], wrappers.Response] = _answer
        self.writes = 0


traffic = Traffic()


def _wait_unlocked(queue: Queue, timeout: int) -> None:
    """Release the lock during a long poll, so that messages can arrive."""
    lock.release()
    try:
        _wait_for_messages(queue, timeout)
    finally:
        lock.acquire()


def _send_one(account_id: str, event_name: S3NotificationEvent, bucket: Any, key: Any) -> None:  # noqa: ANN401
    """Drop the `Put` that moto sends in addition to the completion of a multipart upload."""
    if not (event_name == S3NotificationEvent.OBJECT_CREATED_PUT_EVENT and key.multipart):
        _send_event(account_id, event_name, bucket, key)


def _aws_record(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:  # noqa: ANN401
    """Add what AWS sends: ingest reads an exact version, and orders by sequencer."""
    event: dict[str, Any] = _get_s3_event(event_name, bucket, key, notification_id)
    s3_object = event["Records"][0]["s3"]["object"]
    s3_object["key"] = quote_plus(key.name, safe="/")
    s3_object["sequencer"] = f"{next(_puts):018X}"
    if key.version_id != "null":
        s3_object["versionId"] = key.version_id
    return event
