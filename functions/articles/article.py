"""The canonical article: the one form in which the service and its subscribers see metadata.

docs/formats.md and docs/rules.md say where each field comes from. A field that is not known is
absent; `null`, an empty text or an empty list is never used for it. The texts below the fields are
for subscribers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter

Instant = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", json_schema_extra={"format": "date-time"}),
]
Local = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$")]
Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[int, Field(gt=0)]

SCHEMA_VERSION = 1
# The version of the normalization rules: raise it whenever the same upload would give another
# article. Every item has it, so that those of older rules can be found.
RULES = 4


class Part:
    """What an article is made of: plain fields that do not change once they are set.

    Their constraints are checked where JSON is read (Article.read, feeds.toml), and hold by the
    normalizers where a document is.
    """

    __slots__ = ()
    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the fields, in their order."""
        return tuple(cls.__slots__)

    def as_json(self) -> dict[str, Any]:
        """Return the fields that are known as JSON, lists as lists."""
        return {
            name: value if isinstance(value, str) else _plain(value)
            for name in self.names()
            if (value := getattr(self, name)) is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Part):
    """The publisher."""

    name: Text | None = None
    """Its name, such as The Example Courier."""
    domain: Text | None = None
    """The host of its site, without `www.`."""
    id: Text | None = None
    """Its identifier in the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author(Part):
    """A person or an organization that wrote the article."""

    name: Text
    """The name as the record has it, without `By`."""
    type: Literal["person", "organization"] | None = None
    """Which it is."""
    role: Text | None = None
    """What they did, such as Editor."""
    affiliation: Text | None = None
    """The agency or outlet they work for."""
    url: Text | None = None
    """The address of their page."""
    email: Text | None = None
    """Their e-mail address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Part):
    """A subject or keyword: at least one of `name` and `code`."""

    name: Text | None = None
    """The subject in words."""
    scheme: Text | None = None
    """The vocabulary that `code` belongs to."""
    code: Text | None = None
    """The subject's code in that vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Part):
    """An image; without `url` only where a raw text names a caption or a credit."""

    url: Text | None = None
    """Its address."""
    caption: Text | None = None
    """What it shows."""
    credit: Text | None = None
    """Who made it."""
    width: Positive | None = None
    """In pixels."""
    height: Positive | None = None
    """In pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights(Part):
    """Whose the article is, and how it may be used."""

    holder: Text | None = None
    """Who holds the copyright."""
    notice: Text | None = None
    """The copyright notice."""
    usage_terms: Text | None = None
    """How the article may be used."""
    license_url: Text | None = None
    """The address of the license."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Part):
    """One article. Times ending in `_at` are UTC instants; `_local` ones have no known offset."""

    shape: Text
    """The format that the record was read as, such as generic."""
    source_id: Text | None = None
    """The publisher's own identifier."""
    url: Text | None = None
    """The address of its page as the record has it, absolute: what to link to."""
    canonical_url: Text | None = None
    """The same in one spelling, without fragment and tracking parameters: what to compare by."""
    is_amp: Literal[True] | None = None
    """Present if the address is an AMP page."""
    source: Source | None = None
    """The publisher."""
    title: Text | None = None
    """The headline."""
    subtitle: Text | None = None
    """A second headline."""
    description: Text | None = None
    """A summary or standfirst."""
    byline: Text | None = None
    """The credit line as printed."""
    authors: tuple[Author, ...] | None = None
    """Who wrote it, in order."""
    published_at: Instant | None = None
    """When it was published."""
    published_at_local: Local | None = None
    """The local time, in place of `published_at`, if its offset is not known."""
    modified_at: Instant | None = None
    """When its publisher last changed it."""
    modified_at_local: Local | None = None
    """The local time, in place of `modified_at`, if its offset is not known."""
    retrieved_at: Instant | None = None
    """When a crawler fetched it."""
    retrieved_at_local: Local | None = None
    """The local time, in place of `retrieved_at`, if its offset is not known."""
    language: Text | None = None
    """Its language as a BCP 47 tag, such as en-GB."""
    section: Text | None = None
    """The section or desk it appeared in."""
    tags: tuple[Tag, ...] | None = None
    """Subjects and keywords, in order."""
    images: tuple[Image, ...] | None = None
    """Its images, the main one first."""
    rights: Rights | None = None
    """Whose it is, and how it may be used; else what the feed says."""
    embargoed_until: Instant | None = None
    """When its embargo ends or ended; it is not announced before."""
    embargoed_until_local: Local | None = None
    """The local time, in place of `embargoed_until`; it withholds the article."""
    expires_at: Instant | None = None
    """When its publisher wants it gone; the service itself does nothing then."""
    body_text: Text | None = None
    """The body as plain text."""
    body_html: Text | None = None
    """The body as sanitized HTML."""
    body_truncated: Literal[True] | None = None
    """Present if the record had only the beginning of the body."""
    word_count: Positive | None = None
    """Words of the body; absent for scripts without spaces."""
    version: Text | None = None
    """The publisher's name of this version."""
    status: Literal["usable", "withheld", "canceled"] = "usable"
    """Whether its publisher lets it be shown."""
    warnings: tuple[str, ...] | None = None
    """Codes of what was dropped or guessed; docs/codes.md explains each."""

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> "Article":
        """Read an article from its JSON, and check it; raises pydantic's ValidationError."""
        return _reader().validate_python((members,))[0]


@cache
def _reader() -> TypeAdapter[tuple[Article]]:
    # An error must not print the text of an article; only what holds a dataclass can be told so.
    return TypeAdapter(tuple[Article], config=ConfigDict(hide_input_in_errors=True))


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [it.as_json() if isinstance(it, Part) else it for it in value]
    return value.as_json() if isinstance(value, Part) else value
