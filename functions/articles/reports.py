"""Reports: the full list of what became of each record, in the archive bucket.

They lie under `reports/<feed>/<key>/<version>`, where an uploader's policy lets them be read. No
more than one part's records are in memory.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from io import BytesIO, RawIOBase
from typing import IO, TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from articles.identity import canonical_json, short_hash
from articles.receipts import Receipt, Record

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MAX_KEY_BYTES = 1024
# The name of a part's report is that of the report with so much more behind it.
_ROOM_FOR_A_PART = 32
_JSON = "application/json"


class Reports:
    """The archive bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, receipt: Receipt, *, only_new: bool) -> bool:
        """Write the report of a receipt that has all records; False when there is one already."""
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if only_new else {}
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=report_key(receipt),
                Body=canonical_json({**_head(receipt), "records": _listed(receipt.records)}),
                ContentType=_JSON,
                **condition,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        return True

    def put_part(self, part: Receipt, number: int) -> str:
        """Write the report of a part, and give its key; another content has another key."""
        told = {"v": 1, "type": "part", "part": number, "records": _listed(part.records)}
        body = canonical_json(told).encode()
        name = f"{number:06}-{hashlib.sha256(body).hexdigest()[:12]}.json"
        key = f"{report_key(part).removesuffix('.json')}/{name}"
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
    """Name the report; S3 takes 1,024 bytes, so the longest keys stand as their hash."""
    key = f"reports/{receipt.feed}/{receipt.key}/{receipt.version}.json"
    if len(key.encode()) <= MAX_KEY_BYTES - _ROOM_FOR_A_PART:
        return key
    return f"reports/{receipt.feed}/{short_hash(receipt.key)}/{receipt.version}.json"


def _head(receipt: Receipt) -> dict[str, Any]:
    told = receipt.model_copy(update={"records": (), "done": frozenset()}).as_json()
    return {"v": 1, "type": "report", **told}


def _listed(records: Iterable[Record]) -> list[dict[str, Any]]:
    return [record.model_dump(mode="json", exclude_defaults=True) for record in records]
