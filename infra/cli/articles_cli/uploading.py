"""Uploading: many files at a time, and none that is in the inbox already.

What is there is known by the SHA-256 that `put` leaves with an object: an ETag is no hash of a file
that came in parts or is encrypted by KMS, and no checksum that S3 keeps is the same for both ways.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from botocore.exceptions import ClientError

from articles.limits import MIB
from articles_cli import aws_errors
from articles_cli.files import File, rereadable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, HeadObjectOutputTypeDef

JOBS = 16  # as many as a home's line, or a laptop's processor, has use for
PART_BYTES = 8 * MIB  # of a larger file, which S3 takes in up to 10,000 of them; each job holds one
SHA256 = "sha256"  # the member of an object's metadata
# What S3 refuses for one file it would refuse for all: whoever asks, or the bucket, is wrong.
FOR_ALL = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
FOR_ALL_CODES = {"ExpiredToken", "InvalidToken", "NoSuchBucket", "TokenRefreshRequired"}
MOST_IN_A_ROW = 10  # files that S3 refuses for other reasons, before the rest is not tried


class InInbox(NamedTuple):
    """A file that is in the inbox; `since` when, if it was there before."""

    key: str
    path: Path
    version: str
    since: datetime | None = None


class NotUploaded(NamedTuple):
    """A file that could not be uploaded, and why."""

    key: str
    path: Path
    reason: str


class StoppedError(Exception):
    """The upload was given up, as the command ends."""


@dataclass
class Uploader:
    """Uploads files to a bucket, `jobs` at a time; `client` must take as many connections.

    `again` uploads also what is there. `is_stopped` is asked often whether to come to an end.
    """

    client: "S3Client"
    bucket: str
    jobs: int = JOBS
    again: bool = False
    is_stopped: Callable[[], bool] = lambda: False
    unseen: int = 0
    _refused_in_a_row: int = 0
    _error: Exception | None = None

    def upload(self, files: Iterable[tuple[str, Path]]) -> Iterator[InInbox | NotUploaded]:
        """Yield what became of files, by their keys, in the order in which they are done.

        A file is taken when there is room for it: `files` may take its time, and be long. Raises
        what AWS refuses for all, once those that were under way are done and yielded.
        """
        with ThreadPoolExecutor(self.jobs) as pool:
            running: dict[Future[InInbox], tuple[str, Path]] = {}
            for key, path in files:
                running[pool.submit(self._put, key, path)] = key, path
                patience = None if len(running) >= 2 * self.jobs else 0
                for done in wait(running, patience, return_when=FIRST_COMPLETED).done:
                    yield from self._result(done, *running.pop(done))
                if self._is_over():
                    break
            for done in as_completed(running):
                yield from self._result(done, *running[done])
        if self._error:
            raise self._error

    def _result(
        self, done: Future[InInbox], key: str, path: Path
    ) -> Iterator[InInbox | NotUploaded]:
        """Yield what became of a file; nothing if it was not tried, or its error concerns all."""
        try:
            yield done.result()
            self._refused_in_a_row = 0
        except StoppedError:
            return
        except UnicodeEncodeError:
            yield NotUploaded(key, path, "a key must be UTF-8. Rename the file.")
        except OSError as error:
            yield NotUploaded(key, path, error.strerror or str(error))
        except ClientError as error:
            self._refused_in_a_row += 1
            if _concerns_all(error) or self._refused_in_a_row >= MOST_IN_A_ROW:
                self._error = self._error or error
            else:
                yield NotUploaded(key, path, str(error))
        except aws_errors.ERRORS as error:
            self._error = self._error or error

    def _is_over(self) -> bool:
        return self._error is not None or self.is_stopped()

    def _put(self, key: str, path: Path) -> InInbox:
        if self._is_over():
            raise StoppedError
        with rereadable(File(path, path.name)) as found, found.open("rb") as file:
            digest = hashlib.file_digest(file, SHA256).hexdigest()
            there = None if self.again else self._there(key)
            if there and there["Metadata"].get(SHA256) == digest:
                return InInbox(key, path, there.get("VersionId", "null"), there["LastModified"])
            return InInbox(key, path, self._send(file, key, digest))

    def _there(self, key: str) -> "HeadObjectOutputTypeDef | None":
        """Look at the latest version of an object, if there is one that may be looked at."""
        try:
            return self.client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == HTTPStatus.FORBIDDEN:
                self.unseen += 1
            elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return None  # what else is wrong S3 says when it is given the file: a HEAD has no body

    def _send(self, file: BinaryIO, key: str, digest: str) -> str:
        """Send a file and return its version."""
        target: dict[str, Any] = {"Bucket": self.bucket, "Key": key}
        pieces = self._pieces(file, digest)
        first = next(pieces)
        if len(first) < PART_BYTES:
            answer = self.client.put_object(**target, Body=first, Metadata={SHA256: digest})
            return answer.get("VersionId", "null")
        # Parts have a checksum each, and the whole must be said to be made of such.
        begun = self.client.create_multipart_upload(
            **target, Metadata={SHA256: digest}, ChecksumAlgorithm="CRC32"
        )
        target["UploadId"] = begun["UploadId"]
        try:
            parts = [self._part(target, *it) for it in enumerate(chain([first], pieces), 1)]
            whole = self.client.complete_multipart_upload(
                **target, MultipartUpload={"Parts": parts}
            )
        except BaseException:
            self.client.abort_multipart_upload(**target)
            raise
        return whole.get("VersionId", "null")

    def _part(self, target: dict[str, Any], number: int, piece: bytes) -> "CompletedPartTypeDef":
        if self.is_stopped():
            raise StoppedError
        answer = self.client.upload_part(**target, PartNumber=number, Body=piece)
        return {
            "PartNumber": number,
            "ETag": answer["ETag"],
            "ChecksumCRC32": answer["ChecksumCRC32"],
        }

    @staticmethod
    def _pieces(file: BinaryIO, digest: str) -> Iterator[bytes]:
        """Read a file from its beginning, in pieces; an empty file is one empty piece.

        Raises OSError before the last piece is given out if the file is no longer what it was.
        """
        file.seek(0)
        read, piece = hashlib.new(SHA256), file.read(PART_BYTES)
        while True:
            read.update(piece)
            following = file.read(PART_BYTES)
            if not following and read.hexdigest() != digest:
                raise OSError("it has changed while it was uploaded.")
            yield piece
            if not following:
                return
            piece = following


def _concerns_all(error: ClientError) -> bool:
    code, answer = error.response["Error"]["Code"], error.response["ResponseMetadata"]
    return answer["HTTPStatusCode"] in FOR_ALL or code in FOR_ALL_CODES or code.startswith("KMS.")
