"""Idle connections, kept for the next call."""

import threading
import time
from typing import Generic, Protocol, TypeVar


class Reusable(Protocol):
    """A connection that can be used for another call."""

    def is_fresh(self) -> bool:
        """Whether the other side has neither closed it nor sent anything since the last answer."""

    def close(self) -> None:
        """Close the connection."""


C = TypeVar("C", bound=Reusable)


class IdleConnections(Generic[C]):
    """Idle connections by their destination; it may be shared by threads.

    Each is kept for *seconds*, and at most *most* of them.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self._lock = threading.Lock()
        self._kept: list[tuple[object, C, float]] = []

    def take(self, where: object) -> C | None:
        """The most recently used connection, which is the least likely to have been closed by the
        other side; None if there is none. Closed and expired ones are discarded."""
        oldest = time.monotonic() - self._seconds
        with self._lock:
            ours = [one for one in self._kept if one[0] == where]
            found = None
            while ours and found is None:
                entry = ours.pop()
                self._kept.remove(entry)
                _, connection, since = entry
                if since >= oldest and connection.is_fresh():
                    found = connection
                else:
                    connection.close()
            return found

    def give(self, where: object, connection: C) -> None:
        """Keep a connection whose last answer was read completely."""
        with self._lock:
            self._kept.append((where, connection, time.monotonic()))
            spare = self._kept[: -self._most]
            del self._kept[: -self._most]
        for _, one, _ in spare:
            one.close()

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            kept, self._kept = self._kept, []
        for _, connection, _ in kept:
            connection.close()
