"""The order that learns: leads go to who wins such leads, and nobody is below the floor."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest

from leadline.alerts.wording.decision_words import because
from leadline.model.staff.assigning import (
    WHOLE_LEAD,
    Absence,
    Charge,
    Decision,
    Drawn,
    Share,
    TeamRoster,
)
from leadline.model.staff.learned import PersonWins, TeamWins, Wins
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.asking import Ask, Books
from leadline.team.giving.deciding import who_gets
from leadline.team.giving.learning import FEWEST, belief, expected_share
from leadline.team.giving.teams import Teams
from leadline.team.giving.turns import Booking, owed_afresh, rebooked, shares_of
from leadline.team.matching.kinds import kind_by
from leadline.team.matching.rules import Looked

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
NAMES = ("ada", "bob", "cyd", "dan")
FLOOR = 0.2
TEAM = TeamConfig(people=NAMES, order="learned", floor=FLOOR, kinds=("country",), sticky="no")
RATES = {
    "DE": {"ada": 0.30, "bob": 0.15, "cyd": 0.10, "dan": 0.10},
    "FR": {"ada": 0.08, "bob": 0.08, "cyd": 0.20, "dan": 0.08},
}
DELAY = 200
"""After how many further leads it is known whether one was won."""


def teams(team: TeamConfig = TEAM) -> Teams:
    members = {one: MemberConfig(email=f"{one}@example.com") for one in NAMES}
    return Teams({"dach": team}, {"all": RuleConfig(team="dach")}, members)


def ask(number: int, country: str = "DE", **more: object) -> Ask:
    values = {"country": country}
    looked = Looked(assigns="all", team="dach")
    made = Ask(lead_id=f"lead {number}", at=AT, looked=looked, kind_values=values)
    return msgspec.structs.replace(made, **more)


def away(*names: str) -> dict[str, Absence]:
    return {one: Absence(AT - timedelta(days=1)) for one in names}


def counted(wins: TeamWins, person: str, kind: str, *, won: bool) -> TeamWins:
    theirs = wins.people.get(person, PersonWins()).with_one(kind, won=won)
    return msgspec.structs.replace(wins, people={**wins.people, person: theirs})


def known(**people: tuple[int, int]) -> TeamWins:
    """What is known of these people: how many leads of Germany they won of how many."""
    kind = kind_by(TEAM.kinds, {"country": "DE"})
    return TeamWins(
        people={n: PersonWins(Wins(*one), {kind: Wins(*one)}) for n, one in people.items()}
    )


class Played:
    """Many leads, one after the other, with people who come and go."""

    def __init__(self, leads: int, team: TeamConfig = TEAM, seed: int = 1) -> None:
        self.got: Counter[str] = Counter()
        self.evenly: Counter[str] = Counter()
        self.due: defaultdict[str, float] = defaultdict(float)
        self.hows: Counter[str] = Counter()
        self.farthest = 0.0
        self.given: list[tuple[str, str, str]] = []
        self.expected_wins = 0.0
        self.best_wins = 0.0
        self.even_wins = 0.0
        chance, roster, wins = Random(seed), TeamRoster(), TeamWins()
        open_: list[tuple[str, str, bool]] = []
        for number in range(leads):
            gone = [n for place, n in enumerate(NAMES) if (number // (300 + 90 * place)) % 3 == 1]
            gone = gone[: len(NAMES) - 1]
            country = chance.choice(("DE", "FR"))
            books = Books({"dach": roster}, {}, away(*gone), {"dach": wins})
            found = who_gets(teams(team), ask(number, country), books)
            roster, person, how = found.rosters["dach"], found.decision.person, found.decision.how
            self._note(number, person, how, country, [n for n in NAMES if n not in gone])
            self.farthest = max(
                self.farthest, *(s.owed / WHOLE_LEAD for s in roster.shares.values())
            )
            assert found.charge is not None
            assert isinstance(found.charge.drawn, Drawn)
            kind = found.charge.drawn.kind
            open_.append((person, kind, chance.random() < RATES[country][person]))
            if number >= DELAY:
                old, kind, won = open_[number - DELAY]
                wins = counted(wins, old, kind, won=won)
        self.wins = wins

    def _note(self, number: int, person: str, how: str, country: str, here: list[str]) -> None:
        assert person in here
        rates = RATES[country]
        self.given.append((person, how, country))
        self.got[person] += 1
        self.hows[how] += 1
        self.evenly[person] += how != "learned"
        for one in here:
            self.due[one] += FLOOR / len(here)
        self.expected_wins += rates[person]
        self.best_wins += max(rates[one] for one in here)
        self.even_wins += sum(rates[one] for one in here) / len(here)


@pytest.fixture(scope="module")
def played() -> Played:
    return Played(10_000)


def test_nobody_is_below_the_floor_in_ten_thousand_leads_with_absences(played: Played) -> None:
    for one in NAMES:
        assert played.evenly[one] >= played.due[one] - 2
    assert played.farthest < 2


def test_the_evenly_given_part_is_about_the_floor_and_no_more(played: Played) -> None:
    given = sum(played.hows.values()) - played.hows["turn"]
    assert played.hows["turn"] == DELAY + FEWEST
    assert abs(played.hows["even"] / given - FLOOR) < 0.01


def test_leads_go_to_who_wins_their_kind(played: Played) -> None:
    late = Counter((who, kind) for who, how, kind in played.given[5000:] if how == "learned")
    for kind, best in (("DE", "ada"), ("FR", "cyd")):
        assert max(NAMES, key=lambda one: late[one, kind]) == best


def test_what_learning_costs_stays_bounded_and_is_less_than_even_turns_cost(
    played: Played,
) -> None:
    regret = played.best_wins - played.expected_wins
    of_even_turns = played.best_wins - played.even_wins
    assert regret < of_even_turns * 0.6


def test_without_any_difference_everybody_gets_about_as_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(RATES, "DE", dict.fromkeys(NAMES, 0.15))
    monkeypatch.setitem(RATES, "FR", dict.fromkeys(NAMES, 0.15))
    same = Played(3_000)
    assert min(same.got.values()) > 3_000 / len(NAMES) / 4


def test_until_enough_is_counted_all_leads_go_by_turns() -> None:
    some = known(ada=(FEWEST - 2, FEWEST - 1))
    first = who_gets(teams(), ask(1), Books(wins={"dach": some})).decision
    assert (first.how, first.learned) == ("turn", None)
    enough = known(ada=(FEWEST, FEWEST))
    half = TeamRoster({"bob": Share(owed=WHOLE_LEAD // 2)}, order="learned")
    hows = {
        who_gets(teams(), ask(number), Books({"dach": half}, wins={"dach": enough})).decision.how
        for number in range(50)
    }
    assert hows == {"even", "learned"}


def test_who_is_owed_a_lead_by_the_floor_gets_the_next_whatever_was_learned() -> None:
    wins = known(ada=(900, 1000), bob=(1, 1000), cyd=(1, 1000), dan=(1, 1000))
    roster = TeamRoster({"dan": Share(owed=WHOLE_LEAD)}, order="learned")
    for number in range(50):
        found = who_gets(teams(), ask(number), Books({"dach": roster}, wins={"dach": wins}))
        assert (found.decision.how, found.decision.person) == ("even", "dan")


def test_a_lead_given_by_what_was_learned_costs_nothing_and_one_given_evenly_a_whole_one() -> None:
    shares = shares_of(TEAM, NAMES)
    assert sum(shares.values()) == round(FLOOR * WHOLE_LEAD)
    for how, paid in (("learned", 0), ("even", WHOLE_LEAD)):
        charge = Charge("dach", "ada", AT, shares=shares, how=how, drawn=Drawn("ada", how))
        after = rebooked(TeamRoster(), "", Booking(), Booking(charge))
        assert after.shares["ada"].owed == shares["ada"] - paid
        again = rebooked(after, "", Booking(charge), Booking())
        assert all(one.owed == 0 for one in again.shares.values())


def test_the_same_lead_is_given_to_the_same_person_whenever_it_is_asked() -> None:
    books = Books(wins={"dach": known(ada=(20, 60), bob=(18, 60), cyd=(19, 60), dan=(20, 60))})
    for number in range(20):
        assert who_gets(teams(), ask(number), books) == who_gets(teams(), ask(number), books)


def test_nobody_absent_capped_or_passed_over_is_chosen() -> None:
    team = msgspec.structs.replace(TEAM, cap_open=5)
    roster = TeamRoster({"bob": Share(open=5)}, order="learned")
    wins = known(ada=(50, 60), bob=(50, 60), cyd=(2, 60), dan=(50, 60))
    books = Books({"dach": roster}, {}, away("ada"), {"dach": wins})
    for number in range(40):
        decision = who_gets(teams(team), ask(number, but="dan"), books).decision
        assert decision.person == "cyd"


def test_who_has_the_person_still_gets_their_next_lead_and_it_counts_for_no_floor() -> None:
    team = msgspec.structs.replace(TEAM, sticky="company")
    found = who_gets(teams(team), ask(1, owner="dan", how="crm"), Books())
    assert found.decision.how == "crm"
    assert found.charge is not None
    assert (found.charge.free, found.charge.drawn) == (True, msgspec.UNSET)


def test_beliefs_are_shrunk_to_the_person_and_to_the_kind() -> None:
    wins = TeamWins(
        people={
            "ada": PersonWins(Wins(60, 200), {"country=DE": Wins(60, 200)}),
            "bob": PersonWins(Wins(20, 200), {"country=FR": Wins(20, 200)}),
            "cyd": PersonWins(Wins(1, 1), {"country=DE": Wins(1, 1)}),
        }
    )
    team = 81 / 401
    assert expected_share(wins, "ada", "country=DE") == pytest.approx(0.3, abs=0.03)
    assert expected_share(wins, "ada", "country=AT") == pytest.approx(0.29, abs=0.03)
    assert expected_share(wins, "bob", "country=DE") > expected_share(wins, "bob", "country=FR")
    assert team < expected_share(wins, "cyd", "country=DE") < 0.45
    assert expected_share(TeamWins(), "new", "") == 0.5
    # Little is believed of whom little is known of, so that they are tried.
    assert sum(belief(wins, "ada", "country=DE")) > 10 * sum(belief(wins, "dan", "country=DE"))


def test_a_team_that_begins_to_learn_owes_nothing_from_before() -> None:
    before = TeamRoster({"ada": Share(owed=40 * WHOLE_LEAD, open=3)}, order="turn")
    after = owed_afresh(before, TEAM)
    assert after.shares["ada"] == Share(open=3)


def test_a_decision_says_what_it_went_by_and_nothing_of_the_lead() -> None:
    wins = known(ada=(12, 40), bob=(1, 40), cyd=(1, 40), dan=(1, 40))
    books = Books(wins={"dach": wins})
    decisions = [who_gets(teams(), ask(number), books).decision for number in range(60)]
    told = next(one for one in decisions if one.learned and one.person == "ada")
    words = because(told)
    assert "ada has it by what was learned in the team dach" in words
    assert "expected for this kind, 12 of 40 won, sampled first of 4" in words
    assert b"DE" not in msgspec.json.encode(told)
    assert msgspec.json.decode(msgspec.json.encode(told), type=Decision) == told
