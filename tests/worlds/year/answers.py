"""What the program answers at the end of the year: why each lead is whose it is, and what each
person has got."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from leadline.journey.assigning.team_states import states_of
from leadline.model.staff.assigning import Decision
from leadline.operations.rules.reasons import ASSIGNED, kept_reasons
from leadline.ports.reading.ledger import Ledger
from leadline.wiring import ledger as ledger_of
from tests.worlds.year.history import Counted, Decided, Event, Look, Owned, Skip

if TYPE_CHECKING:
    from tests.worlds.year.office import YearOffice


def answers_of(office: "YearOffice") -> Iterator[Event]:
    """The answers about every lead, as `leadline why` gives them, and about every team."""
    with closing(ledger_of(office.settings)) as ledger:
        for lead in office.lead_of.values():
            yield from _of_lead(office, ledger, lead)
    for team in office.settings.teams:
        yield from _of_team(office, team)


def _of_lead(office: "YearOffice", ledger: Ledger, lead: str) -> Iterator[Event]:
    story = ledger.story(lead)
    assert story is not None
    reasons = kept_reasons(story, {})
    if reasons.decision is not None:
        yield decided(lead, reasons.decision)
    for later in reasons.later:
        if later.decision is not None:
            yield decided(lead, later.decision)
        else:
            assert later.what not in (ASSIGNED, "owner.found", "clock.reassigned"), later
    yield Owned(office.clock.now, lead, reasons.holder)


def _of_team(office: "YearOffice", team: str) -> Iterator[Event]:
    for state in states_of(office.kits[0], [team]):
        for one in state.people:
            yield Counted(office.clock.now, team, one.person, one.open, one.owed)


def decided(lead: str, said: Decision) -> Decided:
    """A decision, as the history has it."""
    return Decided(
        at=said.at,
        lead=lead,
        how=said.how,
        person=said.person,
        team=said.team,
        rule=said.rule,
        rules=tuple(Look(one.rule, one.failed) for one in said.rules),
        skipped=tuple(Skip(one.person, one.why) for one in said.skipped),
        before=said.before,
        waits=said.waits,
        channel=said.channel,
    )
