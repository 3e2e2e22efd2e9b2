"""What a name on the command line refers to: an upload by its key, an article by URL or id."""

import re
from datetime import UTC, datetime

from articles.feeds import PREFIX
from articles.metadata.normalize.urls import canonical, web_address
from articles.metadata.notes import Notes
from articles.quoting import shown
from articles.storing.lookup import Lookup, Stored
from articles.versions.identity import ID_LENGTH
from articles_cli.exit_codes import FAILED, WRONG_USAGE
from articles_cli.output import fail

_ID = re.compile(f"[a-z2-7]{{{ID_LENGTH}}}")


def articles_named(lookup: Lookup, name: str) -> list[Stored]:
    """Find articles by the key of their latest upload, by URL, or by id."""
    return [it for article_id in _ids(lookup, name) if (it := lookup.article(article_id))]


def _ids(lookup: Lookup, name: str) -> list[str]:
    if name.startswith(PREFIX):
        latest = lookup.receipts_of(name)[:1]
        return [article_id for receipt in latest for article_id in lookup.article_ids(receipt)]
    if name.startswith(("http://", "https://")):
        url = web_address(name, Notes(datetime.now(UTC)).at(""))
        if url is None:
            fail(f"Not a valid web address: {name}", WRONG_USAGE)
        return lookup.article_ids_at(canonical(url).url)
    if not _ID.fullmatch(name):
        fail(
            f"{shown(name)} is not a key under {PREFIX}, a web address or an article id.",
            WRONG_USAGE,
        )
    return [name]


def one_article_id(lookup: Lookup, name: str) -> str:
    """Return the id of the one article that a name refers to; ends the command otherwise."""
    ids = _ids(lookup, name)
    if not ids:
        fail(f"There is no article {name}.", FAILED)
    if len(ids) > 1:
        fail(f"{name} names {len(ids)} articles; name one of them: {', '.join(ids)}", WRONG_USAGE)
    return ids[0]
