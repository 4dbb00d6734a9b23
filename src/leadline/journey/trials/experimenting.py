"""Which experiments a lead takes part in, decided once, when it is first refined.

Colleagues have one arm because it is drawn by their company; a lead that duplicates another has the
arm of that one, whoever it would be drawn for.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec

from leadline.experiments.allocating import arm_of, unit_of
from leadline.experiments.record import EXPERIMENTS, Started, records_in
from leadline.journey.same_person.linking import Linked
from leadline.kit import Kit
from leadline.model.lead import RefinedLead
from leadline.settings.top.experiments import CLEANING, WAIT
from leadline.team.matching.meeting import meets_all

log = logging.getLogger(__name__)

Links = Mapping[str, Linked | Exception]


def with_arms(
    kit: Kit,
    links: Links,
    before: Mapping[str, RefinedLead],
    sent: Callable[[str], RefinedLead],
    given: Mapping[str, Mapping[str, str]] = {},
) -> Links:
    """These leads with the arms of the experiments that run; those that were refined *before* have
    what they had then. *sent* gives a lead as its sender sent it, before any CRM was asked. *given*
    are arms by which leads were cleaned already (`journey.trials.trial_cleaning`)."""
    found = dict(links)
    new: dict[str, Linked] = {}
    for lead_id, one in links.items():
        if isinstance(one, Linked) and (earlier := before.get(lead_id)) is not None:
            found[lead_id] = msgspec.structs.replace(one, lead=_as_drawn(one.lead, earlier))
        elif isinstance(one, Linked) and one.lead.status == "refined":
            new[lead_id] = one
    if new and ((running := taking_part(kit)) or given):
        found |= _drawn(kit, running, new, sent, given)
    return found


def _as_drawn(lead: RefinedLead, earlier: RefinedLead) -> RefinedLead:
    """A lead with the arms that it was given when it was first refined."""
    return msgspec.structs.replace(
        lead, experiments=earlier.experiments, experiment_unit=earlier.experiment_unit
    )


def taking_part(kit: Kit) -> list[Started]:
    """The experiments in which leads that are refined now take part, those that began first first:
    they run, or they have a winner, and the settings say of them what they said at their start."""
    body = kit.store.kept([EXPERIMENTS])[EXPERIMENTS].body
    known = records_in(body).started.values()
    found = [
        one
        for one in known
        if (one.is_running or one.winner) and kit.experiments.get(one.name) == one.design
    ]
    return sorted(found, key=lambda one: (one.started_at, one.name))


def _drawn(
    kit: Kit,
    running: Sequence[Started],
    new: Mapping[str, Linked],
    sent: Callable[[str], RefinedLead],
    given: Mapping[str, Mapping[str, str]],
) -> dict[str, Linked]:
    firsts = {i: one.lead.duplicate_of.lead_id for i, one in new.items() if one.lead.duplicate_of}
    elsewhere = set(firsts.values()) - set(new)
    found = dict(kit.store.refined(sorted(elsewhere))) if elsewhere else {}
    made: dict[str, Linked] = {}
    ordered = sorted(new.items(), key=lambda item: (item[1].lead.captured_at, item[0]))
    for lead_id, one in ordered:
        first = found.get(firsts.get(lead_id, ""))
        lead = _with_arms_of(kit, running, one.lead, first, sent, given.get(lead_id, {}))
        found[lead_id] = lead
        made[lead_id] = msgspec.structs.replace(one, lead=lead)
    return made


def _with_arms_of(
    kit: Kit,
    running: Sequence[Started],
    lead: RefinedLead,
    first: RefinedLead | None,
    sent: Callable[[str], RefinedLead],
    given: Mapping[str, str],
) -> RefinedLead:
    """One lead with its arms; *first* is the lead that it duplicates, *given* the arm by which it
    was cleaned. Of the experiments that change one thing, the lead takes part in the one that began
    first."""
    arms = dict(given)
    changed = {CLEANING}
    unit = first.experiment_unit if first is not None else ""
    unit = unit or unit_of(lead)
    for one in running:
        if one.design.change in changed:
            continue
        if one.design.change == WAIT:
            arm = drawn_before(kit, one, sent(lead.lead_id))
        else:
            arm = _arm(kit, one, lead, first, unit)
        if arm:
            arms[one.name] = arm
            changed.add(one.design.change)
    if not arms:
        return lead
    return msgspec.structs.replace(lead, experiments=arms, experiment_unit=unit)


def _arm(kit: Kit, one: Started, lead: RefinedLead, first: RefinedLead | None, unit: str) -> str:
    """The arm of a lead in an experiment; "" if it does not take part."""
    if one.is_running and first is not None and one.name in first.experiments:
        return first.experiments[one.name]
    # A lead that waited when its experiment was stopped would count for the winner.
    if lead.captured_at < (one.stopped_at or one.started_at):
        return ""
    if not meets_all(one.design.when, lead, kit.routes.hours, kit.routes.team):
        return ""
    return one.winner or arm_of(one.seed, one.design, unit)


def drawn_before(kit: Kit, one: Started, lead: RefinedLead) -> str:
    """The arm of a lead whose duplicates are not looked for yet; "" if it does not take part."""
    return _arm(kit, one, lead, None, unit_of(lead))
