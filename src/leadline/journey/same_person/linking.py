"""Links refined leads to the first lead of the same person, and fills their blanks from it.

All leads of a batch are linked together, earliest first, so that two about one person in one batch
find each other. What is compared and decided is pure (`leadline.duplicates`); here the candidates
are read and the results are put into the leads.
"""

import logging
from collections.abc import Mapping, Sequence

import msgspec

from leadline.duplicates.comparing import NAME_ONLY
from leadline.duplicates.deciding import Cluster, Placement, decide
from leadline.duplicates.keys import candidate_keys
from leadline.duplicates.merging import filled_from
from leadline.duplicates.traits import traits_of
from leadline.journey.refinement.consenting import carried_on
from leadline.journey.same_person.clusters import Neighbours
from leadline.kit import Kit, as_suppressed
from leadline.model.facts.likeness import Candidate, Candidates, Possible, Traits, Trust
from leadline.model.keys import match_keys
from leadline.model.lead import RefinedLead
from leadline.ports.store_parts.duplicates import CAP

log = logging.getLogger(__name__)


class Linked(msgspec.Struct, frozen=True):
    """A refined lead with what was found out about duplicates, and what its settlement needs: its
    candidate keys, its traits, and when candidates were looked for. `followers` are the ids of the
    leads whose first lead it was until now, and of those in other clusters that it shows to be, or
    that may be about the same person (`Placement`); they are to be refined again."""

    lead: RefinedLead
    keys: Mapping[str, bytes] = {}
    traits: Traits | None = None
    as_of: str = ""
    followers: tuple[str, ...] = ()


class _Prepared(msgspec.Struct, frozen=True):
    lead: RefinedLead
    traits: Traits
    keys: Mapping[str, bytes]


def link_leads(
    kit: Kit,
    leads: Sequence[RefinedLead],
    before: Mapping[str, RefinedLead],
    usual: Mapping[str, RefinedLead] = {},
) -> Mapping[str, Linked | Exception]:
    """Link these leads, which are settled together; by lead id. *before* are the earlier results
    of those that are refined again. A lead that stands in *usual* is compared as it is there.

    An error with one lead becomes its result, and does not affect the others; but what the store
    raises when candidates are looked for is raised.
    """
    results: dict[str, Linked | Exception] = {}
    ready: list[_Prepared] = []
    for lead in sorted(leads, key=lambda one: (one.captured_at, one.lead_id)):
        try:
            traits = traits_of(usual.get(lead.lead_id, lead))
            ready.append(_Prepared(lead, traits, candidate_keys(traits)))
        except Exception as error:
            results[lead.lead_id] = error
    if not ready:
        return results
    linker = _Linker(kit, ready, before)
    for one in ready:
        kit.report_current(one.lead.lead_id)
        try:
            results[one.lead.lead_id] = linker.link(one)
        except Exception as error:
            results[one.lead.lead_id] = error
    return results


