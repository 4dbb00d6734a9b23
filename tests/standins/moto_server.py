"""moto's AWS in a thread of this process, behind HTTP/1.1 that costs less than moto does.

moto's own server parses headers as mail and makes an environment for each request that says far
more than moto asks for: more work than most of its answers. Whoever makes thousands of calls need
not send them over a socket at all (`moto_caller`).
"""

import io
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from urllib.parse import unquote_to_bytes

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from leadline.net.aws.calls import Caller
from leadline.net.aws.signing import Keys, Unsigned, encode_query
from leadline.net.reply import HttpReply
from tests.standins.direct_moto import MotoAnswer, answered
from tests.standins.quick_moto import quicken


@contextmanager
def moto_server(*, quick: bool = True) -> Iterator[str]:
    """moto in a thread of this process; gives its endpoint. *quick* without needless work."""
    if quick:
        quicken()
    with _Server(("127.0.0.1", 0), _RequestHandler) as server:
        server.quick = quick
        server.table_calls = threading.Lock()
        server.application = DomainDispatcherApplication(create_backend_app)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        _SERVERS[endpoint] = server
        yield endpoint
        del _SERVERS[endpoint]
        server.shutdown()
        thread.join()


def moto_caller(region: str, keys: Keys, endpoint: str) -> Caller | None:
    """A caller that asks the moto of this endpoint without a socket; None if no moto in this
    process has it. Requests are repeated and judged as all are."""
    server = _SERVERS.get(endpoint)
    return None if server is None else _MotoCaller(region, keys, endpoint, server)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    application: Any
    quick: bool
    table_calls: threading.Lock
    """Held by each call of DynamoDB: moto takes a transaction that fails back by the tables as they
    were before it, and with them what others wrote meanwhile."""

    def answer(self, target: str, environ: dict[str, Any], body: bytes) -> MotoAnswer:
        """What moto answers; *environ* has the method and the headers of the request."""
        path, _, query = target.partition("?")
        environ |= {
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": target,
            "REQUEST_URI": target,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server_address[1]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input_terminated": True,
        }
        of_tables = environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB")
        with self.table_calls if of_tables else nullcontext():
            answer = answered(environ, body) if self.quick else None
            return answer or self._asked({**environ, "wsgi.input": io.BytesIO(body)})

    def _asked(self, environ: dict[str, Any]) -> MotoAnswer:
        """What all of moto answers."""
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            told.extend((status, headers))

        parts = self.application(environ, start)
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        status, headers = told
        return MotoAnswer(status, headers, body)


_SERVERS: dict[str, _Server] = {}


class _MotoCaller(Caller):
    """Asks a moto of this process, which looks at no signature: to sign costs a tenth of a call."""

    def __init__(self, region: str, keys: Keys, endpoint: str, server: _Server) -> None:
        super().__init__(region, lambda: keys, endpoint)
        self._server = server

    def _once(self, service: str, scheme: str, request: Unsigned) -> HttpReply:
        scope = f"{self._keys().access}/20260101/{self.region}/{service}/aws4_request"
        headers = {
            **request.headers,
            "host": request.host,
            "x-amz-date": "20260101T000000Z",
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=, Signature=",
        }  # fmt: skip
        environ = {"REQUEST_METHOD": request.method, "CONTENT_LENGTH": str(len(request.body))}
        environ |= {_variable(name): value for name, value in headers.items()}
        query = f"?{encode_query(request.query)}" if request.query else ""
        answer = self._server.answer(request.path + query, environ, request.body)
        told = {name.lower(): value for name, value in answer.headers}
        body = b"" if request.method == "HEAD" else answer.body
        return HttpReply(int(answer.status[:3]), told, body)


def _variable(header: str) -> str:
    """The name of a header in an environment of WSGI."""
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


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
        environ: dict[str, Any] = {"REQUEST_METHOD": method}
        while line := self.rfile.readline().decode("latin-1").strip("\r\n"):
            name, _, value = line.partition(":")
            environ[_variable(name)] = value.strip()
        if environ.get("HTTP_EXPECT"):
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._body(environ)
        self._send(self.server.answer(target, environ, body), method)

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

    def _send(self, answer: MotoAnswer, method: str) -> None:
        head = [f"HTTP/1.1 {answer.status}"]
        head += [f"{name}: {value}" for name, value in answer.headers]
        if not any(line.lower().startswith("content-length:") for line in head):
            head.append(f"content-length: {len(answer.body)}")
        shown = b"" if method == "HEAD" else answer.body
        self.connection.sendall("\r\n".join([*head, "\r\n"]).encode("latin-1") + shown)
