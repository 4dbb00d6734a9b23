"""The protocol for finding a person's data in a store and erasing it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

import msgspec

from leadline.model.lead import RefinedLead


class HeldTexts(msgspec.Struct, frozen=True):
    """Everything that a store holds of one event in the words of people: what was sent (`raw`, and
    `body` if it is stored beside it), the values written to the CRM as JSON, and the details on its
    timeline. `head` is the id of the lead that it belongs to, its own for a lead; `refined` the
    refined lead, None for an event that was not refined or whose document is damaged. `document` is
    what else the store says of the refined lead: the bytes of a damaged document, a summary."""

    lead_id: str
    head: str
    source: str
    captured_at: datetime
    raw: bytes = b""
    body: bytes = b""
    refined: RefinedLead | None = None
    document: bytes = b""
    written: bytes = b""
    details: tuple[str, ...] = ()


class Erasing(Protocol):
    """Finds and erases personal data."""

    def held_texts(self) -> Iterator[HeldTexts]:
        """What is held of every event, whatever became of it, oldest first. Events may come
        meanwhile."""

    def erase(self, lead_id: str) -> tuple[str, ...]:
        """Erase the person from a lead and from the other events of its record.

        Erases raw JSON, bodies, the refined document (`model.personal_data.erasing`), all by which
        leads of the person would be linked, and the differences noted on timelines. What happened,
        and when, is kept; the lead leaves the queue of its team. From the body of a delivery that
        tells of other records, only these events are cut (`model.texts.cutting`), or it is erased.
        The body of a delivery that could not be read is erased with its own event. May be repeated.
        Returns descriptions of copies left.
        """

    def overwrite_erased(self) -> tuple[str, ...]:
        """Overwrite what is left of erased data in unused space of the store. Call it after the
        last of some erasures. Returns descriptions of where some is left for now."""
