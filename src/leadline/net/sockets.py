"""TCP and TLS connections on which every wait keeps the thread's deadline."""

import socket
import ssl
from functools import cache
from typing import Any

from leadline.net.deadline import seconds_left


class _KeepsDeadline(socket.socket):
    """A socket all of whose waits end at the thread's deadline (`deadline.within`)."""

    ended = False
    """Whether the other side has ended its side of the connection."""

    def connect(self, address: Any, /) -> None:
        self._limit()
        super().connect(address)

    def recv(self, *args: Any) -> bytes:
        self._limit()
        return super().recv(*args)

    def recv_into(self, *args: Any, **named: Any) -> int:
        self._limit()
        size = super().recv_into(*args, **named)
        self.ended = self.ended or not size
        return size

    def send(self, *args: Any) -> int:
        self._limit()
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        self._limit()
        super().sendall(*args)

    def _limit(self) -> None:
        left = seconds_left()
        if left is not None:
            self.settimeout(left)


class _TlsKeepsDeadline(_KeepsDeadline, ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        self._limit()
        super().do_handshake(block)


def open_connection(host: str, port: int) -> socket.socket:
    """A connection to the first address of the host that accepts one, within the deadline.

    Raises OSError if none does.
    """
    error = OSError("the name has no address")
    try:
        addresses = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError("this is not a valid host name") from None
    for family, kind, protocol, _, address in addresses:
        opened = _KeepsDeadline(family, kind, protocol)
        try:
            opened.connect(address)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as failed:
            opened.close()
            error = failed
        else:
            return opened
    raise error


def secured(plain: socket.socket, name: str) -> ssl.SSLSocket:
    """TLS over *plain*; closes it and raises unless the other side proves that it is *name*."""
    try:
        return trust().wrap_socket(plain, server_hostname=name)
    except BaseException:
        plain.close()
        raise


@cache
def trust() -> ssl.SSLContext:
    """The machine's trusted certificates; loaded once, since that takes 20 ms of CPU and more."""
    context = ssl.create_default_context()
    context.sslsocket_class = _TlsKeepsDeadline
    return context