class _Linker:
    """Links the leads of one batch, one after another."""

    def __init__(
        self, kit: Kit, ready: Sequence[_Prepared], before: Mapping[str, RefinedLead]
    ) -> None:
        self._kit = kit
        self._before = before
        asked = {one.lead.lead_id: _sought(one) for one in ready if one.keys}
        self._found = kit.store.candidates(asked) if asked else {}
        self._near = Neighbours(kit.store, self._found, before)
        self._done: dict[str, RefinedLead] = {}
        self._under: dict[bytes, list[str]] = {}

    def link(self, one: _Prepared) -> Linked:
        """The lead with its link, its possible duplicates, and its blanks filled. A lead that has
        nothing but a name is linked, but gets nobody's address and number."""
        lead_id, found = one.lead.lead_id, self._found.get(one.lead.lead_id, Candidates())
        made = self._decided(one, found)
        possible = tuple(self._capped(maybe) for maybe in made.possible)
        lead = msgspec.structs.replace(one.lead, duplicate_of=made.first, possible=possible)
        followers: tuple[str, ...] = ()
        if made.first is not None:
            followers = self._followers(lead_id, made)
            if all(reason.code != NAME_ONLY for reason in made.first.reasons):
                lead = self._filled(lead, made.first.lead_id)
        self._near.place(_candidate(one, lead))
        self._done[lead_id] = lead
        for key in one.keys.values():
            self._under.setdefault(key, []).append(lead_id)
        return Linked(lead, one.keys, one.traits, found.as_of, followers)

    def _capped(self, maybe: Possible) -> Possible:
        """A possible duplicate, of which no more is said than what is short of a link: two of one
        household share almost everything, and only their first names keep them apart."""
        most = round(self._kit.duplicates.link - 0.01, 4)
        return msgspec.structs.replace(maybe, probability=min(maybe.probability, most))

    def _decided(self, one: _Prepared, found: Candidates) -> Placement:
        """The cluster that the lead is put into, and its possible duplicates.

        A lead that is refined again goes only into a cluster that began earlier, or the one that it
        was in. If it was the first of others, they follow it by being refined again.
        """
        lead = one.lead
        mates = [mate for key in one.keys.values() for mate in self._under.get(key, ())[:CAP]]
        clusters = self._near.clusters(lead.lead_id, found, mates)
        if (earlier := self._before.get(lead.lead_id)) is not None:
            was_in = earlier.duplicate_of.lead_id if earlier.duplicate_of else ""
            clusters = [c for c in clusters if c.first == was_in or _is_earlier(c, lead)]
        if not clusters:
            return Placement()
        policy, judged = self._kit.duplicates, self._near.judgements(lead.lead_id)
        itself = _candidate(one, lead)
        return decide(itself, clusters, policy.weights, judged, policy.thresholds)

    def _followers(self, lead_id: str, made: Placement) -> tuple[str, ...]:
        """The leads that are to be refined again because this one was linked."""
        joined = (one.lead_id for first in made.joined for one in self._near.members(first))
        rivals = made.rivals if lead_id not in self._before else ()  # else without an end
        again = dict.fromkeys((*self._near.followers(lead_id), *joined, *rivals))
        return tuple(one for one in again if one != lead_id)

    def _filled(self, lead: RefinedLead, first: str) -> RefinedLead:
        """The lead with its blanks filled from the other leads of its cluster, and what the person
        refused in those before it."""
        here = self._done
        ids = [m.lead_id for m in self._near.members(first) if m.lead_id != lead.lead_id]
        unread = [i for i in ids if i not in here]
        there = self._kit.store.refined(unread) if unread else {}
        members = [one for i in ids if (one := here.get(i) or there.get(i)) is not None]
        lead = filled_from(lead, [(one, trust_in(self._kit, one.received_from)) for one in members])
        if lead.filled:  # by an address or a number that may be on the suppression list
            lead = as_suppressed(self._kit, {lead.lead_id: lead})[lead.lead_id]
        if not any(one.consent for one in members):
            return lead
        return carried_on(lead, [one for one in members if _came_before(one, lead)])


def _sought(one: _Prepared) -> list[bytes]:
    """The keys to look under. Leads that an earlier version refined are under their match keys
    until they come under their candidate keys."""
    return list(dict.fromkeys((*one.keys.values(), *match_keys(one.lead).values())))


def _candidate(one: _Prepared, lead: RefinedLead) -> Candidate:
    first = lead.duplicate_of.lead_id if lead.duplicate_of else lead.lead_id
    return Candidate(lead.lead_id, lead.captured_at, first, one.traits)


def _came_before(one: RefinedLead, lead: RefinedLead) -> bool:
    return (one.captured_at, one.lead_id) < (lead.captured_at, lead.lead_id)


def _is_earlier(cluster: Cluster, lead: RefinedLead) -> bool:
    return (cluster.captured_at, cluster.first) < (lead.captured_at, lead.lead_id)


def trust_in(kit: Kit, source: str) -> Trust:
    """How far the values of a source's leads are trusted when a blank is filled."""
    sender = kit.sources.get(source)
    if source in kit.crms or (sender is not None and sender.is_crm and sender.config.authenticated):
        return Trust.CRM
    if sender is None or not sender.config.authenticated or sender.for_browsers:
        return Trust.FORM
    # An access token proves who sends, as a key does, but covers no body.
    return Trust.SIGNED if sender.signs and sender.config.is_signed else Trust.KEYED
