"""What may become of an upload and of a record, in the words of the receipts."""

from typing import Literal

Kind = Literal["created", "updated", "unchanged", "superseded", "withheld", "canceled", "expired"]


State = Literal["processing", "done", "failed"]


Result = Literal["accepted", "partial", "rejected", "ignored", "gone", "failed"]


def outcome_of(*, rejected: int, records: int) -> Literal["accepted", "partial", "rejected"]:
    """Sum up a file; one without records was rejected as a whole."""
    if rejected == records:
        return "rejected"
    return "partial" if rejected else "accepted"
