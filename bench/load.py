"""A load generator: a fixed number of connections, each sending its next request when answered.

Run as a process of its own (`python -m bench.load PORT CONNECTIONS SECONDS`), so that the server
has an interpreter to itself; prints one JSON line with the rate and the latencies.
"""

import asyncio
import json
import sys
import time
from typing import cast

import uvloop

_TEXT = "We are looking for a demonstration for about forty seats before the end of the month. "


def body(number: int) -> bytes:
    """A flat lead of about 1.9 KB, a different one for each number."""
    lead = {
        "first_name": "Mirela",
        "last_name": f"Vance-{number}",
        "email": f"mirela.vance.{number}@example.com",
        "phone": f"+1212555{number % 10_000:04d}",
        "company": f"Vance Tools {number % 977}",
        "job_title": "Head of Operations",
        "country": "US",
        "utm_source": "newsletter",
        "utm_campaign": "spring",
        "message": _TEXT * 17,
    }
    return json.dumps(lead).encode()


def request(port: int, number: int) -> bytes:
    payload = body(number)
    head = (
        f"POST /webhook HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nuser-agent: bench\r\n"
        f"content-type: application/json\r\ncontent-length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload


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
    def __init__(self, port: int, connections: int, seconds: float, first: int) -> None:
        self.port, self.connections, self.seconds = port, connections, seconds
        self.first = first
        # Composing a request costs as much as answering one: compose them before the clock runs.
        self.requests = [request(port, first + i) for i in range(int(seconds * 26_000))]
        self.latencies: list[float] = []
        self.refused = 0
        self.open = connections
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next_request(self) -> bytes | None:
        if time.perf_counter() > self.end or not self.requests:
            return None
        return self.requests.pop()

    def answered(self, latency: float, status: bytes) -> None:
        if status == b"200":
            self.latencies.append(latency)
        else:
            self.refused += 1

    def closed(self) -> None:
        self.open -= 1
        if not self.open and not self.done.done():
            self.done.set_result(None)

    async def go(self) -> dict[str, float]:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        self.end = began + self.seconds
        for _ in range(self.connections):
            await loop.create_connection(lambda: Client(self), "127.0.0.1", self.port)
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
    first = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    print(json.dumps(await Run(port, connections, seconds, first).go()))


if __name__ == "__main__":
    uvloop.run(main())
