"""Which files a command reads, the keys they are uploaded under, and the feed profiles."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from articles.feeds import Feeds, FeedsError
from articles.metadata import shapes
from articles.quoting import shown
from articles.refs import PREFIX, is_name
from articles_cli.exit_codes import WRONG_USAGE
from articles_cli.output import fail, warn


class File(NamedTuple):
    """A file, and its path relative to the argument that named it."""

    path: Path
    name: str


def files(paths: Iterable[Path]) -> Iterator[File]:
    """Yield files as they are, and the files in folders; hidden ones are left out."""
    for path in paths:
        if not path.is_dir():
            yield File(path, path.name)
            continue
        for found in sorted(path.rglob("*")):
            name = found.relative_to(path)
            if found.is_file() and not any(part.startswith(".") for part in name.parts):
                yield File(found, name.as_posix())


def at_least_one(paths: Iterable[Path]) -> list[File]:
    """Return the files; ends the command if there are none, so that a wrong folder is noticed."""
    found = list(files(paths))
    if not found:
        fail(f"There is no file in {', '.join(map(str, paths))}.", WRONG_USAGE)
    return found


def keys(found: Iterable[File], feed: str) -> dict[str, Path]:
    """Return files by key; ends the command if two share one: the second would hide the first."""
    check_feed_name(feed)
    by_key: dict[str, Path] = {}
    for file in found:
        key = f"{PREFIX}{feed}/{file.name}"
        if by_key.get(key, file.path).resolve() != file.path.resolve():
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
