"""Experiments on ANALYTICS, on LEAD, and for programs."""

import json
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from leadline.experiments.designing import design_of
from leadline.model.staff.accounts import UserRole
from leadline.operations.trials.experiment_watch import watch_experiments
from leadline.operations.trials.experiments import ExperimentPlan, start_experiment, stop_experiment
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from tests.contracts.test_watched_experiments import harm
from tests.entrypoints.dashboard.test_team import rows
from tests.worlds.leads import HandClock
from tests.worlds.ledger import LedgerWorld
from tests.worlds.sales_floor import FLOOR, SalesFloor

LOUDER = """
[experiments.louder]
change = "alert"
arms = { usual = 50, loud = 50 }
values = { loud = "<b>Call</b> at once!" }
metric = "claimed"
within = "1h"
"""
SECRET = """secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
[hours.day]"""
NAMES = ("anna", "bert", "carl", "dora", "emil", "fred", "gerd", "hans")


@pytest.fixture
def floor(tmp_path: Path, clock: HandClock) -> SalesFloor:
    """Eight leads of an experiment, all told, of which `anna` is claimed."""
    floor = SalesFloor(tmp_path, clock, FLOOR.replace("[hours.day]", SECRET) + LOUDER)
    with floor.kit() as kit:
        design = design_of(floor.installation.loaded().settings.experiments["louder"])
        start_experiment(
            kit.store, "louder", design, ExperimentPlan(0.3, 10.0, 500), "ops", clock()
        )
    for name in NAMES:
        floor.lead(name)
    floor.tell()
    floor.claim("anna", "ada")
    clock.advance(hours=2)
    return floor


def arm_of_anna(floor: SalesFloor) -> str:
    with floor.kit() as kit:
        lead_id = floor.ids["anna"]
        return kit.store.refined([lead_id])[lead_id].experiments["louder"]


def test_analytics_shows_the_arms_and_what_may_be_said_of_them(floor: SalesFloor) -> None:
    page = floor.browser(UserRole.VIEWER).get("/analytics").text
    found = rows(page, "Table of the arms of louder")
    assert sum(int(cells[0]) for cells in found.values()) == 8
    reached = {name.split()[0]: cells[4] for name, cells in found.items()}
    assert reached[arm_of_anna(floor)] == "1"
    told = unescape(page)
    assert "undecided: loud may be better or worse than usual, or the same" in told
    assert "492 more companies and people until its planned end" in told
    assert "What counts: claimed within 1 hour." in told
    assert "<b>Call" not in page


def test_an_installation_without_experiments_shows_none(tmp_path: Path, clock: HandClock) -> None:
    floor = SalesFloor(tmp_path, clock)
    floor.lead("anna")
    assert "Experiment" not in floor.browser().get("/analytics").text
    assert json.loads(floor.browser().get("/api/v1/experiments").text) == {"experiments": []}


def test_programs_get_the_same_words_and_figures(floor: SalesFloor) -> None:
    (one,) = json.loads(floor.browser(UserRole.VIEWER).get("/api/v1/experiments").text)[
        "experiments"
    ]
    assert (one["name"], one["verdict"], one["metric"]) == (
        "louder",
        "undecided",
        "claimed within 1 hour",
    )
    assert one["says"].startswith("undecided: loud may be better")
    assert sum(arm["hits"] for arm in one["arms"]) == 1
    assert sum(arm["counted"] for arm in one["arms"]) == 8


def test_what_is_shown_of_an_experiment_is_new_after_a_while(floor: SalesFloor) -> None:
    browser = floor.browser()
    browser.get("/api/v1/experiments")
    floor.lead("ines")
    floor.clock.now += timedelta(minutes=5)
    (one,) = json.loads(browser.get("/api/v1/experiments").text)["experiments"]
    assert sum(arm["leads"] for arm in one["arms"]) == 9


def test_a_lead_shows_the_experiments_that_it_takes_part_in(floor: SalesFloor) -> None:
    page = floor.browser(UserRole.VIEWER).get(f"/leads/{floor.ids['anna']}").text
    assert "Experiment louder" in page
    assert arm_of_anna(floor) in page


def test_health_names_an_experiment_that_does_harm_until_it_is_stopped(floor: SalesFloor) -> None:
    browser = floor.browser(UserRole.VIEWER)
    assert "Experiments that need a decision" not in browser.get("/health").text
    floor.clock.advance(days=1)
    with (
        floor.kit() as kit,
        closing(SqliteLedger(floor.installation.loaded().settings.data)) as ledger,
    ):
        harm(LedgerWorld(kit.store, ledger, floor.clock))
        floor.clock.advance(days=2)
        watch_experiments(kit.store, lambda: ledger, kit.experiments, floor.clock())
    page = unescape(browser.get("/health").text)
    assert "Something needs somebody" in page
    assert "<strong>louder</strong>: HARM: stop it, loud does worse than usual" in page
    with floor.kit() as kit:
        stop_experiment(kit.store, "louder", "", "ops", floor.clock())
    assert "Experiments that need a decision" not in browser.get("/health").text
