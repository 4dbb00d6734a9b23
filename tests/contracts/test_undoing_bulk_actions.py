"""What undoing a bulk action means for teams: turns, open leads and queues are as they were."""

from datetime import timedelta

import pytest

from leadline.entrypoints.dashboard.bulk.doing import do_all, undo_all
from leadline.entrypoints.dashboard.bulk.looking import look_at
from leadline.entrypoints.dashboard.bulk.wanted import BulkAction, BulkParts, BulkWanted
from leadline.journey.assigning.absences import come_back, go_away
from leadline.journey.assigning.handing_out import wake_queues
from leadline.journey.responding.claiming import ActionRules
from leadline.model.staff.people import Person
from tests.worlds.ledger import LedgerWorld
from tests.worlds.teams import MONDAY, NAMES, TeamOffice


@pytest.fixture
def office(world: LedgerWorld) -> TeamOffice:
    world.clock.now = MONDAY
    return TeamOffice(world.store, world.clock)


def done_and_undone(
    office: TeamOffice, world: LedgerWorld, wanted: BulkWanted, ids: list[str]
) -> None:
    """Do something with leads, let all that follows happen, and undo it."""
    parts = BulkParts(
        kit=office.kit, ledger=world.ledger, person=Person(name="ada", slack="U0ADA"), by="ada",
        rules=ActionRules(teams=office.kit.teams), delay_of=lambda source: timedelta(),
        read=lambda kept: (),
    )  # fmt: skip
    seen = list(look_at(parts, wanted, ids))
    slices = do_all(parts, wanted, seen, lambda noted: None, lambda plan: None)
    done = [one for some in slices for one in some]
    assert [one.why_not for one in done] == [""] * len(ids)
    office.turn()
    had = [one.had for one in done if one.had is not None]
    undone = [one for some in undo_all(parts, had, lambda noted: None) for one in some]
    assert [one.why_not for one in undone] == [""] * len(ids)


@pytest.mark.parametrize("action", [BulkAction.ASSIGN, BulkAction.CLAIM, BulkAction.JUNK])
def test_turns_and_open_leads_are_as_they_were(
    office: TeamOffice, world: LedgerWorld, action: BulkAction
) -> None:
    ids = office.leads(3)
    holders = office.holders(ids)
    before = {name: (office.share(name).open, office.owed(name)) for name in NAMES}
    mine = [one for one, who in zip(ids, holders, strict=True) if who != "cyd"]
    done_and_undone(office, world, BulkWanted(action, to="cyd"), mine)
    assert office.holders(ids) == holders
    assert {name: (office.share(name).open, office.owed(name)) for name in NAMES} == before


@pytest.mark.parametrize("action", [BulkAction.ASSIGN, BulkAction.CLAIM, BulkAction.JUNK])
def test_a_lead_that_waited_in_a_queue_waits_there_again_and_is_handed_out(
    office: TeamOffice, world: LedgerWorld, action: BulkAction
) -> None:
    for name in NAMES:
        go_away(office.store, name, office.clock.now, None)
    ids = office.leads(2)
    assert (sorted(office.queue()), office.roster().waiting) == (sorted(ids), 2)
    done_and_undone(office, world, BulkWanted(action, to="zoe"), ids)
    assert office.holders(ids) == ["", ""]
    assert (sorted(office.queue()), office.roster().waiting) == (sorted(ids), 2)
    come_back(office.store, office.kit.teams, "bob", office.clock.now)
    wake_queues(office.kit)
    office.turn()
    assert office.holders(ids) == ["bob", "bob"]
