"""A stand-in for Slack on this machine: it accepts alerts as Slack does and shows them.

    python -m leadline.standins.slack_inbox --port 8090

For `leadline inbox`, the demo, and tests, which can make it fail. Run alone, it presses no buttons.
"""

import argparse
import html
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any

import msgspec

from leadline.model.rights import open_file
from leadline.standins.slack_page import SAFE, SCRIPT, Message, as_terminal, page
from leadline.standins.slack_shown import PagePress, ShownMessage

__all__ = ["Reply", "SlackInbox", "as_terminal", "main"]

_PATH = "/services/T00000000/B00000000/local"
_MOST_BODY = 1 << 20
YOU: Mapping[str, str] = {"U0LOCAL": "you"}
"""Who presses buttons if nobody is named."""


@dataclass(frozen=True)
class Reply:
    """A failure of the stand-in: its answer to one post.

    With `hang_up` the connection is closed without an answer; the message is still kept if the
    status is 200.
    """

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    hang_up: bool = False


class SlackInbox:
    """The stand-in; a context manager. `messages` has the accepted messages in order.

    `behave` is called with the number of each post (from 0) and may return a Reply instead of "ok";
    a message is kept only if the reply's status is 200. With *record* each accepted message is also
    appended to a file as a line of JSON, before it is answered. `posts` counts all posts, and
    `times` has the time of each (`time.monotonic`).

    With *on_press* buttons can be pressed on the page: it is called with what Slack would post to
    the app, and returns what went wrong, or "". *people* are the names of those who can press, by
    Slack user id. What the app answers changes the message in which was pressed.
    """

    def __init__(
        self,
        port: int = 0,
        record: Path | None = None,
        behave: Callable[[int], Reply | None] = lambda _number: None,
        on_press: Callable[[Message], str] | None = None,
        people: Mapping[str, str] = YOU,
    ) -> None:
        self.messages: list[dict[str, Any]] = []
        self.behave = behave
        self.posts = 0
        self.times: list[float] = []
        self._shown: list[ShownMessage] = []
        self._on_press = on_press
        self._people = dict(people)
        self._answers = f"{_PATH}/{token_hex(4)}-"  # the messages of an earlier run are away
        self._record = record
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.inbox = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.daemon = True
        self._thread.start()

    @property
    def url(self) -> str:
        """The page that shows the alerts."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def webhook_url(self) -> str:
        """What to set as `slack_webhook_url`."""
        return self.url + _PATH

    @property
    def html(self) -> str:
        """The page as it is now."""
        with self._changed:
            people = None if self._on_press is None else self._people
            drawn = page([one.html for one in self._shown], len(self.messages), people)
        for ident, name in self._people.items():
            drawn = drawn.replace(f"<b>@{ident}</b>", f"<b>@{html.escape(name)}</b>")
        return drawn

    def wait_for(self, count: int, timeout: float = 10.0) -> bool:
        """Wait for so many messages; returns False if they do not come within *timeout* seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.messages) >= count, timeout)

    def press(self, press: PagePress) -> tuple[int, str]:
        """Press a button as one of the people; returns an HTTP status and what to tell them."""
        with self._changed:
            shown = self._shown[press.message : press.message + 1] if press.message >= 0 else []
            name, reply_url = (
                self._people.get(press.user),
                f"{self.url}{self._answers}{press.message}",
            )
            posted = None
            if shown and name is not None:
                posted = shown[0].pressed(press, datetime.now(UTC), name, reply_url)
        if posted is None or self._on_press is None:
            return 404, "There is no such button any more."
        wrong = self._on_press(posted)
        return (502, wrong) if wrong else (200, "")

    def receive(self, body: bytes, path: str = _PATH) -> Reply:
        """Accept one post; like Slack, refuse a body that is not a message with blocks or text."""
        with self._changed:
            number, self.posts = self.posts, self.posts + 1
            self.times.append(time.monotonic())
        reply = self.behave(number) or Reply()
        if reply.delay_s:
            time.sleep(reply.delay_s)
        return self._keep(body, reply, path) if reply.status == 200 else reply

    def _keep(self, body: bytes, reply: Reply, path: str) -> Reply:
        try:
            message = json.loads(body)
        except ValueError:
            return Reply(400, b"invalid_payload")
        if not isinstance(message, dict):
            return Reply(400, b"invalid_payload")
        if not message.get("blocks") and not message.get("text"):
            return Reply(400, b"no_text")
        with self._changed:
            try:
                self._show(message, path)
            except (KeyError, TypeError, ValueError, AttributeError):
                return Reply(400, b"invalid_blocks")
            if self._record is not None:
                with os.fdopen(open_file(self._record, os.O_WRONLY | os.O_APPEND), "ab") as file:
                    file.write(json.dumps(message).encode() + b"\n")
            self.messages.append(message)
            self._changed.notify_all()
        return reply

    def _show(self, message: Message, path: str) -> None:
        """Show a message: in place of another where it answers a press, else as the newest."""
        number = path.removeprefix(self._answers)
        answered = {str(one.number): one for one in self._shown}.get(number)
        if answered is not None and answered.take(message):
            return
        at, is_pressable = datetime.now(UTC), self._on_press is not None
        self._shown.append(ShownMessage(len(self._shown), message, at, is_pressable))

    def close(self) -> None:
        """Stop the server."""
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
    block_on_close = False  # idle connections of clients must not delay the end
    request_queue_size = 128
    inbox: SlackInbox


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > _MOST_BODY:
            self.close_connection = True  # the body is not read
            self._answer(413 if length.isdigit() else 411, b"invalid_payload")
            return
        body = self.rfile.read(int(length))
        if self.path == "/press":
            self._press(body)
            return
        if not self.path.startswith("/services/"):
            self._answer(404, b"no_service")
            return
        reply = self.server.inbox.receive(body, self.path)
        if reply.hang_up:
            self.close_connection = True
            return
        self._answer(reply.status, reply.body, headers=reply.headers)

    def _press(self, body: bytes) -> None:
        """Take a press from the page; another website's page in the same browser is refused."""
        media = self.headers.get("content-type", "")
        if not self._is_local() or media != "application/json":
            self._answer(403, b"Only this page may press its buttons.")
            return
        try:
            press = msgspec.json.decode(body, type=PagePress)
        except msgspec.DecodeError:
            self._answer(400, b"This is no press.")
            return
        status, words = self.server.inbox.press(press)
        self._answer(status, words.encode())

    def _is_local(self) -> bool:
        """Whether the request names this machine as its host, and comes from our own page: names of
        others can lead to this machine, too (DNS rebinding)."""
        host = self.headers.get("host", "")
        port = self.server.server_address[1]
        if host not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            return False
        return self.headers.get("origin", f"http://{host}") == f"http://{host}"

    def do_GET(self) -> None:
        inbox = self.server.inbox
        if not self._is_local():
            self._answer(403, b"Only this machine may read this page.")
            return
        match self.path:
            case "/":
                policy = {"content-security-policy": SAFE}
                self._answer(200, inbox.html.encode(), "text/html; charset=utf-8", policy)
            case "/page.js":
                self._answer(200, SCRIPT.encode(), "text/javascript; charset=utf-8")
            case "/messages.json":
                body = json.dumps(list(inbox.messages)).encode()
                self._answer(200, body, "application/json")
            case "/count":
                self._answer(200, str(len(inbox.messages)).encode())
            case _:
                self._answer(404, b"not found")

    def _answer(
        self,
        status: int,
        body: bytes,
        media_type: str = "text/plain; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-content-type-options", "nosniff")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: messages are shown on the page."""


def main() -> None:
    """Run the stand-in until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A local stand-in for a Slack channel.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--record", type=Path, help="append each message to this file")
    arguments = parser.parse_args()
    with SlackInbox(arguments.port, arguments.record) as inbox:
        print(f"alerts are shown at {inbox.url}")
        print(f"set LEADLINE_SLACK_WEBHOOK_URL={inbox.webhook_url}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
