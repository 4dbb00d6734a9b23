"""What an ad network is to be told of leads now, and of which it is told nothing and why.

Everything is looked at as it is now, whenever a task was put: a retry, too, learns of a consent
that was withdrawn, an erasure and the suppression list.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from leadline.duplicates.merging import without_fills
from leadline.journey.personal_data.erasing import why_gone
from leadline.journey.pushing.consenting import (
    SaidElsewhere,
    Withheld,
    consent_of,
    is_said_by_sender,
    said_in_lead,
    said_since,
    withheld_by_consent,
    withheld_by_lead,
)
from leadline.journey.pushing.stages import stages_of
from leadline.kit import Kit, as_suppressed
from leadline.model.facts.attribution import Attribution
from leadline.model.facts.consent import PURPOSES, SUPPRESSED, Consent
from leadline.model.facts.conversions import Stage
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import RefinedLead
from leadline.model.personal_data.suppression import UNREAD
from leadline.ports.ad_network import AdNetwork, Conversion, KnownBy
from leadline.ports.store import Waiting
from leadline.ports.store_parts.duplicates import CAP
from leadline.settings.connected.outcomes import MetaOutcomes, OutcomesConfig

log = logging.getLogger(__name__)


class PushPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a network is to be told of a lead: `due` in the order of its stages. `withheld` is why
    it is told nothing at all, `skipped` why it is not told of single stages. `consent` is that with
    which it is sent."""

    lead_id: str
    handling: Handling = UNHANDLED
    due: tuple[Conversion, ...] = ()
    withheld: Withheld | None = None
    skipped: Mapping[Stage, Withheld] = {}
    consent: Consent | None = None

    @property
    def why(self) -> Withheld | None:
        """Why nothing is due; None if something is, or nothing is new."""
        return self.withheld or (None if self.due else next(iter(self.skipped.values()), None))


class _Known(NamedTuple):
    """What is known of a lead besides its document. `others` are the other leads of the person, and
    those that may be about the same one, marked as the suppression list has them now, each with its
    events; `crowded` is whether there may be more of them."""

    waiting: Waiting | None
    handling: Handling
    others: "_Others" = ()
    crowded: bool = False


_Others = Sequence[tuple[RefinedLead, Waiting | None]]


def plans(kit: Kit, name: str, lead_ids: Sequence[str]) -> dict[str, PushPlan]:
    """The plan of each of these leads for the ad network *name*; asks nobody outside."""
    leads = as_suppressed(kit, kit.store.refined(lead_ids))
    waiting, handled = kit.store.waiting(lead_ids), kit.store.handling(lead_ids)
    clusters = _clusters(kit, leads.values())
    others = _others(kit, leads, clusters)
    if kit.privacy_key is None and kit.store.suppression_key() is not None:
        # There is a list, and nobody here can look a person up in it.
        return {i: PushPlan(lead_id=i, withheld=Withheld.LIST_UNREAD) for i in lead_ids}
    found: dict[str, PushPlan] = {}
    for i in lead_ids:
        crowded = len(clusters.get(i, ())) >= CAP
        known = _Known(waiting.get(i), handled.get(i, UNHANDLED), others.get(i, ()), crowded)
        found[i] = _plan(kit, name, leads.get(i), i, known)
    return found


def _plan(kit: Kit, name: str, lead: RefinedLead | None, lead_id: str, known: _Known) -> PushPlan:
    """The plan of one lead. An error becomes its plan, and does not affect the others."""
    if lead is None:
        return PushPlan(lead_id=lead_id, withheld=Withheld.NOT_THERE)
    config = kit.outcomes[name]
    try:
        if (why := withheld(kit, config, lead, known)) is not None:
            return PushPlan(lead_id=lead_id, withheld=why)
        return plan_push(name, config, kit.ad_networks[name], lead, known.handling, kit.clock())
    except Exception:  # such as a source that was removed: nobody knows what was said since
        log.exception("push.not_planned", extra={"lead": lead_id})
        return PushPlan(lead_id=lead_id, withheld=Withheld.FAILED)


def withheld(kit: Kit, config: OutcomesConfig, lead: RefinedLead, known: _Known) -> Withheld | None:
    """Why a lead is told of nothing; None if it may be told of."""
    waiting = known.waiting
    if waiting is None:
        return Withheld.NOT_THERE
    if known.handling.gone or why_gone(kit, waiting):
        return Withheld.DELETED
    if (why := withheld_by_lead(lead)) is not None:
        return why
    if config.sources and lead.received_from not in config.sources:
        return Withheld.OTHER_SOURCE
    if (why := _withheld_by_list([one for one, _ in known.others])) is not None:
        return why
    if known.crowded:
        return Withheld.CROWDED
    source, field = kit.sources[waiting.source], config.consent
    elsewhere = said_since(source, waiting, field) + _said_by_others(kit, known, field)
    if (why := withheld_by_consent(lead, field, elsewhere)) is not None:
        return why
    if field not in PURPOSES and not is_said_by_sender(source, waiting, field):
        return Withheld.NO_TIME
    return None


