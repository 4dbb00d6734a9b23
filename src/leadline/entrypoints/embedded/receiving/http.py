"""The HTTP interface as a small ASGI application.

`POST /webhook[/source]` answers 200 only when the delivery and its tasks are on the disk. Every
error is problem JSON (RFC 9457) and reveals no internals.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from leadline.channels.slack.requests import NotInteractive
from leadline.entrypoints.embedded.receiving.bodies import BodyReader, Gone, Receive
from leadline.entrypoints.embedded.receiving.captures import (
    Captures,
    OpenEndpoints,
    Request,
    headers_of_fields,
)
from leadline.entrypoints.embedded.receiving.refused import RefusedDeliveries
from leadline.entrypoints.embedded.receiving.sending import (
    Send,
    check_fields,
    header_fields,
    send_answer,
    send_problem,
    send_refusal,
)
from leadline.entrypoints.reception import DEFAULT_SOURCE, handshake, has_token, problem
from leadline.entrypoints.refusals import RefusalLog
from leadline.journey.receiving.capture import read, read_part
from leadline.model.errors import LeadlineError, NotReady
from leadline.model.lead import Delivery
from leadline.ports.source import Answer

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Page = Callable[[], Answer]

SLACK_PATHS = ("/slack/actions", "/slack/commands")
"""The paths for Slack's requests: buttons and commands."""


