"""Rules: which channels hear of a lead, and who gets one that nobody owns."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline.model.lead import Contact, LeadDetails, Ownership, RefinedLead
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from leadline.team.matching.subject import ownership_of
from leadline.team.people import Team

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TEAM = Team(
    {
        "ada": MemberConfig(email="ada@example.com", crm=("41",)),
        "ben": MemberConfig(email="ben@example.com"),
        "cleo": MemberConfig(email="cleo@example.com"),
    }
)
TURNS = Routes({"turn": RuleConfig(assign=("ada", "ben", "cleo"))}, team=TEAM)


def lead(source: str = "close", country: str | None = None, **details: Any) -> RefinedLead:
    return RefinedLead(
        lead_id="018f3a2b-0000-7000-8000-000000000001",
        captured_at=NOON - timedelta(minutes=10),
        processed_at=NOON,
        status="refined",
        contact=Contact(name="Vera Muster", country=country),
        lead_details=LeadDetails(**details),
        received_from=source,
    )


def fits(rule: RuleConfig, one: RefinedLead, at: datetime = NOON) -> bool:
    """Whether the rule, given a channel, is the one that decides."""

    with_channel = msgspec.structs.replace(rule, channels=("found",))
    hours = {"office": HoursConfig()}
    routes = Routes({"rule": with_channel}, hours=hours, team=TEAM, usual=("usual",))
    return routes.channels(one, at) == ("found",)


def test_the_first_rule_with_channels_that_fits_decides() -> None:
    routes = Routes(
        {
            "who": RuleConfig(assign=("ada",)),
            "hot": RuleConfig(min_score=80, channels=("hot", "hot", "phone")),
            "close": RuleConfig(sources=("close",), channels=("crm",)),
        },
        usual=("sales", "sales"),
    )
    assert routes.channels(lead(lead_score=90), NOON) == ("hot", "phone")
    assert routes.channels(lead(), NOON) == ("crm",)
    assert routes.channels(lead("forms"), NOON) == ("sales",)


def test_unassigned_leads_have_a_channel_of_their_own_where_no_rule_decides() -> None:
    routes = Routes(
        {"ads": RuleConfig(sources=("meta",), channels=("ads",))},
        usual=("sales",),
        unassigned="triage",
    )
    assert routes.channels(lead(ownership=Ownership.UNASSIGNED), NOON) == ("triage",)
    assert routes.channels(lead(), NOON) == ("triage",)
    assert routes.channels(lead(owner="Ada"), NOON) == ("sales",)
    assert routes.channels(lead(ownership=Ownership.UNKNOWN), NOON) == ("sales",)
    assert routes.channels(lead("meta", ownership=Ownership.UNASSIGNED), NOON) == ("ads",)


@pytest.mark.parametrize("named", ["ada", "ADA@example.com", "41", "Ada Byron"])
def test_owners_are_known_by_name_address_and_id(named: str) -> None:
    one = lead(owner="Ada Byron", owner_id="41", ownership=Ownership.ASSIGNED)
    assert fits(RuleConfig(owners=(named,)), one)
    assert not fits(RuleConfig(owners=(named,)), lead(owner="Ben", owner_id="42"))
    assert not fits(RuleConfig(owners=(named,)), lead())


def test_countries_are_compared_by_code_however_the_lead_writes_them() -> None:
    rule = RuleConfig(countries=("de", "AT"))
    assert fits(rule, lead(country="Germany"))
    assert fits(rule, lead(country="AT"))
    assert not fits(rule, lead(country="France"))
    assert not fits(rule, lead())


def test_scores_have_a_least_and_an_upper_bound() -> None:
    rule = RuleConfig(min_score=20, max_score=80)
    scores = {score: fits(rule, lead(lead_score=score)) for score in (19.9, 20.0, 79.9, 80.0)}
    assert scores == {19.9: False, 20.0: True, 79.9: True, 80.0: False}


@pytest.mark.parametrize("rule", [RuleConfig(min_score=0), RuleConfig(max_score=100)])
def test_a_lead_without_a_score_is_in_no_range(rule: RuleConfig) -> None:
    assert not fits(rule, lead())


def test_rules_may_count_within_hours_or_outside_of_them() -> None:
    night = NOON + timedelta(hours=9)
    assert fits(RuleConfig(during="office"), lead())
    assert not fits(RuleConfig(during="office"), lead(), night)
    assert not fits(RuleConfig(outside="office"), lead())
    assert fits(RuleConfig(outside="office"), lead(), night)


def test_a_source_without_a_crm_says_itself_whether_somebody_owns_the_lead() -> None:
    assert ownership_of(lead(owner="Ada")) is Ownership.ASSIGNED
    assert ownership_of(lead()) is Ownership.UNASSIGNED
    assert ownership_of(lead(ownership=Ownership.UNKNOWN)) is Ownership.UNKNOWN
    assert fits(RuleConfig(ownership="unassigned"), lead())
