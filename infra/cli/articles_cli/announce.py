"""`articles announce`: the current state of articles again, as publish would tell it now."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Annotated, NamedTuple, Protocol
from uuid import NAMESPACE_URL, uuid5

import typer
from botocore.exceptions import BotoCoreError, ClientError

from articles.announcing.announcer import Announcer, Outgoing, requests
from articles.announcing.events import SOURCE, Event, current_event, detail
from articles.feeds import DEFAULT
from articles.storing.items import Item
from articles.storing.states import MAX_ITEMS, Place, States
from articles.times import Clock, format_instant, stamp
from articles_cli import deployment, options, waiting
from articles_cli.deployment import Deployment
from articles_cli.exit_codes import DONE, FAILED, WRONG_USAGE
from articles_cli.files import load_feeds
from articles_cli.output import Output, fail, stderr, warn

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
