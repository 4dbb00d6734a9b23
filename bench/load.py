"""A load generator: a fixed number of connections, each sending its next request when answered.

Run as a process of its own (`python -m bench.load PORT CONNECTIONS SECONDS [FIRST [BYTES
[OWN_HEADS]]]`), so that the server has an interpreter to itself; prints one JSON line with the rate
and the latencies.
"""

import asyncio
import json
import sys
import time
from typing import cast

import uvloop

USUAL_SIZE = 1900
_TEXT = "We are looking for a demonstration for about forty seats before the end of the month. "
_NUMBER = "@@"


def lead(size: int) -> bytes:
    """A flat lead of about *size* bytes, with `@@` where each has its number."""
    fields = {
        "first_name": "Mirela",
        "last_name": f"Vance-{_NUMBER}",
        "email": f"mirela.vance.{_NUMBER}.@example.com",
        "phone": "+12125550142",
        "company": "Vance Tools",
        "country": "US",
        "utm_source": "newsletter",
        "message": "",
    }
    left = size - len(json.dumps(fields))
    fields["message"] = (_TEXT * (left // len(_TEXT) + 1))[: max(left, 0)]
    return json.dumps(fields).encode()


class Requests:
    """Composes requests, each with a lead of its own. With *own_heads* each head differs from the
    others, too, as those of senders that sign do."""

    def __init__(self, port: int, size: int = USUAL_SIZE, *, own_heads: bool = False) -> None:
        self._begin, *self._rest = lead(size).split(_NUMBER.encode())
        head = (
            f"POST /webhook HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nuser-agent: bench\r\n"
            "content-type: application/json\r\ncontent-length: "
        )
        self._head = head.encode()
        self._own_heads = own_heads

    def made(self, number: int) -> bytes:
        """One request."""
        digits = b"%07d" % number
        payload = digits.join((self._begin, *self._rest))
        more = b"x-request: %b\r\n" % digits if self._own_heads else b""
        return b"%b%d\r\n%b\r\n%b" % (self._head, len(payload), more, payload)


class Client(asyncio.Protocol):
    def __init__(self, run: "Run") -> None:
        self.run = run
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        message = self.run.next_request()
        if message is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(message)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.buffer.endswith(b"}"):
            return
        self.run.answered(time.perf_counter() - self.sent, self.buffer[9:12])
        self.buffer = b""
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.run.closed()


class Run:
    def __init__(self, requests: Requests, connections: int, seconds: float, first: int) -> None:
        self.connections, self.seconds = connections, seconds
        self.requests, self.number = requests, first
        self.latencies: list[float] = []
        self.refused = 0
        self.open = connections
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next_request(self) -> bytes | None:
        if time.perf_counter() > self.end:
            return None
        self.number += 1
        return self.requests.made(self.number)

    def answered(self, latency: float, status: bytes) -> None:
        if status == b"200":
            self.latencies.append(latency)
        else:
            self.refused += 1

    def closed(self) -> None:
        self.open -= 1
        if not self.open and not self.done.done():
            self.done.set_result(None)

    async def go(self, port: int) -> dict[str, float]:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        self.end = began + self.seconds
        for _ in range(self.connections):
            await loop.create_connection(lambda: Client(self), "127.0.0.1", port)
        await self.done
        took = time.perf_counter() - began
        ordered = sorted(self.latencies)
        return {
            "per_second": len(ordered) / took,
            "p50_ms": ordered[len(ordered) // 2] * 1000,
            "p99_ms": ordered[len(ordered) * 99 // 100] * 1000,
            "answered": len(ordered),
            "refused": self.refused,
        }


async def main() -> None:
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    first, size, own_heads, *_ = [*map(int, sys.argv[4:]), *(0, USUAL_SIZE, 0)[len(sys.argv) - 4 :]]
    requests = Requests(port, size, own_heads=bool(own_heads))
    print(json.dumps(await Run(requests, connections, seconds, first).go(port)))


if __name__ == "__main__":
    uvloop.run(main())
