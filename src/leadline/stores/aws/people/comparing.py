"""The keys of events: reserving one, and comparing an event with the one that has its key."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from leadline.model.formats import from_iso, iso, key_of
from leadline.model.keys import is_older, under_own_key
from leadline.model.lead import CapturedLead
from leadline.ports.store import Apart
from leadline.stores.aws.base import Base, Contested, log
from leadline.stores.aws.bucket import AccessRefused
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.keys import RESUMED, digest_key
from leadline.stores.aws.table import PutIf, Stale

_FREE = "attribute_not_exists(pk)"
_FREE_OR_OLD = f"{_FREE} OR (lasting = :no AND taken_at <= :old)"

COMPARED = "compared"
"""The attribute of a lasting key whose later events are compared with the first one; keys of
earlier versions lack it."""


class Comparing(Base):
    """The part of the inbox that handles idempotency keys."""

    def _beside(
        self,
        lead: CapturedLead,
        first_id: str,
        first_at: datetime,
        reserved: Mapping[str, Any] | None,
    ) -> Apart:
        """How an event relates to the first event of its key, whose document is read. *reserved* is
        the item of the key (None: this event's own). If the item lacks COMPARED, or the document
        can't be read, the key alone decides."""
        if reserved is not None and not reserved.get(COMPARED):
            return Apart()
        try:
            document = self.bucket.get(key_of("raw", first_id, first_at))
            first = read_document(document or b"")
        except (AccessRefused, msgspec.MsgspecError):
            log.warning("capture.nothing_to_compare", extra={"lead": first_id})
            return Apart()
        return self.apart(lead, first.raw, first.record)

    def _is_known(self, lead: CapturedLead) -> bool:
        """Whether an earlier event has the key of this one, and the key has not expired."""
        known = self.table.get(digest_key("E", lead.event_key))
        return known is not None and (known["lasting"] or known["taken_at"] > self._expired(lead))

    def _with_key(self, lead: CapturedLead) -> tuple[CapturedLead, dict[str, Any] | None]:
        """Reserve the event's key, or a key of its own if a newer event has it (`keys.is_older`).
        Returns the event with its key, and an existing reservation, else None."""
        reserved = self._reserve(lead)
        if reserved is not None and is_older(lead, from_iso(reserved["taken_at"])):
            lead = under_own_key(lead)
            reserved = self._reserve(lead)
        return lead, reserved

    def _reserve(self, lead: CapturedLead) -> dict[str, Any] | None:
        """Reserve the event's key for this lead; returns an existing reservation, else None."""
        key = self._key(lead)
        try:
            self.table.put_if(key.item, key.condition, key.values)
        except Stale as stale:
            now = stale.now or self.table.get(digest_key("E", lead.event_key))
            if now is not None and now["lead_id"] != lead.id:
                return now
        return None

    def _key(self, lead: CapturedLead) -> PutIf:
        """The write that gives an event its key, unless that is an earlier event's."""
        pk, sk = digest_key("E", lead.event_key)
        item: dict[str, Any] = {
            "pk": pk,
            "sk": sk,
            "lead_id": lead.id,
            "taken_at": iso(lead.captured_at),
            "lasting": lead.lasting_key,
        }
        if lead.lasting_key:
            item[COMPARED] = True
        else:
            # The window of a later event may be longer; that of an imported one is 0. One day more,
            # because the time at which TTL deletes is not exact.
            longest = max(self._window(lead), self.redelivery_window)
            forget = lead.captured_at + longest + timedelta(days=1)
            item["expires"] = int(forget.timestamp())
        return PutIf(item, _FREE_OR_OLD, {":no": False, ":old": self._expired(lead)})

    def _window(self, lead: CapturedLead) -> timedelta:
        return self.redelivery_window if lead.window is None else lead.window

    def _expired(self, lead: CapturedLead) -> str:
        """The latest time of a key without an id that counts no more when this event comes."""
        return iso(lead.captured_at - self._window(lead))

    def _resumed(self, lead: CapturedLead, reserved: dict[str, Any]) -> CapturedLead:
        """The lead with the id that an earlier attempt reserved before it died. Stores a note
        first, by which the sweep finds its document."""
        lead = _as_reserved(lead, reserved)
        place = f"{iso(self.clock())}#{key_of('raw', lead.id, lead.captured_at)}"
        noted = {**reserved, "due_pk": RESUMED, "due_sk": place}
        try:
            self.table.put_if(noted, "lead_id = :id", {":id": lead.id})
        except Stale:
            raise Contested(lead.id) from None  # its key was reserved for another lead meanwhile
        return lead


def _as_reserved(lead: CapturedLead, reserved: dict[str, Any]) -> CapturedLead:
    """The lead with the id and time that an earlier attempt reserved for it."""
    at = from_iso(reserved["taken_at"])
    due_at = at + (lead.due_at - lead.captured_at)
    return msgspec.structs.replace(lead, id=reserved["lead_id"], captured_at=at, due_at=due_at)
