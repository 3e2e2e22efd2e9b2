"""Names of feeds, and references into an upload: to one of its records, and to a part of it."""

import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, NamedTuple, Self

DEFAULT = "default"
PREFIX = "incoming/"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def name_in(key: str) -> str:
    """Read the feed's name from a key `incoming/<feed>/<anything>`; it may be malformed."""
    name, slash, _ = key.removeprefix(PREFIX).partition("/")
    return name if slash else DEFAULT


def label(name: str) -> str:
    """Return a feed's name as an index or a queue may hold it: `-` for what is not a name."""
    return name if is_name(name) else "-"


@dataclass(frozen=True, slots=True)
class RecordRef:
    """The record of an upload that a version of an article came from."""

    key: str
    """The key of the object in the inbox bucket."""
    version: str
    """The version of the object."""
    record: int
    """The position of the record in it, from 0."""
    # A message that was written by hand may lack it, and names the same record all the same.
    sequencer: str | None = field(default=None, compare=False)
    """S3's sequencer, where the upload had one."""

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """Read the attribute `upload` of an item; members that are not known are left out."""
        return cls(**{it.name: stored[it.name] for it in fields(cls) if it.name in stored})

    def as_json(self) -> dict[str, Any]:
        """Return the reference as JSON, and as the attribute `upload` of an item."""
        return {name: value for name, value in asdict(self).items() if value is not None}


VersionRef = tuple[str, str]  # the key and the version of an object


class UploadRef(NamedTuple):
    """One reading of one version of an object: what has a receipt.

    `run` is 0 for S3's own notification and rises with every replay.
    """

    key: str
    version: str
    run: int


@dataclass(frozen=True, slots=True)
class Part:
    """Records of an upload that are stored together.

    `number` counts from 1; `offset` and `length` are bytes of the unpacked file, `first` and
    `count` records. The bytes of a `document` are all of it, of which only those records count;
    those of `lines` are whole lines, of `objects` objects side by side; those of `items` lie
    between the brackets of the list at the JSON Pointer `place`, `member` and `defaults` as in
    envelopes.py. `before` are the lines or items of the file that come before them.
    """

    number: int
    form: Literal["document", "lines", "objects", "items"]
    offset: int
    length: int
    first: int
    count: int
    before: int = 0
    place: str = ""
    member: str | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    is_packed: bool = False
