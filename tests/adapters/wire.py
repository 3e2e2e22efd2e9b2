"""A server of DynamoDB on loopback that answers as a test scripts it, faults included."""

import json
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from struct import pack
from zlib import crc32

READ_SECONDS = 0.5  # in these tests


class Wire(BaseHTTPRequestHandler):
    """One connection to a server that does what its script says, then answers `{}`."""

    server: "Server"
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.asked = body
        self.server.requests.append((self.path, dict(self.headers.items()), body))
        script = self.server.script
        (script.pop(0) if script else reply({}))(self)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Wire)
        self.script: list[Step] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.connections = self.refuses = 0

    def verify_request(self, *_: object) -> bool:
        self.refuses -= 1
        return self.refuses < 0


Step = Callable[[Wire], None]


def reply(answer: object, status: int = 200, crc: int | None = None, cut: int = 0) -> Step:
    """Answer with JSON, or with bytes as they are; `cut` bytes of the body are not sent."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    def send(wire: Wire) -> None:
        wire.send_response(status)
        wire.send_header("Content-Length", str(len(body)))
        wire.send_header("x-amz-crc32", str(crc32(body) if crc is None else crc))
        wire.end_headers()
        wire.wfile.write(body[: len(body) - cut])
        wire.close_connection = bool(cut)

    return send


def error(name: str, status: int = 400) -> Step:
    return reply({"__type": f"com.amazonaws.dynamodb#{name}", "message": "asked for"}, status)


def echo(wire: Wire) -> None:
    title = json.loads(wire.asked)["ExpressionAttributeValues"][":title"]
    reply({"Attributes": {"title": title}})(wire)


def reset(wire: Wire) -> None:
    wire.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
    wire.connection.close()


def no_http(wire: Wire) -> None:
    wire.wfile.write(b"garbage\r\n\r\n")
    wire.close_connection = True


def close(wire: Wire) -> None:
    reply({})(wire)
    wire.close_connection = True


def never(wire: Wire) -> None:
    wire.connection.settimeout(4 * READ_SECONDS)
    try:
        wire.connection.recv(1)  # nothing, once the client has given up
    except TimeoutError:
        reply({})(wire)
    wire.close_connection = True
