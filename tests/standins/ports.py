"""Ports for servers that are given one before they listen."""

import random
import socket

_LOWEST, _HIGHEST = 10_000, 32_000
"""Below those that systems give to outgoing connections (Linux: from 32768): else one of these
could take the port before the server does."""


def free_port() -> int:
    """A port of loopback that nobody listens on; drawn, so that tests that run at once differ."""
    while True:
        port = random.SystemRandom().randrange(_LOWEST, _HIGHEST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
