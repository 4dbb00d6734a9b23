"""Functions of a stack treat leads as their arms of experiments say."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadline.entrypoints.aws import sweep
from leadline.entrypoints.aws.promises import PromiseBroken
from leadline.experiments.designing import design_of
from leadline.model.lead import RefinedLead
from leadline.operations.trials.experiment_watch import watched_in
from leadline.operations.trials.experiments import ExperimentPlan, start_experiment, stop_experiment
from leadline.scoring import model_in_use
from leadline.settings.loading import load
from tests.contracts.test_experiments import lead_in
from tests.contracts.test_watched_experiments import harm
from tests.worlds.aws_functions import Context, Functions, message, now
from tests.worlds.leads import HandClock
from tests.worlds.ledger import LedgerWorld
from tests.worlds.scores import small_model

LOUDER = """
[experiments.louder]
change = "alert"
arms = { usual = 1, loud = 1 }
values = { loud = "Call at once" }
metric = "claimed"
within = "1h"
"""
GENTLE = """
[experiments.trial]
change = "cleaning"
arms = { usual = 1, other = 1 }
values = { other = "without names" }
"""
SPRING = """
[score.points.name]
when = "name is not empty"
points = 20
[experiments.trial]
change = "model"
arms = { usual = 1, other = 1 }
values = { other = "spring.json" }
"""
BODY = b'{"email":"ada@firm.example","name":"ADA EXAMPLE"}'


def refined_by_the_other_arm(functions: Functions, settings: str) -> RefinedLead:
    """A lead that gets the other arm, which has won the experiment of these settings."""
    text = functions.settings_text() + settings
    functions.write(text)
    functions.forget(functions.environ)
    store, now = functions.actor.store, datetime.now(UTC) - timedelta(minutes=1)
    made = load(environ={}, document=(text, "settings"), lists=lambda _: frozenset()).settings
    plan = ExperimentPlan(baseline=0.1, per_day=10.0, needed=1000)
    start_experiment(store, "trial", design_of(made.experiments["trial"]), plan, "ops", now)
    stop_experiment(store, "trial", "other", "ops", now)
    lead_id = functions.post(BODY)["body"]["lead_id"]
    functions.refine(message(lead_id))
    lead = store.refined([lead_id])[lead_id]
    assert lead.experiments == {"trial": "other"}
    return lead


def test_refine_leaves_out_the_cleaning_that_an_arm_names(functions: Functions) -> None:
    contact = refined_by_the_other_arm(functions, GENTLE).contact
    assert (contact.name, contact.first_name) == ("ADA EXAMPLE", None)


def test_refine_scores_by_the_model_of_an_arm_that_its_package_carries(
    functions: Functions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / model_in_use.arm_file_name("spring.json")).write_bytes(small_model())
    monkeypatch.setattr(model_in_use, "CARRIED_OF_ARMS", tmp_path)
    model_in_use.model_at.cache_clear()
    score = refined_by_the_other_arm(functions, SPRING).score
    model_in_use.model_at.cache_clear()
    assert score is not None
    assert score.by.startswith("small 1")


@contextmanager
def louder(
    functions: Functions, monkeypatch: pytest.MonkeyPatch, **environ: str
) -> Iterator[LedgerWorld]:
    """A stack, with more in its environment, whose experiment began five days ago; where its leads
    are made."""
    monkeypatch.setattr(sweep, "_parts", lambda: functions.parts)
    functions.write(functions.settings_text() + LOUDER)
    functions.forget({**functions.environ, **environ})
    store, clock = functions.actor.store, HandClock(now() - timedelta(days=5))
    design = design_of(functions.parts.settings().experiments["louder"])
    plan = ExperimentPlan(baseline=0.1, per_day=10.0, needed=1000)
    start_experiment(store, "louder", design, plan, "ops", clock())
    with closing(functions.parts.ledger()) as ledger:
        yield LedgerWorld(store, ledger, clock)


def test_a_sweep_that_finds_harm_fails_once_so_that_an_alarm_rings(
    functions: Functions, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with louder(functions, monkeypatch) as world:
        harm(world)
    with pytest.raises(PromiseBroken, match="Experiments that need a decision: louder"):
        sweep.handler({}, Context(120_000))
    assert "experiment.alarming" in capsys.readouterr().err
    sweep.handler({}, Context(120_000))
    assert watched_in(functions.actor.store).alarming.keys() == {"louder"}
    assert not watched_in(functions.actor.store).untold


def test_a_promise_that_stays_broken_hides_no_harm(
    functions: Functions, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep, "_measure", lambda *_: timedelta(hours=1))
    with louder(functions, monkeypatch, WATCHED="late") as world:
        harm(world)
    with pytest.raises(PromiseBroken, match="Experiments that need a decision: louder") as both:
        sweep.handler({}, Context(120_000))
    assert "The most overdue lead is 60 minutes late." in str(both.value.__context__)
    assert "experiment.alarming" in capsys.readouterr().err
    with pytest.raises(PromiseBroken, match="The most overdue lead is 60"):
        sweep.handler({}, Context(120_000))
    assert not watched_in(functions.actor.store).untold


def test_a_sweep_without_time_for_all_leads_looks_again_a_day_later(
    functions: Functions, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with louder(functions, monkeypatch) as world:
        lead_in(world, "ada", "loud")
    sweep.handler({}, Context(5_000))
    assert "experiments.not_watched" in capsys.readouterr().err
    sweep.handler({}, Context(5_000))
    assert "experiments.not_watched" not in capsys.readouterr().err
