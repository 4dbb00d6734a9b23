"""A lead and its person as people have decided, also before what they decided was worked out by
refining the leads again."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.duplicates.merging import without_values_of
from leadline.journey.same_person.judging import JudgingStore, cluster_of, leaving
from leadline.model.facts.likeness import Candidate, Judgement
from leadline.model.lead import RefinedLead


class DecidedPerson(msgspec.Struct, frozen=True):
    """The person of a lead: the first lead and the members of the cluster, the decisions about them
    by lead id, and the ids of leads that are no longer of this person (`gone`), though they, or
    this lead, were not refined again yet."""

    first: str
    members: Sequence[Candidate]
    judged: Mapping[str, Sequence[Judgement]]
    gone: frozenset[str]

    @property
    def lead_ids(self) -> list[str]:
        """The members' ids, the earliest first; empty if the lead is alone."""
        return [one.lead_id for one in self.members]

    def of(self, lead: RefinedLead) -> RefinedLead:
        """One of the person's leads without a link to leads that are no longer of this person,
        without their values, and without possible duplicates that were decided about."""
        for one in self.gone:
            lead = without_values_of(lead, one)
            if lead.duplicate_of is not None and lead.duplicate_of.lead_id == one:
                lead = msgspec.structs.replace(lead, duplicate_of=None)
        decided = _decided_with(lead.lead_id, self.judged.get(lead.lead_id, ()))
        left = tuple(one for one in lead.possible if one.lead_id not in decided)
        return lead if left == lead.possible else msgspec.structs.replace(lead, possible=left)


def person_of(store: JudgingStore, lead: RefinedLead) -> DecidedPerson:
    """The person of a refined lead."""
    first, members = cluster_of(store, lead)
    ids = [one.lead_id for one in members] or [lead.lead_id]
    judged = store.judgements(ids)
    gone = leaving(store, first, members, judged)
    if lead.lead_id in gone:
        first, gone = lead.lead_id, frozenset(ids) - {lead.lead_id}
    members = [one for one in members if one.lead_id not in gone]
    return DecidedPerson(first, members, judged, gone)


def _decided_with(lead_id: str, judged: Iterable[Judgement]) -> set[str]:
    """The leads about which people decided together with this one."""
    return {i for one in judged for i in (one.one, one.other)} - {lead_id}
