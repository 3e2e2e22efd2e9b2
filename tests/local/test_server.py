"""The HTTP server in front of moto."""

from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from articles_local.server import serving


@pytest.fixture
def connection() -> Iterator[HTTPConnection]:
    """A connection whose server ends before it does."""
    with serving(0) as url:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.connect()
        yield connection
    with pytest.raises(ConnectionError):
        status(connection, "GET")
    connection.close()


def status(connection: HTTPConnection, method: str, body: str = "", **headers: str) -> int:
    path = "/" if "X_Amz_Target" in headers else "/no-such-bucket"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, sent)
    with connection.getresponse() as answer:
        answer.read()
        return answer.status


def test_a_connection_is_kept(connection: HTTPConnection) -> None:
    kept = connection.sock

    statuses = [status(connection, method) for method in ("HEAD", "GET", "PUT", "HEAD", "GET")]

    assert statuses == [404, 404, 200, 200, 200]
    assert connection.sock is kept


def test_a_fault_of_moto_ends_one_request_and_is_logged(
    connection: HTTPConnection, caplog: pytest.LogCaptureFixture
) -> None:
    target = "DynamoDB_20120810"

    unknown = status(connection, "POST", "{}", X_Amz_Target=f"{target}.NoSuchAction")
    known = status(connection, "POST", "{}", X_Amz_Target=f"{target}.ListTables")

    assert (unknown, known) == (500, 200)
    assert "OperationNotFoundError" in caplog.text
