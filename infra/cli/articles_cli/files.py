"""Which files a command means, and the keys they are uploaded under."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from articles.feeds import PREFIX, is_name
from articles_cli.output import fail


class File(NamedTuple):
    """A file, and its path relative to the argument that named it."""

    path: Path
    name: str


def files(paths: Iterable[Path]) -> Iterator[File]:
    """Give files as they are, and of folders what lies in them; hidden files are left out."""
    for path in paths:
        if not path.is_dir():
            yield File(path, path.name)
            continue
        for found in sorted(path.rglob("*")):
            name = found.relative_to(path)
            if found.is_file() and not any(part.startswith(".") for part in name.parts):
                yield File(found, name.as_posix())


def keys(found: Iterable[File], feed: str) -> dict[str, Path]:
    """Give each file its key; two files with one key end the command: one would hide the other."""
    if not is_name(feed):
        fail(f"{feed!r} is no name of a feed: use lower-case letters, digits and hyphens.", 2)
    by_key: dict[str, Path] = {}
    for file in found:
        key = f"{PREFIX}{feed}/{file.name}"
        if by_key.get(key, file.path).resolve() != file.path.resolve():
            fail(f"{by_key[key]} and {file.path} would both be {key}; name their folder.", 2)
        by_key[key] = file.path
    return by_key


def some(paths: Iterable[Path]) -> list[File]:
    """Give the files, of which there must be some: a wrong folder shall not pass as done."""
    found = list(files(paths))
    if not found:
        fail(f"There is no file in {', '.join(map(str, paths))}.", 2)
    return found
