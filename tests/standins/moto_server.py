"""moto's AWS in a thread of this process, behind HTTP/1.1 that costs less than moto does.

moto's own server parses headers as mail and makes an environment for each request that says far
more than moto asks for: more work than most of its answers.
"""

import io
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_to_bytes

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from tests.standins.direct_moto import MotoAnswer, answered
from tests.standins.quick_moto import quicken


@contextmanager
def moto_server(*, quick: bool = True) -> Iterator[str]:
    """moto in a thread of this process; gives its endpoint. *quick* without needless work."""
    if quick:
        quicken()
    with _Server(("127.0.0.1", 0), _RequestHandler) as server:
        server.quick = quick
        server.application = DomainDispatcherApplication(create_backend_app)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    application: Any
    quick: bool


class _RequestHandler(socketserver.StreamRequestHandler):
    """A connection, which is kept open."""

    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer requests until the client has gone."""
        try:
            while first := self.rfile.readline():
                self._answer(first.decode("latin-1").split(" "))
        except ConnectionError:
            return

    def _answer(self, first: list[str]) -> None:
        method, target, _ = first
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": target,
            "REQUEST_URI": target,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input_terminated": True,
        }
        while line := self.rfile.readline().decode("latin-1").strip("\r\n"):
            name, _, value = line.partition(":")
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = (
                value.strip()
            )
        if environ.get("HTTP_EXPECT"):
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._body(environ)
        answer = answered(environ, body) if self.server.quick else None
        self._send(answer or self._asked({**environ, "wsgi.input": io.BytesIO(body)}), method)

    def _body(self, environ: dict[str, Any]) -> bytes:
        if environ.get("HTTP_TRANSFER_ENCODING") != "chunked":
            return self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return body

    def _asked(self, environ: dict[str, Any]) -> MotoAnswer:
        """What all of moto answers."""
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            told.extend((status, headers))

        parts = self.server.application(environ, start)
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        status, headers = told
        return MotoAnswer(status, headers, body)

    def _send(self, answer: MotoAnswer, method: str) -> None:
        head = [f"HTTP/1.1 {answer.status}"]
        head += [f"{name}: {value}" for name, value in answer.headers]
        if not any(line.lower().startswith("content-length:") for line in head):
            head.append(f"content-length: {len(answer.body)}")
        shown = b"" if method == "HEAD" else answer.body
        self.connection.sendall("\r\n".join([*head, "\r\n"]).encode("latin-1") + shown)
