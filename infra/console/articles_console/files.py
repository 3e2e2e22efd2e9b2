"""Files that were dropped in: checked in the background, few at a time, and uploaded as by put."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from articles.feeds import Feeds
from articles_cli.stack import aws_errors
from articles_cli.stack.deployment import Deployment
from articles_cli.uploads.uploading import NotUploaded, Uploader
from articles_console.checking import Checked, StoppedError

KEPT = 16  # files; an earlier one must be dropped in again
AT_ONCE = 2  # that are checked: some take minutes, as little may unpack to very much
WAITING = 4  # with those


class BusyError(Exception):
    """So many files are being checked that another has to wait."""


class NotUploadedError(Exception):
    """A file could not be uploaded; says why."""


class Files:
    """The files that were dropped in last, and what is done with them."""

    def __init__(self, service: Deployment, feeds: Feeds) -> None:
        self._service, self._feeds = service, feeds
        self._files: OrderedDict[str, Checked] = OrderedDict()
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, "check")

    def check(self, file: Checked, then: Callable[[Checked], None]) -> None:
        """Check a file, and then do something with it if it `goes_on`; raises BusyError.

        It is kept so that it can be uploaded; the earliest ones are dropped.
        """
        with self._lock:
            if sum(not it.done.is_set() for it in self._files.values()) >= WAITING:
                raise BusyError
            self._files[file.name] = file
            while len(self._files) > KEPT:
                _, earliest = self._files.popitem(last=False)
                earliest.stopped.set()
                earliest.path.unlink(missing_ok=True)
        self._pool.submit(self._check, file, then)

    def find(self, is_wanted: Callable[[Checked], bool]) -> Checked | None:
        """Find a file, the latest first."""
        with self._lock:
            return next(filter(is_wanted, reversed(self._files.values())), None)

    def upload(self, file: Checked) -> None:
        """Upload a file once, unless the inbox has it; raises NotUploadedError and AWS errors."""
        uploader = Uploader(self._service.s3, self._service.inbox, jobs=1)
        with file.lock:
            if file.version:
                return
            for result in uploader.upload([(file.key, file.path)]):
                if isinstance(result, NotUploaded):
                    raise NotUploadedError(f"{file.file} could not be uploaded: {result.reason}")
                file.version, file.since = result.version, result.since

    def close(self) -> None:
        """Stop what is going on."""
        with self._lock:
            for it in self._files.values():
                it.stopped.set()
        self._pool.shutdown()

    def _check(self, file: Checked, then: Callable[[Checked], None]) -> None:
        try:
            file.check(self._feeds)
            if file.goes_on and file.outcome != "rejected":
                then(file)
        except StoppedError:
            file.error = "The check was stopped."
        except aws_errors.ERRORS as error:
            file.error = aws_errors.explained(error)
        except OSError as error:
            file.error = f"This machine could not do it: {error.strerror or error}."
        except Exception as error:  # noqa: BLE001 - told on the page: no other thread sees it
            file.error = str(error) or type(error).__name__
        finally:
            file.done.set()
