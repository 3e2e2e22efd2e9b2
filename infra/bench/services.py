"""As much of S3, SQS, DynamoDB and EventBridge as ingestion needs, and nothing that takes time.

The inbox serves samples; other objects are kept. All queues share one list of messages. The
receipts table works, except for conditions: everything is sent once. Of
articles the last request is kept.
"""

import json
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from samples import sample

INBOX, RECEIPTS = "inbox", "receipts"
# Polls are made by the event source mapping.
UNCOUNTED = frozenset({"ReceiveMessage"})
_STAMP = {"Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT", "ETag": '"bench"'}


class Request(NamedTuple):
    """A request; header names are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """A response; `size` is the total length of the pieces."""

    size: int = 0
    pieces: Iterable[bytes] = ()
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - never modified


class Services:
    """AWS, for the lifetime of the endpoint."""

    def __init__(self) -> None:
        self._requests = 0
        self._events = 0
        self._written: dict[str, Any] = {}
        self._objects: dict[str, bytes] = {}
        self._uploads: dict[str, dict[int, bytes]] = {}
        self._messages: list[str] = []
        self._receipts: dict[tuple[str, str], dict[str, Any]] = {}

    def told(self) -> dict[str, Any]:
        """Tell of requests, events and CPU time of this process so far, and of the last article."""
        return {
            "requests": self._requests,
            "events": self._events,
            "cpu_ms": time.process_time() * 1000,
            "written": self._written,
        }

    def answer(self, request: Request) -> Answer:
        if request.path == "/told":
            return _text(json.dumps(self.told()))
        if target := request.headers.get("x-amz-target"):
            operation = target.rpartition(".")[2]
            self._requests += operation not in UNCOUNTED
            return _text(json.dumps(self._call(operation, json.loads(request.body))))
        self._requests += 1
        return self._s3(request)

    def _call(self, operation: str, given: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        if "TableName" in given:
            if given["TableName"] == RECEIPTS:
                return self._dynamodb(operation, given)
            self._written = given
            return {}
        match operation:
            case "SendMessage":
                self._messages.append(given["MessageBody"])
                return {"MessageId": "1"}
            case "SendMessageBatch":
                self._messages += (entry["MessageBody"] for entry in given["Entries"])
                return {"Successful": [{"Id": entry["Id"]} for entry in given["Entries"]]}
            case "ReceiveMessage" if self._messages:
                messages = [{"MessageId": "1", "Body": body} for body in self._messages]
                self._messages.clear()
                return {"Messages": messages}
            case "PutEvents":
                self._events += len(given["Entries"])
                return {
                    "FailedEntryCount": 0,
                    "Entries": [{"EventId": "1"} for _ in given["Entries"]],
                }
        return {}

    def _dynamodb(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "PutItem":
                self._receipts[_key(given["Item"])] = given["Item"]
            case "GetItem":
                item = self._receipts.get(_key(given["Key"]))
                return {"Item": item} if item else {}
            case "UpdateItem":  # ADD of a number to a set
                item = self._receipts[_key(given["Key"])]
                (added,) = given["ExpressionAttributeValues"][":number"]["NS"]
                item["done"] = {"NS": [*item.get("done", {"NS": []})["NS"], added]}
                return {"Attributes": item}
            case "Query":
                values = given["ExpressionAttributeValues"]
                key, prefix = values[":key"]["S"], values[":part"]["S"]
                found = sorted(it for it in self._receipts if it[0] == key)
                return {"Items": [self._receipts[it] for it in found if it[1].startswith(prefix)]}
        return {}

    def _s3(self, request: Request) -> Answer:
        bucket, _, key = request.path.removeprefix("/").partition("/")
        upload = self._uploads.setdefault(request.query.get("uploadId", ""), {})
        match request.method:
            case "GET" if bucket == INBOX:
                return _object(key, request.headers.get("range"))
            case "GET":
                data = self._objects[key]
                return Answer(len(data), [data], headers=_STAMP)
            case "PUT" if "partNumber" in request.query:
                upload[int(request.query["partNumber"])] = request.body
            case "PUT":
                self._objects[key] = request.body
            case "POST" if "uploads" in request.query:
                return _text(f"<Begun><UploadId>{len(self._uploads)}</UploadId></Begun>")
            case "POST":
                self._objects[key] = b"".join(upload[number] for number in sorted(upload))
                return _text('<Ended><ETag>"bench"</ETag></Ended>')
        return Answer(headers=_STAMP)


def _object(key: str, range_: str | None) -> Answer:
    found = sample(key.rpartition("/")[2])
    if not range_:
        return Answer(found.size, found.read(0, found.size), headers=_STAMP)
    start, _, last = range_.removeprefix("bytes=").partition("-")
    stop = min(found.size, int(last) + 1)
    content_range = {"Content-Range": f"bytes {start}-{stop - 1}/{found.size}"}
    return Answer(stop - int(start), found.read(int(start), stop), 206, _STAMP | content_range)


def _text(text: str) -> Answer:
    return Answer(len(text), [text.encode()])


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["key"]["S"], item["version"]["S"]
