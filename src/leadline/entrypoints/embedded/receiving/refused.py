"""Logs the deliveries that the HTTP process refuses (`entrypoints.refusals`), on its event loop."""

import asyncio
from collections.abc import Iterable
from typing import Any

from leadline.entrypoints.reception import DEFAULT_SOURCE
from leadline.entrypoints.refusals import EVERY_S, RefusalLog, sender_of

Fields = Iterable[tuple[bytes, bytes]]


class RefusedDeliveries:
    """Refusals that are only counted at first are logged a second later."""

    def __init__(self, lines: RefusalLog) -> None:
        self._lines = lines
        self._is_telling = False

    def note(self, client: Any, fields: Fields, source: str, status: int, reason: str) -> None:
        """Log that a delivery was refused: of the address in *client*, with these header fields."""
        headers = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in fields}
        sender = sender_of(client[0] if client else "", headers)
        if not self._lines.note(source, status, reason, sender) and not self._is_telling:
            self._is_telling = True
            asyncio.get_running_loop().call_later(EVERY_S, self._tell_held)

    def note_unparsed(
        self, target: bytes, status: int, reason: str, client: Any, fields: Fields
    ) -> None:
        """Log that a request for *target* was refused before it was complete, if it is a delivery;
        connections that ask for something else, or for nothing, deliver nothing."""
        path = target.partition(b"?")[0]
        if path == b"/webhook" or path.startswith(b"/webhook/"):
            name = path.removeprefix(b"/webhook").strip(b"/").decode("latin-1")
            self.note(client, fields, name or DEFAULT_SOURCE, status, reason)

    def close(self) -> None:
        """Log what was only counted."""
        self._lines.tell_held(at_end=True)

    def _tell_held(self) -> None:
        self._is_telling = self._lines.tell_held()
        if self._is_telling:
            asyncio.get_running_loop().call_later(EVERY_S, self._tell_held)
