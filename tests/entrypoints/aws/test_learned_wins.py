"""The sweep counts wins for teams that learn."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.entrypoints.aws import sweep
from leadline.model.handling import Ending, Handling
from leadline.model.staff.assigning import Charge, Drawn
from leadline.model.staff.learned import Wins
from leadline.model.task import Done, Step
from leadline.operations.trials.learned_wins import wins_in
from leadline.ports.store import Settlement
from leadline.ports.store_parts.assigning import wins_of
from leadline.standins.slack_inbox import SlackInbox
from tests.standins.aws_faults import world
from tests.worlds.aws_functions import Context, Functions, now
from tests.worlds.leads import LEASE, HandClock, captured, refined

TEAM = """
[people.ada]
email = "ada@example.com"
[teams.dach]
people = ["ada"]
order = "learned"
within = "1d"
[rules.all]
team = "dach"
"""


@pytest.fixture
def functions(moto: str, quiet: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        made = Functions(actor, slack)
        monkeypatch.setattr(sweep, "_parts", lambda: made.parts)
        yield made
        made.parts.caller.close()


def test_a_sweep_counts_who_won_the_leads_that_are_old_enough(functions: Functions) -> None:
    store, clock = functions.actor.store, HandClock(now() - timedelta(days=3))
    lead = captured(clock, "grace", delay=timedelta())
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    drawn = Drawn("ada", "turn")
    charge = Charge("dach", "ada", clock.now, how="turn", drawn=drawn)
    won = Handling(ending=Ending.WON, ended_at=clock.now + timedelta(hours=2), charge=charge)
    assert store.settle([Settlement(lease, Done(refined=refined(lead, clock), handling=won))])
    functions.write(TEAM)
    sweep.handler({}, Context(120_000))
    wins = wins_in(store.kept([wins_of("dach")])[wins_of("dach")])
    assert wins.people["ada"].kinds[""] == wins.every == Wins(1, 1)
