"""The index as a file in a bucket, which several instances of the function change by turns."""

from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from search_index import SearchIndex

KEY = "index.sqlite"
ATTEMPTS = 5
NOT_MODIFIED = "304"
ABSENT = {"NoSuchKey", "404"}
# Another instance has written the file meanwhile, or is writing it; or somebody deleted it.
CONFLICT = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}

Given = TypeVar("Given")


class Contended(Exception):
    """Lost every write race: what was to be changed is not."""


class IndexFile:
    """The file, of which this keeps what S3 last gave or took."""

    def __init__(self, s3: Any, bucket: str) -> None:  # noqa: ANN401 - boto3's client
        self._s3, self._bucket = s3, bucket
        self._etag, self._bytes = "", b""

    def update(self, change: Callable[[SearchIndex], Given]) -> Given:
        """Change the index, all or nothing; on a file that is newer by then, change that one.

        Gives what `change` gave at last. Raises Contended, and what `change` or S3 raises.
        """
        for _ in range(ATTEMPTS):
            with closing(self._latest()) as index:
                given = change(index)
                if not index.is_changed or self._put(index):
                    return given
        raise Contended(f"{self._bucket}/{KEY} was changed by others {ATTEMPTS} times")

    def _latest(self) -> SearchIndex:
        known = {"IfNoneMatch": self._etag} if self._etag else {}
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=KEY, **known)
            self._etag, self._bytes = found["ETag"], found["Body"].read()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ABSENT:  # the first time, or somebody wants to begin anew
                self._forget()
            elif code != NOT_MODIFIED:
                raise
        return SearchIndex(self._bytes)

    def _put(self, index: SearchIndex) -> bool:
        """Write the index where nothing has changed since it was read."""
        condition = {"IfMatch": self._etag} if self._etag else {"IfNoneMatch": "*"}
        self._forget()  # the old bytes make room for the new ones
        file = index.file()
        try:
            put = self._s3.put_object(Bucket=self._bucket, Key=KEY, Body=file, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] in CONFLICT:
                return False
            raise
        self._etag, self._bytes = put["ETag"], file
        return True

    def _forget(self) -> None:
        self._etag, self._bytes = "", b""
