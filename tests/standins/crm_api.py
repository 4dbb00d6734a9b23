"""A stand-in for a CRM's API on loopback: it keeps records, checks what it is asked, and misbehaves
when told to.

A vendor's stand-in subclasses `CrmStandIn`; `tests/contracts/test_crm.py` holds all of them, and
with them the adapters, to the words of `leadline.ports.crm.Crm`.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit

from leadline.model.staff.people import Person
from leadline.ports.crm import Crm
from leadline.settings.connected.crm import CrmConfig
from leadline.vendors.registry import make_crm

ADA = Person(id="", name="Ada Vance", email="ada.vance@example.org")
"""Who owns records; each stand-in has an id of its own for her."""
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When the first record was created; each further one is a second younger."""


class CrmFailure(Enum):
    """How a stand-in misbehaves."""

    BUSY = "asks for a pause of 7 seconds"
    UNAUTHORIZED = "refuses the credentials"
    DOWN = "answers 500"
    HALF = "sends half a body"
    NOT_JSON = "answers 200 with a page"
    SILENT = "says nothing"
    DRIP = "sends its answer byte by byte"


class CrmRequest(NamedTuple):
    """A request; the names of its headers are in lower case."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str) -> str:
        """The value of a parameter of the query, "" when there is none."""
        return next(iter(self.query.get(name, ())), "")

    @property
    def json(self) -> Any:
        """The body as JSON, checked to call itself so."""
        check(self.headers.get("content-type") == "application/json", "a body that is not JSON")
        return json.loads(self.body)

    @property
    def form(self) -> Mapping[str, str]:
        """The body as a form, checked to call itself so."""
        kind = self.headers.get("content-type")
        check(kind == "application/x-www-form-urlencoded", "a body that is no form")
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


class CrmResponse(NamedTuple):
    """An answer; `body` None sends none."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = {}


class CrmLead(NamedTuple):
    """What a record says, for whatever CRM."""

    first: str = "Grace"
    last: str = "Hale"
    email: str = "grace.hale@example.com"
    phone: str = "+14805550123"
    company: str = "Hale Instruments"
    owned: bool = False
    created: datetime = START
    ended: str = ""


class RequestFault(Exception):
    """The request is not of the documented form."""


def check(fine: bool, complaint: str) -> None:
    """Complain of a request that is not as the vendor's docs want it."""
    if not fine:
        raise RequestFault(complaint)


class CrmStandIn:
    """One vendor's API. `complaints` collects what was wrong with requests; nothing should be.

    Subclasses answer (`answer`), keep leads (`put`), and say how an adapter is set (`config`).
    `title` is the CRM's name of a field that can be written, `page` how many records a page of
    `since` has, `together` whether several records are written in one request, `unknown` a record
    that is not there. `requests_a_change` is how many requests writing a record takes;
    `knows_people` is false where anybody can be an owner.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    unknown: ClassVar[str]
    page: ClassVar[int] = 100
    together: ClassVar[bool] = False
    writes: ClassVar[bool] = True
    lists: ClassVar[bool] = True
    requests_a_change: ClassVar[int] = 1
    knows_people: ClassVar[bool] = True
    secret: ClassVar[str] = "secret-of-the-crm-4711"

    def __init__(self) -> None:
        self.requests: list[CrmRequest] = []
        self.complaints: list[str] = []
        self._troubles: list[CrmFailure | None] = []
        self._always: CrmFailure | None = None
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def answer(self, request: CrmRequest) -> CrmResponse:
        """The answer of a vendor in good health."""
        raise NotImplementedError

    def put(self, lead: CrmLead) -> str:
        """Keep a lead; its name as a record."""
        raise NotImplementedError

    def config(self, secret: str = "") -> CrmConfig:
        """Settings of an adapter that asks here, by default with the right secret."""
        return CrmConfig(url=self.url, token=secret or self.secret)

    def crm(self, config: CrmConfig | None = None) -> Crm:
        """An adapter that asks here."""
        return make_crm(self.kind, config or self.config())

    def busy(self, request: CrmRequest) -> CrmResponse:
        """The answer to a request that asks for a pause of seven seconds."""
        return CrmResponse(429, {"message": "slow down"}, {"retry-after": "7"})

    def unauthorized(self) -> CrmResponse:
        """The answer to wrong credentials."""
        return CrmResponse(401, {"message": f"{self.secret} is no key of ours"})

    def trouble(self, *kinds: CrmFailure | None) -> None:
        """The next requests fare so, one after the other; None is a good one."""
        self._troubles = list(kinds)

    def always(self, kind: CrmFailure | None) -> None:
        """All requests from now on fare so."""
        self._always = kind

    def asked(self, method: str, part: str) -> list[CrmRequest]:
        """The requests of a method whose path contains this part."""
        return [one for one in self.requests if one.method == method and part in one.path]

    def respond(self, request: CrmRequest) -> CrmResponse | CrmFailure:
        """What to do with a request."""
        with self._lock:
            self.requests.append(request)
            kind = self._always or (self._troubles.pop(0) if self._troubles else None)
            if kind is CrmFailure.BUSY:
                return self.busy(request)
            if kind is CrmFailure.UNAUTHORIZED:
                return self.unauthorized()
            if kind is not None:
                return kind
            try:
                return self.answer(request)
            except RequestFault as complaint:
                self.complaints.append(f"{request.method} {request.path}: {complaint}")
                return CrmResponse(400, {"message": str(complaint)})

    def wait(self, seconds: float = 60.0) -> bool:
        """Whether the stand-in's time is over, at the latest after these seconds."""
        return self._over.wait(seconds)


def _misbehave(request: BaseHTTPRequestHandler, stand_in: CrmStandIn, kind: CrmFailure) -> None:
    if kind is CrmFailure.DOWN:
        request.send_error(500)
    elif kind is CrmFailure.NOT_JSON:
        request.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>")
    elif kind is CrmFailure.HALF:
        request.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"results": [')
    elif kind is CrmFailure.SILENT:
        stand_in.wait()
    elif kind is CrmFailure.DRIP:
        for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + b" " * 500:
            request.wfile.write(bytes([byte]))
            if stand_in.wait(0.02):
                return


def _handler(stand_in: CrmStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            size = int(self.headers.get("content-length", 0))
            request = CrmRequest(
                self.command,
                unquote(url.path),
                parse_qs(url.query, keep_blank_values=True),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(size),
            )
            with suppress(OSError):  # who asked may have hung up
                self._send(stand_in.respond(request))

        do_POST = do_PUT = do_PATCH = do_GET

        def _send(self, told: CrmResponse | CrmFailure) -> None:
            if isinstance(told, CrmFailure):
                self.close_connection = True
                _misbehave(self, stand_in, told)
                return
            body = b"" if told.body is None else json.dumps(told.body).encode()
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    return Handler


def stamp(at: datetime) -> str:
    """2026-03-02T09:00:00.000Z"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def many(count: int) -> list[CrmLead]:
    """Leads, each a second younger than the one before."""
    return [
        CrmLead(email=f"grace.{n}@example.com", created=START + timedelta(seconds=n))
        for n in range(count)
    ]
