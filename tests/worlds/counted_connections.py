"""Connections of the HTTP server that count what they parse."""

from typing import Any

from leadline.entrypoints.embedded.receiving.slow_senders import GuardedProtocol


class _Counting:
    """A parser that counts the bytes it is given."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser

    def feed_data(self, data: bytes) -> None:
        CountedConnections.fed += len(data)
        self._parser.feed_data(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)


class CountedConnections(GuardedProtocol):
    fed = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.parser = _Counting(self.parser)  # type: ignore[assignment]
