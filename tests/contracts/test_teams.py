"""A team gives out its leads by exact turns, and everything that happens later keeps them exact."""

from datetime import date, datetime, timedelta

import msgspec
import pytest

from leadline.journey.assigning.changing import ASSIGNED
from leadline.model.handling import UNHANDLED, Ending
from leadline.model.staff.assigning import Absence, Absences, Charge, Decision, Rewrite, Skipped
from leadline.model.staff.people import Person
from leadline.model.task import Step, Task
from leadline.ports.store import Store
from leadline.ports.store_parts.assigning import ABSENCES
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.teams import TeamConfig
from tests.worlds.leads import HandClock
from tests.worlds.teams import MONDAY, PEOPLE, TEAM, TeamOffice
from tests.worlds.timelines import lines_of

ZOE = Person(id="crm-zoe", name="Zoe Zimmer", email="zoe@example.com")
BOB = Person(id="crm-bob", name="Bob Bell", email="bob@example.com")


@pytest.fixture
def now() -> datetime:
    return MONDAY


@pytest.fixture
def clock(now: datetime) -> HandClock:
    return HandClock(now)


@pytest.fixture
def office(store: Store, clock: HandClock) -> TeamOffice:
    return TeamOffice(store, clock)


def goes_away(office: TeamOffice, person: str, until: datetime | None = None) -> None:
    seen = office.store.kept([ABSENCES])[ABSENCES]
    said = msgspec.json.decode(seen.body, type=Absences) if seen.body else Absences()
    people = {**said.people, person: Absence(office.clock.now, until)}
    body = msgspec.json.encode(msgspec.structs.replace(said, people=people))
    assert office.store.keep({ABSENCES: Rewrite(seen, body)})


def test_each_gets_a_lead_in_turn(office: TeamOffice) -> None:
    leads = office.leads(6)
    assert office.holders(leads) == ["ada", "bob", "cyd"] * 2
    decision = office.decision(leads[1])
    assert (decision.how, decision.person, decision.team, decision.rule) == (
        "turn", "bob", "dach", "all",
    )  # fmt: skip
    assert office.share("bob").open == 2
    assert office.owed("bob") == pytest.approx(0, abs=1e-8)
    (told,) = office.messengers["slack"].about(leads[1])
    assert told["owner"] == "bob"


def test_leads_of_one_batch_are_given_out_in_turn(office: TeamOffice) -> None:
    leads = [office.lead() for _ in range(5)]
    office.wait(minutes=11)
    assert sorted(office.holders(leads)) == ["ada", "ada", "bob", "bob", "cyd"]


def test_a_lead_that_is_refined_again_keeps_its_owner_and_takes_no_turn(office: TeamOffice) -> None:
    (lead,) = office.leads(1)
    before, roster = office.handling(lead), office.roster()
    decision = office.decision(lead)
    office.store.put([Task(Step.REFINE, lead)], office.clock.now)
    office.wait(minutes=1)
    assert (office.handling(lead), office.roster()) == (before, roster)
    assert office.decision(lead) == decision
    assert office.refined(lead).lead_details.owner == "ada"


def test_nobody_absent_is_given_a_lead(office: TeamOffice) -> None:
    goes_away(office, "bob", MONDAY + timedelta(days=2))
    leads = office.leads(4)
    assert office.holders(leads) == ["ada", "cyd", "ada", "cyd"]
    assert office.decision(leads[1]).skipped == (
        Skipped("bob", "away", "until 2026-12-02T09:00:00Z"),
    )
    office.wait(days=2)
    back = office.leads(3)
    assert sorted(office.holders(back)) == ["ada", "bob", "cyd"]


def test_who_comes_back_later_owes_and_is_owed_what_they_were(office: TeamOffice) -> None:
    office.leads(1)
    was = office.owed("cyd")
    goes_away(office, "cyd")
    office.leads(3)
    assert office.owed("cyd") == was


