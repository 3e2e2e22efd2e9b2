"""Serves the pages at 127.0.0.1, to few at a time.

Waitress bounds what Flask's own server does not: threads, connections, headers, and the body of a
request, which lies in a file before it is looked at; and an idle connection holds no thread.
"""

import errno
import socket
from typing import TYPE_CHECKING

from waitress import create_server

from articles.limits import KIB, MIB

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from waitress.server import BaseWSGIServer

THREADS = 6
CONNECTIONS = 30
SECONDS = 30  # that a connection may be idle
MAX_HEADERS = 32 * KIB
LARGEST_FILE = 32 * MIB  # `articles put` takes larger ones
LARGEST_BODY = LARGEST_FILE + MIB  # with the rest of its form; a page says that more is too large
CUT_OFF = 2 * LARGEST_BODY  # bytes of a body, of which nothing is read


class PortTakenError(Exception):
    """Another program is listening on the port."""


def server(app: "WSGIApplication", port: int) -> "BaseWSGIServer":
    """Make a server at 127.0.0.1 and a port, 0 for any free one; `run` it, `close` it.

    Raises PortTakenError.
    """
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTakenError(f"Port {port} is in use; choose another with --port.") from error
    return create_server(
        app,
        sockets=[listening],
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=SECONDS,
        max_request_header_size=MAX_HEADERS,
        max_request_body_size=CUT_OFF,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )
