"""What both HTTP entry points have in common: headers, checks, handshakes, problem responses."""

import hmac
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from leadline.journey.receiving.capture import CaptureKit
from leadline.model.errors import LeadlineError, Malformed, UnknownSource, UnsupportedMedia
from leadline.model.lead import Delivery
from leadline.ports.source import Answer

log = logging.getLogger(__name__)

DEFAULT_SOURCE = "generic"
"""The source of deliveries to `/webhook` itself."""


_SINGLE = frozenset({
    "host", "content-length", "transfer-encoding", "content-type", "content-encoding",
    "authorization", "idempotency-key",
})  # fmt: skip
"""Headers that may come only once: of two, a proxy could use one and we the other."""


def headers_of(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers of a request by their names in lower case; repeated ones are joined by commas
    (RFC 9110, section 5.3). Raises Malformed if one came twice that may come only once."""
    headers: dict[str, str] = {}
    for name, value in fields:
        name = name.lower()
        if name not in headers:
            headers[name] = value
        elif name in _SINGLE:
            raise Malformed(f"there must be at most one {name} header")
        else:
            headers[name] += ", " + value
    return headers


def check_source(name: str, kit: CaptureKit) -> None:
    """Raise UnknownSource if there is no source of this name."""
    if name not in kit.sources:
        raise UnknownSource(f"post to /webhook/NAME with one of: {', '.join(sorted(kit.sources))}")


def check_encoding(headers: Mapping[str, str]) -> None:
    """Refuse compressed bodies: signatures cover them uncompressed, or not, as vendors please."""
    if headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMedia("send the body without a content encoding")


def has_token(headers: Mapping[str, str], tokens: Iterable[str]) -> bool:
    """Whether a request has one of these bearer tokens (RFC 6750), compared in constant time."""
    scheme, _, text = headers.get("authorization", "").partition(" ")
    given = text.strip().encode("latin-1", "replace")
    fits = False
    for token in tokens:
        fits |= hmac.compare_digest(token.encode(), given)
    return fits and scheme.lower() == "bearer"


def handshake(delivery: Delivery, kit: CaptureKit) -> Answer:
    """The answer to a request that is not a POST: the source's own to a GET, the one to a browser
    that asks whether it may post, else 405."""
    source = kit.sources[delivery.source]
    own = source.handshake(delivery) if delivery.method == "GET" else None
    if delivery.method == "OPTIONS" and source.for_browsers:
        from leadline.entrypoints.browsers import preflight  # imported here for cold starts

        own = preflight(delivery, source)
    if own is not None:
        return own
    allowed = {"allow": "POST"}
    return problem(405, "Deliver with POST", "a webhook takes POST requests only", allowed)


def as_sender_wants(delivery: Delivery, kit: CaptureKit, response: Answer) -> Answer:
    """The response to a delivery; for a browser a page or a redirect instead of JSON."""
    source = kit.sources.get(delivery.source)
    if source is None or not source.for_browsers:
        return response
    from leadline.entrypoints.browsers import as_seen_by  # imported here for cold starts

    return as_seen_by(delivery, source, response)


def refusal_answer(
    error: LeadlineError,
    kit: CaptureKit | None,
    name: str,
    fields: Iterable[tuple[bytes, bytes]],
) -> Answer:
    """The response to a delivery to the source *name* that is refused, as its sender wants it;
    *fields* are its header fields, of which those that came twice count once."""
    if kit is None or name not in kit.sources or not kit.sources[name].for_browsers:
        return problem_of(error)
    headers = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in fields}
    delivery = Delivery(name, b"", datetime.now(UTC), headers)
    return as_sender_wants(delivery, kit, problem_of(error))


def note_unreadable(source: str, lead_id: str, why: str) -> None:
    """Log that a delivery can't be read, and was stored as the dead letter *lead_id*. *why* says
    what is wrong with the body, without quoting it."""
    extra = {"source": source, "lead": lead_id, "reason": why}
    log.warning("delivery.unreadable", extra=extra)


def problem(status: int, title: str, detail: str, headers: Mapping[str, str] = {}) -> Answer:
    """Problem JSON (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Answer(msgspec.json.encode(body), "application/problem+json", status, headers)


def problem_of(error: LeadlineError) -> Answer:
    """The problem response for an error; it reveals no internals."""
    told = problem(error.status, error.title, error.detail or error.title)
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["retry-after"] = str(error.retry_after)
    if error.challenge:
        headers["www-authenticate"] = error.challenge
    return msgspec.structs.replace(told, headers=headers) if headers else told
