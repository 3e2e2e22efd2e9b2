"""Reading an upload of the inbox again, on this machine, by the code of the Lambda function.

It tells what a replay would find, under the rules and the feeds.toml that are here: they must be
those that are deployed.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from articles.feeds import Feeds
from articles.judging import Accepted, Refused, revise
from articles.uploads.listing import ObjectVersion
from articles.uploads.message import is_ignored_name
from articles.versions.revision import Revision
from articles_cli.stack.deployment import Deployment
from articles_cli.uploads.dry_run import DryRun

if TYPE_CHECKING:
    from articles.problems import Problem

_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed"})


class Reading:
    """What one version of an object says today.

    Iterating gives each record, once: a Revision, or why it is refused. After that, `problems` are
    and `warnings` are those of the file as a whole, and `is_gone` says that S3 no longer has it.
    """

    def __init__(self, service: Deployment, version: ObjectVersion, feeds: Feeds) -> None:
        self._service, self._version, self._feeds = service, version, feeds
        self.problems: tuple[Problem, ...] = ()
        self.warnings: tuple[Problem, ...] = ()
        self.is_gone = False

    def __iter__(self) -> Iterator[Revision | Refused]:
        upload, uploaded_at = self._version.as_upload(), self._version.uploaded_at
        if is_ignored_name(upload.key):
            return
        feed = self._feeds.find(upload.feed)
        with TemporaryDirectory(prefix="articles-") as folder:
            path = Path(folder) / "upload"
            if not download(self._service, self._version.key, self._version.version, path):
                self.is_gone = True
                return
            dry_run = DryRun(
                path, feed=upload.feed, feeds=self._feeds, name=upload.key, received=uploaded_at
            )
            for verdict in dry_run:
                if feed and isinstance(verdict, Accepted):
                    yield revise(verdict, feed, upload, uploaded_at)
                elif isinstance(verdict, Refused):
                    yield verdict
            self.problems, self.warnings = dry_run.problems, tuple(dry_run.warnings)


def download(service: Deployment, key: str, version: str, path: Path) -> bool:
    """Get the bytes of a version of an object; False when S3 no longer has them."""
    which = {} if version == "null" else {"VersionId": version}
    try:
        service.s3.download_file(service.inbox, key, str(path), ExtraArgs=which)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return False
    return True
