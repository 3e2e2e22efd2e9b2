"""Events as a subscriber gets them, of the uploads that somebody looks at."""

from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from articles_cli.stack.tap import Tap

KEPT = 200  # events of an upload, the last ones
WATCHED = 100  # keys, the last ones
READ = 500  # events, for one page: on a busy bus, they come as fast as they are read
Event = dict[str, Any]


@dataclass
class Heard:
    """The last events about a key and its articles `since` a time; `more` came before them."""

    since: datetime
    ids: set[str] = field(default_factory=set)
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=KEPT))
    more: int = 0

    def add(self, key: str, event: Event) -> None:
        """Keep an event if it is about the key, or about an article of it."""
        if _upload(event).get("key") == key or event["detail"]["subject"] in self.ids:
            self.more += len(self.events) == KEPT
            self.events.append(event)

    def of(self, version: str, ids: Collection[str]) -> "Heard":
        """Leave out what is about other versions of the key."""
        about = (
            it
            for it in self.events
            if _upload(it).get("version") == version or it["detail"]["subject"] in ids
        )
        return Heard(self.since, set(ids), deque(about), self.more)


class Events:
    """Listens from the first `listen` to `close`, by a queue and a rule of its own.

    Only what concerns a watched key is kept: others may send very many. `is_behind` says that more
    events have come than were read yet.
    """

    def __init__(self, tap: "Callable[[], Tap]") -> None:
        self._make_tap = tap
        self._tap: Tap | None = None
        self._heard: OrderedDict[str, Heard] = OrderedDict()
        self._lock = Lock()
        self.is_behind = False

    @property
    def is_listening(self) -> bool:
        return self._tap is not None

    def listen(self, key: str) -> None:
        """Begin to listen, unless it does, and to watch a key."""
        with self._lock:
            self._tap = self._tap or self._make_tap()
            self._watch(key)

    def about(self, key: str, version: str, ids: Collection[str]) -> Heard | None:
        """Give what has come about an upload and articles, and watch them from now on.

        None if it does not listen.
        """
        with self._lock:
            if self._tap is None:
                return None
            heard = self._watch(key)
            heard.ids.update(ids)
            events = self._tap.read(READ)
            self.is_behind = len(events) >= READ
            for event in events:
                for name, it in self._heard.items():
                    it.add(name, event)
            return heard.of(version, ids)

    def close(self) -> None:
        """Remove the queue and the rule."""
        with self._lock:
            if self._tap:
                self._tap.close()
                self._tap = None

    def _watch(self, key: str) -> Heard:
        heard = self._heard.setdefault(key, Heard(datetime.now(UTC)))
        self._heard.move_to_end(key)
        while len(self._heard) > WATCHED:
            self._heard.popitem(last=False)
        return heard


def _upload(event: Event) -> dict[str, Any]:
    """Return the upload that an event is about, or that its article came from."""
    data: dict[str, Any] = event["detail"]["data"]
    upload: dict[str, Any] = data.get("upload", data)
    return upload
