"""Which files a command reads, the keys they are uploaded under, and the feed profiles."""

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import BinaryIO, NamedTuple

from articles.feeds import Feeds, FeedsError
from articles.limits import Limits
from articles.metadata import shapes
from articles.quoting import cut, shown
from articles.refs import PREFIX, is_name
from articles_cli import options
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.output import fail, tell, warn

STDIN = frozenset(map(Path, (options.STDIN, "/dev/stdin", "/dev/fd/0")))
AT_ONCE = 1024**2  # bytes of a pipe
FEW = 3  # names of what is left out


class File(NamedTuple):
    """A file, and its path relative to the argument that named it, which may be the same."""

    path: Path
    name: str
    is_named: bool = False


def files(
    paths: Iterable[Path], *, left_out: Callable[[str], None] | None = None
) -> Iterator[File]:
    """Yield files as they are, and the files in folders, without hidden ones: `left_out` is told.

    Of what a folder holds, also that is yielded which cannot be read: reading it says why.
    """
    for path in paths:
        if path in STDIN or not path.is_dir():
            yield File(path, path.name, is_named=True)
        else:
            folder = _Folder(path)
            found = sorted(folder.files())
            if left_out and (said := folder.left_out()):
                left_out(f"{path}: left out {said}")
            yield from (File(it, folder.named(it)) for it in found)


@dataclass
class _Folder:
    """A folder, and what is left out of it: hidden files and folders, and links to folders."""

    path: Path
    hidden: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def files(self) -> Iterator[Path]:
        """Find all but folders, and the folders that cannot be looked into."""
        unreadable: list[Path] = []
        for inside, folders, names in os.walk(
            self.path, onerror=lambda error: unreadable.append(Path(error.filename))
        ):
            self._leave_out(Path(inside), folders, names)
            yield from (Path(inside, name) for name in names)
        yield from unreadable

    def _leave_out(self, inside: Path, *listed: list[str]) -> None:
        for names in listed:
            self.hidden += (self.named(inside / it) for it in names if it.startswith("."))
            names[:] = [it for it in names if not it.startswith(".")]
        folders = listed[0]
        self.links += (self.named(inside / it) for it in folders if (inside / it).is_symlink())

    def named(self, path: Path) -> str:
        return path.relative_to(self.path).as_posix()

    def left_out(self) -> str:
        """Say what is left out; nothing if nothing is."""
        links = "link to a folder" if len(self.links) == 1 else "links to folders"
        found = {"hidden": self.hidden, links: self.links}
        return ", ".join(f"{len(it):,} {what} ({_few(it)})" for what, it in found.items() if it)


def _few(names: list[str]) -> str:
    more = ", …" if len(names) > FEW else ""
    return ", ".join(cut(it) for it in sorted(names)[:FEW]) + more


def at_least_one(paths: Iterable[Path]) -> list[File]:
    """Return the files; ends the command if there are none, so that a wrong folder is noticed.

    What is left out of a folder is said.
    """
    paths = list(paths)
    if sum(path in STDIN for path in paths) > 1:
        fail("Standard input can be read only once.", WRONG_USAGE)
    found = list(files(paths, left_out=tell))
    if not found:
        fail(f"There is no file in {', '.join(map(str, paths))}.", WRONG_USAGE)
    return found


@contextmanager
def rereadable(file: File, *, most: int = Limits().max_object_bytes) -> Iterator[Path]:
    """Give a path that can be read more than once: what comes from a pipe is copied to a file.

    No more of it is read than shows that it has over `most` bytes. Raises OSError for what is not
    there, may not be read, or is neither a file nor a pipe that was named.
    """
    if stat.S_ISREG(_mode(file)):
        yield file.path
        return
    with TemporaryDirectory(prefix="articles-") as folder, _opened(file) as pipe:
        copy = Path(folder) / "copy"
        _copy(pipe, copy, most + 1)
        yield copy


def _mode(file: File) -> int:
    """Tell files, pipes and others apart; standard input is a pipe to us, whatever it is."""
    if file.path in STDIN:
        return stat.S_IFIFO
    mode = file.path.stat().st_mode
    if stat.S_ISREG(mode) or (stat.S_ISFIFO(mode) and file.is_named):
        return mode
    if stat.S_ISDIR(mode):
        os.scandir(file.path).close()  # says why it was not looked into
    raise OSError(errno.EINVAL, "It is neither a file nor a folder")


def _opened(file: File) -> BinaryIO:
    if file.path not in STDIN:
        return file.path.open("rb")
    if sys.stdin is None:
        raise OSError(errno.EBADF, "Standard input is closed")
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _copy(pipe: BinaryIO, copy: Path, most: int) -> None:
    try:
        with copy.open("wb") as file:
            while most and (piece := pipe.read(min(AT_ONCE, most))):
                file.write(piece)
                most -= len(piece)
    except OSError as error:
        where = f"it is copied to {gettempdir()}, for which TMPDIR names another folder"
        raise OSError(error.errno, f"{error.strerror}: {where}") from error


def size(path: Path) -> int:
    """Return how many bytes a file has; 0 if that cannot be told, as its reader will."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def keys(found: Iterable[File], feed: str) -> dict[str, Path]:
    """Return files by key; ends the command if two share one: the second would hide the first."""
    check_feed_name(feed)
    by_key: dict[str, Path] = {}
    for file in found:
        if file.is_named and (file.path in STDIN or file.path.is_fifo()):
            fail(f"{file.path} has no name to upload it by: write it to a file.", WRONG_USAGE)
        key = f"{PREFIX}{feed}/{file.name}"
        if key in by_key and by_key[key].resolve() != file.path.resolve():
            both = f"{by_key[key]} and {file.path} would both be uploaded as {key}"
            fail(f"{both}; pass the folder that contains them.", WRONG_USAGE)
        by_key[key] = file.path
    return by_key


def check_feed_name(feed: str) -> None:
    """End the command if this is not the name of a feed."""
    if not is_name(feed):
        fail(
            f"{shown(feed)} is not a feed name: use lower-case letters, digits and hyphens.",
            WRONG_USAGE,
        )


def warn_of_unknown(feed: str, path: Path) -> None:
    """Say that a file of feeds does not let a feed in, if it does not."""
    if load_feeds(path).find(feed) is None:
        warn(f"{path.name} does not let the feed {feed} in: its uploads would be rejected.")


def load_feeds(path: Path) -> Feeds:
    """Read feed profiles; errors end the command and name their lines."""
    try:
        return Feeds.load(path, shapes=shapes.NAMES)
    except FeedsError as error:
        *others, last = str(error).split("\n")
        for problem in others:
            warn(problem)
        fail(last, WRONG_USAGE)
