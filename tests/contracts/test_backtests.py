"""A backtest reads from every store, and finds of unchanged settings what the worker stored."""

from datetime import timedelta

import pytest

from leadline.entrypoints.rule_trials import side_of
from leadline.journey.backtest.cleaning import refined_by_both
from leadline.journey.backtest.comparing import Sums
from leadline.journey.backtest.replaying import Backtest
from leadline.settings.connected.channels import WebhookConfig
from leadline.settings.team.teams import TeamConfig
from leadline.settings.top.general import Settings
from tests.worlds.ledger import LedgerWorld
from tests.worlds.teams import MONDAY, NAMES, PEOPLE, RULES, TEAM, TeamOffice


def settings_with(team: TeamConfig) -> Settings:
    return Settings(
        people=PEOPLE,
        rules=RULES,
        teams={"dach": team},
        channels={"slack": WebhookConfig()},
        delay=timedelta(minutes=10),
    )


def replayed(world: LedgerWorld, ids: list[str], new: TeamConfig, *, stored: bool) -> Sums:
    sides = side_of(settings_with(TEAM)), side_of(settings_with(new))
    test = Backtest(*sides, stored=stored)
    test.take(refined_by_both(world.store, *sides, ids))
    for _ in test.finish():
        pass
    return test.sums()


@pytest.fixture
def office(world: LedgerWorld) -> TeamOffice:
    world.clock.now = MONDAY
    return TeamOffice(world.store, world.clock)


def test_unchanged_settings_give_what_was_stored(world: LedgerWorld, office: TeamOffice) -> None:
    known = {"name": "Jana Muster", "email": office.address(500)}
    ids = [*office.leads(4), *office.leads(2, **known), *office.leads(3)]
    sums = replayed(world, ids, TEAM, stored=True)
    assert (sums.leads, sums.differ, sums.duplicates.new) == (9, 0, 1)
    assert {name: one.new for name, one in sums.people.items()} == {
        name: office.holders(ids).count(name) for name in NAMES
    }


def test_a_change_shows_who_would_have_got_more(world: LedgerWorld, office: TeamOffice) -> None:
    ids = office.leads(8)
    heavier = TeamConfig(people=NAMES, order="weight", weights=("ada=2",), fallback="queue")
    sums = replayed(world, ids, heavier, stored=False)
    assert [(one.old, one.new) for one in sums.people.values()] == [(3, 4), (3, 2), (2, 2)]


def test_a_lead_that_was_erased_is_left_out(world: LedgerWorld, office: TeamOffice) -> None:
    ids = office.leads(2)
    world.store.erase(ids[0])
    assert replayed(world, ids, TEAM, stored=False).leads == 1
