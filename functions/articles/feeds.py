"""Feeds: what the operator knows about each uploader (feeds.toml, or the FeedsFile of a stage).

A feed's name comes from the key and never from the document, so an uploader whose policy covers
`incoming/<feed>/*` can only touch its own feed's articles.
"""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

from articles.article import Article, Part, Rights, Source
from articles.catalogue import Code
from articles.problems import BEYOND_THE_RECORD, Problem, Rejected
from articles.quoting import shown
from articles.refs import is_name

Identity = Literal["id", "url", "content"]
Status = Literal["usable", "withheld", "canceled"]
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_POINTER = re.compile(r"(?:/(?:[^/~]|~[01])+)+")
# What pydantic says of a value that is wrong, in the terms of TOML; its context fills the braces.
_EXPECTED = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "greater_than": "must be greater than {gt}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "model_type": "must be a table",
    "string_type": "must be a string",
    "too_short": "must not be empty",
    "tuple_type": "must be an array",
}
# Fields that follow from others, so that no place in a document has them.
_DERIVED = frozenset(
    "shape is_amp published_at_local modified_at_local retrieved_at_local embargoed_until_local "
    "body_truncated warnings".split()
)


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Warsaw")
    return name


def _feed_name(name: str) -> str:
    if not is_name(name):
        raise ValueError("must be the name of a feed: lower-case letters, digits and hyphens")
    return name


