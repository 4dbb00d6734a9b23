"""Rules about earlier leads of a person, on every store."""

import msgspec

from leadline.model.handling import UNHANDLED, Ending
from leadline.ports.store import Store
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from tests.contracts.test_one_person import ADA, Registry
from tests.worlds.leads import HandClock

RULES = {
    "won": RuleConfig(when=("history.outcome = won", "history.days < 2"), channels=("pool",)),
    "third": RuleConfig(when=("history.leads >= 2",), alert="no"),
}


def told(office: Registry, lead_id: str) -> list[str]:
    """The channels that were alerted to the lead."""
    return [name for name in ("slack", "pool") if office.messengers[name].about(lead_id)]


def test_a_rule_may_ask_how_many_leads_there_were_and_how_the_last_one_ended(
    store: Store, clock: HandClock
) -> None:
    office = Registry(store, clock, routes=Routes(rules=RULES, usual=("slack",)))
    first = office.comes(**ADA)
    second = office.comes(**ADA, message="again")
    third = office.comes(**ADA, message="and again")
    assert [told(office, one) for one in (first, second, third)] == [["slack"], ["slack"], []]
    before = store.handling([third]).get(third, UNHANDLED)
    won = msgspec.structs.replace(before, ending=Ending.WON, ended_at=clock.now)
    assert store.handle(third, before, won)
    fourth = office.comes(**ADA, message="for the fourth time")
    assert told(office, fourth) == ["pool"]
