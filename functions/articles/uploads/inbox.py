"""The bucket that uploads arrive in: from an upload to its bytes.

Facts of order come from S3's answer, not from the message, so that a forged or replayed message can
do no more than have an object read again.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError, IncompleteReadError

from articles.catalogue import Code
from articles.problems import Problem, Rejected
from articles.streams import PIECE, Readable, exactly
from articles.uploads.message import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


# Errors of a key that only its owner can fix; others of KMS are transient.
_KMS = frozenset(
    f"KMS.{name}Exception" for name in ("Disabled", "NotFound", "KMSInvalidState", "InvalidState")
)


_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed", "PreconditionFailed"})


class Opened(NamedTuple):
    """An upload as S3 gives it: its bytes, how many they are, and when it was uploaded."""

    body: Readable
    size: int
    uploaded_at: datetime

    def read(self, length: int) -> bytes:
        """Read so many bytes; fewer are an error of AWS, not of the upload."""
        return exactly(iter(partial(self.body.read, PIECE), b""), length)


class Gone(Exception):
    """The object or this version of it was deleted or overwritten before it was read."""


def _unreadable(error: ClientError) -> Problem | None:
    """The problem behind an error of S3 that no retry fixes: how the object was stored."""
    code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "InvalidObjectState":
        return Problem.of(Code.E_UNREADABLE, "archive_class")
    if code == "InvalidRequest" and "Server Side Encryption" in said:
        return Problem.of(Code.E_UNREADABLE, "customer_key")
    if code in _KMS or (code == "AccessDenied" and "kms:" in said):
        return Problem.of(Code.E_UNREADABLE, "kms_key")
    return None


class Inbox:
    """The bucket that uploads arrive in."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket

    @contextmanager
    def open(self, upload: Upload) -> Iterator[Opened]:
        """Open exactly this version; where it is plain and in parts, only the bytes of the part.

        Raises Gone, and Rejected with E_UNREADABLE for what S3 will never give us; every other
        error of S3 passes as it is, a 403 included: it is transient.
        """
        which = {"VersionId": upload.version} if upload.version else {}
        if not upload.version and upload.etag:
            which = {"IfMatch": upload.etag}
        part = upload.part
        if part and not part.is_packed:
            which["Range"] = f"bytes={part.offset}-{part.offset + part.length - 1}"
        try:
            answer = self._s3.get_object(Bucket=self.bucket, Key=upload.key, **which)  # type: ignore[arg-type]
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                raise Gone(upload.key) from error
            if problem := _unreadable(error):
                raise Rejected(problem) from error
            raise
        with closing(answer["Body"]) as body:
            size = answer["ContentLength"]
            if part and "Range" in which and size != part.length:  # never read another's bytes
                raise IncompleteReadError(actual_bytes=size, expected_bytes=part.length)
            uploaded_at = answer["LastModified"].astimezone(UTC)
            yield Opened(body, size, uploaded_at)
