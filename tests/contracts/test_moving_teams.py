"""What a move takes along of teams: rosters and other documents, and the leads that wait."""

import pytest

from leadline.model.staff.assigning import Kept, Rewrite
from leadline.ports.homes import Home
from leadline.ports.store import Store
from leadline.ports.store_parts.assigning import ABSENCES, account_of
from tests.worlds.moving import TwoInstallations
from tests.worlds.turns import ROSTER, TEAM, counts, given_in, owner_in, queued_in

ACCOUNTS = [account_of(bytes([n] * 16)) for n in range(130)]


def other_home(home: Home) -> Home:
    return Home.EMBEDDED if home is Home.AWS else Home.AWS


def store_of(two: TwoInstallations, home: Home) -> Store:
    return two.aws if home is Home.AWS else two.sqlite


@pytest.mark.parametrize("towards", [Home.AWS, Home.EMBEDDED])
def test_a_team_goes_on_where_it_was(two: TwoInstallations, towards: Home) -> None:
    origin, destination = store_of(two, other_home(towards)), store_of(two, towards)
    given = [given_in(origin, two.clock, f"lead{n}").id for n in range(4)]
    waiting = [queued_in(origin, two.clock, f"wait{n}", n % 2).id for n in range(3)]
    assert origin.keep({name: Rewrite(Kept(), b"{}") for name in (*ACCOUNTS[:90], ABSENCES)})
    assert origin.keep({name: Rewrite(Kept(), b"{}") for name in ACCOUNTS[90:]})
    names = [ROSTER, ABSENCES, *ACCOUNTS]
    before = origin.kept(names)
    assert two.move(towards) is not None
    assert two.told == {}
    assert destination.kept(names) == before
    assert [owner_in(destination, lead_id) for lead_id in given] == ["ada", "bob", "cleo", "ada"]
    assert list(destination.queue_of(TEAM)) == [waiting[n] for n in (1, 0, 2)]
    two.clock.advance(minutes=1)
    assert owner_in(destination, given_in(destination, two.clock, "next").id) == "bob"


def test_what_was_given_out_since_comes_back(two: TwoInstallations) -> None:
    given_in(two.sqlite, two.clock, "first")
    assert two.move(Home.AWS) is not None
    given_in(two.aws, two.clock, "second")
    assert two.move(Home.AWS) is not None, "once more, for nothing"
    assert counts(two.aws) == {"ada": 1, "bob": 1}
    given_in(two.aws, two.clock, "third")
    assert two.move(Home.EMBEDDED) is not None
    assert counts(two.sqlite) == {"ada": 1, "bob": 1, "cleo": 1}
    assert owner_in(two.sqlite, given_in(two.sqlite, two.clock, "fourth").id) == "ada"


def test_leads_that_workers_give_out_while_a_move_goes_on_are_counted(
    two: TwoInstallations,
) -> None:
    given_in(two.aws, two.clock, "first")
    given: list[str] = []

    def meanwhile() -> None:
        if not given:
            given.append(given_in(two.aws, two.clock, "second").id)

    two.fuse.before_a_write = meanwhile  # type: ignore[method-assign]
    assert two.move(Home.EMBEDDED) is not None
    assert counts(two.sqlite) == {"ada": 1, "bob": 1}


@pytest.mark.parametrize("towards", [Home.AWS, Home.EMBEDDED])
def test_a_move_that_ends_at_any_write_and_is_continued_loses_no_turn(
    two: TwoInstallations, towards: Home
) -> None:
    origin, destination = store_of(two, other_home(towards)), store_of(two, towards)
    for n in range(2):
        given_in(origin, two.clock, f"lead{n}")
    waiting = queued_in(origin, two.clock, "waiting")
    before = origin.kept([ROSTER])
    writes = 0
    while two.move(towards, writes) is None:
        writes += 1
    assert destination.kept([ROSTER]) == before
    assert list(destination.queue_of(TEAM)) == [waiting.id]
    two.clock.advance(minutes=1)
    assert owner_in(destination, given_in(destination, two.clock, "next").id) == "cleo"
    assert two.move(towards) is not None
    assert counts(destination) == {"ada": 1, "bob": 1, "cleo": 1}