def _language_tag(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError("must be a language tag such as en or pt-BR")
    return tag


def _says_something(part: Part) -> Part:
    if not part.as_json():
        raise ValueError("must not be empty")
    return part


def _known_shape(name: str, info: ValidationInfo) -> str:
    shapes: Collection[str] = (info.context or {}).get("shapes", (name,))
    if name not in shapes:
        raise ValueError(f"must be one of {', '.join(sorted(shapes))}")
    return name


def _known_field(name: str) -> str:
    if name not in Article.names():
        raise ValueError("must be a field of the article")
    return name


def _mappable_field(name: str) -> str:
    if name not in Article.names() or name in _DERIVED:
        raise ValueError(f"must be one of {', '.join(sorted(set(Article.names()) - _DERIVED))}")
    return name


def _pointers(places: str | tuple[str, ...]) -> tuple[str, ...]:
    pointers = (places,) if isinstance(places, str) else places
    if not pointers or not all(map(_POINTER.fullmatch, pointers)):
        raise ValueError("must be a JSON Pointer such as /meta/title, or a list of them")
    return pointers


def _word(text: str) -> str:
    word = text.strip().casefold()
    if not word:
        raise ValueError("must be a word")
    return word


def _known_warning(name: str) -> str:
    if name not in set(Code) or Code(name).rejects or Code(name) in BEYOND_THE_RECORD:
        raise ValueError("must be a warning about the content of a record")
    return name


class Profile(BaseModel):
    """The settings of one feed; every one has a default that suits most uploaders."""

    # Built as parts of Feeds only: each model that is built costs milliseconds of a cold start.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    publisher: Annotated[Source, AfterValidator(_says_something)] | None = None
    timezone: Annotated[str, AfterValidator(_known_timezone)] | None = None
    language: Annotated[str, AfterValidator(_language_tag)] | None = None
    shape: Annotated[str, AfterValidator(_known_shape)] | None = None
    identity: Annotated[tuple[Identity, ...], Field(min_length=1)] = ("id", "url", "content")
    order: Literal["modified", "upload"] | None = None
    kills: bool | None = None
    required: tuple[Annotated[str, AfterValidator(_known_field)], ...] = ()
    reject_on: tuple[Annotated[str, AfterValidator(_known_warning)], ...] = ()
    rights: Annotated[Rights, AfterValidator(_says_something)] | None = None
    fields: dict[
        Annotated[str, AfterValidator(_mappable_field)],
        Annotated[str | tuple[str, ...], AfterValidator(_pointers)],
    ] = {}
    status: dict[
        Annotated[str, AfterValidator(_word)], Literal["usable", "withheld", "canceled"]
    ] = {}
    samples: tuple[str, ...] = ()
    by_url: bool = True
    retain_days: Annotated[int, Field(gt=0, le=36_500)] | None = None
    silence_hours: Annotated[int, Field(gt=0, le=8_784)] | None = None  # up to a year
    spread: Annotated[int, Field(gt=0, le=64)] = 1  # a list of the feed asks so many partitions


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as an upload meets it: its name and its profile."""

    name: str
    profile: Profile

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.profile.timezone) if self.profile.timezone else None


class FeedsError(Exception):
    """feeds.toml is wrong; the message names the file, the line and what is wrong there."""


class Default(Profile):
    """The profile of feeds that are not listed; `open` lets them in."""

    open: bool = False

    @field_validator("silence_hours", "spread")
    @classmethod
    def _is_of_a_name(cls, _: int | None) -> int | None:
        raise ValueError("must be a setting of [feeds.<name>]: it is for a feed known by name")


class Feeds(BaseModel):
    """All feeds of a deployment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: Default = Field(default_factory=Default)
    feeds: dict[Annotated[str, AfterValidator(_feed_name)], Profile] = {}

    @classmethod
    def load(cls, path: Path, *, shapes: Collection[str] | None) -> "Feeds":
        """Read feeds.toml, which may pin the shapes of these names; raises FeedsError.

        Without `shapes` any name will do, for those who read no documents.
        """
        try:
            text = path.read_text(encoding="utf-8")
            context = {} if shapes is None else {"shapes": shapes}
            return cls.model_validate(tomllib.loads(text), context=context)
        except OSError as error:
            raise FeedsError(f"{path.name}: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FeedsError(f"{path.name}: {error}") from error
        except ValidationError as error:
            raise FeedsError("\n".join(_located(path.name, text, error))) from error

    def admit(self, name: str) -> Feed:
        """Find the feed of a name; raises Rejected with E_FEED when there is none."""
        feed = self.find(name)
        if feed is None:
            raise Rejected(Problem.of(Code.E_FEED, name=shown(name)))
        return feed

    @property
    def watched(self) -> dict[str, timedelta]:
        """The feeds that may not be silent for longer than a time."""
        hours = {name: profile.silence_hours for name, profile in self.feeds.items()}
        return {name: timedelta(hours=it) for name, it in hours.items() if it}

    def spread(self, name: str) -> int:
        """Return how many partitions of by_feed list a month of a feed, be it known or not."""
        return self.feeds[name].spread if name in self.feeds else 1

    def find(self, name: str) -> Feed | None:
        """Return the feed of that name; None when it is malformed, or unknown to closed feeds."""
        if not is_name(name):
            return None
        if profile := self.feeds.get(name):
            return Feed(name=name, profile=profile)
        return Feed(name=name, profile=self.default) if self.default.open else None


def _located(file: str, text: str, error: ValidationError) -> list[str]:
    return [
        f"{file}, line {_line_of(text, problem['loc'])}: "
        f"{'.'.join(str(it) for it in problem['loc'] if it != '[key]')}: " + _fault(problem)
        for problem in error.errors()
        # An array is also said to be too short where only its items are wrong.
        if problem["type"] != "too_short" or not problem["input"]
    ]


def _fault(problem: ErrorDetails) -> str:
    if problem["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return "no such setting"
    expected = _EXPECTED.get(problem["type"], "").format(**problem.get("ctx", {}))
    said = expected or problem["msg"].removeprefix("Value error, ")
    return f"{said}, not {shown(problem['input'])}"


def _line_of(text: str, place: tuple[Any, ...]) -> int:
    """Find the line of a setting: the last of its names that can be found below the others."""
    rows, at = text.split("\n"), 0
    for name in place:
        pattern = re.compile(rf"(^|[\s.\[\"{{,]){re.escape(str(name))}($|[\s.\]\"=])")
        at = next((i for i in range(at, len(rows)) if pattern.search(rows[i])), at)
    return at + 1
