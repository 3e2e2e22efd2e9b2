"""`articles policy`: a policy of infra/policies, filled in with the names of a stack."""

import json
import re
from enum import StrEnum
from typing import Annotated, Any

import typer

from articles_cli import options
from articles_cli.files import check_feed_name, warn_of_unknown
from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.output import Output, fail, warn

FOLDER = options.ROOT / "infra/policies"
_WORD = re.compile(r"\b[A-Z]+(?:_[A-Z]+)*\b")
# Statements about what a stack need not have are left out; who lacks a key need not be told.
_NEEDED = {
    "FEED": "This policy is for one feed: name it with --feed.",
    "COPY_OF_ARTICLES_TABLE": "This policy is for two copies of tables: name them with --copies.",
}
_OPTIONAL = {
    "KMS_KEY": "",
    "REPLAY_MACHINE": "a state machine",
    "SUBSCRIBER_QUEUE": "a subscriber's --queue",
}


class Name(StrEnum):
    """Whom there is a policy for."""

    uploader = "uploader"
    contributor = "contributor"
    presigner = "presigner"
    subscriber = "subscriber"
    operator = "operator"
    restorer = "restorer"


def policy(
    name: Annotated[
        Name,
        typer.Argument(
            metavar="WHOM",
            help=f"Whom the policy is for: {', '.join(Name)}.",
            show_default=False,
        ),
    ],
    *,
    feed: Annotated[
        str | None,
        typer.Option(
            metavar="FEED",
            help="Feed of the uploader, the contributor or the presigner.",
            autocompletion=options.feeds_here,
        ),
    ] = None,
    queue: Annotated[
        str | None,
        typer.Option(
            metavar="QUEUE", help="Queue of a subscriber that an operator may announce to."
        ),
    ] = None,
    copies: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="TABLE TABLE", help="Restored copies of the articles and of the receipts."
        ),
    ] = None,
    stack_name: options.StackName = None,
) -> None:
    """Example: `articles policy uploader --feed courier`.

    Print an IAM policy for people or partners, filled in with the names of the stack.
    """
    if feed is not None:
        check_feed_name(feed)
    articles, receipts = copies or (None, None)
    given = {
        "FEED": feed,
        "SUBSCRIBER_QUEUE": queue,
        "COPY_OF_ARTICLES_TABLE": articles,
        "COPY_OF_RECEIPTS_TABLE": receipts,
    }
    service = deployment.find(stack_name)
    words = _words(service, stack_name or deployment.default_name())
    words |= {word: it for word, it in given.items() if it is not None}
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    statements = [_filled(it, words) for it in document["Statement"]]
    document["Statement"] = [it for it in statements if it]
    if feed is not None:
        warn_of_unknown(feed, service.feeds_file)
    out = Output(as_json=False)
    for line in json.dumps(document, indent=2).splitlines():
        out.verbatim(line)


def _words(service: Deployment, stack_name: str) -> dict[str, str]:
    """Return what the words in capitals stand for: InboxBucket is INBOX_BUCKET."""
    sts = service.client("sts")
    arn, account = (sts.get_caller_identity()[it] for it in ("Arn", "Account"))
    words = {
        "PARTITION": arn.split(":")[1],
        "REGION": sts.meta.region_name,
        "ACCOUNT": account,
        "STACK": stack_name,
    }
    if key := service.parameters.get("KmsKeyArn"):
        words["KMS_KEY"] = key
    for output, value in service.outputs.items():
        word = re.sub(r"(?<!^)(?=[A-Z])", "_", re.sub(r"(Url|Name|Arn)$", "", output)).upper()
        words[word] = re.split(r"[/:]", value)[-1]
    return words


def _filled(statement: dict[str, Any], words: dict[str, str]) -> dict[str, Any] | None:
    """Put in the words of a statement; None if it is about what there is not."""
    text = json.dumps(statement).replace("arn:aws:", f"arn:{words['PARTITION']}:")
    lacking = sorted(set(_WORD.findall(text)) - words.keys())
    for word in lacking:
        if word not in _OPTIONAL:
            fail(_NEEDED[word], WRONG_USAGE)
        if what := _OPTIONAL[word]:
            warn(f"{statement['Sid']} is left out: there is not {what}.")
    if lacking:
        return None
    filled: dict[str, Any] = json.loads(_WORD.sub(lambda it: words[it[0]], text))
    return filled
