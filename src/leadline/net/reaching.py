"""Whether servers can be reached: a TCP connection and, where they speak it, TLS."""

import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import NamedTuple

from leadline.net.address import read_url
from leadline.net.deadline import within
from leadline.net.sockets import open_connection, secured


class Server(NamedTuple):
    """A server by host name and port; `tls` is whether TLS begins with the connection."""

    host: str
    port: int
    tls: bool


def server_of_url(url: str) -> Server | None:
    """The server of an HTTP URL; None for any other text."""
    try:
        address = read_url(url)
    except ValueError:
        return None
    return Server(address.host, address.port, address.scheme == "https")


def unreachable(servers: Iterable[Server], seconds: float) -> Mapping[Server, str]:
    """Why each of these servers can't be reached; "" for those that can.

    All are tried at once, and no answer is waited for longer than so many seconds, not even that
    of a resolver of names, which no timeout ends.
    """
    found: dict[Server, str] = {}
    tries = {
        server: threading.Thread(
            target=lambda server=server: found.__setitem__(server, _why_not(server, seconds)),
            daemon=True,
        )
        for server in servers
    }
    end = time.monotonic() + seconds + 0.5
    for one in tries.values():
        one.start()
    for one in tries.values():
        one.join(max(end - time.monotonic(), 0))
    slow = f"no answer within {seconds:g} s, not even for the name"
    return {server: found.get(server, slow) for server in tries}


def _why_not(server: Server, seconds: float) -> str:
    try:
        with within(seconds), closing(open_connection(server.host, server.port)) as plain:
            if server.tls:
                secured(plain, server.host).close()
    except TimeoutError:
        return f"no answer within {seconds:g} s"
    except OSError as error:  # ssl.SSLError is one
        return error.strerror or str(error) or type(error).__name__
    return ""
