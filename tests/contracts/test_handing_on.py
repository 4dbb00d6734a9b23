"""Leads are handed on: of people who are away or leave, by turn, and to somebody named."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline.channels.slack.commands import answer_command
from leadline.channels.slack.requests import SlashCommand
from leadline.journey.assigning.absences import announced, come_back, go_away
from leadline.journey.assigning.handing_on import Move, leads_held_by, move
from leadline.journey.assigning.handing_on_absent import hand_on_absent
from leadline.journey.assigning.handing_out import wake_queues
from leadline.journey.assigning.removed_teams import waiting_for_removed
from leadline.journey.assigning.team_states import states_of
from leadline.journey.assigning.trial_store import pretending
from leadline.journey.responding.claiming import ActionRules
from leadline.model.handling import UNHANDLED
from leadline.model.staff.people import Person
from leadline.model.task import Step
from leadline.model.texts.links import Links
from leadline.ports.store import Store
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.targets import TargetConfig
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.teams import Teams
from leadline.team.targets import Targets
from tests.worlds.leads import HandClock
from tests.worlds.teams import MONDAY, PEOPLE, TEAM, TeamOffice

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return MONDAY


@pytest.fixture
def clock(now: datetime) -> HandClock:
    return HandClock(now)


@pytest.fixture
def office(store: Store, clock: HandClock) -> TeamOffice:
    return TeamOffice(store, clock)


def says(office: TeamOffice, person: str, text: str) -> str:
    """What Slack answers to a command of somebody."""
    command = SlashCommand(Person(slack=f"U0{person.upper()}", name=person), text)
    rules = ActionRules(teams=office.kit.teams)
    answer: Any = answer_command(
        office.store, office.kit.team, Links(), command, office.clock.now, list, rules
    )
    return str(answer)


def reassign(office: TeamOffice, source: str, **wanted: str) -> list[str]:
    """To whom the open leads of somebody go."""
    ids = leads_held_by(office.kit, source)
    return [move(office.kit, one, Move(how="operator", **wanted)).after for one in ids]


def test_the_leads_of_somebody_who_leaves_go_to_the_others_by_turn(office: TeamOffice) -> None:
    leads = office.leads(9)
    go_away(office.store, "ada", office.clock.now, None)
    assert len(reassign(office, "ada")) == 3
    holders = office.holders(leads)
    assert sorted(holders.count(one) for one in ("ada", "bob", "cyd")) == [0, 4, 5]
    assert office.share("ada").open == 0
    assert office.owed("ada") == pytest.approx(3)
    assert sum(office.owed(one) for one in ("ada", "bob", "cyd")) == pytest.approx(0)


def test_leads_can_be_reassigned_to_another_team_or_one_person(
    store: Store, clock: HandClock
) -> None:
    office = TeamOffice(store, clock, others={"north": TeamConfig(people=("zoe",))})
    office.leads(3)
    assert reassign(office, "ada", team="north") == ["zoe"]
    assert (office.share("zoe", "north").open, office.share("ada").open) == (1, 0)
    assert reassign(office, "bob", person="cyd") == ["cyd"]
    assert office.share("cyd").open == 2


def test_a_preview_of_reassigning_spreads_the_leads_and_changes_nothing(office: TeamOffice) -> None:
    leads = office.leads(6)
    before, roster = office.holders(leads), office.roster()
    kit = msgspec.structs.replace(office.kit, store=pretending(office.store))
    moved = [move(kit, one, Move(how="operator")) for one in leads_held_by(kit, "ada")]
    assert sorted(one.after for one in moved) == ["bob", "cyd"]
    assert (office.holders(leads), office.roster()) == (before, roster)


def test_an_operator_gives_a_lead_to_anybody_and_a_claim_ends(office: TeamOffice) -> None:
    (lead,) = office.leads(1)
    office.claims(lead, "ada")
    assert move(office.kit, lead, Move(how="operator", person="zoe", by="cli ann")).after == "zoe"
    assert office.holder(lead) == "zoe"
    assert office.owed("ada") == 0
    again = move(office.kit, lead, Move(how="operator", person="zoe"))
    assert again.why_not == "zoe has it already"


def test_a_lead_that_has_ended_is_not_handed_on(office: TeamOffice) -> None:
    (lead,) = office.leads(1)
    office.junks(lead, "ada")
    moved = move(office.kit, lead, Move(how="operator", person="bob"))
    assert (moved.after, moved.why_not) == ("", "it has ended (junk)")


def test_a_lead_stays_where_it_is_if_nobody_else_is_there(office: TeamOffice) -> None:
    leads = office.leads(3)
    for person in ("bob", "cyd"):
        go_away(office.store, person, office.clock.now, None)
    assert reassign(office, "ada") == [""]
    assert office.holder(leads[0]) == "ada"


def test_open_leads_of_who_is_away_are_handed_on_once_where_the_team_says_so(
    store: Store, clock: HandClock
) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, hand_on="yes"))
    leads = office.leads(3)
    assert hand_on_absent(office.kit) == 0
    go_away(office.store, "ada", clock.now, clock.now + timedelta(days=2))
    assert hand_on_absent(office.kit) == 1
    assert office.holder(leads[0]) in ("bob", "cyd")
    move(office.kit, leads[0], Move(how="operator", person="ada"))
    assert hand_on_absent(office.kit) == 0, "it is done once for each absence"
    clock.advance(days=3)
    assert hand_on_absent(office.kit) == 0
    assert announced(office.store).handed_on == ()


def test_leads_of_who_is_away_by_the_settings_are_handed_on_when_the_absence_begins(
    store: Store, clock: HandClock
) -> None:
    tomorrow = date(2026, 12, 1)
    people = {**PEOPLE, "ada": MemberConfig(slack="U0ADA", away=((tomorrow, tomorrow),))}
    team = msgspec.structs.replace(TEAM, hand_on="yes")
    office = TeamOffice(store, clock, team, people=people)
    office.leads(3)
    assert hand_on_absent(office.kit) == 0
    clock.advance(hours=15)
    assert hand_on_absent(office.kit) == 1


def test_leads_stay_with_who_is_away_unless_the_team_says_otherwise(office: TeamOffice) -> None:
    leads = office.leads(1)
    go_away(office.store, "ada", office.clock.now, None)
    assert hand_on_absent(office.kit) == 0
    assert office.holders(leads) == ["ada"]


def test_a_lead_that_is_not_answered_goes_to_the_next_and_gives_the_turn_back(
    store: Store, clock: HandClock
) -> None:
    target = TargetConfig(
        first_response=20 * MINUTE, remind=13 * MINUTE, escalate=20 * MINUTE, reassign=30 * MINUTE
    )
    targets = Targets({"all": target})
    office = TeamOffice(store, clock, targets=targets)
    go_away(office.store, "bob", clock.now, None)
    (lead,) = office.leads(1)
    assert office.holder(lead) == "ada"
    office.wait(minutes=20)
    assert office.holder(lead) == "cyd", "bob is away"
    assert office.owed("ada") == pytest.approx(0.5)
    assert office.owed("cyd") == pytest.approx(-0.5)


def test_the_response_clock_of_a_lead_that_waited_starts_when_it_is_handed_out(
    store: Store, clock: HandClock
) -> None:
    target = TargetConfig(first_response=20 * MINUTE, remind=15 * MINUTE, escalate=20 * MINUTE)
    office = TeamOffice(store, clock, TeamConfig(people=("ada",)),
                        targets=Targets({"all": target}))  # fmt: skip
    go_away(office.store, "ada", clock.now, clock.now + timedelta(hours=5))
    (lead,) = office.leads(1)
    office.wait(hours=4, minutes=49)
    assert office.holder(lead) == "ada"
    assert office.messengers["slack"].about(lead, "reminder/1") == []
    office.wait(minutes=14)
    assert office.messengers["slack"].about(lead, "reminder/1") == []
    office.wait(minutes=2)
    assert len(office.messengers["slack"].about(lead, "reminder/1")) == 1


def test_somebody_says_in_slack_that_they_are_away_and_back(
    office: TeamOffice, clock: HandClock
) -> None:
    assert "Thursday, 2026-12-03 00:00 (UTC)" in says(office, "ada", "away until thursday")
    absence = announced(office.store).people["ada"]
    assert (absence.until, absence.by) == (MONDAY.replace(day=3, month=12, hour=0), "slack U0ADA")
    assert office.holders(office.leads(2)) == ["bob", "cyd"]
    assert "You are back" in says(office, "ada", "back")
    assert "You were not away" in says(office, "ada", "back")
    assert office.holders(office.leads(1)) == ["ada"]


@pytest.mark.parametrize("text", ["away until yesterday", "away 2026-01-01", "away 99999w"])
def test_an_end_that_cannot_be_read_changes_nothing(office: TeamOffice, text: str) -> None:
    said = says(office, "ada", text)
    assert "write a day" in said or "not in the future" in said
    assert announced(office.store).people == {}


def test_a_stranger_is_told_that_leadline_does_not_know_them(office: TeamOffice) -> None:
    assert "U0EVE" in says(office, "eve", "away 3d")
    assert announced(office.store).people == {}
    assert "U0EVE" in says(office, "eve", "next")
    assert "No lead waits" in says(office, "ada", "next")


def test_who_comes_back_gets_what_waits(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, TeamConfig(people=("ada",)))
    go_away(office.store, "ada", clock.now, None)
    leads = office.leads(2)
    assert office.holders(leads) == ["", ""]
    assert come_back(office.store, office.kit.teams, "ada", clock.now)
    office.wait(minutes=1)
    assert office.holders(leads) == ["ada", "ada"]


def test_an_absence_that_is_shortened_keeps_no_lead_waiting(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, TeamConfig(people=("ada",)))
    go_away(office.store, "ada", clock.now, clock.now + timedelta(hours=11))
    (lead,) = office.leads(1)
    go_away(office.store, "ada", clock.now, clock.now + timedelta(hours=2))
    office.wait(hours=1)
    assert wake_queues(office.kit) == 0
    office.wait(hours=1, minutes=1)
    assert wake_queues(office.kit) == 1
    office.wait(minutes=1)
    assert office.holders([lead]) == ["ada"]


def test_other_settings_of_a_team_keep_no_lead_waiting(store: Store, clock: HandClock) -> None:
    team = TeamConfig(people=("ada",), cap_day=1)
    leads = (office := TeamOffice(store, clock, team)).leads(2)
    assert office.holders(leads) == ["ada", ""]
    later = TeamOffice(store, clock, msgspec.structs.replace(team, cap_day=2))
    assert wake_queues(later.kit) == 1
    later.wait(minutes=1)
    assert later.holders(leads) == ["ada", "ada"]


def later(office: TeamOffice, rules: dict[str, RuleConfig], **pools: TeamConfig) -> TeamOffice:
    """The office with other rules and teams, after its worker has looked at them."""
    after = TeamOffice(office.store, office.clock, rules=rules)
    after.kit = msgspec.structs.replace(after.kit, pools=pools)
    wake_queues(after.kit)
    after.wait(minutes=1)
    return after


@pytest.fixture
def waiting(store: Store, clock: HandClock) -> tuple[TeamOffice, list[str]]:
    """Leads that wait for a team, as nobody is in it, after a worker has looked at the settings."""
    office = TeamOffice(store, clock, TeamConfig())
    wake_queues(office.kit)
    return office, office.leads(3)


def test_leads_that_wait_for_a_team_that_is_gone_go_where_the_rules_send_them_now(
    waiting: tuple[TeamOffice, list[str]],
) -> None:
    office, leads = waiting
    rules = {"all": RuleConfig(team="sales", channels=("slack",))}
    office = later(office, rules, sales=TEAM)
    assert sorted(office.holders(leads)) == ["ada", "bob", "cyd"]
    assert (office.queue(), office.roster().waiting) == ([], 0)
    assert wake_queues(office.kit) == 0


def test_leads_that_wait_for_a_team_that_is_gone_wait_for_the_team_of_their_rule_now(
    waiting: tuple[TeamOffice, list[str]],
) -> None:
    office, leads = waiting
    office.wait(hours=5)  # so that the next day begins before they would be looked at anyway
    rules = {"all": RuleConfig(team="sales", channels=("slack",))}
    office = later(office, rules, sales=TeamConfig(people=("ada",), cap_day=1))
    assert sorted(office.holders(leads)) == ["", "", "ada"]
    assert len(office.queue("sales")) == office.roster("sales").waiting == 2
    assert office.store.next_due(Step.ASSIGN) == MONDAY.replace(day=1, month=12, hour=0)
    assert (office.queue(), office.roster().waiting) == ([], 0)
    assert wake_queues(office.kit) == 0


def test_leads_that_wait_for_a_team_that_is_gone_wait_for_nobody_if_no_rule_wants_them(
    waiting: tuple[TeamOffice, list[str]],
) -> None:
    office, leads = waiting
    assert dict(waiting_for_removed(office.store, office.kit.teams)) == {}
    known = set(waiting_for_removed(office.store, Teams())["dach"])
    office = later(office, {"none": RuleConfig(channels=("slack",))})
    assert known == set(leads)
    assert dict(waiting_for_removed(office.store, office.kit.teams)) == {}
    assert (office.queue(), office.roster().waiting) == ([], 0)
    for lead in leads:
        handling = office.handling(lead) or UNHANDLED
        assert (handling.queued, handling.clock_from is not None) == (None, True)
    assert wake_queues(office.kit) == 0


def test_the_next_lead_of_the_queue_is_taken_in_slack(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, TeamConfig(people=("ada", "bob"), cap_day=1))
    office.leads(2)
    poor, good = office.lead(score=1), office.lead(score=99)
    office.wait(minutes=11)
    assert "Your Next Lead" in says(office, "bob", "next")
    assert office.holders([poor, good]) == ["", "bob"]
    assert (office.handling(good) or UNHANDLED).claimed_by is not None
    assert office.share("bob").day_count == 2
    assert office.queue() == [poor]


def test_a_team_tells_who_is_there_and_who_is_next(office: TeamOffice, clock: HandClock) -> None:
    office.leads(2)
    go_away(office.store, "cyd", clock.now, clock.now + timedelta(days=1))
    (state,) = states_of(office.kit, ["dach"])
    assert (state.next, state.waiting, state.order) == ("ada", 0, "turn")
    ada, _, cyd = state.people
    assert (ada.open, ada.today, ada.why) == (1, 1, "")
    assert (cyd.why, cyd.detail) == ("away", "until 2026-12-01T09:11:02Z")
    assert cyd.owed == pytest.approx(2 / 3, abs=1e-5)
