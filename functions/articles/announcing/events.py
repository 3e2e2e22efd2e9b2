"""The form of the events that are published; transitions.py says when each is.

Every `detail` is a CloudEvents 1.0 object. What subscribers build on is generated from the models
here, by infra/contract. Promise: at least once, in order per article; the same change has the same
`id`.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, TypeAdapter

from articles.problems import ReportedProblem
from articles.refs import RecordRef
from articles.storing.receipts import Result
from articles.versions.identity import canonical_json

SOURCE = "articles"

Reason = Literal["withheld", "canceled", "embargoed", "removed", "moved", "expired"]


# The texts below the fields are for subscribers: the schemas and docs/events.md have them.
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class _OfAnArticle:
    """Describes metadata as an article, which publish itself need not know."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: object, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        from articles.article import Article

        # What has no other around it would lose its name; the schemas leave None out.
        return handler(TypeAdapter(Article | None).core_schema)


# The metadata as it is stored: it was checked when it was written, and a newer ingest may have
# written what this code does not know yet.
Metadata = Annotated[dict[str, Any], _OfAnArticle]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Stored(Model):
    """Where the whole article is.

    Read it by one GetItem with ConsistentRead, again while its `order_key` is lower than the
    event's. Show it only if its `status` is `usable`, it has no `hold_until`, and its `ttl`, if it
    has one, is not over. Its `body`, if it has one, is gzipped JSON: `{"text"?, "html"?}`.
    """

    table: str
    """The DynamoDB table."""
    article_id: str
    """The key of the item."""


class ArticleData(Model):
    """An article that is visible: the canonical metadata, without the body."""

    id: str
    """The identifier of the article, the same in all its versions."""
    feed: str
    """The feed it came in by."""
    order_key: str
    """Orders the versions of an article: compare it bytewise, and never parse it."""
    article: Metadata
    """The metadata."""
    upload: RecordRef
    """The record it was read from."""
    stored: Stored
    """Where the whole article is."""
    retain_until: Instant | None = None
    """When the article expires, where its feed is not kept for ever."""
    omitted: tuple[str, ...] | None = None
    """Fields of `article` left out or cut, as the event was too large."""


class UpdatedData(ArticleData):
    """A visible article that changed, or that is visible again."""

    changed: tuple[str, ...] | None = None
    """Fields that changed; if absent, compare the versions yourself."""


class WithdrawnData(Model):
    """An article that was visible and no longer is; its metadata is not included."""

    id: str
    """The identifier of the article, the same in all its versions."""
    feed: str
    """The feed it came in by."""
    order_key: str
    """Orders the versions of an article: compare it bytewise, and never parse it."""
    reason: Reason
    """Why; more may be added, and whatever it is, the article is withdrawn."""
    upload: RecordRef
    """The record that withdrew it, or its last one."""
    moved_to: str | None = None
    """The article that has the record now; only with the reason `moved`."""


class UploadData(Model):
    """The outcome of an upload, as its uploader needs it; its report lists all records."""

    key: str
    """The key of the object in the inbox bucket."""
    version: str
    """The version of the object."""
    feed: str
    """The feed it was uploaded to."""
    run: int
    """0 for the upload itself; a replay has a higher one."""
    state: Literal["done", "failed"]
    """Whether it was processed, or AWS failed too often."""
    outcome: Result
    """What became of it; docs/receipts.md explains each."""
    counts: dict[str, int] = {}
    """Records by their outcome."""
    problems: tuple[ReportedProblem, ...] = ()
    """First those of the file, then those of its rejected records."""
    warnings: tuple[ReportedProblem, ...] = ()
    """First those of the file, then those of its rejected records."""
    report: str | None = None
    """The key of the full list."""
    report_bucket: str | None = None
    """The bucket of the report."""
    cause: str | None = None
    """Why the upload failed."""
    omitted: tuple[str, ...] | None = None
    """Lists of which only the first are here; the report has the rest."""


class CloudEvent(Model):
    """What all events share; see https://github.com/cloudevents/spec."""

    specversion: Literal["1.0"] = "1.0"
    """The version of CloudEvents."""
    id: str
    """The identifier of the event; a repeated one has the same."""
    source: str
    """`/articles/<stage>/feeds/<feed>`."""
    type: str
    """The type of the event."""
    subject: str
    """What it is about: an article's id, or an upload's key."""
    time: Instant
    """When it was stored; at equal order keys the later wins."""
    dataschema: str
    """The `$id` of the JSON Schema of this event."""
    datacontenttype: Literal["application/json"] = "application/json"
    """The form of `data`."""
    data: Model
    """What happened."""


class ArticleCreated(CloudEvent):
    """An article is visible for the first time."""

    type: Literal["ArticleCreated"] = "ArticleCreated"
    dataschema: Literal["urn:articles:ArticleCreated:1"] = "urn:articles:ArticleCreated:1"
    data: ArticleData


class ArticleUpdated(CloudEvent):
    """The content of a visible article changed, or an article became visible again."""

    type: Literal["ArticleUpdated"] = "ArticleUpdated"
    dataschema: Literal["urn:articles:ArticleUpdated:1"] = "urn:articles:ArticleUpdated:1"
    data: UpdatedData


class ArticleWithdrawn(CloudEvent):
    """An article that was visible no longer is, for the reason given."""

    type: Literal["ArticleWithdrawn"] = "ArticleWithdrawn"
    dataschema: Literal["urn:articles:ArticleWithdrawn:1"] = "urn:articles:ArticleWithdrawn:1"
    data: WithdrawnData


class UploadProcessed(CloudEvent):
    """Processing finished for an upload with several records, or with problems."""

    type: Literal["UploadProcessed"] = "UploadProcessed"
    dataschema: Literal["urn:articles:UploadProcessed:1"] = "urn:articles:UploadProcessed:1"
    data: UploadData


Event = ArticleCreated | ArticleUpdated | ArticleWithdrawn | UploadProcessed
EVENTS: tuple[type[CloudEvent], ...] = (
    ArticleCreated,
    ArticleUpdated,
    ArticleWithdrawn,
    UploadProcessed,
)


def detail(event: CloudEvent) -> str:
    """Write an event as the JSON text that goes on the bus."""
    return canonical_json(event.model_dump(mode="json", exclude_none=True))
