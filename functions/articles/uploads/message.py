"""From a queue message to the uploads it announces, and back.

The few fields needed are read from S3's notification by our own code: vendor models refuse real
events.
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from articles.quoting import shown
from articles.refs import PREFIX, Part, UploadRef, name_in

# Files that editors, copiers and job systems leave next to those they work on.
IGNORED_NAME = "Ignored: the name looks like a backup or temporary file. Rename it to ingest it."
_IGNORED_NAME = re.compile(
    r"(\.(bak|tmp|temp|part|partial|crdownload|filepart|swp|swo|orig|lock)|~|\s)$"
    r"|^(\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|_SUCCESS)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of one object; `version` is None in a bucket that keeps no versions.

    `run` is 0 for S3's own notification and rises with every replay. `size` in bytes is what the
    notification says, None where it says nothing. `part` is the one to store of a large upload.
    """

    key: str
    version: str | None = None
    etag: str | None = None
    sequencer: str | None = None
    run: int = 0
    size: int | None = None
    part: Part | None = None

    @property
    def feed(self) -> str:
        return name_in(self.key)

    @property
    def ref(self) -> UploadRef:
        return UploadRef(self.key, self.version_name, self.run)

    @property
    def version_name(self) -> str:
        """Name the version; without versions the ETag distinguishes the uploads of a key."""
        return self.version or self.etag or "null"


class Poison(Exception):
    """Not a notification for our bucket; retrying cannot help."""


def announced(message: str, *, bucket: str) -> list[Upload]:
    """Read a notification: the uploads it announces, none for what does not concern us.

    Raises Poison for what S3 does not send, and for another bucket: its objects are never read.
    """
    try:
        body = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise Poison("the message is not JSON") from error
    if not isinstance(body, dict):
        raise Poison("the message is not an S3 notification")
    if body.get("Event") == "s3:TestEvent":
        return []
    records = body.get("Records")
    if not isinstance(records, list):
        raise Poison("the message is not an S3 notification")
    uploads = [_announced(record, bucket) for record in records]
    return [upload for upload in uploads if upload]


def _announced(record: Any, bucket: str) -> Upload | None:  # noqa: ANN401 - as S3 sends it
    try:
        if record["eventSource"] != "aws:s3":
            raise Poison(f"the record comes from {shown(record['eventSource'])}")
        # Minor versions of the format grow; another major one may mean anything.
        if str(record.get("eventVersion", "2")).partition(".")[0] != "2":
            raise Poison(f"the record has the unknown version {shown(record['eventVersion'])}")
        if not str(record["eventName"]).startswith("ObjectCreated"):
            return None
        if record["s3"]["bucket"]["name"] != bucket:
            raise Poison(f"the record names the bucket {shown(record['s3']['bucket']['name'])}")
        described = record["s3"]["object"]
        key = unquote_plus(described["key"])
        key.encode()  # half of a surrogate pair names no object
        version = _text(described, "versionId")
        upload = Upload(
            key=key,
            version=None if version == "null" else version,
            etag=_text(described, "eTag"),
            sequencer=_text(described, "sequencer"),
            run=int(record.get("run", 0)),
            size=int(described["size"]) if "size" in described else None,
            part=Part(**record["part"]) if "part" in record else None,
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise Poison("the record is not an S3 notification") from error
    if not key.startswith(PREFIX) or key.endswith("/"):  # not an upload; a folder marker
        return None
    return upload


def notice(upload: Upload, *, bucket: str, part: Part | None = None) -> str:
    """Write the message that announces an upload, or a part of it, as S3 would."""
    described = {
        "key": quote_plus(upload.key, safe="/"),
        "size": upload.size,
        "eTag": upload.etag,
        "versionId": upload.version,
        "sequencer": upload.sequencer,
    }
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Forwarded",
        "s3": {
            "bucket": {"name": bucket},
            "object": {name: value for name, value in described.items() if value is not None},
        },
        "run": upload.run,
    }
    if part:
        record["part"] = asdict(part)
    return json.dumps({"Records": [record]})


def is_ignored_name(name: str) -> bool:
    """Whether the last segment of a key names a backup, a temporary file or the like."""
    return bool(_IGNORED_NAME.search(name.rpartition("/")[2]))


def _text(described: dict[str, object], name: str) -> str | None:
    value = described.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is not a text")
    return value
