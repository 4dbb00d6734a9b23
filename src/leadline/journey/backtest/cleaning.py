"""Reads stored leads and refines them again, by the settings as they are and by others."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from leadline.duplicates.merging import without_fills
from leadline.journey.corrections.correcting import values_corrected
from leadline.journey.corrections.lead_fields import fields_of_lead
from leadline.journey.enriching.applying import with_facts
from leadline.journey.responding.ownership import owner_from
from leadline.kit import Kit, known
from leadline.model.errors import LeadlineError
from leadline.model.facts.likeness import FirstSeen, Judgement, Possible
from leadline.model.facts.scored_leads import score_of
from leadline.model.handling import UNHANDLED, Ending, Handling, holder_of, owner_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.model.staff.people import Person, key_of_person, owner_in
from leadline.ports.store import Waiting
from leadline.refine import About, refine
from leadline.settings.top.general import Settings
from leadline.team.giving.asking import Earlier
from leadline.team.matching.routing import with_owner


class PastStore(Protocol):
    """What a backtest reads of a store."""

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """See `ports.store.Leads.waiting`."""

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, RefinedLead]:
        """See `ports.store.Leads.refined`."""

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Handlings.handling`."""

    def judgements(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Judgement]]:
        """See `ports.store_parts.duplicates.Duplicates.judgements`."""


class TriedSettings(msgspec.Struct, frozen=True):
    """Settings, and a kit that reads leads by them; its store is not used."""

    settings: Settings
    kit: Kit

    def delay_of(self, source: str) -> timedelta:
        """How long a lead of this source waits."""
        config = self.settings.sources.get(source)
        own = config.delay if config else None
        return self.settings.delay if own is None else own

    def reading(self, source: str) -> tuple[object, ...]:
        """What the refinement of a lead of this source depends on: equal for two settings by which
        it becomes the same."""
        config = self.settings.sources.get(source)
        return self.settings.region, config, self.delay_of(source), source in self.settings.crm

    def searching(self) -> tuple[object, ...]:
        """What the search for duplicates among all leads depends on, as `reading`."""
        settings = self.settings
        reading = settings.region, settings.delay, dict(settings.sources), set(settings.crm)
        return (*reading, self.kit.duplicates)


class Cleaned(msgspec.Struct, frozen=True):
    """A lead after refinement, without the owner that a rule gave it, its duplicates, and what it
    got from others.

    `at` is when it is refined. `how` is "crm" or "sender" if one of them named the owner. `first`
    and `possible` are what was stored about duplicates; `earlier` is about the lead `first`.
    `ended_at` is when the lead ended, if it did.
    """

    lead: RefinedLead
    at: datetime
    how: str = ""
    first: FirstSeen | None = None
    possible: tuple[Possible, ...] = ()
    earlier: Earlier | None = None
    ended_at: datetime | None = None
    ending: Ending = Ending.OPEN


class Stored(msgspec.Struct, frozen=True):
    """What became of a lead: its owner now, and what was decided when it was refined."""

    status: str
    owner: str = ""
    how: str = ""
    team: str = ""
    rule: str = ""
    duplicate_of: str = ""
    score: float | None = None


class Pair(msgspec.Struct, frozen=True):
    """A lead by the settings as they are and by others: None where it can't be read, and why.
    `same` is whether both make the same of it; then `new` is left out."""

    lead_id: str
    source: str
    captured_at: datetime
    old: Cleaned | None = None
    new: Cleaned | None = None
    same: bool = True
    problem: str = ""
    stored: Stored | None = None
    judged: tuple[Judgement, ...] = ()


class _Read(msgspec.Struct, frozen=True):
    waiting: Waiting
    refined: RefinedLead | None
    handling: Handling
    earlier: Earlier | None


def refined_by_both(
    store: PastStore, old: TriedSettings, new: TriedSettings, lead_ids: Sequence[str]
) -> list[Pair]:
    """These leads, refined again by both settings, in the order given; those that are gone or were
    erased are left out."""
    found = _read(store, old.kit, lead_ids)
    judged = store.judgements(lead_ids)
    return [_pair(old, new, found[i], tuple(judged.get(i, ()))) for i in lead_ids if i in found]


def _read(store: PastStore, kit: Kit, lead_ids: Sequence[str]) -> Mapping[str, _Read]:
    waiting = store.waiting(lead_ids)
    refined, handled = store.refined(lead_ids), store.handling(lead_ids)
    mine = set(lead_ids)
    beyond = {
        lead.duplicate_of.lead_id
        for lead in refined.values()
        if lead.duplicate_of and lead.duplicate_of.lead_id not in mine
    }
    before = _earlier(store, kit, sorted(beyond)) if beyond else {}
    return {
        i: _Read(one, lead := refined.get(i), handled.get(i, UNHANDLED),
                 before.get(lead.duplicate_of.lead_id) if lead and lead.duplicate_of else None)
        for i, one in waiting.items()
        if one.raw not in (ERASED_WORDS, RETIRED_WORDS)
    }  # fmt: skip


