"""The canonical article: the one form in which the service and its subscribers see metadata.

docs/formats.md and docs/rules.md say where each field comes from. A field that is not known is
absent; `null`, an empty text or an empty list is never used for it.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Local = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$")]
Text = Annotated[str, Field(min_length=1)]

SCHEMA_VERSION = 1
# The version of the normalization rules: raise it whenever the same upload would give another
# article. Every item has it, so that those of older rules can be found.
RULES = 4


class Closed(BaseModel):
    """A model without unknown members that does not change once it is built."""

    # An error must not print the text of an article into a log.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Source(Closed):
    """The publisher."""

    name: Text | None = None
    domain: Text | None = None
    id: Text | None = None


class Author(Closed):
    name: Text
    type: Literal["person", "organization"] | None = None
    role: Text | None = None
    affiliation: Text | None = None
    url: Text | None = None
    email: Text | None = None


class Tag(Closed):
    """A subject or keyword: at least one of `name` and `code`."""

    name: Text | None = None
    scheme: Text | None = None
    code: Text | None = None


class Image(Closed):
    """An image; without `url` only where a raw text names a caption or a credit."""

    url: Text | None = None
    caption: Text | None = None
    credit: Text | None = None
    width: Annotated[int, Field(gt=0)] | None = None
    height: Annotated[int, Field(gt=0)] | None = None


class Rights(Closed):
    holder: Text | None = None
    notice: Text | None = None
    usage_terms: Text | None = None
    license_url: Text | None = None


class Article(Closed):
    """One article. Times ending in `_at` are UTC instants; `_local` ones have no known offset."""

    shape: Text
    source_id: Text | None = None
    url: Text | None = None
    canonical_url: Text | None = None
    is_amp: Literal[True] | None = None
    source: Source | None = None
    title: Text | None = None
    subtitle: Text | None = None
    description: Text | None = None
    byline: Text | None = None
    authors: tuple[Author, ...] | None = None
    published_at: Instant | None = None
    published_at_local: Local | None = None
    modified_at: Instant | None = None
    modified_at_local: Local | None = None
    retrieved_at: Instant | None = None
    retrieved_at_local: Local | None = None
    language: Text | None = None
    section: Text | None = None
    tags: tuple[Tag, ...] | None = None
    images: tuple[Image, ...] | None = None
    rights: Rights | None = None
    embargoed_until: Instant | None = None
    embargoed_until_local: Local | None = None
    expires_at: Instant | None = None
    body_text: Text | None = None
    body_html: Text | None = None
    body_truncated: Literal[True] | None = None
    word_count: Annotated[int, Field(gt=0)] | None = None
    version: Text | None = None
    status: Literal["usable", "withheld", "canceled"] = "usable"
    warnings: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the article as JSON: known fields only, lists as lists."""
        return self.model_dump(mode="json", exclude_none=True)
