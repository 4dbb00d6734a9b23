"""Erases personal data from the store in memory."""

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec

from leadline.model.handling import Handling
from leadline.model.keys import match_keys
from leadline.model.lead import CapturedLead, Kind, RefinedLead, is_privacy_deletion
from leadline.model.monitoring.attempts import AttemptRecord
from leadline.model.monitoring.event_notes import OTHER_WORDS
from leadline.model.personal_data.erasing import (
    ERASED_WORDS,
    no_longer_possible,
    person_erased,
    words_erased,
)
from leadline.model.personal_data.privacy import Tombstone
from leadline.model.texts.cutting import body_without
from leadline.ports.personal_data.erasing import HeldTexts
from leadline.stores.memory_duplicates import MemoryDuplicates


class MemoryErasing(MemoryDuplicates):
    """`ports.store.Erasing` in dictionaries."""

    events: dict[str, CapturedLead]
    joined: dict[str, str]
    known: dict[bytes, str]
    refined_leads: dict[str, RefinedLead]
    handled: dict[str, Handling]
    notes: list[tuple[str, str]]
    tried: dict[str, tuple[AttemptRecord, ...]]
    repeated: list[tuple[str, str, datetime]]
    """The leads of redelivered events, with the source and the time of each redelivery."""

    def held_texts(self) -> Iterator[HeldTexts]:
        """See `ports.personal_data.erasing.Erasing.held_texts`."""
        for i, event in list(self.events.items()):
            handling = self.handled.get(i)
            yield HeldTexts(
                lead_id=i,
                head=self.joined.get(i, i),
                source=event.source,
                captured_at=event.captured_at,
                raw=event.raw,
                body=event.body or b"",
                refined=self.refined_leads.get(i),
                written=msgspec.json.encode(handling.written) if handling else b"",
                details=tuple(note for lead, note in self.notes if lead == i),
            )

    def overwrite_erased(self) -> tuple[str, ...]:
        """See `ports.store.Erasing.overwrite_erased`."""
        return ()

    def erase(self, lead_id: str) -> tuple[str, ...]:
        """See `ports.store.Erasing.erase`."""
        ids = [lead_id, *(i for i, head in self.joined.items() if head == lead_id)]
        self._erase_bodies([self.events[i] for i in ids if i in self.events])
        for head, source, at in self.repeated:
            if head == lead_id:
                self._cut(source, at, None)
        for i in ids:
            if i in self.events:
                erased = words_erased(self.events[i])
                kept = None if erased.kind is Kind.UNREADABLE else self.events[i].body
                self.events[i] = msgspec.structs.replace(erased, body=kept)
        refined = self.refined_leads.get(lead_id)
        if refined is not None:
            for key in match_keys(refined).values():
                if self.known.get(key) == lead_id:
                    del self.known[key]
            self.refined_leads[lead_id] = person_erased(refined)
            self._forget_duplicates(lead_id)
            others = {i: no_longer_possible(one, lead_id) for i, one in self.refined_leads.items()}
            changed = {i for i, one in others.items() if one != self.refined_leads[i]}
            self.tried = {i: some for i, some in self.tried.items() if i not in changed}
            self.refined_leads = others
        self.tried.pop(lead_id, None)
        handling = self.handled.get(lead_id)
        if handling is not None and handling.queued is not None:
            self.handled[lead_id] = msgspec.structs.replace(
                handling, queued=None, rev=handling.rev + 1
            )
        self.notes = [
            (i, OTHER_WORDS if i == lead_id and note.startswith(OTHER_WORDS) else note)
            for i, note in self.notes
        ]
        return ()

    def _erase_bodies(self, events: Collection[CapturedLead]) -> None:
        """Cut these events out of the bodies of their deliveries."""
        said = [one for one in events if not is_privacy_deletion(one) and one.raw != ERASED_WORDS]
        for source, at in {(one.source, one.captured_at) for one in said}:
            raws = [one.raw for one in said if (one.source, one.captured_at) == (source, at)]
            self._cut(source, at, raws)

    def _cut(self, source: str, at: datetime, raws: Collection[bytes] | None) -> None:
        """Cut events out of the bodies that came from a source at a time; None: erase them."""
        for i, one in self.events.items():
            its = (one.source, one.captured_at) == (source, at)
            if its and one.body is not None and one.kind is not Kind.UNREADABLE:
                left = None if raws is None else body_without(one.body, raws)
                self.events[i] = msgspec.structs.replace(one, body=left)


class MemoryErasures:
    """`ports.personal_data.erasures.Erasures` in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, ...], Tombstone] = {}
        self.done: dict[tuple[str, ...], datetime] = {}

    def bury(self, tombstone: Tombstone) -> bool:
        """See `ports.personal_data.erasures.Erasures.bury`."""
        known = self.kept.get(tombstone.hashes)
        if known is None or known.at < tombstone.at:
            self.kept[tombstone.hashes] = tombstone
        return known is None

    def tombstones(self) -> list[Tombstone]:
        """See `ports.personal_data.erasures.Erasures.tombstones`."""
        return sorted(self.kept.values(), key=lambda one: one.at)

    def pending(self) -> list[Tombstone]:
        """See `ports.personal_data.erasures.Erasures.pending`."""
        return [one for one in self.tombstones() if self.done.get(one.hashes) != one.at]

    def applied(self, tombstones: Collection[Tombstone]) -> None:
        """See `ports.personal_data.erasures.Erasures.applied`."""
        for one in tombstones:
            self.bury(one)
            self.done[one.hashes] = one.at
