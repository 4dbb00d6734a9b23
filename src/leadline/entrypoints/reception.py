"""What every door does alike: refuse politely, shake hands, name the source."""

import hmac
from collections.abc import Iterable, Mapping

import msgspec

from leadline.journey.capture import CaptureKit
from leadline.model.errors import LeadlineError, Malformed, UnknownSource, UnsupportedMedia
from leadline.model.lead import Delivery
from leadline.ports.source import Answer

DEFAULT_SOURCE = "generic"
"""Who delivers to `/webhook` itself."""


_SINGLE = frozenset({
    "host", "content-length", "transfer-encoding", "content-type", "content-encoding",
    "authorization", "idempotency-key",
})  # fmt: skip
"""Headers that say one thing: of two, a proxy could believe one and we the other."""


def headers_of(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers of a request by their names in lower case; what came several times is joined by
    commas (RFC 9110, section 5.3). Raises Malformed where a single one came twice."""
    headers: dict[str, str] = {}
    for name, value in fields:
        name = name.lower()
        if name not in headers:
            headers[name] = value
        elif name in _SINGLE:
            raise Malformed(f"there must be one {name} header at most")
        else:
            headers[name] += ", " + value
    return headers


def check_source(name: str, kit: CaptureKit) -> None:
    """Refuse a delivery to a source that there is not."""
    if name not in kit.sources:
        raise UnknownSource(f"post to /webhook/NAME with one of: {', '.join(sorted(kit.sources))}")


def check_encoding(headers: Mapping[str, str]) -> None:
    """Refuse compressed bodies: signatures cover them uncompressed, or not, as vendors please."""
    if headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMedia("send the body without a content encoding")


def has_token(headers: Mapping[str, str], tokens: Iterable[str]) -> bool:
    """Whether a request bears one of these tokens (RFC 6750); compared in constant time."""
    scheme, _, told = headers.get("authorization", "").partition(" ")
    given = told.strip().encode("latin-1", "replace")
    fits = False
    for token in tokens:
        fits |= hmac.compare_digest(token.encode(), given)
    return fits and scheme.lower() == "bearer"


def handshake(delivery: Delivery, kit: CaptureKit) -> Answer:
    """The answer to a request that is no POST: the source's own, or that it must be one."""
    if delivery.method == "GET":
        own = kit.sources[delivery.source].handshake(delivery)
        if own is not None:
            return own
    return problem(405, "Deliver with POST", "a webhook takes POST requests only")


def problem(status: int, title: str, detail: str) -> Answer:
    """Problem JSON (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Answer(msgspec.json.encode(body), "application/problem+json", status)


def problem_of(error: LeadlineError) -> Answer:
    """What a sender hears of an error; nothing of our insides."""
    return problem(error.status, error.title, error.detail or error.title)
