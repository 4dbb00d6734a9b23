"""A sender with a pace: `python -m bench.paced PORT PER_SECOND` sends leads in this rate, each on
a connection that is free, until SIGTERM; then it prints one JSON line with the rate that was
answered.

A server that falls behind is not sent more than its connections hold, so that its rate falls.
"""

import asyncio
import json
import signal
import sys
import time
from contextlib import suppress
from typing import cast

import uvloop

from bench.load import Requests

CONNECTIONS = 64
_TICK_S = 0.005
_MOST_OWED_S = 0.25  # a sender that was held up itself does not send all of it at once


class _Sender(asyncio.Protocol):
    def __init__(self, pace: "Pace") -> None:
        self._pace = pace
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._pace.idle.append(self)

    def connection_lost(self, error: Exception | None) -> None:
        del error  # a server closes connections that are idle, and some after a refusal
        self._pace.lost(self)

    @property
    def is_closing(self) -> bool:
        """Whether the connection ends, which `connection_lost` is not told yet."""
        return self._transport.is_closing()

    def send(self, request: bytes) -> None:
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._buffer.endswith(b"}"):
            self._pace.answered(self._buffer[9:12], time.perf_counter() - self._sent)
            self._buffer = b""
            self._pace.idle.append(self)


class Pace:
    def __init__(self, port: int, per_second: float) -> None:
        self._port, self._per_second = port, per_second
        self._requests = Requests(port)
        self.idle: list[_Sender] = []
        self._latencies: list[float] = []
        self._refused = 0
        self._ended = False
        self._connecting: set[asyncio.Future[None]] = set()

    def lost(self, sender: _Sender) -> None:
        """Take up another connection in place of one that was closed."""
        if sender in self.idle:
            self.idle.remove(sender)
        if not self._ended:
            task = asyncio.ensure_future(self._connect())
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # the server ends
            await loop.create_connection(lambda: _Sender(self), "127.0.0.1", self._port)

    def answered(self, status: bytes, latency: float) -> None:
        if status == b"200":
            self._latencies.append(latency)
        else:
            self._refused += 1

    async def go(self, end: asyncio.Event) -> dict[str, float]:
        for _ in range(CONNECTIONS):
            await self._connect()
        # Numbers of other runs differ, so that no lead is a redelivery.
        number = time.time_ns() // 1000 % 10**9
        began = last = time.perf_counter()
        owed = 0.0
        while not end.is_set():
            await asyncio.sleep(_TICK_S)
            now = time.perf_counter()
            owed = min(owed + (now - last) * self._per_second, self._per_second * _MOST_OWED_S)
            last = now
            while owed >= 1 and self.idle:
                free = self.idle.pop()
                if free.is_closing:
                    continue
                number += 1
                owed -= 1
                free.send(self._requests.made(number))
        took = time.perf_counter() - began
        self._ended = True
        ordered = sorted(self._latencies) or [0.0]
        return {
            "per_second": len(self._latencies) / took,
            "p99_ms": ordered[len(ordered) * 99 // 100] * 1000,
            "refused": self._refused,
        }


async def main() -> None:
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    print(json.dumps(await Pace(int(sys.argv[1]), float(sys.argv[2])).go(end)))


if __name__ == "__main__":
    uvloop.run(main())
