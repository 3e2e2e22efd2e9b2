"""Moto at a local port, patched where it differs from AWS in a way that matters here."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3 import notifications
from moto.s3.notifications import S3NotificationEvent
from moto.sqs.models import Queue
from werkzeug.serving import make_server

from . import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_moto = DomainDispatcherApplication(create_backend_app)
_get_s3_event = notifications._get_s3_event  # noqa: SLF001 - creates the record; there is no hook
_send_event = notifications.send_event
_wait_for_messages = Queue.wait_for_messages

lock = Lock()  # moto checks a condition and writes in two steps: two threads could both succeed
_puts = count(1)


@contextmanager
def serving(port: int) -> Iterator[str]:
    """Serve an empty moto at 127.0.0.1 and `port` (0: any free one); yields the URL.

    Only one at a time per process. Raises PortTakenError.
    """
    notifications._get_s3_event = _aws_record  # noqa: SLF001
    notifications.send_event = _send_one
    Queue.wait_for_messages = _wait_unlocked  # type: ignore[assignment,method-assign]
    try:
        server = make_server("127.0.0.1", port, _in_turn, threaded=True, request_handler=_Handler)
    except SystemExit:  # how werkzeug reports it
        raise PortTakenError(f"Port {port} is already in use; choose another.") from None
    moto_api_backend.reset()  # moto's state is global to the process: forget an earlier server's
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="moto")
    thread.start()
    try:
        with limits.enforced():
            yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


class PortTakenError(Exception):
    """Another program is listening on the port."""


class _Handler(MotoRequestHandler):
    def log_request(self, *_: object) -> None:
        """Log no requests, only errors."""


def _in_turn(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    with lock:
        return list(_moto(environ, start_response))


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
