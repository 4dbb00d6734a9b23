"""Erases personal data from the store on AWS."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.model.formats import from_iso, key_of, refined_document, refined_head
from leadline.model.keys import match_keys
from leadline.model.lead import Fate, Kind, is_privacy_deletion
from leadline.model.personal_data.erasing import (
    ERASED_WORDS,
    no_longer_possible,
    person_erased,
    words_erased,
)
from leadline.stores.aws.base import Contested, changed
from leadline.stores.aws.bucket import AccessRefused
from leadline.stores.aws.capture.documents import StoredEvent, document_of, read_document
from leadline.stores.aws.capture.documents_near import ids_near
from leadline.stores.aws.capture.quotas import give_back
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.people.duplicates import AwsDuplicates
from leadline.stores.aws.work.attempts import AwsAttempts
from leadline.stores.aws.work.handling import AwsHandlings

_MOST_ROUNDS = 20
LEFT = (
    "exports that were made before",
    "backups of the table, until they expire",
    "later leads of the same person",
)
"""The copies of personal data that the store can't erase."""


_VERSIONS = (
    "earlier versions of objects, until they expire",
    "bodies of deliveries about several records that an earlier version or a move stored",
)
"""What only operators may list and delete."""


class AwsErasing(AwsDuplicates, AwsHandlings, AwsAttempts):
    """`ports.store.Erasing` on S3 and DynamoDB. `erases_versions`: it deletes earlier versions of
    the documents, too, and lists documents, which operators may, and the stack's functions may
    not."""

    erases_versions = False

    def overwrite_erased(self) -> tuple[str, ...]:
        """See `ports.store.Erasing.overwrite_erased`; objects and items have no unused space."""
        return ()

    def erase(self, lead_id: str) -> tuple[str, ...]:
        """See `ports.store.Erasing.erase`."""
        lead = self._lead(lead_id)
        if lead is None:
            return (*_VERSIONS, *LEFT)
        events = self._leads([lead_id, *lead.related])
        documents = self._documents(events.values())
        bodies, left = self._erase_bodies(documents)
        for holder_id, at in self._repeated(events.values()):
            bodies[holder_id] = None
            if holder_id not in documents:
                self._erase_beside(holder_id, from_iso(at), None)
        for event_id, one in documents.items():
            event = one.captured()
            body = None if event.kind is Kind.UNREADABLE else bodies.get(event_id, event.body)
            erased = msgspec.structs.replace(words_erased(event), body=body)
            if erased != event:
                key = key_of("raw", event_id, event.captured_at)
                self.bucket.put(key, document_of(erased))
                if event.kind is Kind.UNREADABLE:
                    give_back(self.table, event.source, len(event.body or b""))
        version = self._erase_refined(lead, documents)
        for other in self.compared_with(lead_id):
            self._take_out_of_review(other, lead_id)
            self._forget_attempts(other)  # its messages may have named the person
        self._forget_duplicates(lead_id)
        self._leave_queue(lead_id)
        self._change(lead, lambda item: _without_person(item, version))
        self._forget_attempts(lead_id)
        for event_id in lead.related:
            if event_id in events:
                self._change(events[event_id], _without_differences)
        self.recent.clear()
        return (*left, *self._delete_versions(events.values()), *LEFT)

    def _delete_versions(self, events: Iterable[LeadItem]) -> tuple[str, ...]:
        """Delete the earlier versions of the documents of events; returns what is left of them."""
        if not self.erases_versions:
            return _VERSIONS
        for one in events:
            for kind in ("raw", "refined"):
                self.bucket.delete_earlier(key_of(kind, one.lead_id, from_iso(one.captured_at)))
        return ()

    def _erase_bodies(
        self, documents: Mapping[str, StoredEvent]
    ) -> tuple[dict[str, bytes | None], list[str]]:
        """Cut these events out of the bodies of their deliveries. Returns the new bodies of those
        that are stored with one of them, and descriptions of bodies that were not found."""
        bodies: dict[str, bytes | None] = {}
        left: list[str] = []
        for holder_id, said in _by_body(documents.values()).items():
            raws = [one.raw for one in said]
            if (own := documents.get(holder_id)) is not None:
                bodies[holder_id] = _without(own.whole_body, raws)
            elif not self._erase_beside(holder_id, from_iso(said[0].timestamp), raws):
                left.append(f"the body of the delivery of event {holder_id}")
        if self.erases_versions:
            self._erase_unnamed_bodies(documents)
        return bodies, left

    def _erase_beside(self, holder_id: str, at: datetime, raws: Sequence[bytes] | None) -> bool:
        """Cut events out of the body that is stored with an event of another record (None: erase
        it whole); False if it is not found, or is a dead letter that nobody could read yet."""
        key = key_of("raw", holder_id, at)
        try:
            document = self.bucket.get(key)
        except AccessRefused:  # what AWS also says of a missing document
            return False
        if document is None or (holder := read_document(document).captured()).kind == (
            Kind.UNREADABLE
        ):
            return False
        left = None if raws is None else _without(holder.body, raws)
        rest = msgspec.structs.replace(holder, body=left)
        if rest != holder:
            self.bucket.put(key, document_of(rest))
            if self.erases_versions:
                self.bucket.delete_earlier(key)
        return True

    def _repeated(self, events: Collection[LeadItem]) -> set[tuple[str, str]]:
        """The events (id and time) with the bodies of deliveries that repeated these. Of those
        before a move only the time is known; they are looked for where documents may be listed."""
        found = set[tuple[str, str]]()
        for event in events:
            for one in event.repeated:
                holder_id, _, at = one.partition(" ")
                found.add((holder_id, at))
            for line in event.timeline if self.erases_versions else ():
                if line.what == Fate.REDELIVERED:
                    near = self._came_with(event.source, line.at)
                    found.update((holder_id, line.at) for holder_id in near)
        return found

    def _came_with(self, source: str, at: str) -> list[str]:
        """The ids of events that came from a source at a time."""
        near = self._leads(ids_near(self.bucket, from_iso(at)))
        return [i for i, one in near.items() if (one.captured_at, one.source) == (at, source)]

    def _erase_unnamed_bodies(self, documents: Mapping[str, StoredEvent]) -> None:
        """Cut events out of bodies of which they do not say where they are, because an earlier
        version or a move stored them: with an event of the same source and moment."""
        for said in _by_body(documents.values()).values():
            for one in said:
                if one.body_with is None and one.body is None:
                    for holder_id in self._came_with(one.source, one.timestamp):
                        if holder_id not in documents:
                            self._erase_beside(holder_id, from_iso(one.timestamp), [one.raw])

    def _erase_refined(self, lead: LeadItem, documents: dict[str, StoredEvent]) -> str:
        """Overwrite the refined document; returns its new version."""
        refined = self.refined([lead.lead_id]).get(lead.lead_id)
        if refined is None or lead.lead_id not in documents:
            return lead.summary.version if lead.summary else ""
        for key in match_keys(refined).values():
            self.leave_key(key, lead.lead_id)
        raw = words_erased(documents[lead.lead_id].captured()).raw
        document = refined_document(refined_head(person_erased(refined)), raw)
        return self.bucket.put(
            key_of("refined", lead.lead_id, from_iso(lead.captured_at)), document
        )

    def _leave_queue(self, lead_id: str) -> None:
        """Take the lead from the queue of a team in which it waits."""
        for _ in range(_MOST_ROUNDS):
            handling = self.handling([lead_id]).get(lead_id)
            if handling is None or handling.queued is None:
                return
            if self.handle(lead_id, handling, msgspec.structs.replace(handling, queued=None)):
                return
        raise Contested(lead_id)

    def _take_out_of_review(self, lead_id: str, erased: str) -> None:
        """Take the erased lead out of those that a lead may be about the same person as."""
        for _ in range(_MOST_ROUNDS):
            self.recent.leads.clear()
            lead, there = self._lead(lead_id), self.refined([lead_id]).get(lead_id)
            if lead is None or lead.summary is None or there is None:
                return
            left = no_longer_possible(there, erased)
            if left is there:
                return
            raw = self._documents([lead])[lead_id].raw
            key = key_of("refined", lead_id, from_iso(lead.captured_at))
            version = self.bucket.put(key, refined_document(refined_head(left), raw))
            if self._change(lead, _to_version(lead.summary.version, version)):
                return
        raise Contested(lead_id)


