"""A request to DynamoDB whose first attempt is our own ends as botocore alone would end it."""

import json
import os
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from moto.server import ThreadedMotoServer

from articles import aws
from articles.aws import Clients

from .wire import READ_SECONDS, Server, Step, Wire, close, echo, error, never, no_http, reply, reset

ITEM = {
    "article_id": {"S": "courier-1"},
    "body": {"B": "AAEC/w=="},
    "run": {"N": "7"},
    "article": {"M": {"title": {"S": "Ünïcode"}, "tags": {"L": [{"S": "city"}, {"BOOL": True}]}}},
}
REFUSED = {"__type": "com.amazonaws.dynamodb#ConditionalCheckFailedException", "message": "No"}


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    return boto3.Session("AKIDEXAMPLE", "secret", "token/of+the==session", "eu-west-1")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, session: boto3.Session) -> None:
    for name in [it for it in os.environ if it.startswith("AWS_") or "proxy" in it.lower()]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    hasty = aws.AFTER_THE_FIRST.merge(Config(read_timeout=READ_SECONDS))
    monkeypatch.setattr(aws, "AFTER_THE_FIRST", hasty)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{running.server_port}")
        yield running
        running.shutdown()


def plain_client() -> Any:
    return boto3.client("dynamodb", config=aws.AFTER_THE_FIRST)


def write(client: Any, title: str = "Ünïcode") -> Any:
    return client.update_item(
        TableName="articles",
        Key={"article_id": {"S": "courier-1"}},
        UpdateExpression="SET title = :title, body = :body",
        ConditionExpression="attribute_not_exists(title)",
        ExpressionAttributeValues={":title": {"S": title}, ":body": {"B": b"\x00\x01\xff"}},
        ReturnValues="ALL_OLD",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def outcome(client: Any) -> Any:
    """Give what a write comes to, for its caller."""
    try:
        return {**write(client), "ResponseMetadata": None}
    except ClientError as failed:
        told = {**failed.response, "ResponseMetadata": None}
        return type(failed).__name__, str(failed).partition("(reached")[0], told
    except BotoCoreError as failed:
        return type(failed)


FAULTS: dict[str, Step] = {
    "throttled": error("ProvisionedThroughputExceededException"),
    "throttled for its requests": error("ThrottlingException"),
    "failed": error("InternalServerError", 500),
    "unavailable": reply(b"<html>Service Unavailable</html>", 503),
    "reset after the write": reset,
    "closed without an answer": lambda wire: setattr(wire, "close_connection", True),
    "never answered": never,
    "cut off": reply(json.dumps({"Attributes": ITEM}).encode(), cut=5),
    "garbage": reply(b"\xff<<garbage>>"),
    "empty": reply(b""),
    "not an object": reply([]),
    "wrong checksum": reply({"Attributes": ITEM}, crc=1),
    "no checksum": reply({"Attributes": ITEM}, crc="none"),  # type: ignore[arg-type]
    "no HTTP": no_http,
    "elsewhere": reply(b"", 307),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_botocore_repeats_the_request(server: Server, fault: str) -> None:
    client = Clients().dynamodb
    server.script = [reply({}), FAULTS[fault], reply({"Attributes": ITEM})]
    write(client)  # opens the connection on which the fault is

    assert write(client)["Attributes"]["body"] == {"B": b"\x00\x01\x02\xff"}

    first, failed, repeated = server.requests
    assert first[2] == failed[2] == repeated[2]


def test_where_no_connection_is_had_botocore_tries_another(server: Server) -> None:
    server.refuses = 1

    assert write(Clients().dynamodb)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "requests"),
    [
        (reply({}), 1),
        (reply({"Attributes": ITEM}), 1),
        (reply(REFUSED | {"Item": ITEM}, 400), 1),
        (reply(REFUSED, 400), 1),
        (error("ValidationException"), 2),
        (error("ResourceNotFoundException"), 2),
        (error("ExpiredTokenException"), 2),
        (error("UnrecognizedClientException"), 2),
        (error("InvalidSignatureException"), 2),
        (error("AccessDeniedException"), 2),
    ],
)
def test_an_answer_is_what_botocore_makes_of_it(
    server: Server, answer: Step, requests: int
) -> None:
    server.script = [answer]
    expected = outcome(plain_client())
    server.requests.clear()
    server.script = [answer] * 2

    assert outcome(Clients().dynamodb) == expected
    assert len(server.requests) == requests


