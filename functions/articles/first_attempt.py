"""The first attempt of a request to DynamoDB, without what botocore does for every service.

botocore builds the request and takes the answer; in between, it is signed and sent here for a fifth
of the CPU. Whatever is neither an answer nor a refused condition is left to botocore, which then
goes on as if nothing had been sent: all our requests may be repeated.
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
from collections import defaultdict, deque
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit
from zlib import crc32

from botocore.auth import SIGNED_HEADERS_BLACKLIST
from botocore.awsrequest import AWSResponse
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import get_cert_path
from botocore.parsers import create_parser
from botocore.utils import get_environ_proxies
from urllib3.util import wait_for_read

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from botocore.signers import RequestSigner
    from mypy_boto3_dynamodb.client import DynamoDBClient

_REFUSED = "ConditionalCheckFailedException"
_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")  # which botocore trusts instead of its own
_log = logging.getLogger(__name__)
_parser = create_parser("json")

Answer = tuple[AWSResponse, dict[str, Any]]
Idle = defaultdict[tuple[str, str], deque[HTTPConnection]]  # by scheme and host


def hasten(client: "DynamoDBClient", seconds: float) -> "DynamoDBClient":
    """Have a client make the first attempt of each request here, if it needs no proxy.

    It is the last hook of the client, so that all others see its requests as ever. It waits
    `seconds` for a connection, and as long for an answer.
    """
    if not get_environ_proxies(client.meta.endpoint_url):
        client.meta.events.register_last("before-call", FirstAttempt(seconds))  # type: ignore[arg-type]
    return client


class FirstAttempt:
    """A hook of botocore's `before-call`: it answers a request, or gives None to have it sent."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._idle: Idle = defaultdict(deque)
        weakref.finalize(self, _close, self._idle)

    def __call__(
        self,
        model: "OperationModel",
        params: dict[str, Any],
        request_signer: "RequestSigner",
        **_: object,
    ) -> Answer | None:
        url = urlsplit(params["url"])
        if url.path != "/":
            return None
        try:
            response, body = self._exchange(url, params["body"], signed(params, request_signer))
            return _answer(model, params["url"], response, body)
        except (OSError, HTTPException, ValueError):
            _log.debug("The first attempt failed: botocore makes another", exc_info=True)
            return None

    def _exchange(
        self, url: SplitResult, body: bytes, headers: dict[str, str]
    ) -> tuple[HTTPResponse, bytes]:
        idle = self._idle[url.scheme, url.netloc]
        try:
            connection = idle.pop()
        except IndexError:  # as many as there are threads
            connection = self._connection(url)
        try:
            if connection.sock and wait_for_read(connection.sock, 0):
                connection.close()  # as the server did meanwhile: it is opened again
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            answer = response, response.read()
        except BaseException:
            connection.close()
            raise
        idle.append(connection)
        return answer

    def _connection(self, url: SplitResult) -> HTTPConnection:
        if url.scheme == "https":
            return HTTPSConnection(url.netloc, timeout=self._seconds, context=self._trust)
        return HTTPConnection(url.netloc, timeout=self._seconds)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """What botocore trusts; it reads it for every connection anew, which takes 20 ms."""
        named = (os.environ.get(name) for name in _BUNDLES)
        bundle = next(filter(None, named), get_cert_path(verify=True))
        return ssl.create_default_context(cafile=bundle)


def _close(idle: Idle) -> None:
    for connections in idle.values():
        for connection in connections:
            connection.close()


def signed(params: dict[str, Any], signer: "RequestSigner") -> dict[str, str]:
    """Give the headers of a request to `/` with those of AWS Signature Version 4.

    Raises what botocore does where there are no credentials.
    """
    auth = signer.get_auth_instance(signer.signing_name, signer.region_name)
    who, body = auth.credentials, params["body"]
    if who is None:
        raise NoCredentialsError
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {name.lower(): value for name, value in params["headers"].items()}
    headers |= {"host": urlsplit(params["url"]).netloc, "x-amz-date": at}
    if who.token:
        headers["x-amz-security-token"] = who.token
    names = sorted(headers.keys() - SIGNED_HEADERS_BLACKLIST)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    request = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{at[:8]}/{signer.region_name}/{signer.signing_name}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{who.secret_key}".encode()
    for step in (*scope.split("/"), text):
        key = hmac.digest(key, step.encode(), "sha256")
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={who.access_key}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={key.hex()}"
    )
    return headers


def _answer(
    model: "OperationModel", url: str, response: HTTPResponse, body: bytes
) -> Answer | None:
    """Read an answer as botocore does; None for all but a success and a refused condition.

    What is no JSON of DynamoDB's raises ValueError: botocore takes it for an empty answer.
    """
    if response.status not in (200, 400) or not isinstance(json.loads(body), dict):
        return None
    if int(response.headers.get("x-amz-crc32", crc32(body))) != crc32(body):
        return None
    answer = {"status_code": response.status, "headers": response.headers, "body": body}
    parsed = _parser.parse(answer, model.output_shape)  # type: ignore[arg-type]
    if response.status == 400:
        if parsed["Error"]["Code"] != _REFUSED:
            return None
        parsed |= _parser.parse(answer, model.service_model.shape_for(_REFUSED))
    return AWSResponse(url, response.status, response.headers, None), parsed  # type: ignore[arg-type]
