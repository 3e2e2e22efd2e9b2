"""Uploading: many files at a time, and none that is in the inbox already.

What is there is known by the SHA-256 that `put` leaves with an object: an ETag is no hash of a file
that came in parts or is encrypted by KMS, and no checksum that S3 keeps is the same for both ways.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from io import BufferedReader
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from botocore.exceptions import ClientError
from s3transfer.utils import ReadFileChunk

from articles.limits import MIB
from articles_cli.files import File, rereadable
from articles_cli.stack import aws_errors
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.output import Output, warn

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, HeadObjectOutputTypeDef

JOBS = 16  # as many as a home's line, or a laptop's processor, has use for
PART_BYTES = 8 * MIB  # of a larger file, which S3 takes in up to 10,000 of them; none is in memory
SHA256 = "sha256"  # the member of an object's metadata
_CHANGED = "it has changed while it was uploaded."
# What S3 refuses for one file it would refuse for all: whoever asks, or the bucket, is wrong.
FOR_ALL = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
FOR_ALL_CODES = {"ExpiredToken", "InvalidToken", "NoSuchBucket", "TokenRefreshRequired"}
MOST_IN_A_ROW = 10  # files that S3 refuses for other reasons, before the rest is not tried
Item = TypeVar("Item")


class InInbox(NamedTuple):
    """A file that is in the inbox; `since` when, if it was there before.

    `unseen`: it may have been, but S3 does not let us look.
    """

    key: str
    path: Path
    version: str
    since: datetime | None = None
    unseen: bool = False


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
    `on_progress` is told how many more bytes are up, by any thread.
    """

    client: "S3Client"
    bucket: str
    jobs: int = JOBS
    again: bool = False
    is_stopped: Callable[[], bool] = lambda: False
    on_progress: Callable[[int], object] = lambda _: None
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

    def until_stopped(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield items; raises StoppedError when it is to come to an end."""
        for it in items:
            if self.is_stopped():
                raise StoppedError
            yield it

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
            there, unseen = (None, False) if self.again else self._look(key)
            if there and there["Metadata"].get(SHA256) == digest:
                self.on_progress(file.tell())
                return InInbox(key, path, _version(there), there["LastModified"])
            send = self._send if file.tell() < PART_BYTES else self._send_in_parts
            return InInbox(key, path, send(file, key, digest), unseen=unseen)

    def _look(self, key: str) -> tuple["HeadObjectOutputTypeDef | None", bool]:
        """Look at the latest version of an object, if there is one; True if we may not look."""
        try:
            return self.client.head_object(Bucket=self.bucket, Key=key), False
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            # What else is wrong S3 says when it is given the file: a HEAD has no body.
            return None, status == HTTPStatus.FORBIDDEN

    def _send(self, file: BufferedReader, key: str, digest: str) -> str:
        """Send a small file and return its version."""
        file.seek(0)
        content = file.read(PART_BYTES)
        _check(hashlib.sha256(content).hexdigest(), digest)
        answer = self.client.put_object(
            Bucket=self.bucket, Key=key, Body=content, Metadata={SHA256: digest}
        )
        self.on_progress(len(content))
        return _version(answer)

    def _send_in_parts(self, file: BufferedReader, key: str, digest: str) -> str:
        """Send a large file, from the disk, and return its version."""
        target: dict[str, Any] = {"Bucket": self.bucket, "Key": key}
        # Parts have a checksum each, and the whole must be said to be made of such.
        begun = self.client.create_multipart_upload(
            **target, Metadata={SHA256: digest}, ChecksumAlgorithm="CRC32"
        )
        upload = {**target, "UploadId": begun["UploadId"]}
        try:
            starts = range(0, file.tell(), PART_BYTES)
            parts = [self._part(upload, file, *it) for it in enumerate(starts, 1)]
            file.seek(0)
            _check(hashlib.file_digest(file, SHA256).hexdigest(), digest)
            return self._complete(upload, parts, digest)
        except BaseException:
            # What went wrong is told; what may be left of it, the inbox deletes after some days.
            with suppress(*aws_errors.ERRORS):
                self.client.abort_multipart_upload(**upload)
            raise

    def _part(
        self, upload: dict[str, Any], file: BufferedReader, number: int, start: int
    ) -> "CompletedPartTypeDef":
        if self.is_stopped():
            raise StoppedError
        file.seek(start)
        if (size := os.fstat(file.fileno()).st_size) <= start:
            raise OSError(_CHANGED)
        body = ReadFileChunk(file, PART_BYTES, size)
        answer = self.client.upload_part(**upload, PartNumber=number, Body=cast("IO[bytes]", body))
        self.on_progress(len(body))
        return {
            "PartNumber": number,
            "ETag": answer["ETag"],
            "ChecksumCRC32": answer["ChecksumCRC32"],
        }

    def _complete(
        self, upload: dict[str, Any], parts: list["CompletedPartTypeDef"], digest: str
    ) -> str:
        """Make an object of its parts.

        Where the answer is lost, botocore asks again, and S3 no longer knows the upload. So it
        counts what is there now; with `again` that may be of before.
        """
        try:
            whole = self.client.complete_multipart_upload(
                **upload, MultipartUpload={"Parts": parts}
            )
            return _version(whole)
        except aws_errors.ERRORS:
            with suppress(*aws_errors.ERRORS):
                there, _ = self._look(upload["Key"])
                if there and there["Metadata"].get(SHA256) == digest and not self.again:
                    return _version(there)
            raise


def put_files(
    out: Output | None, service: Deployment, by_key: Mapping[str, Path]
) -> dict[str, str]:
    """Upload files, whatever is there, and give the key and version of each that is up.

    Of the others `out` tells.
    """
    versions = {}
    for result in Uploader(service.s3, service.inbox, jobs=1, again=True).upload(by_key.items()):
        if isinstance(result, InInbox):
            versions[result.key] = result.version
        elif out:
            tell_of(out, result)
    return versions


def tell_of(out: Output, it: NotUploaded) -> None:
    """Tell why a file is not up."""
    members = {"outcome": "failed", "problems": [], "warnings": [], "cause": it.reason}
    out.line(type="file", file=str(it.path), **members)
    warn(f"{it.path}: could not be uploaded: {it.reason}")


def _version(of_object: Mapping[str, Any]) -> str:
    return str(of_object.get("VersionId", "null"))


def _check(digest: str, wanted: str) -> None:
    if digest != wanted:
        raise OSError(_CHANGED)


def _concerns_all(error: ClientError) -> bool:
    code, answer = error.response["Error"]["Code"], error.response["ResponseMetadata"]
    return answer["HTTPStatusCode"] in FOR_ALL or code in FOR_ALL_CODES or code.startswith("KMS.")
