"""`articles status`: what happened to an upload, and to the articles in it."""

from collections.abc import Collection, Sequence
from typing import Annotated

import typer

from articles.feeds import Feeds
from articles.refs import PREFIX
from articles.times import Clock
from articles_cli import options
from articles_cli.files import load_feeds
from articles_cli.stack import deployment
from articles_cli.stories import telling
from articles_cli.stories.names import articles_named
from articles_cli.stories.story import FEW, Stories
from articles_cli.terminal.exit_codes import FAILED, exit_code
from articles_cli.terminal.output import Output, fail


def status(
    name: Annotated[
        str,
        typer.Argument(metavar="KEY|ID|URL", help="Key of an upload, or id or URL of an article."),
    ],
    stack_name: options.StackName = None,
    as_json: options.Json = None,
    *,
    all_versions: Annotated[
        bool, typer.Option("--all", help="Show all receipts of the key, not only the latest.")
    ] = False,
    feeds_file: options.StackFeedsFile = None,
) -> None:
    """Example: `articles status incoming/courier/budget.json`.

    Tell the story of an upload, or of an article. These are its versions in the inbox, what became
    of each, which won and why, and what subscribers were told.
    """
    out = Output(as_json=as_json)
    service = deployment.find(stack_name)
    stories = Stories(service, Clock().now())
    if name.startswith(PREFIX):
        feeds = load_feeds(feeds_file or service.feeds_file)
        raise typer.Exit(_tell_upload(out, stories, name, feeds, all_versions=all_versions))
    raise typer.Exit(_tell_articles(out, stories, name))


def _tell_upload(
    out: Output, stories: Stories, key: str, feeds: Feeds, *, all_versions: bool
) -> int:
    uploads = stories.uploads(key)
    if not uploads:
        fail(f"{key} was never uploaded, or its upload is no longer kept.", FAILED)
    telling.uploads(out, stories, key, uploads)
    receipts = [it.receipt for it in uploads if it.receipt]
    shown = receipts[: None if all_versions else 1]
    for receipt in shown:
        telling.receipt(out, receipt)
    ids: list[str] | None = stories.article_ids(receipts)
    state = stories.state(uploads[0])
    if state == "waiting":
        out.text(telling.waiting(stories, uploads[0]))
    elif state == "expired":
        ids = stories.read_again(uploads[0], feeds)
        out.text(telling.expired(stories, ids))
    _tell(out, stories, ids or [], key, shown=[receipt.version for receipt in shown])
    if not receipts and state == "waiting":
        fail(f"There is no receipt for {key}: it is not processed yet.", FAILED)
    return exit_code(receipts[:1])


def _tell_articles(out: Output, stories: Stories, name: str) -> int:
    """Tell of the articles with an id or at an address, and of the uploads they came from."""
    found = articles_named(stories, name)
    if not found:
        fail(f"There is no article {name}.", FAILED)
    receipts = []
    for stored in found:
        if not (origin := stored.origin):
            continue
        if receipt := stories.service.lookup.receipt(origin.key, origin.version):
            receipts.append(receipt)
            telling.heading(out, receipt)
            telling.receipt(out, receipt)
        else:
            out.text(telling.without_receipt(stories, stored, origin))
    shown = [it.version for it in receipts]
    for told in stories.articles(found):
        telling.article(out, told, shown=shown)
    return exit_code(receipts[:1])


def _tell(
    out: Output, stories: Stories, ids: Sequence[str], key: str, *, shown: Collection[str]
) -> None:
    found = {article_id: stories.service.lookup.article(article_id) for article_id in ids}
    stored = [it for it in found.values() if it]
    if len(stored) > FEW:
        telling.articles(out, stored)
    else:
        for told in stories.articles(stored, keys=[key]):
            telling.article(out, told, shown=shown)
    if missing := [article_id for article_id, it in found.items() if it is None]:
        out.text(f"Not stored: {', '.join(missing)}")
