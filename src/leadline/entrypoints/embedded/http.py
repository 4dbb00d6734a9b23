"""The HTTP interface as a small ASGI application.

`POST /webhook[/source]` answers 200 only when the delivery and its tasks are on the disk. Every
error is problem JSON (RFC 9457) and reveals no internals.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from leadline.channels.slack.requests import NotInteractive
from leadline.entrypoints.embedded.bodies import BodyReader, Gone, Receive
from leadline.entrypoints.embedded.group_commit import Batcher
from leadline.entrypoints.embedded.refused import RefusedDeliveries
from leadline.entrypoints.embedded.sending import (
    Send,
    header_fields,
    send_answer,
    send_problem,
    send_refusal,
)
from leadline.entrypoints.reception import (
    DEFAULT_SOURCE,
    as_sender_wants,
    check_encoding,
    check_source,
    handshake,
    has_token,
    headers_of,
    note_unreadable,
    problem,
    refusal_answer,
)
from leadline.entrypoints.refusals import RefusalLog, note_captured, reason_of
from leadline.journey.capture import CaptureKit, answer, read, read_part
from leadline.model.errors import LeadlineError, NotReady, TooMuchUnreadable, Unreadable
from leadline.model.lead import Delivery, Kind
from leadline.ports.source import Answer

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Page = Callable[[], Answer]

SLACK_PATHS = ("/slack/actions", "/slack/commands")
"""The paths for Slack's requests: buttons and commands."""


class SlackHandler(Protocol):
    """The part that answers Slack's requests."""

    async def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request; raises LeadlineError for a request that is refused."""


class OpenEndpoints:
    """What the application needs once the store is open; without *slack*, Slack's requests are
    refused. *trouble* returns why nothing can be stored now, or None."""

    def __init__(
        self,
        kit: CaptureKit,
        batcher: Batcher,
        slack: SlackHandler | None = None,
        trouble: Callable[[], LeadlineError | None] = lambda: None,
    ) -> None:
        self.kit = kit
        self.batcher = batcher
        self.slack = slack
        self.trouble = trouble


class App:
    """The application; until `open` is called every webhook is answered 503.

    `pages` are further GET paths, answered in a thread; paths in `tokens` need one of their bearer
    tokens. `observe` is called with the source and the status of every answer to a webhook,
    `unreadable` with the source of every delivery that can't be read and whether it was stored,
    `forwarded` with the source of every delivery that has a proxy's header. `refused` logs what is
    refused.

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
        self.endpoints: OpenEndpoints | None = None
        self.pages = pages or {}
        self.apart: tuple[str, int] | None = None
        self._refused = refused or RefusedDeliveries(RefusalLog())
        self._tokens = tokens
        self._forwarded = forwarded
        self._bodies = BodyReader(max_body, most_reading)
        self._public_url = public_url.rstrip("/")
        self._observe = observe
        self._unreadable = unreadable
        self._on_startup = on_startup
        self._on_shutdown = on_shutdown

    def open(self, endpoints: OpenEndpoints) -> None:
        """Accept webhooks from now on."""
        self.endpoints = endpoints

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
        try:
            endpoints = self.endpoints
            if endpoints is None:
                raise NotReady
            check_source(name, endpoints.kit)
            if scope["method"] == "POST":
                result = await self._capture(endpoints, name, scope, receive)
            else:
                result = self._handshake(endpoints, name, scope)
        except LeadlineError as error:
            heard = endpoints is not None and name in endpoints.kit.sources
            if isinstance(error, Unreadable | Gone | TooMuchUnreadable):
                self._unreadable(name, False)
            self._refused.note(scope, name, error.status, reason_of(error))
            self._observe(name if heard else "unknown", error.status)
            kit = endpoints.kit if endpoints and scope["method"] == "POST" else None
            await send_refusal(send, refusal_answer(error, kit, name, scope["headers"]))
            return
        except Exception:
            log.exception("webhook.failed", extra={"source": name})
            self._observe(name, 500)
            await send_problem(send, LeadlineError())
            return
        self._observe(name, result.status)
        if result.status == 405 and scope["method"] not in ("GET", "HEAD"):
            self._refused.note(scope, name, 405, "a webhook takes POST requests only")
        extra = header_fields(result) if result.headers else None
        await send_answer(send, result.status, result.body, result.media_type.encode(), extra)

    async def _capture(
        self, endpoints: OpenEndpoints, name: str, scope: Scope, receive: Receive
    ) -> Answer:
        headers = _headers(scope)
        url = self._url(scope, headers)
        if "x-forwarded-for" in headers or "forwarded" in headers:
            self._forwarded(name)
        check_encoding(headers)
        try:
            body = await self._bodies.read(headers, receive)
        except Gone as gone:
            delivery = Delivery(name, gone.received, datetime.now(UTC), headers, "POST", url)
            leads = read_part(delivery, endpoints.kit, gone)
        else:
            delivery = Delivery(name, body, datetime.now(UTC), headers, "POST", url)
            leads = read(delivery, endpoints.kit)
        receipts = await endpoints.batcher.submit(leads)
        response = answer(delivery, endpoints.kit, receipts, leads)
        response = as_sender_wants(delivery, endpoints.kit, response)
        if leads[0].kind is Kind.UNREADABLE:
            note_unreadable(name, receipts[0].lead_id, leads[0].why)
            self._unreadable(name, True)
        else:
            note_captured(name, receipts)
        return response

    def _handshake(self, endpoints: OpenEndpoints, name: str, scope: Scope) -> Answer:
        headers = _headers(scope)
        delivery = Delivery(
            name, b"", datetime.now(UTC), headers, scope["method"], self._url(scope, headers)
        )
        return handshake(delivery, endpoints.kit)

    def _url(self, scope: Scope, headers: dict[str, str]) -> str:
        """The URL exactly as the sender wrote it, because signatures cover it."""
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        query = scope["query_string"]
        base = self._public_url or f"{scope['scheme']}://{headers.get('host', 'localhost')}"
        return f"{base}{path}?{query.decode('latin-1')}" if query else base + path

    # --- Slack -----------------------------------------------------------------------------------

    async def _from_slack(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self.endpoints is None:
                raise NotReady
            if self.endpoints.slack is None:
                raise NotInteractive
            if (trouble := self.endpoints.trouble()) is not None:
                raise trouble
            headers = _headers(scope)
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
            if tokens and not has_token(_headers(scope), tokens):
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
        self._refused.close()
        await send({"type": "lifespan.shutdown.complete"})


def _nothing_here() -> LeadlineError:
    missing = LeadlineError("webhooks are at /webhook and /webhook/{source}")
    missing.status, missing.title = 404, "There is nothing here"
    return missing


def _headers(scope: Scope) -> dict[str, str]:
    fields = scope["headers"]  # whose names are in lower case
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in fields}
    if len(headers) == len(fields):
        return headers
    return headers_of((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)
