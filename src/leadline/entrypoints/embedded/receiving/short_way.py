"""The short way of a delivery that arrives as a whole: from the parser to the disk and back.

uvicorn starts a task for every request, and hands it the body and takes the answer as messages of
ASGI. A POST to a webhook whose last byte is read together with its first needs none of that: it is
read at once, and answered when the batch of its leads is durable. Every other request goes the long
way, through the ASGI application. The limits (`slow_senders`) hold on both, because they are those
of the parser.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from leadline.entrypoints.embedded.receiving.answer_bytes import composed, composed_usual
from leadline.entrypoints.embedded.receiving.captures import Captures, Request
from leadline.entrypoints.embedded.receiving.group_commit import Tell
from leadline.entrypoints.embedded.receiving.known_head import KnownHead, again, known_head
from leadline.entrypoints.embedded.receiving.sending import check_fields, closes
from leadline.entrypoints.embedded.receiving.whole_requests import WholeRequests
from leadline.model.errors import LeadlineError
from leadline.model.lead import CapturedLead, Delivery, Fate, Receipt
from leadline.ports.source import Answer

_CAPTURED = Fate.CAPTURED
_TOLD_IN_THE_HEAD = frozenset((b"expect", b"transfer-encoding"))
"""Header fields of requests that go the long way."""
_TRIALS = 8
"""After so many heads in a row that did not come again, a connection keeps none any more."""


class _Held:
    """The head of a delivery, whose body is arriving, and the pieces of that."""

    __slots__ = ("fields", "name", "pieces")

    def __init__(self, name: str, fields: list[tuple[bytes, bytes]]) -> None:
        self.name = name
        self.fields = fields
        self.pieces: list[bytes] = []


class _Capture:
    """A delivery that is being stored, in the place of uvicorn's cycle of request and response."""

    __slots__ = (
        "delivery", "disconnected", "keep_alive", "known", "leads", "message_event", "protocol",
        "request", "response_complete",
    )  # fmt: skip
    more_body = response_started = False

    def __init__(self, protocol: "ShortWay", request: Request, *, keep_alive: bool) -> None:
        self.protocol = protocol
        self.request = request
        self.keep_alive = keep_alive
        self.response_complete = self.disconnected = False
        self.message_event = _NOBODY_WAITS
        self.delivery: Delivery | None = None
        self.known: KnownHead | None = None
        self.leads: Sequence[CapturedLead] = ()

    def start(self, captures: Captures, body: bytes, known: Delivery | None = None) -> None:
        """Have the delivery stored, or refused once the parser is done with what came after it.
        *known* is the delivery without its body if its head was read before."""
        try:
            if known is None:
                delivery = captures.delivery(self.request, body)
                captures.check(delivery)
            else:
                delivery = again(known, body)
            self.delivery = delivery
            captures.take(delivery, self._remember)
        except Exception as error:
            answer = captures.refusal(self.request, error)
            self.protocol.loop.call_soon(self._end, answer)

    def start_known(self, captures: Captures, body: bytes, known: KnownHead) -> None:
        """As `start`, for a delivery with a head that was read before."""
        self.known = known
        try:
            same = known.same
            lead = same.lead(body, datetime.now(UTC)) if same is not None else None
            if lead is not None:
                self.leads = (lead,)
                captures.hand_in(lead, self._told_of_known)
                return
        except Exception as error:
            self.protocol.loop.call_soon(self._end, captures.refusal(self.request, error))
            return
        self.start(captures, body, known.delivery)

    def _told_of_known(self, result: Sequence[Receipt] | LeadlineError) -> None:
        """Answer as `_told` does; in one step if the delivery is one new lead, as most are."""
        protocol, known = self.protocol, self.known
        captures = protocol.captures
        assert captures is not None  # noqa: S101 - it took this delivery
        assert known is not None  # noqa: S101
        assert known.same is not None  # noqa: S101
        if (
            isinstance(result, LeadlineError)
            or result[0].fate is not _CAPTURED
            or not self.keep_alive
        ):
            self.delivery = again(known.delivery, self.leads[0].raw)
            self._told(result)
            return
        body = known.same.answer(result[0].lead_id)
        captures.kept_as_usual(known.same.name, result)
        if not protocol.transport.is_closing():
            fields = protocol.server_state.default_headers
            protocol.transport.write(composed_usual(body, fields))
        self.response_complete = True
        self.known, self.leads = None, ()  # an idle connection holds no body
        protocol.on_response_complete()

    def _remember(self, leads: Sequence[CapturedLead]) -> Tell:
        self.leads = leads
        return self._told

    def _told(self, result: Sequence[Receipt] | LeadlineError) -> None:
        """Answer, as the batch is durable or could not be kept."""
        captures = self.protocol.captures
        assert captures is not None  # noqa: S101 - it took this delivery
        assert self.delivery is not None  # noqa: S101
        try:
            if isinstance(result, LeadlineError):
                raise result
            answer = captures.kept(self.delivery, self.leads, result)
            check_fields(answer)
        except Exception as error:
            answer = captures.refusal(self.request, error)
        else:
            captures.answered(self.request, answer)
        self._end(answer)

    def _end(self, answer: Answer) -> None:
        protocol = self.protocol
        if closes(answer):
            self.keep_alive = False
        if not protocol.transport.is_closing():
            fields = protocol.server_state.default_headers
            protocol.transport.write(composed(answer, fields, self.keep_alive))
        self.response_complete = True
        self.delivery, self.known, self.leads = None, None, ()  # an idle connection holds no body
        if not self.keep_alive:
            protocol.transport.close()
        protocol.on_response_complete()


