"""What an upload may hold: every ceiling is a setting; docs/operations.md lists them.

Each is looked at while a stream is read, so nothing larger is ever in memory.
"""

import sys
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from articles.catalogue import Code
from articles.problems import Problem, Rejected

KIB, MIB, GIB = 1024, 1024**2, 1024**3

BYTES_OF_A_MEMBER = 128

# Upper bound on the CPU cost of any upload, on one processor; `make bounds` checks it.
SECONDS_PER_MIB = 2.0  # of unpacked bytes; below 1 MiB in all
SECONDS_PER_RECORD = 0.002

Ceiling = Annotated[int, Field(ge=1)]


class Limits(BaseModel):
    """The ceilings in bytes or records; up to the first three, a file is ingested in one pass.

    A larger file is ingested in parts, of `part_bytes` and `part_records`.
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
    max_blank_lines: Ceiling = 5_000_000
    max_values: Ceiling = 100_000_000  # of JSON, where a plan must read all of them
    # Members of a compressed file (zstd: frames), in addition to one per 128 bytes uncompressed.
    max_members: Ceiling = 10_000
    # A file may unpack to so many times its size once it is over `ratio_from_bytes`.
    max_unpacked_ratio: Ceiling = 200
    ratio_from_bytes: Ceiling = 64 * MIB

    @property
    def figures(self) -> dict[str, int]:
        """All limits by name, without the other fields of a subclass."""
        return self.model_dump(include=set(Limits.model_fields))

    @property
    def processor_seconds(self) -> float:
        """The most that an upload ingested in one pass costs, on one processor."""
        mib = max(1, self.max_inline_unpacked_bytes / MIB)
        return SECONDS_PER_MIB * mib + SECONDS_PER_RECORD * self.part_records

    def check(self, name: str, actual: int, *, reason: str = "") -> None:
        """Raise Rejected with E_TOO_LARGE when a figure is over a limit.

        `reason` names its wording, where that is not the limit's own.
        """
        if actual > getattr(self, name):
            raise self.exceeded(name, actual, reason=reason)

    def exceeded(self, name: str, actual: int, *, reason: str = "") -> Rejected:
        limit: int = getattr(self, name)
        return Rejected(Problem.of(Code.E_TOO_LARGE, reason or name, actual=actual, limit=limit))

    def check_members(self, members: int, unpacked: int) -> None:
        """Refuse a file of very many members that hold next to nothing: each costs a start."""
        self.check("max_members", members - unpacked // BYTES_OF_A_MEMBER)

    def check_ratio(self, unpacked: int, packed: int) -> None:
        """Refuse a decompression bomb: a file that unpacks to far more than articles can."""
        if unpacked > max(self.ratio_from_bytes, self.max_unpacked_ratio * packed):
            problem = Problem.of(
                Code.E_TOO_LARGE,
                "max_unpacked_ratio",
                packed=packed,
                unpacked=unpacked,
                limit=self.max_unpacked_ratio,
                from_bytes=self.ratio_from_bytes,
            )
            raise Rejected(problem)


# For data that a plan has already checked.
UNLIMITED = Limits(**dict.fromkeys(Limits.model_fields, sys.maxsize))