def _earlier(store: PastStore, kit: Kit, lead_ids: Sequence[str]) -> dict[str, Earlier]:
    """Who has leads that came before those of the backtest."""
    handled = store.handling(lead_ids)
    found = {}
    for lead_id, lead in store.refined(lead_ids).items():
        handling = handled.get(lead_id, UNHANDLED)
        has = name_of(kit, holder_of(lead, handling))
        is_open = handling.ending is Ending.OPEN
        found[lead_id] = Earlier(lead_id, has, is_open, lead.captured_at)
    return found


def name_of(kit: Kit, person: Person | None) -> str:
    """Their name in `[people]`, or as shown; "" for nobody."""
    return "" if person is None else kit.team.name_of(person) or person.shown


def _pair(
    old: TriedSettings, new: TriedSettings, read: _Read, judged: tuple[Judgement, ...]
) -> Pair:
    one = read.waiting
    pair = Pair(one.lead_id, one.source, one.captured_at, judged=judged, stored=_stored(old, read))
    same = old.reading(one.source) == new.reading(one.source)
    if one.source not in old.kit.sources:
        return msgspec.structs.replace(pair, problem=f"there is no source {one.source!r}")
    try:
        was = _cleaned(old, read)
        return msgspec.structs.replace(
            pair, old=was, new=None if same else _cleaned(new, read), same=same
        )
    except LeadlineError as error:
        return msgspec.structs.replace(pair, problem=error.detail or error.title)
    except Exception as error:  # one lead must not end a backtest; it is named in the outcome
        return msgspec.structs.replace(pair, problem=f"its refinement failed: {error!r}")


def _stored(side: TriedSettings, read: _Read) -> Stored | None:
    lead = read.refined
    if lead is None:
        return None
    decision = lead.decision
    return Stored(
        status=lead.status,
        owner=name_of(side.kit, owner_of(lead, read.handling)),
        how=decision.how if decision else "",
        team=decision.team if decision else "",
        rule=decision.rule if decision else "",
        duplicate_of=lead.duplicate_of.lead_id if lead.duplicate_of else "",
        score=score_of(lead),
    )


def _cleaned(side: TriedSettings, read: _Read) -> Cleaned:
    """The lead by one of the settings. What a CRM answered is not stored, so that a lead for which
    one was asked is taken as it was refined then."""
    one, was = read.waiting, read.refined
    at = one.captured_at + side.delay_of(one.source)
    if was is not None and one.source in side.settings.crm:
        lead, how = _as_answered(side.kit, was, read.handling)
    else:
        lead, how = _refined(side.kit, one, at)
        if was is not None and was.enrichment is not None:  # nobody is asked again
            lead = with_facts(lead, was.enrichment, values_corrected(one.corrections))
    handling = read.handling
    return Cleaned(
        lead=msgspec.structs.replace(lead, processed_at=at, changes=()),
        at=at,
        how=how,
        first=was.duplicate_of if was else None,
        possible=was.possible if was else (),
        earlier=read.earlier,
        ended_at=handling.ended_at or (at if handling.ending is not Ending.OPEN else None),
        ending=handling.ending,
    )


def _refined(kit: Kit, one: Waiting, at: datetime) -> tuple[RefinedLead, str]:
    source = kit.sources[one.source]
    fields = fields_of_lead(source, one)
    about = About(
        lead_id=one.lead_id,
        captured_at=one.captured_at,
        processed_at=at,
        received_from=one.source,
        region=source.config.country or kit.region,
    )
    lead = refine(fields, about)
    owner, ownership = owner_from(kit, one.source, fields, None)
    if owner is None:
        return lead, ""
    return with_owner(lead, owner, ownership), "sender"


def _as_answered(kit: Kit, was: RefinedLead, handling: Handling) -> tuple[RefinedLead, str]:
    """A lead as it was refined with a CRM's answer, with the owner that the CRM or the sender
    named, but not with one that a rule gave it."""
    lead = msgspec.structs.replace(
        without_fills(was), duplicate_of=None, possible=(), decision=None
    )
    owner = owner_in(lead.lead_details)
    if owner is None:
        return lead, ""
    how = was.decision.how if was.decision is not None else ""
    if how in ("crm", "sender"):
        return lead, how
    named = handling.crm_owner and handling.crm_owner == key_of_person(known(kit, owner))
    if was.decision is None and (named or not kit.routes.rules):
        return lead, "crm"
    return with_owner(lead, None, Ownership.UNASSIGNED), ""