class App:
    """The application; until `open` is called every webhook is answered 503.

    `pages` are further GET paths, answered in a thread; paths in `tokens` need one of their bearer
    tokens. `observe` is called with the source and the status of every answer to a webhook,
    `unreadable` with the source of every delivery that can't be read and whether it was stored,
    `forwarded` with the source of every delivery that has a proxy's header. `refused` logs what is
    refused.

    `captures` has the webhooks; a protocol that knows them answers whole deliveries by itself.
    `apart` is the path and port of a page that is served only on that port, which serves nothing
    else.
    """

    def __init__(
        self,
        *,
        max_body: int = 1 << 20,
        most_reading: int = 256 << 20,
        public_url: str = "",
        pages: dict[str, Page] | None = None,
        tokens: Mapping[str, Sequence[str]] = {},
        observe: Callable[[str, int], None] = lambda _source, _status: None,
        unreadable: Callable[[str, bool], None] = lambda _source, _kept: None,
        forwarded: Callable[[str], None] = lambda _source: None,
        refused: RefusedDeliveries | None = None,
        on_startup: Callable[["App"], Awaitable[None]] | None = None,
        on_shutdown: Callable[["App"], Awaitable[None]] | None = None,
    ) -> None:
        self.captures = Captures(
            max_body=max_body,
            public_url=public_url,
            observe=observe,
            unreadable=unreadable,
            forwarded=forwarded,
            refused=refused or RefusedDeliveries(RefusalLog()),
        )
        self.pages = pages or {}
        self.apart: tuple[str, int] | None = None
        self._tokens = tokens
        self._bodies = BodyReader(max_body, most_reading)
        self._on_startup = on_startup
        self._on_shutdown = on_shutdown

    def serve_apart(self, path: str, port: int) -> None:
        """Serve the page at *path* only on this port, and nothing else there."""
        self.apart = (path, port)
        self.captures.port_apart = port

    def open(self, endpoints: OpenEndpoints) -> None:
        """Accept webhooks from now on."""
        self.captures.endpoints = endpoints

    @property
    def endpoints(self) -> OpenEndpoints | None:
        """What `open` was called with."""
        return self.captures.endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if self.apart and (path == self.apart[0]) != (scope["server"][1] == self.apart[1]):
            await send_problem(send, _nothing_here())
        elif path.startswith("/webhook") and (len(path) == 8 or path[8] == "/"):
            await self._webhook(path[9:].rstrip("/") or DEFAULT_SOURCE, scope, receive, send)
        elif path in SLACK_PATHS:
            await self._from_slack(path, scope, receive, send)
        else:
            await self._page(path, scope, send)

    # --- webhooks ------------------------------------------------------------------------------

    async def _webhook(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        request = _request(name, scope)
        try:
            endpoints = self.captures.opened(name)
            if request.method == "POST":
                result = await self._capture(endpoints, request, receive)
            else:
                result = handshake(self.captures.delivery(request), endpoints.kit)
            check_fields(result)
        except Exception as error:
            await send_refusal(send, self.captures.refusal(request, error))
            return
        self.captures.answered(request, result)
        extra = header_fields(result) if result.headers else None
        await send_answer(send, result.status, result.body, result.media_type.encode(), extra)

    async def _capture(
        self, endpoints: OpenEndpoints, request: Request, receive: Receive
    ) -> Answer:
        delivery = self.captures.delivery(request)
        self.captures.check(delivery)
        keys = endpoints.token_keys
        try:
            body = await self._bodies.read(delivery.headers, receive)
        except Gone as gone:
            delivery = _arrived(delivery, gone.received)
            if keys is not None:
                await keys.ready(delivery)
            leads = read_part(delivery, endpoints.kit, gone)
        else:
            delivery = _arrived(delivery, body)
            if keys is not None:
                await keys.ready(delivery)
            leads = read(delivery, endpoints.kit)
        return self.captures.kept(delivery, leads, await endpoints.batcher.submit(leads))

    # --- Slack -----------------------------------------------------------------------------------

    async def _from_slack(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self.endpoints is None:
                raise NotReady
            if self.endpoints.slack is None:
                raise NotInteractive
            if (trouble := self.endpoints.trouble()) is not None:
                raise trouble
            headers = headers_of_fields(scope["headers"])
            if scope["method"] == "POST":
                body = await self._bodies.read(headers, receive)
                answer = await self.endpoints.slack.answer(path, headers, body)
            else:
                answer = problem(405, "Only POST", "Slack posts here", {"allow": "POST"})
        except LeadlineError as error:
            await send_problem(send, error)
        except Exception:
            log.exception("slack.failed", extra={"path": path})
            await send_problem(send, LeadlineError())
        else:
            fields = header_fields(answer)
            await send_answer(send, answer.status, answer.body, answer.media_type.encode(), fields)

    # --- everything else -------------------------------------------------------------------------

    async def _page(self, path: str, scope: Scope, send: Send) -> None:
        if path == "/livez":
            await send_answer(send, 200, b'{"status":"alive"}')
        elif path == "/readyz":
            await self._tell_ready(send)
        elif path not in self.pages:
            await send_problem(send, _nothing_here())
        elif self.endpoints is None:
            await send_problem(send, NotReady())
        elif scope["method"] not in ("GET", "HEAD"):
            allow = {"allow": "GET, HEAD"}
            await send_refusal(send, problem(405, "Only GET", "this page is for reading", allow))
        else:
            await self._read_page(path, scope, send)

    async def _tell_ready(self, send: Send) -> None:
        if self.endpoints is None:
            await send_answer(send, 503, b'{"status":"starting"}')
        elif (trouble := self.endpoints.trouble()) is not None:
            await send_problem(send, trouble)
        else:
            await send_answer(send, 200, b'{"status":"ready"}')

    async def _read_page(self, path: str, scope: Scope, send: Send) -> None:
        try:
            tokens = self._tokens.get(path)
            if tokens and not has_token(headers_of_fields(scope["headers"]), tokens):
                wrong = problem(401, "A token is needed", "send it as Authorization: Bearer")
                ask = [(b"www-authenticate", b"Bearer")]
                await send_answer(send, 401, wrong.body, wrong.media_type.encode(), ask)
                return
            page = await asyncio.to_thread(self.pages[path])
        except LeadlineError as error:
            await send_problem(send, error)
        except Exception:
            log.exception("page.failed", extra={"path": path})
            await send_problem(send, LeadlineError())
        else:
            await send_answer(send, page.status, page.body, page.media_type.encode())

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._on_startup:
            await self._on_startup(self)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._on_shutdown:
            await self._on_shutdown(self)
        self.captures.refused.close()
        await send({"type": "lifespan.shutdown.complete"})


def _nothing_here() -> LeadlineError:
    missing = LeadlineError("webhooks are at /webhook and /webhook/{source}")
    missing.status, missing.title = 404, "There is nothing here"
    return missing


def _request(name: str, scope: Scope) -> Request:
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    return Request(
        name,
        scope["method"],
        scope["scheme"],
        f"{path}?{query}" if query else path,
        scope["headers"],
        scope.get("client"),
    )


def _arrived(delivery: Delivery, body: bytes) -> Delivery:
    return msgspec.structs.replace(delivery, body=body, received_at=datetime.now(UTC))
