"""Deliveries with the same head: what the head alone decides is decided once.

Most senders repeat theirs to the byte. What is done for each body is what `capture.read` does for a
body that is, as it stands, one new lead; every other body is left to `capture.read`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from leadline.journey.receiving.capture import CaptureKit, answer, delay_of_created, window_of
from leadline.model.keys import begun_digest
from leadline.model.lead import CapturedLead, Delivery, Fate, Kind, Receipt
from leadline.ports.source import Source

_CREATED = Kind.CREATED
_ANY_ID = "00000000-0000-7000-8000-000000000000"


class SameHead:
    """The deliveries whose head is that of one that was authentic and could be read."""

    __slots__ = (
        "_answer", "_begun", "_delay", "_is_plain", "_look_at", "_media_type", "_new_id", "_window",
        "name",
    )  # fmt: skip

    def __init__(
        self,
        delivery: Delivery,
        kit: CaptureKit,
        is_plain: Callable[[bytes], bool],
        delay: timedelta,
    ) -> None:
        self.name = delivery.source
        self._is_plain = is_plain
        self._delay = delay
        self._look_at = kit.first_look and delay > timedelta()
        self._new_id = kit.new_id
        self._media_type = delivery.headers.get("content-type", "")[:200]
        self._window = window_of(delivery, kit.sources[delivery.source], kit)
        self._begun = begun_digest("digest", self.name)
        usual = answer(delivery, kit, [Receipt(_ANY_ID, Fate.CAPTURED)])
        self._answer = usual.body.replace(b"%", b"%%").replace(_ANY_ID.encode(), b"%b")

    def lead(self, body: bytes, at: datetime) -> CapturedLead | None:
        """The lead of a delivery with this body, which arrived *at* this time; None if
        `capture.read` must read it."""
        if not self._is_plain(body):
            return None
        digest = self._begun.copy()
        digest.update(body)
        # By position, because names would take twice as long.
        return CapturedLead(
            self._new_id(at), self.name, _CREATED, at, at + self._delay, body, digest.digest(),
            False, None, None, "", None, None, self._media_type, self._window, None, "",
            self._look_at,
        )  # fmt: skip

    def answer(self, lead_id: str) -> bytes:
        """The JSON that `capture.answer` answers with when this lead is captured."""
        return self._answer % lead_id.encode()


def same_head(delivery: Delivery, kit: CaptureKit) -> SameHead | None:
    """What a delivery that `capture.read` has accepted decides for others with its head; None if
    their bodies must be read like any other."""
    source = kit.sources[delivery.source]
    delay = delay_of_created(source, kit)
    if delay is None or source.config.oauth_issuer or not _answers_usually(source):
        return None
    if "idempotency-key" in delivery.headers:
        return None
    is_plain = source.plain_bodies(delivery)
    return None if is_plain is None else SameHead(delivery, kit, is_plain, delay)


def _answers_usually(source: Source) -> bool:
    """Whether new leads of a source are answered in the same way whatever they are."""
    return type(source).answer is Source.answer and not source.for_browsers
