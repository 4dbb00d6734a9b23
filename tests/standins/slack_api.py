"""A stand-in for Slack's Web API on loopback: it keeps messages, checks each call against the
documented arguments, and misbehaves when told to."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, NamedTuple, Self
from urllib.parse import parse_qs

TOKEN = "xoxb-0000-sEcReT"
JSON_METHODS = {"chat.postMessage", "chat.update", "conversations.open"}
FORM_METHODS = {
    "users.lookupByEmail", "conversations.history", "conversations.replies", "auth.test",
}  # fmt: skip
ARGUMENTS = {
    "chat.postMessage": {
        "channel", "text", "blocks", "metadata", "thread_ts", "reply_broadcast", "unfurl_links",
        "unfurl_media",
    },
    "chat.update": {"channel", "ts", "text", "blocks", "metadata"},
    "conversations.open": {"users"},
    "conversations.history": {"channel", "oldest", "limit", "cursor", "include_all_metadata"},
    "conversations.replies": {"channel", "ts", "oldest", "limit", "cursor", "include_all_metadata"},
    "users.lookupByEmail": {"email"},
    "auth.test": set(),
}  # fmt: skip
"""Slack docs, the page of each method: what it may be given here."""


class WrongAnswer(NamedTuple):
    """An answer in place of the right one; `done` is whether the call does its work all the same.
    Without a status nothing is answered at all."""

    status: int | None = 200
    body: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    done: bool = False


def no(error: str, **more: Any) -> WrongAnswer:
    """Slack's way of refusing: 200 and `ok: false`."""
    return WrongAnswer(200, {"ok": False, "error": error, **more})


class Call(NamedTuple):
    method: str
    arguments: dict[str, Any]


class SlackApi:
    """One workspace with a bot in it. `users` are ids by e-mail; `complaints` collects what was
    wrong with calls: nothing should be. `faults` are answers for the next calls of a method."""

    page: ClassVar[int] = 3

    def __init__(self) -> None:
        self.users: dict[str, str] = {}
        self.messages: list[dict[str, Any]] = []
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.faults: dict[str, list[WrongAnswer]] = {}
        self.now = 1_772_442_000.0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def called(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call of a method."""
        return [call.arguments for call in self.calls if call.method == method]

    def answer(self, method: str, headers: dict[str, str], body: bytes) -> WrongAnswer:
        """What one call is answered with."""
        with self._lock:
            arguments = self._arguments(method, headers, body)
            self.calls.append(Call(method, arguments))
            faults = self.faults.get(method)
            fault = faults.pop(0) if faults else None
            if fault is not None and not fault.done:
                return fault
            told = getattr(self, "_" + method.replace(".", "_"), self._unknown)(arguments)
            return fault or WrongAnswer(200, told)

    def _arguments(self, method: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        kind = headers.get("content-type", "").partition(";")[0]
        if headers.get("authorization") != f"Bearer {TOKEN}":
            self.complaints.append(f"{method}: no bearer token")
        wanted = "application/json" if method in JSON_METHODS else None
        wanted = "application/x-www-form-urlencoded" if method in FORM_METHODS else wanted
        if kind != wanted:
            self.complaints.append(f"{method}: the body is {kind}")
        found: dict[str, Any]
        if kind == "application/json":
            found = json.loads(body)
        else:
            found = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        for name in found.keys() - ARGUMENTS.get(method, set()):
            self.complaints.append(f"{method}: {name} is no argument")
        return found

    def _unknown(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"ok": False, "error": "unknown_method"}

    def _chat_postMessage(self, said: dict[str, Any]) -> dict[str, Any]:
        if not said.get("channel", "").startswith(("C", "D")):
            return {"ok": False, "error": "channel_not_found"}
        self.now += 1
        message = {**said, "ts": f"{self.now:.6f}"}
        self.messages.append(message)
        return {"ok": True, "channel": said["channel"], "ts": message["ts"], "message": message}

    def _chat_update(self, said: dict[str, Any]) -> dict[str, Any]:
        place = (said.get("channel"), said.get("ts"))
        for message in self.messages:
            if (message["channel"], message["ts"]) == place:
                message |= said
                return {"ok": True, "channel": said["channel"], "ts": said["ts"]}
        return {"ok": False, "error": "message_not_found"}

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "team": "Example", "user": "leadline", "bot_id": "B0"}

    def _conversations_open(self, said: dict[str, Any]) -> dict[str, Any]:
        user = said.get("users", "")
        if user not in self.users.values():
            return {"ok": False, "error": "user_not_found"}
        return {"ok": True, "channel": {"id": f"D{user[1:]}"}}

    def _users_lookupByEmail(self, said: dict[str, Any]) -> dict[str, Any]:
        user = self.users.get(said.get("email", "").lower())
        if user is None:
            return {"ok": False, "error": "users_not_found"}
        return {"ok": True, "user": {"id": user, "profile": {"email": said["email"]}}}

    def _conversations_history(self, said: dict[str, Any]) -> dict[str, Any]:
        found = [m for m in self.messages if m["channel"] == said["channel"]]
        shown = [m for m in found if not m.get("thread_ts") or m.get("reply_broadcast")]
        return self._paged(shown, said)

    def _conversations_replies(self, said: dict[str, Any]) -> dict[str, Any]:
        found = [m for m in self.messages if m["channel"] == said["channel"]]
        return self._paged([m for m in found if m.get("thread_ts") == said["ts"]], said)

    def _paged(self, found: list[dict[str, Any]], said: dict[str, Any]) -> dict[str, Any]:
        """The newest first, some at a time, with their metadata only where it is asked for."""
        oldest = float(said.get("oldest", 0))
        found = [m for m in reversed(found) if float(m["ts"]) > oldest]
        start = int(said.get("cursor", 0))
        page = found[start : start + self.page]
        if said.get("include_all_metadata") != "true":
            page = [{k: v for k, v in m.items() if k != "metadata"} for m in page]
        more = start + self.page < len(found)
        cursor = str(start + self.page) if more else ""
        data = {"ok": True, "messages": page, "has_more": more}
        return {**data, "response_metadata": {"next_cursor": cursor}}


def _handler(api: SlackApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            method = self.path.removeprefix("/api/")
            told = api.answer(method, headers, body)
            if told.status is None:
                time.sleep(0.01)
                return  # the connection is closed without a word
            encoded = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            self.send_response(told.status)
            self.send_header("content-length", str(len(encoded)))
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
