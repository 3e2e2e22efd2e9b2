"""Events as a subscriber gets them, since the console began to listen."""

from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from articles_cli.tap import Tap

KEPT = 500
Event = dict[str, Any]


class Events:
    """Listens from the first `listen` to `close`, by a queue and a rule of its own."""

    def __init__(self, tap: "Callable[[], Tap]") -> None:
        self._make_tap = tap
        self._tap: Tap | None = None
        self._heard: deque[Event] = deque(maxlen=KEPT)
        self._lock = Lock()

    @property
    def is_listening(self) -> bool:
        return self._tap is not None

    def listen(self) -> None:
        """Begin to listen, unless it does."""
        with self._lock:
            self._tap = self._tap or self._make_tap()

    def about(self, key: str, version: str | None, article_ids: Iterable[str]) -> list[Event]:
        """Give the last events about an upload and about articles, in the order they came."""
        with self._lock:
            self._heard += self._tap.read() if self._tap else ()
            heard = list(self._heard)
        return [it for it in heard if _is_about(it["detail"], key, version, set(article_ids))]

    def close(self) -> None:
        """Remove the queue and the rule."""
        with self._lock:
            if self._tap:
                self._tap.close()
                self._tap = None


def _is_about(detail: Event, key: str, version: str | None, ids: set[str]) -> bool:
    if detail["subject"] in ids:
        return True
    upload = detail["data"].get("upload", detail["data"])
    return upload.get("key") == key and version in (None, upload.get("version"))
