"""A stand-in for Slack on this machine: takes alerts as Slack does, shows them, sends nothing on.

    python -m leadline.entrypoints.slack_inbox --port 8090

For `make demo`, for trying settings without bothering a channel, and for tests, which can make it
misbehave.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from leadline.entrypoints.slack_page import page

_PATH = "/services/T00000000/B00000000/local"


@dataclass(frozen=True)
class Reply:
    """How the stand-in answers one post, when it is told to misbehave."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    hang_up: bool = False


class SlackInbox:
    """The stand-in; a context manager. `messages` are those that were accepted, in order.

    `behave`, given the number of the post (from 0), may return a Reply in place of "ok"; a message
    is kept only when the reply's status is 200. With *record* each accepted message is also
    appended to a file as a line of JSON, before it is answered.
    """

    def __init__(self, port: int = 0, record: Path | None = None) -> None:
        self.messages: list[dict[str, Any]] = []
        self.behave: Callable[[int], Reply | None] = lambda _number: None
        self.posts = 0
        self.times: list[float] = []
        self._record = record
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.inbox = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The page that shows the alerts."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def webhook_url(self) -> str:
        """What to set as `slack_webhook_url`."""
        return self.url + _PATH

    def wait_for(self, count: int, seconds: float = 10.0) -> bool:
        """Wait until so many messages are there; False if they don't come in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.messages) >= count, seconds)

    def receive(self, body: bytes) -> Reply:
        """Take one post."""
        with self._changed:
            number, self.posts = self.posts, self.posts + 1
            self.times.append(time.monotonic())
        reply = self.behave(number) or Reply()
        if reply.delay_s:
            time.sleep(reply.delay_s)
        if reply.status != 200:
            return reply
        try:
            message = json.loads(body)
            if not isinstance(message, dict) or not (message.get("blocks") or message.get("text")):
                raise ValueError
        except ValueError:
            return Reply(400, b"invalid_payload")
        with self._changed:
            if self._record is not None:
                with self._record.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(message) + "\n")
            self.messages.append(message)
            self._changed.notify_all()
        return reply

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "SlackInbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    inbox: SlackInbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed in the middle is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave together; apart, the second would wait for the first to be acknowledged.
    wbufsize = 1 << 16
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        if not self.path.startswith("/services/"):
            self._answer(404, b"no_service")
            return
        reply = self.server.inbox.receive(body)
        if reply.hang_up:
            self.close_connection = True
            self.connection.close()
            return
        self._answer(reply.status, reply.body, headers=reply.headers)

    def do_GET(self) -> None:
        messages = list(self.server.inbox.messages)
        if self.path == "/":
            self._answer(200, page(messages).encode(), "text/html; charset=utf-8")
        elif self.path == "/messages.json":
            self._answer(200, json.dumps(messages).encode(), "application/json")
        else:
            self._answer(404, b"not found")

    def _answer(
        self,
        status: int,
        body: bytes,
        media_type: str = "text/plain",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: messages are shown on the page."""


def main() -> None:
    """Run the stand-in until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A local stand-in for a Slack channel.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--record", type=Path, help="append each message to this file")
    arguments = parser.parse_args()
    with SlackInbox(arguments.port, arguments.record) as inbox:
        print(
            f"alerts are shown at {inbox.url}\nset LEADLINE_SLACK_WEBHOOK_URL={inbox.webhook_url}"
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
