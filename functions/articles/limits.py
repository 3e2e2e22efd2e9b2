"""What an upload may hold: every ceiling is a setting, and docs/uploads.md lists them.

Each is looked at while a stream is read, so nothing larger is ever in memory.
"""

import sys
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from articles.problems import Code, Problem, Rejected

KIB, MIB, GIB = 1024, 1024**2, 1024**3

Ceiling = Annotated[int, Field(ge=1)]


class Limits(BaseModel):
    """The ceilings in bytes or records; up to the first three, a file is dealt with at once.

    What is over them goes the bulk way: in parts of `part_bytes` and `part_records`.
    """

    model_config = ConfigDict(frozen=True)

    max_inline_bytes: Ceiling = MIB
    max_inline_unpacked_bytes: Ceiling = 4 * MIB
    part_records: Ceiling = 2_000
    part_bytes: Ceiling = 8 * MIB
    max_object_bytes: Ceiling = 5 * GIB
    max_packed_bytes: Ceiling = 256 * MIB
    max_unpacked_bytes: Ceiling = 2 * GIB
    max_record_bytes: Ceiling = 8 * MIB
    max_records: Ceiling = 5_000_000

    def check(self, name: str, actual: int, what: str, *, unit: str = "bytes") -> None:
        """Raise Rejected with E_TOO_LARGE, naming the limit and the figure, when it is over."""
        if actual > getattr(self, name):
            raise self.exceeded(name, actual, what, unit=unit)

    def exceeded(self, name: str, actual: int, what: str, *, unit: str = "bytes") -> Rejected:
        limit: int = getattr(self, name)
        message = f"{what} {actual:,} {unit}; the limit is {limit:,}. Split it."
        return Rejected(Problem(Code.E_TOO_LARGE, message))


# For what was looked at before.
UNLIMITED = Limits(**dict.fromkeys(Limits.model_fields, sys.maxsize))
