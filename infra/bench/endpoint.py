"""The null endpoint: plays AWS in a separate process, and answers at once or after a delay.

`python endpoint.py <milliseconds>` prints its port and serves until its standard input ends, so it
never outlives its parent process.
"""

import asyncio
import signal
import sys
from urllib.parse import parse_qsl, unquote, urlsplit

from services import Answer, Request, Services


class Endpoint:
    """Speaks HTTP; `latency` is in seconds."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._services = Services()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection in order."""
        try:
            while True:
                request = await _request(reader, writer)
                if self._latency:
                    await asyncio.sleep(self._latency)
                await _send(self._services.answer(request), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client disconnected
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    (method, target, _), *lines = (line.split(" ", 2) for line in head.splitlines() if line)
    headers = {name.lower().removesuffix(":"): " ".join(value) for name, *value in lines}
    if "expect" in headers:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    url = urlsplit(target)
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    return Request(method, unquote(url.path), query, headers, body)


async def _send(answer: Answer, writer: asyncio.StreamWriter) -> None:
    headers = {"Content-Length": answer.size, **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} .", *(f"{name}: {it}" for name, it in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    for piece in answer.pieces:
        writer.write(piece)
        await writer.drain()


async def main() -> None:
    endpoint = Endpoint(float(sys.argv[1]) / 1000)
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # its parent process is interrupted, too
    asyncio.run(main())
