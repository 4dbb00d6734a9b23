"""The rows of new events, collected for one transaction."""

from collections import Counter
from datetime import date
from typing import Any
from zlib import crc32

import apsw

from leadline.model.lead import ERASED, CapturedLead, Fate
from leadline.stores.sqlite.capture.keys import COMPARED
from leadline.stores.sqlite.capture.owners import Owner, is_erased
from leadline.stores.sqlite.file.checksums import sum_of
from leadline.stores.sqlite.values import micros

NO_LEAD = None, None
"""The number and the id of the lead to which an event belongs, if it belongs to none."""


_new_owner = tuple.__new__


class NewEvents:
    """The rows that one call will write, and the keys that its own leads have."""

    def __init__(self, next_number: int, owners: dict[bytes, Owner]) -> None:
        self.first = self.next = next_number
        self.owners = owners
        self.leads: list[tuple[Any, ...]] = []
        self.raws: list[tuple[Any, ...]] = []
        self.known: list[tuple[bytes, int, int, int]] = []
        self.tasks: list[tuple[object, ...]] = []
        self.looks: list[tuple[object, ...]] = []
        self.dead: list[tuple[object, ...]] = []
        self.history: list[tuple[object, ...]] = []
        self.early: list[tuple[int, int]] = []
        self.folded: set[int] = set()
        self.looked_up: set[int] = set()
        self.plain: list[tuple[date, str]] = []
        self.tally: Counter[tuple[date, str, str]] = Counter()

    def has_erased(self, db: apsw.Connection, about: Owner) -> bool:
        """Whether a record without a lead was deleted for privacy, so that further events of it
        must be erased. For those of a lead a look-up is put anyway."""
        if not about.is_early:
            return False
        here = any(row[7] == ERASED and about.lead in (row[0], row[8]) for row in self.leads)
        return here or is_erased(db, about.lead)

    def add(
        self,
        lead: CapturedLead,
        at: int,
        fate: Fate,
        why: str,
        head: tuple[int | None, bytes | None] = NO_LEAD,
    ) -> int:
        """Add the rows that every new event has, and its key; returns its number. *head* is the
        lead to which it belongs."""
        number = self.next
        self.next = number + 1
        key = bytes.fromhex(lead.id.replace("-", ""))
        source, raw, body = lead.source, lead.raw, lead.body
        self.leads.append((number, key, source, lead.kind, at, lead.record, fate, why, head[0]))
        self.raws.append((number, raw, crc32(raw), body, sum_of(body), lead.media_type))
        lasting = COMPARED if lead.lasting_key else 0
        self.known.append((lead.event_key, number, at, lasting))
        no_lead = why if fate is Fate.FILTERED else ""
        self.owners[lead.event_key] = Owner(number, key, at, lasting, *head, no_lead)
        self.tally[lead.captured_at.date(), source, fate] += 1
        return number

    def add_plain(self, lead: CapturedLead) -> None:
        """As `add`, in fewer steps, with its task, for a new lead that nothing but its key can
        connect with other events."""
        number = self.next
        self.next = number + 1
        key, event_key = bytes.fromhex(lead.id.replace("-", "")), lead.event_key
        source, raw, body = lead.source, lead.raw, lead.body
        at = micros(lead.captured_at)
        lasting = COMPARED if lead.lasting_key else 0
        self.leads.append(
            (number, key, source, "created", at, lead.record, "captured", lead.why, None)
        )
        self.raws.append((number, raw, crc32(raw), body, sum_of(body), lead.media_type))
        self.known.append((event_key, number, at, lasting))
        self.tasks.append((number, "refine", at, micros(lead.due_at)))
        if lead.look_at:
            self.looks.append((number, "first_look", at, at))
        self.owners[event_key] = _new_owner(Owner, (number, key, at, lasting, None, None, ""))
        self.plain.append((lead.captured_at.date(), source))
