"""Functions of a stack treat leads as their arms of experiments say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadline.experiments.designing import design_of
from leadline.model.lead import RefinedLead
from leadline.operations.experiments import ExperimentPlan, start_experiment, stop_experiment
from leadline.scoring import model_in_use
from leadline.settings.loading import load
from tests.worlds.aws_functions import Functions, message
from tests.worlds.scores import small_model

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
