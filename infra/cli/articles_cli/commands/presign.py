"""`articles presign`: links for a partner without AWS, to upload files and to read a report."""

import shlex
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import boto3
import typer
from botocore.credentials import RefreshableCredentials

from articles.limits import Limits
from articles.refs import PREFIX
from articles.storing.reports import MAX_KEY_BYTES
from articles.times import format_instant
from articles_cli import options
from articles_cli.files import check_feed_name, warn_of_unknown
from articles_cli.stack import deployment
from articles_cli.stack.deployment import Deployment
from articles_cli.terminal import moments
from articles_cli.terminal.exit_codes import FAILED, WRONG_USAGE
from articles_cli.terminal.output import Output, fail, tell, warn

LONGEST = timedelta(days=7)  # S3 takes no older signature
CEILING = Limits().max_object_bytes  # of the service; a form of S3 takes as much
ANY_NAME = "${filename}"  # S3 puts in the name of the file that is sent


def presign(
    *,
    feed: Annotated[
        str | None,
        typer.Option(
            metavar="FEED", help="Feed to allow uploads to.", autocompletion=options.feeds_here
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The one name that is allowed below `incoming/<feed>/`.",
            show_default="the name of the file that is sent",
        ),
    ] = None,
    max_bytes: Annotated[
        int,
        typer.Option(
            min=1, max=CEILING, metavar="BYTES", help="Size of the largest file that is allowed."
        ),
    ] = CEILING,
    report: Annotated[
        str | None,
        typer.Option(
            metavar="KEY", help="Give a link to the report on the latest upload of KEY instead."
        ),
    ] = None,
    expires: Annotated[
        str, typer.Option(metavar="AGE", help="How long the link works, such as 90m; at most 7d.")
    ] = "1d",
    stack_name: options.StackName = None,
    as_json: options.Json = None,
) -> None:
    """Example: `articles presign --feed courier --expires 7d`.

    Make a link with which a partner without AWS can upload files, or read a report.

    Whoever has the link may do with it what it says, as often as they like, until it expires.
    """
    lasts = moments.duration("--expires", expires)
    if not timedelta() < lasts <= LONGEST:
        fail("--expires must be at most 7d.", WRONG_USAGE)
    if (feed is None) == (report is None):
        fail("Name a feed to upload to with --feed, or a key with --report.", WRONG_USAGE)
    out = Output(as_json=as_json)
    ends = {"expires_at": format_instant(datetime.now(UTC) + lasts)}
    if feed is not None:
        key = _key(feed, name)
        service = deployment.find(stack_name)
        post = _post(service, key, max_bytes, lasts)
        warn_of_unknown(feed, service.feeds_file)
        curl = _curl(post["url"], post["fields"])
        what = {"feed": feed, "key": key, "max_bytes": max_bytes, "curl": curl}
        out.line(type="upload_link", **what, **post, **ends)
        out.verbatim(curl)
    elif report is not None:
        url = _report(deployment.find(stack_name), report, lasts)
        curl = f"curl --fail-with-body {shlex.quote(url)}"
        out.line(type="report_link", key=report, url=url, curl=curl, **ends)
        out.verbatim(curl)
    if not out.as_json:
        tell(f"It works until {ends['expires_at']}.")  # beside what is passed on
    _warn_if_cut_short(lasts)


def _key(feed: str, name: str | None) -> str:
    check_feed_name(feed)
    key = f"{PREFIX}{feed}/{ANY_NAME if name is None else name}"
    if name is not None and (not name.strip("/") or ANY_NAME in name):
        fail("--name must be the name of a file.", WRONG_USAGE)
    if len(key.encode()) > MAX_KEY_BYTES:
        fail(f"{key} is longer than {MAX_KEY_BYTES:,} bytes.", WRONG_USAGE)
    return key


def _post(service: Deployment, key: str, max_bytes: int, lasts: timedelta) -> dict[str, Any]:
    """Sign a form; what is not in it (an encryption, a storage class) S3 refuses."""
    return service.signer.generate_presigned_post(
        Bucket=service.inbox,
        Key=key,
        Conditions=[["content-length-range", 1, max_bytes]],
        ExpiresIn=int(lasts.total_seconds()),
    )


def _report(service: Deployment, key: str, lasts: timedelta) -> str:
    receipts = service.lookup.receipts_of(key)
    if not receipts:
        fail(f"There is no receipt of {key}.", FAILED)
    latest = receipts[0]
    if latest.report is None:
        fail(f"{key} has no report: it is {latest.outcome or latest.state}.", FAILED)
    return service.signer.generate_presigned_url(
        "get_object",
        Params={"Bucket": service.outputs["ArchiveBucket"], "Key": latest.report},
        ExpiresIn=int(lasts.total_seconds()),
    )


def _curl(url: str, fields: dict[str, str]) -> str:
    """Write a command that sends FILE; the file is the last field, as S3 wants it."""
    given = [f"--form-string {shlex.quote(f'{name}={it}')}" for name, it in fields.items()]
    return " ".join(["curl --fail-with-body -i", *given, "-F file=@FILE", shlex.quote(url)])


def _warn_if_cut_short(lasts: timedelta) -> None:
    """A link ends with the credentials that signed it, whatever it says itself."""
    credentials = boto3.Session().get_credentials()
    if credentials is None or not credentials.get_frozen_credentials().token:
        return
    if isinstance(credentials, RefreshableCredentials):
        if credentials.refresh_needed(int(lasts.total_seconds())):
            warn("The link ends earlier: with the temporary credentials that have signed it.")
        return
    warn("The link was signed with temporary credentials, and ends with them if that is earlier.")
