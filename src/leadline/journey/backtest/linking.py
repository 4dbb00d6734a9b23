"""Finds the duplicates among the leads of a backtest, as refinement does."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

import msgspec

from leadline.journey.backtest.cleaning import Cleaned
from leadline.journey.backtest.known import Known
from leadline.journey.same_person.linking import Linked, link_leads
from leadline.kit import Kit
from leadline.model.facts.likeness import FirstSeen, Judgement, Traits
from leadline.model.lead import RefinedLead
from leadline.ports.store import Store

_MOST_TURNS = 3
"""How often leads that follow others into a cluster are linked again."""


class EarlierLeads(msgspec.Struct, frozen=True):
    """The leads of the same person that came before a lead, oldest first, and the first of all,
    which may have come before all leads of the backtest. `traits` are those of the lead, if they
    are known."""

    first: str = ""
    ids: tuple[str, ...] = ()
    traits: Traits | None = None


class Linker:
    """Links leads that come in the order of their capture. Without *compare*, a lead is a duplicate
    of the lead that was stored as its first."""

    def __init__(self, kit: Kit, *, compare: bool) -> None:
        self._known = Known()
        self._kit = msgspec.structs.replace(kit, store=cast("Store", self._known), crms={})
        self._compare = compare
        self._beyond: dict[str, FirstSeen] = {}
        self._stored: dict[str, list[str]] = {}

    def link(
        self, cleaned: Sequence[Cleaned], judged: Iterable[Judgement]
    ) -> tuple[list[RefinedLead], list[str]]:
        """These leads as linked, and the ids of earlier ones that are in another cluster now."""
        if not self._compare:
            return [self._as_stored(one) for one in cleaned], []
        self._known.judge(judged)
        leads = [one.lead for one in cleaned if one.lead.status == "refined"]
        found, again = self._linked(leads)
        moved = list(again)
        for _ in range(_MOST_TURNS):
            if not again:
                break
            before = self._known.refined(again)
            _, again = self._linked(list(before.values()))
            moved += again
        return [self._with_beyond(one, found.get(one.lead.lead_id, one.lead)) for one in cleaned], [
            *dict.fromkeys(moved)
        ]

    def _linked(self, leads: Sequence[RefinedLead]) -> tuple[dict[str, RefinedLead], list[str]]:
        made: dict[str, RefinedLead] = {}
        again: list[str] = []
        before = self._known.refined([lead.lead_id for lead in leads])
        for lead_id, one in link_leads(self._kit, leads, before).items():
            if isinstance(one, Linked):
                self._known.keep(one)
                made[lead_id] = one.lead
                again += one.followers
        return made, list(dict.fromkeys(again))

    def _with_beyond(self, one: Cleaned, lead: RefinedLead) -> RefinedLead:
        """The lead as a duplicate of one that came before all leads of the backtest, if that was
        stored, and nothing nearer was found."""
        first = one.first
        if lead.status != "refined" or first is None or self._is_here(first.lead_id):
            return lead
        sure = first.probability is None or first.probability >= self._kit.duplicates.link
        if not sure:
            return lead
        self._beyond[self._known.first_of(lead.lead_id)] = first
        if lead.duplicate_of is not None:
            return lead
        return msgspec.structs.replace(lead, duplicate_of=first)

    def _is_here(self, lead_id: str) -> bool:
        return self._known.has(lead_id)

    def _as_stored(self, one: Cleaned) -> RefinedLead:
        if one.first is None or one.lead.status != "refined":
            return one.lead
        self._stored.setdefault(one.first.lead_id, []).append(one.lead.lead_id)
        return msgspec.structs.replace(one.lead, duplicate_of=one.first, possible=one.possible)

    def person(self, lead: RefinedLead) -> EarlierLeads:
        """The earlier leads of the person of a lead."""
        if not self._compare:
            return self._person_as_stored(lead)
        first = self._known.first_of(lead.lead_id)
        beyond = self._beyond.get(first)
        traits = self._known.traits(lead.lead_id)
        if traits is None:
            return EarlierLeads()
        here = (lead.captured_at, lead.lead_id)
        ids = [i for i in self._known.members(first) if self._age(i) < here]
        if beyond is not None:
            return EarlierLeads(beyond.lead_id, (beyond.lead_id, *ids), traits)
        return EarlierLeads(first if ids else "", tuple(ids), traits)

    def first_of(self, lead_id: str) -> str:
        """The first lead of the person of a lead; "" for that lead itself."""
        first = self._known.first_of(lead_id)
        if (beyond := self._beyond.get(first)) is not None:
            return beyond.lead_id
        return first if first != lead_id else ""

    def _age(self, lead_id: str) -> tuple[datetime, str]:
        return self._known.captured_at(lead_id), lead_id

    def _person_as_stored(self, lead: RefinedLead) -> EarlierLeads:
        if lead.duplicate_of is None:
            return EarlierLeads()
        first = lead.duplicate_of.lead_id
        ids = [i for i in self._stored.get(first, ()) if i < lead.lead_id]
        return EarlierLeads(first, (first, *ids))
