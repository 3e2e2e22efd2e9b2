"""What each function must know of its stack: the environment, checked once and as a whole."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from articles.aws import CONNECTIONS
from articles.limits import Limits


class Settings(BaseModel):
    """The fields of a function's settings are its environment names in lower case."""

    # Without hide_input_in_errors a missing name would print the whole environment. To build one of
    # these models costs a millisecond of a cold start, so a function builds only its own.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    stage: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings; raises ValidationError that names every missing one."""
        return cls.model_validate({name.lower(): value for name, value in environ.items()})


# The name of a file among the deployed code, or an absolute path.
FeedsFile = Annotated[Path, AfterValidator(lambda path: Path(__file__).parents[1] / path)]


class IngestSettings(Settings, Limits):
    """Names from the stack; the limits have defaults, which docs/operations.md lists."""

    inbox_bucket: str
    archive_bucket: str
    articles_table: str
    receipts_table: str
    uploads_queue_url: str
    bulk_queue_url: str
    dead_letter_queue_url: str
    max_receives: Annotated[int, Field(ge=1)]
    keep_receipts_days: Annotated[int, Field(ge=1)]
    writes_at_once: Annotated[int, Field(ge=1, le=CONNECTIONS)] = CONNECTIONS
    feeds_file: FeedsFile


class PublishSettings(Settings):
    event_bus: str
    articles_table: str
    archive_bucket: str
    keep_uploads_days: Annotated[int, Field(ge=1)]
    keep_overwritten_days: Annotated[int, Field(ge=1)]
    publish_failure_queue_url: str


class ReconcileSettings(Settings):
    inbox_bucket: str
    receipts_table: str
    keep_receipts_days: Annotated[int, Field(ge=1)]
    articles_table: str | None = None  # all functions are told of it


class ReleaseSettings(Settings):
    articles_table: str
    receipts_table: str
    feeds_file: FeedsFile