class _NobodyWaits:
    def set(self) -> None:
        """What uvicorn calls when a connection is lost."""


_NOBODY_WAITS = _NobodyWaits()


class ShortWay(WholeRequests):
    """uvicorn's HTTP/1.1 protocol with a short way for the deliveries to `captures`."""

    captures: ClassVar[Captures | None] = None
    """The webhooks; without them every request goes the long way."""

    held: _Held | None = None
    leaving = False
    """Whether the server ends, so that each connection is closed after its next answer."""
    _known: KnownHead | None = None
    _in_vain = 0  # the known heads that did not come again
    _told_more = False  # the head has a field of `_TOLD_IN_THE_HEAD`

    def take_known(self, data: bytes) -> bool:
        """Take *data*, which comes between two requests, without parsing it, if it is a request
        with the head of the one before it. Returns whether it was."""
        known, captures, cycle = self._known, self.captures, self.cycle
        if known is None or captures is None or not cycle.response_complete:
            return False
        body = known.body_in(data)
        if body is None:
            self._known = None
            self._in_vain += 1
            return False
        if len(body) > captures.max_body or self.flow.write_paused or self.transport.is_closing():
            return False
        self._in_vain = 0
        capture = _Capture(self, known.request, keep_alive=not self.leaving)
        self.cycle = capture  # type: ignore[assignment]
        capture.start_known(captures, body, known)
        return True

    def keep_head(self, data: bytes) -> None:
        """Keep the head of a request that was parsed, and was all of *data*."""
        taken: Any = self.cycle
        if isinstance(taken, _Capture) and taken.keep_alive and self._in_vain < _TRIALS:
            delivery, captures = taken.delivery, self.captures
            if delivery is not None and captures is not None:
                same = captures.same_head if taken.leads else _each_is_read
                self._known = known_head(data, taken.request, delivery, same)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = self._told_more = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field, or a trailer."""
        name = name.lower()
        if name in _TOLD_IN_THE_HEAD:
            self._told_more = True
            self.expect_100_continue |= name == b"expect" and value.lower() == b"100-continue"
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The end of a head: decide which way the request goes."""
        name = self._webhook()
        if name is None:
            self._start_long_way(self.headers)
        else:
            self.held = _Held(name, self.headers)

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        if self.held is not None:
            self.held.pieces.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        held, captures = self.held, self.captures
        if held is None or captures is None:
            super().on_message_complete()
            return
        body = held.pieces[0] if len(held.pieces) == 1 else b"".join(held.pieces)
        if len(body) > captures.max_body:
            self.go_long_way()
            super().on_message_complete()
            return
        self.held = None
        kept_alive = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
        request = Request(
            held.name, "POST", self.scheme or "http", self.url.decode("latin-1"), held.fields,
            self.client,
        )  # fmt: skip
        capture = _Capture(self, request, keep_alive=kept_alive and not self.leaving)
        self.cycle = capture  # type: ignore[assignment]
        capture.start(captures, body)

    def go_long_way(self) -> None:
        """Hand what is there of a delivery to the ASGI application, which reads the rest."""
        held, self.held = self.held, None
        if held is not None:
            self._start_long_way(held.fields)
            for piece in held.pieces:
                super().on_body(piece)

    def _webhook(self) -> str | None:
        """The source of the webhook to which the request is a delivery that may go the short way.
        It may not while another answer of the connection is due or is not read."""
        captures, cycle = self.captures, self.cycle
        if (
            captures is None
            or self._told_more
            or (cycle is not None and not cycle.response_complete)
            or self.flow.write_paused
            or self.transport.is_closing()
            or self.parser.get_method() != b"POST"
            or self.parser.should_upgrade()
            or b"#" in self.url
            or (self.server is not None and self.server[1] == captures.port_apart)
        ):
            return None
        return captures.source_at(self.url.partition(b"?")[0])

    def _start_long_way(self, fields: list[tuple[bytes, bytes]]) -> None:
        self.scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,  # type: ignore[typeddict-item]
            "root_path": self.root_path,
            "headers": fields,
            "state": self.app_state.copy(),
        }
        HttpToolsProtocol.on_headers_complete(self)
        if self.leaving and self.cycle is not None:
            self.cycle.keep_alive = False


def _each_is_read(_delivery: Delivery) -> None:
    """What a head decides whose delivery was refused: nothing."""
