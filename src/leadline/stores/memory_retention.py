"""Retention and legal holds in the store in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.model.keys import match_keys
from leadline.model.lead import Fate, Kind
from leadline.model.personal_data.privacy import DataHold
from leadline.model.personal_data.retiring import (
    HELD,
    RELEASED,
    RETIRED,
    RETIRED_WORDS,
    DataKind,
    handling_retired,
    is_retired,
    note_on,
    outlasts,
    person_retired,
    words_retired,
)
from leadline.model.quotas import Spent, given_back
from leadline.ports.personal_data.retention import MOST, Aged, AgedPage
from leadline.ports.store import Among
from leadline.stores.memory_erasing import MemoryErasing
from leadline.stores.memory_pacing import MemoryPacing


class MemoryRetention(MemoryPacing, MemoryErasing):
    """`ports.personal_data.retention.Retention` in dictionaries."""

    holds: dict[str, DataHold]
    fates: dict[str, Fate]
    whys: dict[str, str]
    spent: dict[str, Spent]

    def too_old(
        self, kind: DataKind, before: datetime, among: Among, after: str = "", limit: int = MOST
    ) -> AgedPage:
        """See `ports.personal_data.retention.Retention.too_old`."""
        found = [
            Aged(i, event.source, event.captured_at)
            for i, event in sorted(self.events.items())
            if i > after and among.has(event.source) and self._is_too_old(kind, before, i)
        ]
        return AgedPage(tuple(found[:limit]), found[limit - 1].lead_id if found[limit:] else "")

    def retire(self, kind: DataKind, before: datetime, lead_ids: Sequence[str]) -> Sequence[str]:
        """See `ports.personal_data.retention.Retention.retire`."""
        done = [i for i in lead_ids if i in self.events and self._is_too_old(kind, before, i)]
        for lead_id in done:
            getattr(self, f"_retire_{kind}")(lead_id)
            self.notes.append((lead_id, note_on(kind)))
        return done

    def hold_data(self, hold: DataHold) -> bool:
        """See `ports.personal_data.retention.Retention.hold_data`."""
        if hold.lead_id not in self.events:
            return False
        self.holds[hold.lead_id] = hold
        self.notes.append((hold.lead_id, HELD))
        return True

    def release_data(self, lead_id: str) -> bool:
        """See `ports.personal_data.retention.Retention.release_data`."""
        if self.holds.pop(lead_id, None) is None:
            return False
        self.notes.append((lead_id, RELEASED))
        return True

    def held(self, lead_ids: Collection[str]) -> Mapping[str, DataHold]:
        """See `ports.personal_data.retention.Retention.held`."""
        return {i: self.holds[i] for i in lead_ids if i in self.holds}

    def all_held(self) -> Sequence[DataHold]:
        """See `ports.personal_data.retention.Retention.all_held`."""
        return sorted(self.holds.values(), key=lambda hold: hold.since)

    def _is_too_old(self, kind: DataKind, before: datetime, lead_id: str) -> bool:
        mine = {lead_id, self.joined.get(lead_id, lead_id)}
        if mine & self.holds.keys():
            return False
        jobs = [job for (i, _, _), job in self._jobs.items() if i in mine]
        if any(job.dead is None for job in jobs):
            return False
        if kind is DataKind.DEAD:
            return any(j.task.lead_id == lead_id and j.due_at < before for j in jobs)
        old = self.events[lead_id].captured_at < before
        return old and not jobs and self._has(kind, lead_id)

    def _has(self, kind: DataKind, lead_id: str) -> bool:
        event = self.events[lead_id]
        if kind is DataKind.RAW:
            return event.raw != RETIRED_WORDS or event.body is not None
        if kind is DataKind.REFINED:
            refined = self.refined_leads.get(lead_id)
            return refined is not None and not is_retired(refined)
        lines = any(i == lead_id and not outlasts(note) for i, note in self.notes)
        return (
            lines
            or lead_id in self.tried
            or any(one.lead_id == lead_id and one.ref for one in self.sent_alerts)
        )

    def _retire_raw(self, lead_id: str) -> None:
        self.events[lead_id] = words_retired(self.events[lead_id])

    def _retire_refined(self, lead_id: str) -> None:
        refined = self.refined_leads[lead_id]
        for key in match_keys(refined).values():
            if self.known.get(key) == lead_id:
                del self.known[key]
        self.refined_leads[lead_id] = person_retired(refined)
        self._forget_duplicates(lead_id)
        self.tried.pop(lead_id, None)
        if lead_id in self.handled:
            self.handled[lead_id] = handling_retired(self.handled[lead_id])

    def _retire_timeline(self, lead_id: str) -> None:
        self.tried.pop(lead_id, None)
        self.notes = [(i, n) for i, n in self.notes if i != lead_id or outlasts(n)]
        self.sent_alerts = [
            msgspec.structs.replace(one, ref="") if one.lead_id == lead_id else one
            for one in self.sent_alerts
        ]

    def _retire_dead(self, lead_id: str) -> None:
        for key in [key for key in self._jobs if key[0] == lead_id]:
            del self._jobs[key]
        event = self.events[lead_id]
        if lead_id in self.refined_leads or self.fates[lead_id] is not Fate.CAPTURED:
            return
        if event.kind is Kind.UNREADABLE and (spent := self.spent.get(event.source)) is not None:
            self.spent[event.source] = given_back(spent, len(event.body or b""))
        self.fates[lead_id], self.whys[lead_id] = Fate.FILTERED, RETIRED
        for one in self._family(lead_id):
            self._retire_raw(one)

    def _family(self, lead_id: str) -> Iterator[str]:
        yield lead_id
        yield from (i for i, head in self.joined.items() if head == lead_id)
