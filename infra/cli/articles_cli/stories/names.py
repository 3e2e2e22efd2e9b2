"""What a name on the command line refers to: an upload by its key, an article by URL or id."""

import re
from datetime import UTC, datetime

from articles.metadata.normalize.urls import canonical, web_address
from articles.metadata.notes import Notes
from articles.quoting import shown
from articles.refs import PREFIX
from articles.storing.lookup import Stored
from articles.versions.identity import ID_LENGTH
from articles_cli.files import load_feeds
from articles_cli.stack.deployment import Deployment
from articles_cli.stories.story import Stories
from articles_cli.terminal.exit_codes import FAILED, WRONG_USAGE
from articles_cli.terminal.output import fail

_ID = re.compile(f"[a-z2-7]{{{ID_LENGTH}}}")
MAX_NAMED = 20  # articles in a message


class NotANameError(Exception):
    """A text is neither a key, nor a web address, nor the id of an article."""


def articles_named(stories: Stories, name: str) -> list[Stored]:
    """Find articles by the key of their latest upload, by URL, or by id; else ends the command."""
    try:
        return find_articles(stories, name)
    except NotANameError as error:
        fail(str(error), WRONG_USAGE)


def find_articles(stories: Stories, name: str) -> list[Stored]:
    """Find articles by the key of their latest upload, by URL, or by id; raises NotANameError."""
    lookup = stories.service.lookup
    return [it for article_id in _ids(stories, name) if (it := lookup.article(article_id))]


def _ids(stories: Stories, name: str) -> list[str]:
    lookup = stories.service.lookup
    if name.startswith(PREFIX):
        uploads = stories.uploads(name)
        if receipt := next((it.receipt for it in uploads if it.receipt), None):
            return lookup.article_ids(receipt)
        if uploads and stories.state(uploads[0]) == "expired":
            return stories.read_again(uploads[0], load_feeds(stories.service.feeds_file)) or []
        return []
    if name.startswith(("http://", "https://")):
        url = web_address(name, Notes(datetime.now(UTC)).at(""))
        if url is None:
            raise NotANameError(f"Not a valid web address: {name}")
        return lookup.article_ids_at(canonical(url).url)
    if not _ID.fullmatch(name):
        raise NotANameError(
            f"{shown(name)} is not a key under {PREFIX}, a web address or an article id."
        )
    return [name]


def is_article_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def one_article_id(service: Deployment, name: str) -> str:
    """Return the id of the one article that a name refers to; ends the command otherwise."""
    try:
        ids = _ids(Stories(service, datetime.now(UTC)), name)
    except NotANameError as error:
        fail(str(error), WRONG_USAGE)
    if not ids:
        fail(f"There is no article {name}.", FAILED)
    if len(ids) > 1:
        some = ", ".join([*ids[:MAX_NAMED], *(["…"] if len(ids) > MAX_NAMED else [])])
        fail(f"{name} names {len(ids):,} articles; name one of them: {some}", WRONG_USAGE)
    return ids[0]
