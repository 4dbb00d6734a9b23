"""Comparing an event with the one that has its key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from leadline.model.formats import key_of
from leadline.model.lead import CapturedLead
from leadline.ports.store import Apart
from leadline.stores.aws.base import Base, log
from leadline.stores.aws.bucket import Withheld
from leadline.stores.aws.documents import read_document

COMPARED = "compared"
"""What the item of a lasting key has whose event another one of the key is compared with; keys of
earlier versions have none."""


class Comparing(Base):
    """What an inbox needs for it."""

    def _beside(
        self,
        lead: CapturedLead,
        first_id: str,
        first_at: datetime,
        reserved: Mapping[str, Any] | None,
    ) -> Apart:
        """What an event is beside the one whose document this is, by the item of their key (None:
        this event's own). Where that says nothing of comparing, and without the document, the key
        decides."""
        if reserved is not None and not reserved.get(COMPARED):
            return Apart()
        try:
            document = self.bucket.get(key_of("raw", first_id, first_at))
            first = read_document(document or b"")
        except (Withheld, msgspec.MsgspecError):
            log.warning("capture.nothing_to_compare", extra={"lead": first_id})
            return Apart()
        return self.apart(lead, first.raw, first.record)