def test_absences_and_holidays_of_the_settings_count_in_the_zone_of_the_person(
    store: Store, clock: HandClock
) -> None:
    today = date(2026, 11, 30)
    people = {
        **PEOPLE,
        "ada": MemberConfig(away=((today, today),)),
        "bob": MemberConfig(holidays=frozenset((date(2026, 12, 1),)), zone="Pacific/Auckland"),
    }
    office = TeamOffice(store, clock, people=people)
    clock.advance(hours=3)  # Tuesday in Auckland
    leads = office.leads(2)
    assert office.holders(leads) == ["cyd", "cyd"]
    assert [one.why for one in office.decision(leads[0]).skipped] == ["away", "holiday"]


def test_a_duplicate_keeps_the_owner_of_the_first_lead(office: TeamOffice) -> None:
    first, _ = office.leads(2)
    again = office.lead(name="Person1 Of1", email=office.address(1))
    office.wait(minutes=11)
    assert office.holder(again) == "ada"
    decision = office.decision(again)
    assert (decision.how, decision.before) == ("duplicate", first)
    assert office.holders(office.leads(2)) == ["cyd", "bob"], "it counts as hers"


def test_two_of_one_person_in_one_batch_have_one_owner(office: TeamOffice) -> None:
    pair = [office.lead(name="Vera Vane", email="v@vane.example") for _ in range(2)]
    office.wait(minutes=11)
    assert len(set(office.holders(pair))) == 1
    assert sorted(office.decision(one).how for one in pair) == ["duplicate", "turn"]


def test_a_duplicate_costs_nothing_where_the_team_says_so(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, credit=("duplicates",)))
    office.leads(2)
    owed = office.owed("ada")
    office.leads(1, name="Person1 Of1", email=office.address(1))
    assert (office.owed("ada"), office.share("ada").open) == (owed, 2)


def test_a_duplicate_whose_keeper_is_in_no_team_of_the_rule_costs_nobody_anything(
    store: Store, clock: HandClock
) -> None:
    north = TeamConfig(people=("zoe",))
    office = TeamOffice(store, clock, others={"north": north})
    (first,) = office.leads(1, name="Ada Vance", email="ada@firm1.example")
    assert office.claims(first, "zoe").changed
    before, waits = office.roster(), office.roster("north")
    again = office.leads(1, name="Ada Vance", email="ada@firm1.example")
    new = office.leads(1)
    assert (office.holders(again), office.decision(again[0]).how) == (["zoe"], "duplicate")
    assert (office.handling(again[0]) or UNHANDLED).charge is None
    assert office.roster("north") == waits
    assert office.holders(new) == ["ada"], "whose turn it was, as the claim gave hers back"
    assert before.shares["ada"].owed == 0


def test_a_person_who_returns_goes_to_whoever_has_had_them(office: TeamOffice) -> None:
    (first,) = office.leads(1)
    office.junks(first, "ada")
    (again,) = office.leads(1, name="Person1 Of1", email=office.address(1))
    assert (office.holder(again), office.decision(again).how) == ("ada", "person")
    assert office.decision(again).before == first


@pytest.mark.parametrize(
    ("sticky", "later", "expected"),
    [
        ("company", 1, ("ada", "company")),
        ("person", 1, ("bob", "turn")),
        ("no", 1, ("bob", "turn")),
        ("company", 400, ("bob", "turn")),
    ],
)
def test_a_colleague_goes_to_whoever_has_the_company(
    store: Store, clock: HandClock, sticky: str, later: int, expected: tuple[str, str]
) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, sticky=sticky))
    (first,) = office.leads(1)
    office.wait(days=later)
    (second,) = office.leads(1, name="Quite Another", email=office.address(1, "other"))
    decision = office.decision(second)
    assert (office.holder(second), decision.how) == expected
    assert decision.before == (first if expected[1] == "company" else "")


def test_a_colleague_without_a_business_address_is_known_by_the_company(office: TeamOffice) -> None:
    office.leads(1, company="Brightmill GmbH")
    (second,) = office.leads(1, email="quite.another@gmail.com", company="Brightmill")
    assert office.holder(second) == "ada"


