"""What becomes of the deliveries to webhooks, apart from reading and writing HTTP.

Whole requests (`short_way`) and those that come through the ASGI application (`http`) share it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from leadline.entrypoints.embedded.receiving.bodies import Gone
from leadline.entrypoints.embedded.receiving.group_commit import Batcher, Tell
from leadline.entrypoints.embedded.receiving.refused import Fields, RefusedDeliveries
from leadline.entrypoints.embedded.receiving.token_keys import TokenKeys
from leadline.entrypoints.reception import (
    DEFAULT_SOURCE,
    as_sender_wants,
    check_encoding,
    check_source,
    headers_of,
    note_unreadable,
    problem_of,
    refusal_answer,
)
from leadline.entrypoints.refusals import note_captured, reason_of
from leadline.journey.receiving.capture import CaptureKit, answer, read
from leadline.journey.receiving.same_head import SameHead, same_head
from leadline.model.errors import LeadlineError, NotReady, TooMuchUnreadable, Unreadable
from leadline.model.lead import CapturedLead, Delivery, Kind, Receipt
from leadline.ports.source import Answer

log = logging.getLogger(__name__)

_PATH = b"/webhook"


class SlackHandler(Protocol):
    """The part that answers Slack's requests."""

    async def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request; raises LeadlineError for a request that is refused."""


class OpenEndpoints:
    """What the application needs once the store is open; without *slack*, Slack's requests are
    refused. *trouble* returns why nothing can be stored now, or None. *token_keys* fetches keys for
    the sources that demand access tokens; None if there are no such sources."""

    def __init__(
        self,
        kit: CaptureKit,
        batcher: Batcher,
        slack: SlackHandler | None = None,
        trouble: Callable[[], LeadlineError | None] = lambda: None,
        token_keys: TokenKeys | None = None,
    ) -> None:
        self.token_keys = token_keys
        self.kit = kit
        self.batcher = batcher
        self.slack = slack
        self.trouble = trouble


class Request(NamedTuple):
    """The head of a request to the webhook of the source *name*, as far as it is known before its
    body; *target* is its path with the query, as the sender wrote them, and the names of *fields*
    are in lower case."""

    name: str
    method: str
    scheme: str
    target: str
    fields: Fields
    client: Any = None


class Captures:
    """The webhooks. *observe* is called with the source and the status of every answer,
    *unreadable* with the source of every delivery that can't be read and whether it was stored,
    *forwarded* with the source of every delivery that has a proxy's header. *refused* logs what is
    refused. `endpoints` is None until the store is open."""

    def __init__(
        self,
        *,
        max_body: int,
        public_url: str,
        observe: Callable[[str, int], None],
        unreadable: Callable[[str, bool], None],
        forwarded: Callable[[str], None],
        refused: RefusedDeliveries,
    ) -> None:
        self.endpoints: OpenEndpoints | None = None
        self.port_apart: int | None = None
        """A port on which there are no webhooks."""
        self.max_body = max_body
        self._public_url = public_url.rstrip("/")
        self._observe = observe
        self._unreadable = unreadable
        self._forwarded = forwarded
        self.refused = refused

    def opened(self, name: str) -> OpenEndpoints:
        """The endpoints for the source *name*; raises NotReady or UnknownSource."""
        if self.endpoints is None:
            raise NotReady
        check_source(name, self.endpoints.kit)
        return self.endpoints

    def source_at(self, path: bytes) -> str | None:
        """The configured source to whose webhook *path* leads as it is written; None if it leads
        elsewhere, or if that takes a closer look. So does a source that demands access tokens: the
        short way waits for nothing, and their keys may have to be fetched."""
        if self.endpoints is None or (path != _PATH and path[: len(_PATH) + 1] != b"/webhook/"):
            return None
        name = path[len(_PATH) + 1 :].rstrip(b"/").decode("latin-1") or DEFAULT_SOURCE
        keys = self.endpoints.token_keys
        if keys is not None and name in keys.sources:
            return None
        return name if name in self.endpoints.kit.sources else None

    def delivery(self, request: Request, body: bytes = b"") -> Delivery:
        """The request as its source gets it; raises Malformed for a header that is ambiguous."""
        headers = headers_of_fields(request.fields)
        path, _, query = request.target.partition("?")
        base = self._public_url or f"{request.scheme}://{headers.get('host', 'localhost')}"
        # The URL exactly as the sender wrote it, because signatures cover it.
        url = f"{base}{path}?{query}" if query else base + path
        return Delivery(request.name, body, datetime.now(UTC), headers, request.method, url)

    def check(self, delivery: Delivery) -> None:
        """Look at the headers of a delivery before its body is read; raises UnsupportedMedia."""
        headers = delivery.headers
        if "x-forwarded-for" in headers or "forwarded" in headers:
            self._forwarded(delivery.source)
        check_encoding(headers)

    def take(self, delivery: Delivery, tell: Callable[[Sequence[CapturedLead]], Tell]) -> None:
        """Read a whole delivery that was checked into leads, and queue them for the disk. What
        *tell* returns for the leads is called with their receipts. Raises whatever is to be
        refused."""
        endpoints = self.opened(delivery.source)
        leads = read(delivery, endpoints.kit)
        endpoints.batcher.hand_in(leads, tell(leads))

    def same_head(self, delivery: Delivery) -> SameHead | None:
        """What a delivery that was taken decides for others with its head."""
        return same_head(delivery, self.opened(delivery.source).kit)

    def hand_in(self, lead: CapturedLead, tell: Tell) -> None:
        """Queue a lead for the disk that was read by what its head decides."""
        if self.endpoints is None:
            raise NotReady
        self.endpoints.batcher.hand_in((lead,), tell)

    def kept(
        self, delivery: Delivery, leads: Sequence[CapturedLead], receipts: Sequence[Receipt]
    ) -> Answer:
        """The answer to the sender of these leads, which are durable."""
        name, kit = delivery.source, self.opened(delivery.source).kit
        response = answer(delivery, kit, receipts, leads)
        response = as_sender_wants(delivery, kit, response)
        if leads[0].kind is Kind.UNREADABLE:
            note_unreadable(name, receipts[0].lead_id, leads[0].why)
            self._unreadable(name, True)
        else:
            note_captured(name, receipts)
        return response

    def kept_as_usual(self, name: str, receipts: Sequence[Receipt]) -> None:
        """Note that new leads of the source *name* are durable, and answered."""
        note_captured(name, receipts)
        self._observe(name, 200)

    def answered(self, request: Request, response: Answer) -> None:
        """Count an answer that is no refusal for an error."""
        self._observe(request.name, response.status)
        if response.status == 405 and request.method not in ("GET", "HEAD"):
            reason = "a webhook takes POST requests only"
            self.refused.note(request.client, request.fields, request.name, 405, reason)

    def refusal(self, request: Request, error: Exception) -> Answer:
        """The answer to a request that is refused for *error*, which is logged and counted. It
        reveals nothing of an error of ours."""
        name = request.name
        if not isinstance(error, LeadlineError):
            log.error("webhook.failed", exc_info=error, extra={"source": name})
            self._observe(name, 500)
            return problem_of(LeadlineError())
        kit = self.endpoints.kit if self.endpoints is not None else None
        if isinstance(error, Unreadable | Gone | TooMuchUnreadable):
            self._unreadable(name, False)
        self.refused.note(request.client, request.fields, name, error.status, reason_of(error))
        self._observe(name if kit is not None and name in kit.sources else "unknown", error.status)
        posted_to = kit if request.method == "POST" else None
        return refusal_answer(error, posted_to, name, request.fields)


def headers_of_fields(fields: Fields) -> dict[str, str]:
    """The headers of a request from its fields, whose names are in lower case; raises Malformed."""
    fields = list(fields)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in fields}
    if len(headers) == len(fields):
        return headers
    return headers_of((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)
