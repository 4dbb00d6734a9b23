"""Earlier leads of the same person: who has worked on them, and what rules may ask about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.kit import Kit, known
from leadline.model.handling import UNHANDLED, Ending, Handling, holder_of
from leadline.model.lead import RefinedLead
from leadline.model.staff.people import Person
from leadline.team.giving.asking import Earlier
from leadline.team.matching.subject import NO_FACTS, Facts
from leadline.team.people import Team


class PastLeads(msgspec.Struct, frozen=True):
    """What is known of earlier leads of a person: the `first` and the `last` of them with who works
    on them, and what rules may ask about them."""

    first: Earlier | None = None
    last: Earlier | None = None
    facts: Facts = NO_FACTS

    @property
    def counts(self) -> Earlier | None:
        """The lead that says who has the person: the first while it is open, else the last."""
        return self.first if self.first is not None and self.first.is_open else self.last


NO_HISTORY = PastLeads()


def histories(
    kit: Kit, leads: Sequence[RefinedLead], *, waited: bool = False
) -> Mapping[str, PastLeads]:
    """The history of each of these leads that has one, by lead id. With *waited*, somebody may have
    got a later lead of the person meanwhile, so the first lead of a person is looked at, too."""
    repeated = [one for one in leads if waited or one.duplicate_of is not None]
    firsts = {
        one.lead_id: one.duplicate_of.lead_id if one.duplicate_of else one.lead_id
        for one in repeated
    }
    if not firsts:
        return {}
    clusters = kit.store.clusters(sorted(set(firsts.values())))
    before: dict[str, list[tuple[datetime, str]]] = {}
    for lead in repeated:
        members = clusters.get(firsts[lead.lead_id], ())
        found = sorted((one.captured_at, one.lead_id) for one in members)
        itself = lead.captured_at, lead.lead_id
        others = [one for one in found if one[1] != lead.lead_id]
        # A lead that came later may be refined already, and says nothing of who had the person.
        before[lead.lead_id] = [one for one in others if one < itself] or others
    ids = sorted({i for some in before.values() if some for i in (some[0][1], some[-1][1])})
    refined, handled = kit.store.refined(ids), kit.store.handling(ids)
    seen = {i: _earlier(kit, one, handled.get(i, UNHANDLED)) for i, one in refined.items()}
    made = {}
    for lead in repeated:
        if some := before[lead.lead_id]:
            first, last = seen.get(some[0][1]), seen.get(some[-1][1])
            facts = NO_FACTS
            if lead.duplicate_of is not None:
                outcome = handled.get(some[-1][1], UNHANDLED).ending.value
                who = last.person if last else ""
                facts = Facts(len(some), some[0][0], some[-1][0], who, outcome)
            made[lead.lead_id] = PastLeads(first, last, facts)
    return made


def _earlier(kit: Kit, lead: RefinedLead, handling: Handling) -> Earlier:
    holder = holder_of(lead, handling)
    is_open = handling.ending is Ending.OPEN and not handling.gone
    name = name_in(kit.team, known(kit, holder)) if holder is not None else ""
    return Earlier(lead.lead_id, name, is_open, lead.captured_at)


def name_in(team: Team, person: Person) -> str:
    """Their name in `[people]`, else as shown."""
    return team.name_of(person) or person.shown