def _withheld_by_list(others: Iterable[RefinedLead]) -> Withheld | None:
    """Why a person is not told of whose other leads are on the suppression list."""
    problems = {problem for one in others for problem in one.problems}
    if UNREAD in problems:
        return Withheld.LIST_UNREAD
    return Withheld.SUPPRESSED if SUPPRESSED in problems else None


def _said_by_others(kit: Kit, known: _Known, field: str) -> list[SaidElsewhere]:
    """What the person's other leads say, and events of these that are not taken in yet."""
    found: list[SaidElsewhere] = []
    for other, waiting in known.others:
        found += said_in_lead(other, field)
        if waiting is not None and waiting.late:
            found += said_since(kit.sources[waiting.source], waiting, field)
    return found


def plan_push(
    name: str,
    config: OutcomesConfig,
    network: AdNetwork,
    lead: RefinedLead,
    handling: Handling,
    now: datetime,
) -> PushPlan:
    """The plan of a lead that may be told of: a stage is told once, in order, and never when it is
    older than the network takes."""
    told = {one.stage for one in handling.pushed.get(name, ())}
    who, due, skipped = known_to_network(lead, config), [], dict[Stage, Withheld]()
    known = network.identifiers(who)
    for stage, at in stages_of(lead, handling).items():
        if stage in told or stage not in config.stages:
            continue
        if not known:
            skipped[stage] = Withheld.NO_IDENTIFIER
        elif now - at > network.window:
            skipped[stage] = Withheld.TOO_OLD
        else:
            due.append(_conversion(name, config, lead, handling, stage, min(at, now), who))
    return PushPlan(
        lead_id=lead.lead_id,
        handling=handling,
        due=tuple(due),
        skipped=skipped,
        consent=consent_of(lead, config.consent),
    )


def known_to_network(lead: RefinedLead, config: OutcomesConfig) -> KnownBy:
    """By what the lead's person may be known to a network: by what the lead itself says. What was
    filled in from other leads was not given with its consent."""
    contact = without_fills(lead).contact
    return KnownBy(
        clicked_at=lead.captured_at,
        email=contact.email or "",
        phone=contact.phone_e164 or "",
        network_lead=_network_lead(lead, config),
        attribution=lead.attribution or Attribution(),
    )


def event_id_of(lead_id: str, name: str, stage: Stage) -> str:
    """The id of an event, the same for every attempt; it tells nothing about the lead."""
    said = f"{lead_id} {name} {stage}".encode()
    return hashlib.blake2b(said, digest_size=16, person=b"leadline push").hexdigest()


def _network_lead(lead: RefinedLead, config: OutcomesConfig) -> str:
    """The network's own id of a lead of its forms; "" for any other lead."""
    if lead.received_from == config.kind and lead.lead_details.crm_record:
        return lead.lead_details.crm_record
    field = config.lead_id if isinstance(config, MetaOutcomes) else ""
    said = lead.custom.get(field) if field else None
    return str(said).strip() if isinstance(said, str | int) else ""


def _conversion(
    name: str,
    config: OutcomesConfig,
    lead: RefinedLead,
    handling: Handling,
    stage: Stage,
    at: datetime,
    who: KnownBy,
) -> Conversion:
    value = _value(lead, handling, config) if stage is Stage.WON and config.currency else None
    return Conversion(
        lead_id=lead.lead_id,
        stage=stage,
        name=config.stages[stage],
        event_id=event_id_of(lead.lead_id, name, stage),
        at=at,
        who=who,
        value=value,
        currency=config.currency if value is not None else "",
    )


def _value(lead: RefinedLead, handling: Handling, config: OutcomesConfig) -> float | None:
    """What a won lead is worth; None if nobody says, or says something that is no amount."""
    if not config.value:
        worth = handling.value
    else:
        said = lead.custom.get(config.value)
        try:
            worth = None if said is None or isinstance(said, bool) else float(said)
        except (TypeError, ValueError, OverflowError):
            worth = None
    return worth if worth is not None and 0 <= worth < _MOST else None


_MOST = 1e12
"""A value from which on it is no amount of money; "inf" and "nan" are none, either."""


def _clusters(kit: Kit, leads: Iterable[RefinedLead]) -> dict[str, list[str]]:
    """The ids of all leads of the same persons, at most `CAP`, by lead id."""
    first = {
        one.lead_id: one.duplicate_of.lead_id if one.duplicate_of else one.lead_id for one in leads
    }
    found = kit.store.clusters(sorted(set(first.values()))) if first else {}
    return {i: [m.lead_id for m in found.get(f, ())] for i, f in first.items()}


def _others(
    kit: Kit, leads: Mapping[str, RefinedLead], clusters: Mapping[str, Sequence[str]]
) -> dict[str, _Others]:
    """The other leads of these clusters, and those that may be about the same persons, with their
    events, by lead id."""
    near = {
        i: [m for m in (*some, *(one.lead_id for one in leads[i].possible)) if m != i]
        for i, some in clusters.items()
    }
    ids = sorted({m for some in near.values() for m in some})
    known = as_suppressed(kit, kit.store.refined(ids)) if ids else {}
    events = kit.store.waiting(ids) if ids else {}
    return {i: [(known[m], events.get(m)) for m in some if m in known] for i, some in near.items()}
