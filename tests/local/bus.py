"""An event on the bus, and the form in which a rule's target gets it."""

import json
from typing import Any

from articles_local import EmbeddedAws

ENVELOPE = {
    *("version", "id", "detail-type", "source", "account"),
    *("time", "region", "resources", "detail"),
}


def send(aws: EmbeddedAws, source: str = "articles", **detail: Any) -> None:
    bus = {"EventBusName": aws.outputs["EventBusName"], "Source": source}
    entry = {**bus, "DetailType": "ArticleCreated", "Detail": json.dumps(detail)}
    assert aws.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