def _is_signed(request: tuple[str, dict[str, str], bytes], credentials: Credentials) -> bool:
    """Whether botocore would sign the request in the same way at the same time."""
    _, headers, body = request
    given = {name.lower(): it for name, it in headers.items()}
    unsigned = {it: given[it] for it in given.keys() - {"authorization", "content-length"}}
    del unsigned["accept-encoding"]  # which the HTTP client adds
    asked = AWSRequest("POST", f"http://{given['host']}/", unsigned, body)
    asked.context["timestamp"] = given["x-amz-date"]
    auth = SigV4Auth(credentials, "dynamodb", "eu-west-1")
    signature = auth.signature(auth.string_to_sign(asked, auth.canonical_request(asked)), asked)
    names = auth.signed_headers(auth.headers_to_sign(asked))
    return given["authorization"] == (
        f"AWS4-HMAC-SHA256 Credential={auth.scope(asked)}, "
        f"SignedHeaders={names}, Signature={signature}"
    )


@pytest.mark.parametrize("token", ["token/of+the==session", None])
def test_a_request_has_the_signature_of_botocore(
    server: Server, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    if not token:
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session("AKIDEXAMPLE", "secret"))
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "ingest")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")

    write(Clients().dynamodb)

    [request] = server.requests
    headers = request[1]
    age = datetime.now(UTC) - datetime.strptime(headers["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    assert abs(age) < timedelta(seconds=5)
    assert headers.get("x-amz-security-token") == token
    assert headers["x-amzn-trace-id"] == os.environ["_X_AMZN_TRACE_ID"]
    assert headers["user-agent"].startswith("article-ingest ")
    assert _is_signed(request, Credentials("AKIDEXAMPLE", "secret", token))


def test_credentials_that_have_changed_sign_the_next_request(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=30)  # so botocore asks before every request
    script = tmp_path / "credentials.py"
    script.write_text(
        "import json, pathlib\n"
        "calls = pathlib.Path(__file__).with_name('calls')\n"
        "calls.write_text((calls.read_text() if calls.exists() else '') + '+')\n"
        "n = len(calls.read_text())\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': f'AKID{n}', 'SecretAccessKey': f's{n}',"
        f" 'SessionToken': f't{{n}}', 'Expiration': '{soon.isoformat()}'}}))\n"
    )
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    client = Clients().dynamodb

    write(client)
    write(client)

    tokens = [headers["x-amz-security-token"] for _, headers, _ in server.requests]
    assert len(set(tokens)) == 2
    for request, token in zip(server.requests, tokens, strict=True):
        assert _is_signed(request, Credentials(f"AKID{token[1:]}", f"s{token[1:]}", token))
    script.write_text("raise SystemExit(1)")
    assert outcome(client) == outcome(plain_client())


def test_without_credentials_the_error_is_botocores(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    assert outcome(Clients().dynamodb) == outcome(plain_client())
    assert server.requests == []


def test_a_connection_is_kept_and_opened_again_when_the_server_has_closed_it(
    server: Server,
) -> None:
    client = Clients().dynamodb
    server.script = [reply({}), close]
    for _ in range(2):
        write(client)
    assert server.connections == 1
    time.sleep(0.05)  # until the end of the connection has arrived

    for _ in range(2):
        write(client)

    assert (server.connections, len(server.requests)) == (2, 4)


def test_threads_have_a_connection_each_and_their_own_answers(server: Server) -> None:
    titles = [f"title {number}" for number in range(200)]
    server.script = [echo for _ in titles]
    client = Clients().dynamodb
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda title: write(client, title), titles))

    assert [it["Attributes"]["title"]["S"] for it in answers] == titles
    assert (server.connections <= 16, len(server.requests)) == (True, 200)


@pytest.mark.parametrize("path", ["/base", "/base/"])
def test_an_endpoint_with_a_path_is_left_to_botocore(
    server: Server, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", os.environ["AWS_ENDPOINT_URL"] + path)

    write(Clients().dynamodb)

    assert [it[0].rstrip("/") for it in server.requests] == ["/base"]


def test_what_needs_a_proxy_is_left_to_botocore(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    monkeypatch.setenv("HTTP_PROXY", endpoint)

    write(Clients().dynamodb)

    assert [path for path, _, _ in server.requests] == [f"{endpoint}/"]


def test_an_answer_that_is_late_is_waited_for_and_not_asked_for_again(server: Server) -> None:
    def late(wire: Wire) -> None:
        time.sleep(READ_SECONDS / 2)
        reply({"Attributes": ITEM})(wire)

    server.script = [late]

    assert "Attributes" in write(Clients().dynamodb)
    assert len(server.requests) == 1


def test_a_request_is_attempted_as_often_as_those_of_other_services(server: Server) -> None:
    server.script = [FAULTS["unavailable"]] * 9

    assert outcome(Clients().dynamodb)[0] == "ClientError"
    assert len(server.requests) == 3


@pytest.mark.parametrize("is_trusted", [True, False])
def test_only_a_server_with_a_trusted_certificate_is_talked_to(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, is_trusted: bool
) -> None:
    bundle = _certified(server, tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{server.server_port}")
    if is_trusted:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))

    found = outcome(Clients().dynamodb)

    assert ["amz-sdk-request" in headers for _, headers, _ in server.requests] == (
        [False] if is_trusted else []  # botocore counts its attempts
    )
    assert found == outcome(plain_client())


def _certified(server: Server, folder: Path) -> Path:
    """Have a server speak TLS with a certificate of its own, and give that."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    now, day = datetime.now(UTC), timedelta(days=1)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        builder.not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(address, critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = folder / "chain.pem"
    pem = serialization.Encoding.PEM
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    chain.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return chain


Act = Callable[[Any], Any]
KEY: dict[str, Any] = {"article_id": {"S": "courier-1"}}
BINARY = {**KEY, "body": {"B": b"\x00\xff"}}
ACTS: list[Act] = [
    lambda it: it.get_item(TableName="articles", Key=KEY, ConsistentRead=True),
    lambda it: it.get_item(TableName="articles", Key={"article_id": {"S": "none"}}),
    lambda it: it.put_item(TableName="articles", Item=BINARY),
    lambda it: it.put_item(TableName="articles", Item=BINARY, ReturnValues="ALL_OLD"),
    lambda it: it.put_item(
        TableName="articles", Item=KEY, ConditionExpression="attribute_not_exists(article_id)"
    ),
    # What it does not know is the client's.
    lambda it: next(iter(it.get_paginator("scan").paginate(TableName="articles"))),
    lambda it: it.exceptions.ConditionalCheckFailedException.__name__,
]


def told(act: Act, client: Any) -> Any:
    try:
        answer = act(client)
    except client.exceptions.ConditionalCheckFailedException as refused:
        return refused.response["Error"]
    return {**answer, "ResponseMetadata": None} if isinstance(answer, dict) else answer


@pytest.mark.parametrize("number", range(4))
def test_what_is_asked_for_one_item_is_asked_once_and_under_its_name(
    server: Server, number: int
) -> None:
    asked = []
    for client in (plain_client(), Clients().dynamodb):
        told(ACTS[number], client)
        [(_, headers, body)] = server.requests
        given = {name.lower(): it for name, it in headers.items()}
        asked.append((given["x-amz-target"], json.loads(body)))
        server.requests.clear()

    assert asked[0] == asked[1]
    assert "amz-sdk-request" not in given  # by which botocore counts its attempts


def test_moto_over_http_answers_both_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        plain = plain_client()
        plain.create_table(
            TableName="articles",
            KeySchema=[{"AttributeName": "article_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "article_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        assert "Attributes" not in outcome(Clients().dynamodb)

        refused = outcome(Clients().dynamodb)

        assert refused == outcome(plain)
        assert refused[0] == "ConditionalCheckFailedException"
        assert refused[2]["Item"]["body"] == {"B": b"\x00\x01\xff"}
        for act in ACTS:
            assert told(act, Clients().dynamodb) == told(act, plain)
    finally:
        moto.stop()
