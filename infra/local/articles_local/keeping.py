"""The state of an embedded AWS in a folder: one file, which is always replaced as a whole.

It is a pickle of moto's own objects, as no description of them is complete: whoever can write to it
can run code as whoever reads it. So only a folder and a file of this user are used, whose modes let
nobody else write. See docs/decisions/0028-the-laptop-keeps-its-state.md.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import pickle
import platform
import time
from datetime import UTC, datetime
from threading import Condition
from typing import IO, TYPE_CHECKING, Any, Self

import moto
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.s3.utils import _VersionedKeyStore

if TYPE_CHECKING:
    from pathlib import Path

    from .template import Json

    Place = tuple[str, str, str]  # service, account, region

STATE, LOCK = "state", "lock"
MADE_BY = {
    "embedded_aws": 1,
    "moto": moto.__version__,
    "python": ".".join(platform.python_version_tuple()[:2]),
}
LONGEST_HEADER = 1000
NEEDED = frozenset({"cloudformation", "dynamodb", "events", "s3", "sqs"})  # by the service itself
SHORTEST_PAUSE = 2  # seconds between two savings; and ten times as long as a saving takes


class KeptError(Exception):
    """A folder cannot be used; the message says why, and what to do."""


class Kept:
    """A folder that one process holds inside `with`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._state = folder, folder / STATE
        self._due = 0.0
        self.left_out: set[str] = set()  # services of moto that cannot be kept

    def __enter__(self) -> Self:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_owner(self._folder, self._folder.stat(), mode=700)
            others = {path.name for path in self._folder.iterdir()} - {STATE, LOCK, f"{STATE}.new"}
            if others and not self._state.exists():
                raise KeptError(f"{self._folder} holds other files: name an empty folder, or none.")
            self._lock = open(self._folder / LOCK, "a", opener=_own)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise KeptError(f"Another `articles up` runs on {self._folder}: stop it.") from None
        except (FileExistsError, NotADirectoryError):
            raise KeptError(f"{self._folder} is a file, or in one: name a folder.") from None
        except OSError as error:
            raise KeptError(f"{self._folder} cannot be used: {error.strerror}.") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()

    def load(self) -> Json:
        """Give moto what it was when it was saved, and return the rest; {} if nothing was."""
        try:
            file = self._state.open("rb")
        except FileNotFoundError:
            return {}
        with file:
            _check_owner(self._state, os.fstat(file.fileno()), mode=600)
            self._check_maker(file.readline(LONGEST_HEADER))
            try:
                backends, rest = pickle.load(file)  # noqa: S301 - a file of this user, see above
            except Exception as error:  # a pickle that is damaged may raise anything
                raise KeptError(f"{self._state} is damaged: {error}. {self._what_to_do}") from error
        for (service, account, region), backend in backends.items():
            dict.__setitem__(get_backend(service)[account], region, backend)
        return dict(rest)

    @property
    def saved_at(self) -> datetime | None:
        """When the state was saved, in UTC; None if nothing was."""
        if not self._state.exists():
            return None
        return datetime.fromtimestamp(self._state.stat().st_mtime, UTC)

    @property
    def is_due(self) -> bool:
        return time.monotonic() >= self._due

    def save(self, rest: Json) -> None:
        """Replace the file, atomically; moto must not change meanwhile.

        A service whose data cannot be pickled is `left_out` from then on. Raises OSError, or
        KeptError where it cannot be done without it.
        """
        started = time.monotonic()
        try:
            self._replace(rest)
        finally:
            ended = time.monotonic()
            self._due = ended + max(SHORTEST_PAUSE, 10 * (ended - started))

    def _replace(self, rest: Json) -> None:
        new = self._folder / f"{STATE}.new"
        with open(new, "wb", opener=_own) as file:
            try:
                self._write(file, rest)
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - what has no pickle may raise anything
                self._leave_out(error)
                file.seek(0)
                file.truncate()
                self._write(file, rest)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._state)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _write(self, file: IO[bytes], rest: Json) -> None:
        file.write(json.dumps(MADE_BY).encode() + b"\n")
        kept = {place: it for place, it in _backends().items() if place[0] not in self.left_out}
        _Pickler(file, pickle.HIGHEST_PROTOCOL).dump((kept, rest))

    def _leave_out(self, error: Exception) -> None:
        """Leave out the services that cannot be pickled, which also are no part of others then."""
        found = {service for (service, *_), it in _backends().items() if not _can_pickle(it)}
        if not found - self.left_out or found & NEEDED:
            which = ", ".join(sorted(found & NEEDED)) or "the state"
            raise KeptError(f"{which} cannot be saved: {error}") from error
        self.left_out |= found

    @property
    def _what_to_do(self) -> str:
        return f"Move {self._folder} away, and upload again."

    def _check_maker(self, header: bytes) -> None:
        try:
            made_by = json.loads(header)
            is_ours = "embedded_aws" in made_by
        except (ValueError, TypeError):
            is_ours = False
        if not is_ours:
            raise KeptError(f"{self._state} was not written by `articles up`: name another folder.")
        if made_by != MADE_BY:
            wanted = ", ".join(f"{name} {it}" for name, it in MADE_BY.items())
            found = ", ".join(f"{name} {it}" for name, it in made_by.items())
            raise KeptError(
                f"{self._state} was saved by {found}; this is {wanted}. Run those again, or: "
                f"{self._what_to_do}"
            )


def _own(path: str, flags: int) -> int:
    """Open a file of this user only, and not what a link leads to."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _check_owner(path: Path, found: os.stat_result, *, mode: int) -> None:
    if found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise KeptError(
            f"{path} may belong to somebody else, and reading it would run their code: "
            f"it must be yours, and its mode {mode}."
        )


def _can_pickle(backend: object) -> bool:
    try:
        _Pickler(io.BytesIO(), pickle.HIGHEST_PROTOCOL).dump(backend)
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


class _Pickler(pickle.Pickler):
    """Writes what pickle alone would not, or not all of."""

    def reducer_override(self, it: object) -> Any:  # noqa: ANN401 - as pickle has it
        if isinstance(it, Condition):  # of a queue; whoever waits for it is gone by then
            return Condition, ()
        if isinstance(it, _VersionedKeyStore):  # which shows only the last version of an object
            return _versioned, (list(it.iterlists()),)
        return NotImplemented


def _versioned(versions: list[tuple[str, list[object]]]) -> _VersionedKeyStore:
    store = _VersionedKeyStore()
    for key, of_the_key in versions:
        store.setlist(key, of_the_key)
    return store


def _backends() -> dict[Place, object]:
    """Return what moto holds. In one pickle, what two of them share is still shared afterwards."""
    return {
        (regions.service_name, account, region): backend
        for service in BackendDict._instances  # type: ignore[misc]  # noqa: SLF001 - all in use
        for account, regions in service.items()
        for region, backend in regions.items()
    }
