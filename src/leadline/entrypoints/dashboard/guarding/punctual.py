"""Connections on which no request comes in time are closed: uvicorn by itself keeps them open for
as long as somebody sends the head of a request letter by letter, or nothing."""

import asyncio
from typing import Any

from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol


class PunctualProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol that waits for the head of a request no longer than for a body
    (`receive_timeout`). Of the two that uvicorn has, this one limits the length of a head."""

    _head_is_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """See asyncio."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        super().connection_lost(exc)
        self._wait_no_more()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait_for_head()

    def _wait_for_head(self) -> None:
        self._wait_no_more()
        app = self.config.app
        assert isinstance(app, Starlette)  # noqa: S101 - `DashboardServer` gave it
        limit_s = app.state.dashboard.settings.receive_timeout.total_seconds()
        self._head_is_due = self.loop.call_later(limit_s, self._close_without_head)

    def _wait_no_more(self) -> None:
        if self._head_is_due is not None:
            self._head_is_due.cancel()

    def _close_without_head(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
