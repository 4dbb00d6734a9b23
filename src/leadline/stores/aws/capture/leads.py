"""Leads by id, and by record, on AWS."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from leadline.model.formats import from_iso, key_of
from leadline.model.lead import ENDS, Fate, Kind, RefinedLead
from leadline.model.task import Alert
from leadline.ports.store import Archived, Ended, Waiting
from leadline.stores.aws.base import Base, log
from leadline.stores.aws.bucket import AccessRefused
from leadline.stores.aws.capture.documents import StoredEvent, read_document
from leadline.stores.aws.items import LeadItem, alerts_of, lead_of
from leadline.stores.aws.keys import digest_key, lead_key
from leadline.stores.damage import note_damage
from leadline.stores.refined import decoded


class AwsLeads(Base):
    """`ports.store.Leads` on S3 and DynamoDB."""

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """See `ports.store.Leads.waiting`."""
        leads = self._leads(lead_ids, guess=True)
        others = self._leads([i for lead in leads.values() for i in lead.related])
        told = {i: [o for o in lead.related if o in others and _tells(lead, others[o])]
                for i, lead in leads.items()}  # fmt: skip
        events = [others[o] for ids in told.values() for o in ids]
        documents = self._documents([*leads.values(), *events], self.recent.refused)
        found: dict[str, Waiting] = {}
        for lead_id, lead in leads.items():
            for event_id in self.recent.refused.keys() & set(told[lead_id]):
                self.recent.refused[lead_id] = self.recent.refused[event_id]
            if lead_id not in documents or lead_id in self.recent.refused:
                continue
            self.recent.raws[lead_id] = documents[lead_id].raw
            news = [others[o] for o in told[lead_id] if o in documents]
            found[lead_id] = _waiting(lead, documents, news)
        return found

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """See `ports.store.Leads.archived`."""
        leads = self._leads(lead_ids)
        documents = self._documents(leads.values())
        return {
            i: Archived(
                i,
                lead.source,
                from_iso(lead.captured_at),
                Fate(lead.fate),
                documents[i].raw,
                documents[i].whole_body,
                documents[i].media_type,
                Kind(lead.kind),
            )
            for i, lead in leads.items()
            if i in documents
        }

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, RefinedLead]:
        """See `ports.store.Leads.refined`."""
        return decoded(self.documents(lead_ids).items())

    def documents(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `ports.store.Leads.documents`."""
        asked = [
            (lead.lead_id, key_of("refined", lead.lead_id, from_iso(lead.captured_at)), lead)
            for lead in self._leads(lead_ids, guess=self.trusts_recent).values()
            if lead.summary is not None
        ]
        versions = [(key, lead.summary.version if lead.summary else "") for _, key, lead in asked]
        ids, refused = [lead_id for lead_id, _, _ in asked], self.recent.refused
        documents = self.bucket.get_all(versions, self._note_refused(ids, refused))
        for place, (key, version) in enumerate(versions):
            if documents[place] is None and version and ids[place] not in refused:
                # A worker without a valid lease may have written a newer version; the bucket then
                # deletes the referenced one in time. The remaining one has the same content.
                watch = self._note_refused(ids[place:], refused)
                (documents[place],) = self.bucket.get_all([(key, "")], watch)
        found = zip(asked, documents, strict=True)
        return {lead_id: document for (lead_id, _, _), document in found if document is not None}

    def of_records(self, record_keys: Sequence[bytes]) -> Mapping[bytes, str]:
        """See `ports.store.Leads.of_records`."""
        places = {digest_key("R", key): key for key in record_keys}
        found = self.table.get_all(list(places)) if places else {}
        owners = {places[place]: item["lead_id"] for place, item in found.items()}
        leads = self._leads(owners.values()) if owners else {}
        return {key: i for key, i in owners.items() if i in leads and not leads[i].is_early}

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """See `ports.store.Alerts.alerts`."""
        leads = self._leads(lead_ids, guess=True)
        return {i: alerts_of(lead) for i, lead in leads.items() if lead.alerts}

    def _leads(self, lead_ids: Iterable[str], *, guess: bool = False) -> dict[str, LeadItem]:
        """The leads' items in the given order; *guess* takes those in the cache as they are."""
        wanted = list(dict.fromkeys(lead_ids))
        known = self.recent.leads if guess else {}
        unread = [lead_key(i) for i in wanted if i not in known]
        items = self.table.get_all(unread) if unread else {}
        read = {key[0][2:]: lead_of(item) for key, item in items.items()}
        self.recent.leads.update(read)
        return {i: found for i in wanted if (found := read.get(i) or known.get(i)) is not None}

    def _documents(
        self, leads: Iterable[LeadItem], refused: dict[str, str] | None = None
    ) -> dict[str, StoredEvent]:
        """The raw documents that exist and can be read, by lead id. Documents that AWS refuses to
        give are noted in *refused*; without it, raises Withheld."""
        keys = {i.lead_id: key_of("raw", i.lead_id, from_iso(i.captured_at)) for i in leads}
        watch = None if refused is None else self._note_refused(list(keys), refused)
        found = self.bucket.get_all([(key, "") for key in keys.values()], watch)
        documents: dict[str, StoredEvent] = {}
        for lead_id, document in zip(keys, found, strict=True):
            if document is None:
                continue
            try:
                documents[lead_id] = read_document(document)
            except msgspec.MsgspecError:
                note_damage(lead_id)
        return documents

    def _note_refused(
        self, lead_ids: Sequence[str], refused: dict[str, str]
    ) -> Callable[[int, AccessRefused], None]:
        def note(place: int, error: AccessRefused) -> None:
            log.error("document.withheld", extra={"lead": lead_ids[place], "error": str(error)})
            refused[lead_ids[place]] = error.code

        return note


def _waiting(
    lead: LeadItem, documents: Mapping[str, StoredEvent], events: Sequence[LeadItem]
) -> Waiting:
    """A lead and the other events of its record, in the order of arrival, as workers need them."""
    corrections = [event.lead_id for event in events if event.kind == Kind.CORRECTED]
    events = [event for event in events if event.kind != Kind.CORRECTED]
    updates = [event.lead_id for event in events if event.fate == Fate.FOLDED]
    ends = []
    for place, event in enumerate(events):
        if _is_end(event):
            before = sum(not _is_end(e) for e in events[:place])
            after = -1 if event.lead_id < lead.lead_id else before
            ends.append(Ended(event.why, documents[event.lead_id].raw, after))
    return Waiting(
        lead.lead_id,
        lead.source,
        from_iso(lead.captured_at),
        documents[lead.lead_id].raw,
        documents[lead.lead_id].record,
        tuple(documents[i].raw for i in updates),
        tuple(documents[event.lead_id].raw for event in events if _is_late(event)),
        tuple(documents[i].why for i in (lead.lead_id, *updates) if documents[i].why),
        tuple(ends),
        tuple(documents[i].raw for i in corrections),
    )


def _tells(lead: LeadItem, event: LeadItem) -> bool:
    """Whether an event has data for a lead; late events have it only for refined leads."""
    if event.fate == Fate.FOLDED or event.kind == Kind.CORRECTED or _is_end(event):
        return True
    return lead.summary is not None and _is_late(event)


def _is_end(event: LeadItem) -> bool:
    return event.kind == Kind.IGNORED and event.why in ENDS


def _is_late(event: LeadItem) -> bool:
    """Whether an event of a lead came after its refinement."""
    return event.fate == Fate.FILTERED and event.kind not in (Kind.IGNORED, Kind.CORRECTED)