def _to_version(before: str, version: str) -> Callable[[LeadItem], LeadItem | None]:
    """The change that names another version of the document, unless it was refined meanwhile."""

    def change(lead: LeadItem) -> LeadItem | None:
        if lead.summary is None or lead.summary.version != before:
            return None
        return changed(lead, summary=msgspec.structs.replace(lead.summary, version=version))

    return change


def _by_body(documents: Iterable[StoredEvent]) -> dict[str, list[StoredEvent]]:
    """The events with words to erase, by the event with which the body of their delivery is."""
    found: dict[str, list[StoredEvent]] = {}
    for one in documents:
        if not is_privacy_deletion(one.captured()) and one.raw != ERASED_WORDS:
            found.setdefault(one.body_with or one.lead_id, []).append(one)
    return found


def _without(body: bytes | None, raws: Sequence[bytes]) -> bytes | None:
    if body is None:
        return None
    from leadline.model.texts.cutting import body_without  # erasing is rare

    return body_without(body, raws)


def _without_person(lead: LeadItem, version: str) -> LeadItem:
    lead = _without_differences(lead)
    if lead.summary is None:
        return lead
    summary = msgspec.structs.replace(
        lead.summary, version=version, name=None, email=None, phone=None, company=None, unit=""
    )
    return changed(lead, summary=summary)


def _without_differences(lead: LeadItem) -> LeadItem:
    """The item without what its timeline says in the words of somebody, and without the error of a
    failed attempt, which may quote what was sent."""
    timeline = tuple(
        line if line.what == "assigned" or line.what.startswith("record.")
        else msgspec.structs.replace(line, detail="")
        for line in lead.timeline
    )  # fmt: skip
    task = lead.task and msgspec.structs.replace(lead.task, error="")
    return changed(lead, timeline=timeline, task=task)
