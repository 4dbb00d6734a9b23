"""Stand-ins on loopback of services that know companies, in the shapes that they document, which
misbehave when told to.

People Data Labs: "Reference - Company Enrichment API", "Output Response", "Errors & Status Codes"
(docs.peopledatalabs.com, read 2026-11): GET /v5/company/enrich with `website`, the key in
`X-Api-Key`; 200 with the fields at the top and `likelihood` from 1 to 10, 404 for no match, which
is not charged. Apollo: "Organization Enrichment" (docs.apollo.io, read 2026-11): GET
/api/v1/organizations/enrich with `domain`, the key in `X-Api-Key`; 200 with `organization`, null if
nobody is known.
"""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

KEY = "key-of-example"

PDL_COMPANY = {
    "status": 200,
    "id": "northwind-example",
    "name": "northwind traders",
    "display_name": "Northwind Traders",
    "size": "51-200",
    "employee_count": 120,
    "industry": "wholesale",
    "website": "example.com",
    "location": {"name": "berlin, germany", "country": "germany"},
    "tags": ["spices", "tea"],
    "likelihood": 6,
}
APOLLO_COMPANY = {
    "organization": {
        "id": "5e66b6381e05b4008c8331b8",
        "name": "Northwind Traders",
        "website_url": "http://www.example.com",
        "estimated_num_employees": 130,
        "industry": "wholesale",
        "annual_revenue": 12000000.0,
        "country": "Germany",
        "phone": None,
    }
}
_NO_MATCH = {
    "status": 404,
    "error": {"type": "not_found", "message": "No records were found matching your request"},
}
_TOO_FAST = {"status": 429, "error": {"type": "rate_limit_error", "message": "too quick"}}
_NO_CREDIT = {"status": 402, "error": {"type": "payment_required", "message": "no credits"}}


class Asked(NamedTuple):
    """A request that came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class EnrichmentServices:
    """Both services. `known` are the domains of which something is known; *mood* is what every
    answer is instead: a status, or "hang", "garbage", "deep", "huge", "list", "wrong types",
    "half", "redirect"."""

    def __init__(self, *known: str) -> None:
        self.known = set(known)
        self.mood: int | str = ""
        self.asked: list[Asked] = []
        self.over = threading.Event()
        services = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                services.answer(self)

            def do_POST(self) -> None:
                services.answer(self)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append(Asked(handler.command, parts.path, query, headers, body))
        with suppress(OSError):
            if not self._misbehaves(handler):
                status, said = self._said(parts.path, query, headers)
                _send(handler, status, json.dumps(said).encode())

    def _said(self, path: str, query: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
        if headers.get("x-api-key") != KEY:
            return 401, {"status": 401, "error": {"type": "authentication_error"}}
        if path == "/v5/company/enrich":
            return (200, PDL_COMPANY) if query.get("website") in self.known else (404, _NO_MATCH)
        if path == "/api/v1/organizations/enrich":
            is_known = query.get("domain") in self.known
            return 200, APOLLO_COMPANY if is_known else {"organization": None}
        return 404, {}

    def _misbehaves(self, handler: BaseHTTPRequestHandler) -> bool:
        mood = self.mood
        if isinstance(mood, int):
            said = {429: _TOO_FAST, 402: _NO_CREDIT}.get(mood, {})
            more = {"retry-after": "120"} if mood in (429, 503) else {}
            _send(handler, mood, json.dumps(said).encode(), more)
        elif mood == "hang":
            self.over.wait(30)
        elif mood == "redirect":
            _send(handler, 302, b"", {"location": f"{self.endpoint}/elsewhere"})
        elif mood == "half":
            handler.send_response(200)
            handler.send_header("content-length", "5000")
            handler.end_headers()
            handler.wfile.write(b'{"name": "North')
            handler.close_connection = True
        elif mood in _BODIES:
            _send(handler, 200, _BODIES[mood])
        return mood != ""


_BODIES = {
    "garbage": b"<html>we are sorry</html>",
    "deep": b"[" * 5_000 + b"]" * 5_000,
    "huge": b'{"name": "' + b"x" * (2 << 20) + b'"}',
    "list": b"[1, 2, 3]",
    "wrong types": json.dumps({
        "display_name": {"first": "x"}, "employee_count": [[1]], "industry": None,
        "website": 7e300, "size": "", "location": "berlin", "likelihood": "sure",
    }).encode(),
}  # fmt: skip


def _send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, more: dict[str, str] | None = None
) -> None:
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(body)))
    for name, value in (more or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
