"""Reports: the full list of what became of each record, in the archive bucket.

They lie under `reports/<feed>/<key>/<version>`, where an uploader's policy lets them be read. None
that a receipt names ever changes: another content has another key. While one is written, no more
than one part's records are in memory.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from io import BytesIO, RawIOBase
from typing import IO, TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from articles.storing.receipts import Receipt, Record
from articles.versions.identity import canonical_json, short_hash

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MAX_KEY_BYTES = 1024
# The names of parts' reports and the like are that of the report with so much more behind it.
_ROOM_BEHIND = 32
_JSON = "application/json"


class Reports:
    """The archive bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def records(self, key: str) -> list[Record] | None:
        """Return the records that a report lists; None when it is no longer kept."""
        try:
            with self._s3.get_object(Bucket=self._bucket, Key=key)["Body"] as body:
                return [Record.model_validate(it) for it in json.load(body)["records"]]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None

    def put_new(self, receipt: Receipt) -> str | None:
        """Write the report of a receipt that has all records, and give its key.

        None when another delivery has written one; what it found may be something else.
        """
        key = report_key(receipt)
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=_report(receipt),
                ContentType=_JSON,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return None
        return key

    def put_alternative(self, receipt: Receipt) -> str:
        """Write a report next to that of another delivery, and return its key."""
        return self._put_named(receipt, "", _report(receipt))

    def put_part(self, part: Receipt, number: int) -> str:
        """Write the report of a part, and give its key."""
        report = {"v": 1, "type": "part", "part": number, "records": _listed(part.records)}
        return self._put_named(part, f"{number:06}-", canonical_json(report))

    def _put_named(self, receipt: Receipt, prefix: str, body: str) -> str:
        """Write a report under a name that its content gives it."""
        name = f"{prefix}{hashlib.sha256(body.encode()).hexdigest()[:12]}.json"
        key = f"{report_key(receipt).removesuffix('.json')}/{name}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=_JSON)
        return key

    def combine(self, receipt: Receipt, parts: Iterable[str]) -> None:
        """Write the report of an upload from the reports of its parts."""
        from boto3.s3.transfer import TransferConfig

        self._s3.upload_fileobj(
            cast("IO[bytes]", _Stream(self._combined(receipt, parts))),
            self._bucket,
            report_key(receipt),
            ExtraArgs={"ContentType": _JSON},
            Config=TransferConfig(use_threads=False),
        )

    def _combined(self, receipt: Receipt, parts: Iterable[str]) -> Iterator[bytes]:
        head = canonical_json(_head(receipt))
        yield f'{head[:-1]},"records":['.encode()
        comma = ""
        for key in parts:
            with self._s3.get_object(Bucket=self._bucket, Key=key)["Body"] as body:
                records = json.load(body)["records"]
            if records:
                yield f"{comma}{canonical_json(records)[1:-1]}".encode()
                comma = ","
        yield b"]}"


class _Stream(RawIOBase):
    """A file of bytes that are made as they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = BytesIO()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        read = bytearray()
        while len(read) < size:
            more = self._left.read(size - len(read))
            if not more:
                piece = next(self._pieces, b"")
                if not piece:
                    break
                self._left = BytesIO(piece)
            read += more
        return bytes(read)


def report_key(receipt: Receipt) -> str:
    """Name the report of a run; S3 takes 1,024 bytes, so a longer name is hashed."""
    key = _key(receipt, receipt.key, receipt.version)
    if len(key.encode()) <= MAX_KEY_BYTES - _ROOM_BEHIND:
        return key
    return _key(receipt, short_hash(receipt.key), short_hash(receipt.version))


def _key(receipt: Receipt, upload: str, version: str) -> str:
    name = f"{version}/run-{receipt.run}.json" if receipt.run else f"{version}.json"
    return f"reports/{receipt.feed}/{upload}/{name}"


def _report(receipt: Receipt) -> str:
    return canonical_json({**_head(receipt), "records": _listed(receipt.records)})


def _head(receipt: Receipt) -> dict[str, Any]:
    known = receipt.model_copy(
        update={"records": (), "done": frozenset(), "report": None}
    ).as_json()
    return {"v": 1, "type": "report", **known}


def _listed(records: Iterable[Record]) -> list[dict[str, Any]]:
    return [record.model_dump(mode="json", exclude_defaults=True) for record in records]
