"""Hot leads come first: before the CRM where a rule says so, before others, and louder."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.channels.slack.writer import SlackWriter
from leadline.journey.refinement.first_look import look_due
from leadline.model.facts.score import LeadScore
from leadline.model.lead import RefinedLead
from leadline.model.task import Step
from leadline.ports.channel import Channel
from leadline.ports.store import Store
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from leadline.team.people import Team
from tests.worlds.channels import ScriptedMessenger
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import BEN, SalesOffice

PEOPLE = {
    "ann": MemberConfig(email="ann@example.com", slack="U0ANN", zone="UTC"),
    "ben": MemberConfig(email="ben@example.com", slack="U0BEN", zone="UTC"),
}
QUIET, DIGEST = (8 * 60, 12 * 60), (14 * 60,)
"""From 8 to 12, and at 14: the clock of tests begins at 9 (UTC)."""


def score(lead: RefinedLead) -> LeadScore:
    """Leads whose company is called so are hot."""
    hot = lead.contact.company == "Hot Ltd"
    return LeadScore(90 if hot else 10, "points", hot=hot)


class HotOffice(SalesOffice):
    """An office in which leads are scored and looked at first; *rule* gives them to Ann."""

    def __init__(
        self,
        store: Store,
        clock: HandClock,
        *,
        asks: bool = True,
        people: Mapping[str, MemberConfig] = PEOPLE,
        channel: Mapping[str, Any] = {},
        **rule: Any,
    ) -> None:
        config = RuleConfig(**{"assign": ("ann",), **rule})
        team = Team(people)
        routes = Routes(rules={"all": config}, team=team, usual=("slack",))
        super().__init__(store, clock, asks=asks, team=team, scorer=score, routes=routes)
        self.front = msgspec.structs.replace(self.front, first_look=True)
        self.slack = ScriptedMessenger()
        room = {"writer": SlackWriter(bot=True, room="C0SALES"), "gap": timedelta(), **channel}
        told = Channel(name="slack", messenger=self.slack, **room)
        channels = {"slack": told, "pool": self.kit.channels["pool"]}
        self.kit = msgspec.structs.replace(self.kit, channels=channels)

    def turn(self) -> None:
        while look_due(self.kit):
            pass
        super().turn()

    def hot(self, **fields: str) -> str:
        return self.post(company="Hot Ltd", **{"email": "ada@example.com", **fields})

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.slack.accepted]


def test_a_hot_lead_is_alerted_within_seconds_while_others_wait(
    store: Store, clock: HandClock
) -> None:
    office = HotOffice(store, clock, asks=False)
    usual = office.post(email="bob@example.com", company="Usual Ltd")
    hot = office.hot()
    office.wait(seconds=3)
    assert office.slack.lead_ids == [hot]
    assert office.texts[0].startswith("🔥 Hot lead: ")
    office.wait(minutes=11)
    assert office.slack.lead_ids == [hot, usual]
    assert office.texts[1].startswith("🎯 New lead: ")


def test_a_hot_lead_waits_for_the_owner_whom_its_crm_names(store: Store, clock: HandClock) -> None:
    office = HotOffice(store, clock)
    lead_id = office.hot(record="r1")
    office.wait(minutes=9)
    office.crm.has("r1", BEN)
    assert office.slack.accepted == []
    office.wait(minutes=2)
    assert office.slack.lead_ids == [lead_id]
    assert "<@U0BEN>" in office.texts[0]


@pytest.mark.parametrize("conditions", [{}, {"ownership": "unassigned"}])
def test_a_rule_before_the_crm_gives_a_hot_lead_at_once_and_others_after_their_wait(
    store: Store, clock: HandClock, conditions: dict[str, Any]
) -> None:
    office = HotOffice(store, clock, before_crm=True, **conditions)
    office.crm.has("r1")
    office.crm.has("r2", BEN)
    hot = office.hot(record="r1")
    usual = office.post(email="bob@example.com", company="Usual Ltd", record="r2")
    office.wait(seconds=3)
    assert office.slack.lead_ids == [hot]
    assert "<@U0ANN>" in office.texts[0]
    office.wait(minutes=11)
    assert office.slack.lead_ids == [hot, usual]
    assert "<@U0BEN>" in office.texts[1]


def test_a_hot_lead_of_a_source_that_no_crm_is_asked_about_does_not_wait(
    store: Store, clock: HandClock
) -> None:
    office = HotOffice(store, clock)
    lead_id = office.hot()
    office.wait(seconds=3)
    assert office.slack.lead_ids == [lead_id]


def test_the_hand_over_to_the_owner_whom_the_crm_names_later_is_one_message_to_both(
    store: Store, clock: HandClock
) -> None:
    office = HotOffice(store, clock, before_crm=True)
    office.crm.has("r1")
    lead_id = office.hot(record="r1")
    office.wait(seconds=30)
    assert len(office.slack.accepted) == 1
    office.crm.has("r1", BEN)
    office.wait(minutes=15)
    alert, handed_over = office.slack.accepted
    assert "<@U0ANN>" in alert["text"]
    assert handed_over["thread_ts"] == "1.000000", "it stands in the thread of the alert"
    assert handed_over["text"] == (
        "👤 <@U0BEN>, ada@example.com of Hot Ltd is yours. <@U0ANN>, it is not yours any more: "
        "the CRM names another owner."
    )
    assert office.slack.lead_ids == [lead_id, lead_id]
    assert office.slack.changed, "the alert says whose lead it is now"
    assert office.store.work_list("ben@example.com") == [lead_id]
    assert office.store.work_list("ann@example.com") == []
    office.wait(hours=30)
    assert len(office.slack.accepted) == 2


def test_the_crm_that_names_nobody_is_asked_until_the_wait_would_have_ended(
    store: Store, clock: HandClock
) -> None:
    office = HotOffice(store, clock, before_crm=True)
    office.crm.has("r1")
    office.hot(record="r1")
    office.wait(minutes=30)
    assert store.next_due(Step.LOOK_UP) is None
    assert len(office.crm.reads) >= 3
    assert len(office.slack.accepted) == 1


def test_after_an_outage_the_alert_of_a_hot_lead_is_the_first_and_no_digest(
    store: Store, clock: HandClock
) -> None:
    office = HotOffice(store, clock, asks=False, channel={"digest_above": 5})
    for number in range(8):
        office.post(email=f"p{number}@example.com", company="Usual Ltd")
    hot = office.hot()
    clock.advance(hours=1)
    office.turn()
    assert office.slack.lead_ids[0] == hot
    assert office.slack.templates == ["new_lead/1", "digest/1"]


def test_a_hot_lead_like_all_others_is_gathered_with_them(store: Store, clock: HandClock) -> None:
    office = HotOffice(store, clock, asks=False, channel={"digest_above": 5, "hot": "usual"})
    for number in range(8):
        office.post(email=f"p{number}@example.com", company="Usual Ltd")
    office.hot()
    clock.advance(hours=1)
    office.turn()
    assert office.slack.templates == ["digest/1"]


@pytest.mark.parametrize(("hot", "alerts"), [("now", 0), ("always", 1), ("usual", 0)])
def test_only_always_wakes_people_in_their_quiet_hours(
    store: Store, clock: HandClock, hot: str, alerts: int
) -> None:
    quiet = {"ann": msgspec.structs.replace(PEOPLE["ann"], quiet=QUIET)}
    office = HotOffice(store, clock, asks=False, people=quiet, channel={"hot": hot})
    office.hot()
    office.wait(seconds=3)
    assert len(office.slack.accepted) == alerts
    office.wait(hours=24)
    assert len(office.slack.accepted) == 1


@pytest.mark.parametrize(("hot", "alerts"), [("now", 1), ("usual", 0)])
def test_a_hot_lead_does_not_wait_for_its_owners_digest(
    store: Store, clock: HandClock, hot: str, alerts: int
) -> None:
    gathers = {"ann": msgspec.structs.replace(PEOPLE["ann"], digest=DIGEST)}
    office = HotOffice(store, clock, asks=False, people=gathers, channel={"hot": hot})
    office.hot()
    office.wait(seconds=3)
    assert len(office.slack.accepted) == alerts


def test_everybody_in_the_room_is_mentioned_only_where_the_settings_say_so(
    store: Store, clock: HandClock
) -> None:
    for hot_here in (False, True):
        writer = SlackWriter(bot=True, room="C0SALES", hot_here=hot_here)
        office = HotOffice(store, clock, asks=False, channel={"writer": writer})
        office.post(email=f"bob{hot_here}@example.com", company="Usual Ltd")
        office.hot(email=f"ada{hot_here}@example.com")
        office.wait(minutes=11)
        assert [text.startswith("<!here>") for text in office.texts] == [hot_here, False]
