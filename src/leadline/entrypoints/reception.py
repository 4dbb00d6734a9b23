"""What every door does alike: refuse politely, shake hands, name the source."""

import msgspec

from leadline.capture import CaptureKit
from leadline.errors import LeadlineError, UnsupportedMedia
from leadline.lead import Delivery
from leadline.sources import Answer

DEFAULT_SOURCE = "generic"
"""Who delivers to `/webhook` itself."""


def check_encoding(delivery: Delivery) -> None:
    """Refuse compressed bodies: signatures cover them uncompressed, or not, as vendors please."""
    if delivery.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMedia("send the body without a content encoding")


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