def test_who_is_absent_keeps_the_company(office: TeamOffice) -> None:
    office.leads(1)
    goes_away(office, "ada", office.clock.now + timedelta(days=1))
    (second,) = office.leads(1, name="Quite Another", email=office.address(1, "other"))
    assert office.decision(second).how == "turn"
    office.wait(days=1)
    (third,) = office.leads(1, name="Somebody Else", email=office.address(1, "third"))
    assert office.holder(third) == "ada"


def test_the_crm_names_the_owner_and_the_team_counts_it(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, asks=True)
    office.crm.has("r1", BOB)
    (lead,) = office.leads(1, record="r1")
    assert (office.holder(lead), office.decision(lead).how) == ("bob", "crm")
    assert office.holders(office.leads(2)) == ["ada", "cyd"]


def test_an_owner_whom_the_crm_names_late_takes_the_lead_and_the_turn_is_given_back(
    store: Store, clock: HandClock
) -> None:
    office = TeamOffice(store, clock, asks=True)
    office.crm.has("r1")
    (lead,) = office.leads(1, record="r1")
    assert office.holder(lead) == "ada"
    office.crm.has("r1", ZOE)
    office.wait(hours=1)
    office.store.put([Task(Step.LOOK_UP, lead)], clock.now)
    office.wait(minutes=1)
    assert office.holder(lead) == "zoe"
    assert {one: office.owed(one) for one in ("ada", "bob", "cyd")} == dict.fromkeys(
        ("ada", "bob", "cyd"), 0
    )
    assert office.share("ada").open == 0
    assert (office.handling(lead) or UNHANDLED).charge is None


def test_a_claim_by_somebody_else_passes_the_turn_on(office: TeamOffice) -> None:
    (lead,) = office.leads(1)
    office.claims(lead, "cyd")
    assert office.owed("ada") == pytest.approx(1 / 3)
    assert office.owed("cyd") == pytest.approx(-2 / 3)
    assert (office.share("ada").open, office.share("cyd").open) == (0, 1)
    charge = (office.handling(lead) or UNHANDLED).charge
    assert isinstance(charge, Charge)
    assert charge.person == "cyd"
    assert office.holders(office.leads(2)) == ["ada", "bob"]


def test_junk_costs_nothing_where_the_team_says_so(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, credit=("junk",)))
    (lead,) = office.leads(1)
    office.junks(lead, "ada")
    assert (office.owed("ada"), office.owed("bob"), office.share("ada").open) == (0, 0, 0)
    office.claims(lead, "ada")
    assert office.owed("ada") == pytest.approx(-2 / 3)
    assert office.share("ada").open == 1


def test_a_lead_that_ends_is_not_open_any_more(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, asks=True)
    office.crm.has("r1")
    (lead,) = office.leads(1, record="r1")
    office.crm.has("r1", ending=Ending.WON)
    office.store.put([Task(Step.LOOK_UP, lead)], clock.now)
    office.wait(minutes=1)
    assert office.share("ada").open == 0
    assert office.owed("ada") == pytest.approx(-2 / 3)


def test_leads_wait_while_all_have_as_many_as_allowed_and_are_handed_out_by_score(
    store: Store, clock: HandClock
) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, cap_open=1))
    first = office.leads(3)
    poor, good = office.lead(score=10), office.lead(score=90)
    office.wait(minutes=11)
    assert office.holders([poor, good]) == ["", ""]
    assert office.queue() == [good, poor]
    assert office.decision(poor).waits
    assert [one.why for one in office.decision(poor).skipped] == ["cap_open"] * 3
    (told,) = office.messengers["slack"].about(poor)
    assert told["owner"] == ""
    office.junks(first[1], "bob")
    office.wait(minutes=1)
    assert office.holders([poor, good]) == ["", "bob"]
    assert office.queue() == [poor]
    (told,) = office.messengers["slack"].about(good)
    assert told["owner"] == "bob", "the same message says it now"
    office.junks(first[0], "ada")
    office.wait(minutes=1)
    assert (office.holder(poor), office.roster().waiting) == ("ada", 0)


