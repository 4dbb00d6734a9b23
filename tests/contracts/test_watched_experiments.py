"""Experiments that do harm are found and remembered until they are stopped, on every store."""

from datetime import timedelta

import msgspec
import pytest

from leadline.experiments.judging import ExperimentVerdict
from leadline.model.errors import LeadlineError
from leadline.model.handling import Ending
from leadline.operations.trials.experiment_watch import (
    DAILY,
    WatchedExperiments,
    note_told,
    watch_experiments,
    watched_in,
)
from leadline.operations.trials.experiments import start_experiment, stop_experiment
from tests.contracts.test_experiments import ALERT, PLAN, ends, lead_in
from tests.worlds.ledger import LedgerWorld

DESIGN = msgspec.structs.replace(ALERT, metric="claimed", within=timedelta(hours=1))
DESIGNS = {"louder": DESIGN}


def look(world: LedgerWorld, every: timedelta = timedelta(hours=1)) -> WatchedExperiments:
    return watch_experiments(world.store, lambda: world.ledger, DESIGNS, world.clock(), every)


def start(world: LedgerWorld) -> None:
    start_experiment(world.store, "louder", DESIGN, PLAN, "ops", world.clock())


def harm(world: LedgerWorld) -> None:
    """Leads of both arms; those of `loud` are all said to be junk."""
    for number in range(40):
        lead_in(world, f"ada{number}", "usual")
        ends(world, lead_in(world, f"grace{number}", "loud"), Ending.JUNK)


def test_an_experiment_that_does_harm_is_found_once_and_forgotten_when_it_is_stopped(
    world: LedgerWorld,
) -> None:
    start(world)
    assert not look(world).alarming
    harm(world)
    assert not look(world).alarming  # it was looked at within the hour
    world.clock.advance(seconds=2 * 86400)
    found = look(world)
    (one,) = found.alarming.values()
    assert (one.verdict, one.since) == (ExperimentVerdict.HARM, world.clock())
    assert one.says.startswith("HARM: stop it, loud does worse than usual: said to be junk")
    assert found.untold == found.alarming == watched_in(world.store).alarming
    note_told(world.store, found.untold)
    world.clock.advance(seconds=2 * 86400)
    again = look(world)
    assert (again.alarming, again.untold) == (found.alarming, {})
    stop_experiment(world.store, "louder", "", "ops", world.clock())
    assert not watched_in(world.store).alarming
    assert not look(world).alarming


def test_a_look_that_fails_is_tried_again_only_when_the_next_is_due(world: LedgerWorld) -> None:
    start(world)
    harm(world)
    world.clock.advance(seconds=2 * 86400)

    def check() -> None:
        raise LeadlineError("no time")

    with pytest.raises(LeadlineError):
        watch_experiments(world.store, lambda: world.ledger, DESIGNS, world.clock(), DAILY, check)
    assert not look(world, DAILY).alarming
    world.clock.advance(seconds=86400)
    assert look(world, DAILY).alarming
