"""The versions of the objects in the inbox, as S3 lists them: for tools, and to find what got lost.

A listing knows no sequencer, which decides between versions of an article that were uploaded within
a second: a replay takes it from the receipt.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from articles.refs import DEFAULT, PREFIX, VersionRef
from articles.uploads.message import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


class ObjectVersion(NamedTuple):
    """One version of an object: what was uploaded under a key, and when S3 took it."""

    key: str
    version: str
    etag: str
    size: int
    uploaded_at: datetime
    is_latest: bool

    @property
    def ref(self) -> VersionRef:
        """By what its receipt names it: not "null" where a bucket has no versions."""
        return self.as_upload().ref[:2]

    def as_upload(self, *, run: int = 0, sequencer: str | None = None) -> Upload:
        """Return the upload that a message of this run would announce."""
        version = None if self.version == "null" else self.version
        return Upload(self.key, version, self.etag, sequencer, run=run, size=self.size)


def versions(
    s3: "S3Client", bucket: str, prefix: str, *, delimiter: str = ""
) -> Iterator[ObjectVersion]:
    """List the object versions under a prefix by key, the latest of each first; no folder markers.

    Overwritten and deleted ones are among them, for as long as the bucket keeps them. Keys with the
    delimiter behind the prefix are left out.
    """
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix=prefix, Delimiter=delimiter
    )
    for page in pages:
        for it in page.get("Versions", []):
            if not it["Key"].endswith("/"):
                yield ObjectVersion(
                    key=it["Key"],
                    version=it["VersionId"],
                    etag=it["ETag"].strip('"'),
                    size=it["Size"],
                    uploaded_at=it["LastModified"].astimezone(UTC),
                    is_latest=it["IsLatest"],
                )


def versions_of(s3: "S3Client", bucket: str, key: str) -> list[ObjectVersion]:
    """List the versions of one object, the latest first."""
    # A key comes before all others that begin with it.
    return list(takewhile(lambda it: it.key == key, versions(s3, bucket, key)))


def versions_in(s3: "S3Client", bucket: str, feed: str) -> Iterator[ObjectVersion]:
    """List the versions of the objects of a feed."""
    if feed == DEFAULT:  # also what lies in no folder
        yield from versions(s3, bucket, PREFIX, delimiter="/")
    yield from versions(s3, bucket, f"{PREFIX}{feed}/")


def feeds(s3: "S3Client", bucket: str) -> list[str]:
    """Name the folders of the inbox, each of which is a feed's."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=PREFIX, Delimiter="/"
    )
    folders = (it["Prefix"] for page in pages for it in page.get("CommonPrefixes", []))
    return sorted({DEFAULT, *(it.removeprefix(PREFIX).removesuffix("/") for it in folders)})
