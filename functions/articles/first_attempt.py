"""The first attempt of a request to DynamoDB, without what botocore does for every service.

It is written, signed and sent here for a tenth of the CPU, and its answer is read by botocore's
parser. Whatever is neither an answer nor a refused condition is left to botocore, which then goes
on as if nothing had been sent: all our requests may be repeated.
See docs/decisions/0023-the-first-attempt.md.
"""

import hashlib
import hmac
import json
import logging
import os
import ssl
import time
import weakref
from base64 import b64encode
from collections import deque
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from zlib import crc32

import boto3
from botocore.httpsession import get_cert_path
from botocore.parsers import create_parser
from botocore.utils import get_environ_proxies
from urllib3.util import wait_for_read

if TYPE_CHECKING:
    from botocore.credentials import Credentials, ReadOnlyCredentials
    from mypy_boto3_dynamodb.client import DynamoDBClient

_REFUSED = "ConditionalCheckFailedException"
_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")  # which botocore trusts instead of its own
_log = logging.getLogger(__name__)
_parser = create_parser("json")


def hasten(client: "DynamoDBClient") -> "DynamoDBClient":
    """Have the first attempt of what a client of the default session reads and writes made here.

    It waits as long as the client does: an answer that is only late must not be taken for lost, as
    a conditional write that is repeated is refused. A client that needs a proxy, has no credentials
    or an endpoint with a path is returned as it is.
    """
    session, url = boto3.DEFAULT_SESSION, client.meta.endpoint_url
    credentials = session.get_credentials() if session else None
    if credentials is None or urlsplit(url).path or get_environ_proxies(url):
        return client
    return cast("DynamoDBClient", FirstAttempt(client, credentials))


class FirstAttempt:
    """A client of DynamoDB whose requests for one item need not pass botocore."""

    def __init__(self, client: "DynamoDBClient", credentials: "Credentials") -> None:
        self._dynamodb: Any = client
        self._service = client.meta.service_model
        self._credentials = credentials
        self._url = urlsplit(client.meta.endpoint_url)
        self._idle: deque[HTTPConnection] = deque()
        weakref.finalize(self, _close, self._idle)

    def __getattr__(self, name: str) -> object:  # all else is the client's
        return getattr(self._dynamodb, name)

    def get_item(self, **request: object) -> dict[str, Any]:
        return self._answer("GetItem", request) or self._dynamodb.get_item(**request)

    def put_item(self, **request: object) -> dict[str, Any]:
        return self._answer("PutItem", request) or self._dynamodb.put_item(**request)

    def update_item(self, **request: object) -> dict[str, Any]:
        return self._answer("UpdateItem", request) or self._dynamodb.update_item(**request)

    def _answer(self, operation: str, request: dict[str, object]) -> dict[str, Any] | None:
        """Send a request; None for all but a success and a refused condition, which raises."""
        body = json.dumps(request, default=_base64).encode()
        headers = self._headers(operation, body, self._credentials.get_frozen_credentials())
        try:
            parsed = self._parsed(operation, *self._exchange(body, headers))
        except (OSError, HTTPException, ValueError):
            _log.debug("The first attempt failed: botocore makes another", exc_info=True)
            return None
        if parsed and "Error" in parsed:
            raise self._dynamodb.exceptions.ConditionalCheckFailedException(parsed, operation)
        return parsed

    def _headers(self, operation: str, body: bytes, who: "ReadOnlyCredentials") -> dict[str, str]:
        """Give the headers of a request with those of AWS Signature Version 4."""
        service, region = self._service.signing_name, self._dynamodb.meta.region_name
        at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {  # in the order in which they are signed
            "content-type": "application/x-amz-json-1.0",
            "host": self._url.netloc,
            "x-amz-date": at,
            **({"x-amz-security-token": who.token} if who.token else {}),
            "x-amz-target": f"{self._service.metadata['targetPrefix']}.{operation}",
        }
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{at[:8]}/{region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = f"AWS4{who.secret_key}".encode()
        for step in (*scope.split("/"), text):
            key = hmac.digest(key, step.encode(), "sha256")
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={who.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={key.hex()}"
        )
        headers["user-agent"] = self._dynamodb.meta.config.user_agent
        if trace := os.environ.get("_X_AMZN_TRACE_ID"):
            headers["x-amzn-trace-id"] = trace
        return headers

    def _exchange(self, body: bytes, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        try:
            connection = self._idle.pop()
        except IndexError:  # as many as there are threads
            connection = self._connection()
        try:
            if connection.sock and wait_for_read(connection.sock, 0):
                connection.close()  # as the server did meanwhile
            if not connection.sock:
                connection.connect()
                connection.sock.settimeout(self._dynamodb.meta.config.read_timeout)
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            answer = response, response.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def _connection(self) -> HTTPConnection:
        seconds = self._dynamodb.meta.config.connect_timeout
        if self._url.scheme == "https":
            return HTTPSConnection(self._url.netloc, timeout=seconds, context=self._trust)
        return HTTPConnection(self._url.netloc, timeout=seconds)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """What botocore trusts; it reads it for every connection anew, which takes 20 ms."""
        named = (os.environ.get(name) for name in _BUNDLES)
        bundle = next(filter(None, named), get_cert_path(verify=True))
        return ssl.create_default_context(cafile=bundle)

    def _parsed(self, operation: str, response: HTTPResponse, body: bytes) -> dict[str, Any] | None:
        """Read an answer as botocore does; None for all but a success and a refused condition.

        What is no JSON of DynamoDB's raises ValueError: botocore takes it for an empty answer.
        """
        if response.status not in (200, 400) or not isinstance(json.loads(body), dict):
            return None
        if int(response.headers.get("x-amz-crc32", crc32(body))) != crc32(body):
            return None
        answer = {"status_code": response.status, "headers": response.headers, "body": body}
        shape = self._service.operation_model(operation).output_shape
        parsed: dict[str, Any] = _parser.parse(answer, shape)  # type: ignore[arg-type]
        if response.status == 400:
            if parsed["Error"]["Code"] != _REFUSED:
                return None
            parsed |= _parser.parse(answer, self._service.shape_for(_REFUSED))
        return parsed


def _base64(value: bytes) -> str:
    """Write what JSON has no form for: a binary."""
    return b64encode(value).decode()


def _close(idle: deque[HTTPConnection]) -> None:
    for connection in idle:
        connection.close()
