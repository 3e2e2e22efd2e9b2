"""The exit codes, which are the same for all commands."""

from collections.abc import Iterable

from articles.storing.receipts import Receipt

DONE = 0
REJECTED = 1  # content was rejected, in whole or in part
WRONG_USAGE = 2
FAILED = 3  # the service or AWS failed, or what was asked for does not exist
INTERRUPTED = 130  # by Ctrl-C, as shells say it


def exit_code(receipts: Iterable[Receipt]) -> int:
    """Return the code for uploads with these receipts."""
    outcomes = {receipt.outcome for receipt in receipts}
    if "failed" in outcomes:
        return FAILED
    return REJECTED if outcomes & {"partial", "rejected"} else DONE