@pytest.mark.parametrize("cap", [{"cap_day": 1}, {"cap_week": 1}])
def test_leads_wait_for_the_next_day_or_week(
    store: Store, clock: HandClock, cap: dict[str, int]
) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, **cap))
    leads = office.leads(4)
    assert office.holders(leads) == ["ada", "bob", "cyd", ""]
    office.wait(hours=14)
    assert office.holder(leads[3]) == ""
    office.wait(days=0 if "cap_day" in cap else 6, hours=1)
    assert office.holder(leads[3]) == "cyd", "she was there alone for the third lead"


def test_leads_wait_for_the_opening_time_and_their_clock_starts_then(
    store: Store, clock: HandClock
) -> None:
    hours = {"office": HoursConfig()}
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, hours="office"), hours=hours)
    clock.now = MONDAY - timedelta(hours=9)
    leads = office.leads(2)
    assert office.holders(leads) == ["", ""]
    office.wait(hours=9)
    assert office.holders(leads) == ["ada", "bob"]
    assert (office.handling(leads[0]) or UNHANDLED).clock_from == MONDAY


def test_a_team_falls_back_to_another_team_to_a_person_and_to_a_channel(
    store: Store, clock: HandClock
) -> None:
    office = TeamOffice(
        store,
        clock,
        TeamConfig(people=("ada",), cap_day=1, fallback="second"),
        others={"second": TeamConfig(people=("bob",), cap_day=1, fallback="zoe")},
    )
    leads = office.leads(3)
    assert office.holders(leads) == ["ada", "bob", "zoe"]
    assert [office.decision(one).how for one in leads] == ["turn", "fallback", "fallback"]
    assert [one.person for one in office.decision(leads[2]).skipped] == ["ada", "bob"]


def test_a_lead_that_falls_back_to_a_channel_is_told_there(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, TeamConfig(people=("ada",), cap_day=1, fallback="pool"))
    leads = office.leads(2)
    assert office.holders(leads) == ["ada", ""]
    assert len(office.messengers["pool"].about(leads[1])) == 1
    assert office.messengers["pool"].about(leads[0]) == []
    assert not office.decision(leads[1]).waits


def test_a_lead_that_waits_is_told_once_in_the_channel_of_the_team(
    store: Store, clock: HandClock
) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, channel="pool", cap_day=1))
    lead = office.leads(4)[3]
    office.wait(hours=5)
    assert len(office.messengers["pool"].about(lead)) == 1
    assert office.messengers["slack"].about(lead) == []
    office.wait(hours=12)
    (told,) = office.messengers["slack"].about(lead)
    assert told["owner"] == office.holder(lead) != ""


def test_new_leads_do_not_overtake_those_that_wait(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, people=("ada",), cap_open=1))
    first, waits = office.leads(2)
    new = office.lead()
    office.clock.advance(minutes=11)
    office.junks(first, "ada")
    office.wait(minutes=1)
    assert office.holders([waits, new]) == ["ada", ""]


def test_a_claim_takes_a_lead_from_the_queue(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, msgspec.structs.replace(TEAM, cap_day=1))
    lead = office.leads(4)[3]
    office.claims(lead, "cyd")
    assert (office.queue(), office.roster().waiting) == ([], 0)
    assert office.share("cyd").day_count == 2


def test_people_of_assign_are_a_team_of_the_rule(store: Store, clock: HandClock) -> None:
    rules = {"old": RuleConfig(assign=("ada", "bob"))}
    office = TeamOffice(store, clock, rules=rules)
    leads = office.leads(4)
    assert office.holders(leads) == ["ada", "bob", "ada", "bob"]
    assert office.decision(leads[0]).team == "rule old"


def test_the_timeline_tells_of_each_decision(store: Store, clock: HandClock) -> None:
    office = TeamOffice(store, clock, TeamConfig(people=("ada",), cap_day=1))
    (first,) = office.leads(1)
    (lead,) = office.leads(1)
    office.wait(hours=15)
    lines = [line.partition(" ")[2] for line in lines_of(store, lead) if ASSIGNED in line]
    told = [msgspec.json.decode(line, type=Decision) for line in lines]
    assert [(one.how, one.person, one.waits) for one in told][-2:] == [
        ("nobody", "", True),
        ("queue", "ada", False),
    ]
    assert told[-2] == office.decision(lead)
    assert office.decision(first) in told or len(told) == 2
