"""`leadline experiment` on an installation."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from leadline import wiring
from leadline.entrypoints.cli import app
from leadline.experiments.designing import design_of
from leadline.model.task import Alert, Done, Step, Task
from leadline.operations.trials.experiments import ExperimentPlan, start_experiment
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.loading import load
from leadline.steps import kinds_after_refinement
from leadline.stores.sqlite.store import SqliteStore
from tests.entrypoints.cli.test_rules_backtest import accept, refine
from tests.worlds.leads import LEASE, HandClock, captured, lease_task, refined, settle
from tests.worlds.scores import small_model

LOUDER = """
delay = "0s"
[experiments.louder]
change = "alert"
arms = { usual = 50, loud = 50 }
values = { loud = "Call at once!" }
within = "30d"
"""
CLEANING = """
delay = "0s"
[experiments.gentle]
change = "cleaning"
arms = { usual = 50, other = 50 }
values = { other = 'without names' }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    (tmp_path / "leadline.toml").write_text(LOUDER)
    come(tmp_path, 0)
    return tmp_path


def come(folder: Path, *numbers: int) -> list[str]:
    """Leads that come in now and are refined at once."""
    clock = HandClock(datetime.now(UTC))
    texts = (f'{{"name":"Anna Vance","email":"p@firm{n}.example"}}'.encode() for n in numbers)
    leads = [captured(clock, t.decode(), raw=t, delay=timedelta()) for t in texts]
    ids = accept(folder, *leads)
    refine(folder)
    return ids


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["experiment", *words])


def said(result: Result) -> str:
    """What a command printed, or why it was refused."""
    return f"{result.stdout} {result.exception}"


def test_a_plan_says_how_many_it_takes_and_starts_nothing(folder: Path) -> None:
    unknown = run("plan", "louder")
    assert unknown.exit_code == 0
    assert "too few companies and people are old enough" in unknown.stdout
    assert "tell how many reach that now\nsay it with --baseline" in unknown.stdout
    known = run("plan", "louder", "--baseline", "0.1")
    assert known.stdout.startswith("louder: won within 30 days\n10.0% reach it now; to find a ")
    assert json.loads(run("plan", "louder", "--baseline", "0.1", "--json").stdout)["needed"] > 5000
    assert "louder is not started yet" in said(run("show", "louder"))
    assert "no experiment was started; the settings have louder" in said(run("show"))


def test_a_plan_looks_only_at_leads_that_would_take_part(folder: Path) -> None:
    come(folder, *range(1, 5))
    whole = json.loads(run("plan", "louder", "--baseline", "0.1", "--json").stdout)
    (folder / "leadline.toml").write_text(LOUDER + 'when = ["email contains firm2"]\n')
    some = json.loads(run("plan", "louder", "--baseline", "0.1", "--json").stdout)
    assert (whole["per_day"], some["per_day"]) == (5, 1)


def test_leads_take_part_from_the_start_to_the_stop_and_that_is_shown(folder: Path) -> None:
    assert "say it with --baseline" in said(run("start", "louder"))
    assert run("start", "louder", "--baseline", "0.1").exit_code == 0
    ids = come(folder, *range(1, 7))
    shown = run("show", "louder")
    assert shown.exit_code == 0
    assert "\nundecided: loud may be better or worse than usual, or the same\n" in shown.stdout
    (report,) = json.loads(run("show", "--json").stdout)
    assert report["verdict"] == "undecided"
    assert sum(arm["leads"] for arm in report["arms"]) == 6
    arms = dict.fromkeys(ids, "arm")
    for lead_id in arms:
        story = CliRunner().invoke(app, ["show", lead_id])
        assert "in the experiment louder with the arm " in story.stdout
    assert run("stop", "louder", "--winner", "loud").exit_code == 0
    stopped = run("show", "louder").stdout
    assert "all leads that would take part get loud now" in stopped
    assert "was stopped already" in said(run("stop", "louder"))


def test_who_started_and_stopped_what_is_in_the_audit_log(folder: Path) -> None:
    run("start", "louder", "--baseline", "0.1")
    run("stop", "louder")
    told = CliRunner().invoke(app, ["audit", "export"]).stdout.splitlines()
    entries = [json.loads(line) for line in told]
    mine = [(one["action"], one["subject"]) for one in entries if "experiment" in one["action"]]
    assert mine == [("cli.experiment.start", "louder"), ("cli.experiment.stop", "louder")]


def test_an_experiment_that_gets_no_leads_because_another_does_says_so(folder: Path) -> None:
    other = LOUDER[LOUDER.index("[exp") :].replace("louder", "quieter")
    (folder / "leadline.toml").write_text(LOUDER + other)
    assert "began first" not in run("start", "louder", "--baseline", "0.1").stdout
    assert "\nlouder began first and changes the same" in (
        run("start", "quieter", "--baseline", "0.1").stdout
    )
    run("stop", "louder", "--winner", "loud")
    come(folder, 1, 2, 3)
    report = json.loads(run("show", "quieter", "--json").stdout)
    assert [arm["leads"] for arm in report["arms"]] == [0, 0]
    assert report["remarks"][0].startswith("louder began first and changes the same")
    (folder / "leadline.toml").write_text("delay = '0s'\n" + other)
    come(folder, 4)
    report = json.loads(run("show", "quieter", "--json").stdout)
    assert sum(arm["leads"] for arm in report["arms"]) == 1
    assert not any("began first" in one for one in report["remarks"])


def test_settings_that_change_after_the_start_are_told_and_end_the_drawing(folder: Path) -> None:
    run("start", "louder", "--baseline", "0.1")
    changed = LOUDER.replace("loud = 50", "loud = 90")
    (folder / "leadline.toml").write_text(changed)
    come(folder, 1)
    report = json.loads(run("show", "louder", "--json").stdout)
    assert [arm["leads"] for arm in report["arms"]] == [0, 0]
    assert [arm["share"] for arm in report["arms"]] == [0.5, 0.5]
    assert report["remarks"][0].startswith("the settings say something else of it than at its")


def begin_in_the_past(store: SqliteStore, clock: HandClock) -> None:
    """Start the experiment forty days ago, and let the alerts of one arm fail."""
    design = design_of(load().settings.experiments["louder"])
    start_experiment(store, "louder", design, ExperimentPlan(0.1, 1.0, 1000), "ops", clock())
    for number in range(120):
        arm = "loud" if number % 2 else "usual"
        one = captured(clock, f"number{number}", delay=timedelta())
        store.accept([one])
        made = msgspec.structs.replace(
            refined(one, clock), experiments={"louder": arm}, experiment_unit=str(number)
        )
        then = (Task(Step.NOTIFY, one.id, "desk"),) if arm == "usual" else ()
        assert settle(store, lease_task(store, Step.REFINE), Done(refined=made, then=then))
        for lease in store.lease(Step.NOTIFY, 1, LEASE, "desk"):
            alert = Alert(lease.task.lead_id, "desk", clock.now, "new_lead/1")
            assert settle(store, lease, Done(alert=alert))
        clock.advance(seconds=1)


def test_an_experiment_that_does_harm_says_so_and_ends_with_exit_code_1(folder: Path) -> None:
    clock = HandClock(datetime.now(UTC) - timedelta(days=40))
    with closing(SqliteStore(folder / "data", clock=clock)) as store:
        begin_in_the_past(store, clock)
    shown = run("show", "louder")
    assert shown.exit_code == 1
    assert "HARM: stop it, loud does worse than usual: nobody was alerted within a day" in (
        shown.stdout
    )
    run("stop", "louder")
    assert run("show", "louder").exit_code == 0


def test_an_experiment_on_waits_has_new_leads_looked_at_as_they_come(folder: Path) -> None:
    assert not load().settings.looks_first
    waits = LOUDER.replace('"alert"', '"wait"').replace('"Call at once!"', '"2m"')
    (folder / "leadline.toml").write_text(waits)
    settings = load().settings
    assert (Step.FIRST_LOOK, "") in kinds_after_refinement(settings)
    assert wiring.webhook_kit(settings).first_look


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("loud = 50", "loud = 0", "experiments.louder.arms.loud must be a number"),
        ("usual = 50, ", "", "an experiment needs 2 to 5 arms"),
        ("{ loud = ", "{ lewd = ", "there is no arm 'lewd' (there are: usual, loud)"),
        ('"Call at once!"', '""', "two arms do the same; give each arm a value of its own"),
        ("at once!", "at\\nonce!", "without line ends"),
        ('"alert"', '"weight"', "experiments.louder.change must be"),
        ('"alert"', '"wait"', "it must be a duration such as 0, 500ms, 5s"),
        ('"alert"', '"routing"', "there is no rule 'Call at once!' (there are: none is set)"),
        (
            '"alert"',
            '"cleaning"',
            "it must be `without` and kinds of cleaning, of names",
        ),
        ('within = "30d"', 'when = ["name is"]', "experiments.louder.when: column"),
        (
            'within = "30d"',
            'when = ["history.leads >= 2"]',
            "an experiment takes no lists in files, no patterns, and nothing about earlier leads",
        ),
    ],
)
def test_settings_that_cannot_be_an_experiment_are_refused(
    folder: Path, before: str, after: str, told: str
) -> None:
    (folder / "leadline.toml").write_text(LOUDER.replace(before, after))
    refused = CliRunner().invoke(app, ["config", "show"])
    assert told in str(refused.exception)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ("other = 'without shoes'", "there is no kind of cleaning 'shoes' (there are: names, "),
        ("usual = 'without names'", "the first arm, 'usual', cleans as usual"),
    ],
)
def test_cleaning_that_there_is_not_is_refused_in_words(
    folder: Path, values: str, told: str
) -> None:
    (folder / "leadline.toml").write_text(CLEANING.replace("other = 'without names'", values))
    assert told in str(CliRunner().invoke(app, ["config", "show"]).exception)


def test_an_experiment_on_cleaning_is_planned_started_and_shown(folder: Path) -> None:
    (folder / "leadline.toml").write_text(CLEANING)
    assert "10.0% reach it now" in run("plan", "gentle", "--baseline", "0.1").stdout
    assert run("start", "gentle", "--baseline", "0.1").exit_code == 0
    come(folder, *range(1, 9))
    assert run("show", "gentle").stdout.startswith("gentle (cleaning): won within 30 days\n")
    (report,) = json.loads(run("show", "--json").stdout)
    assert sum(arm["leads"] for arm in report["arms"]) == 8
    assert run("stop", "gentle", "--winner", "other").stdout.endswith(
        "leave the experiment in the settings: there is no other place for cleaning\n"
    )


def test_a_name_that_the_settings_have_not_is_refused(folder: Path) -> None:
    assert "no [experiments.quieter] (there are: louder)" in said(run("plan", "quieter"))
    assert "no experiment 'quieter' was started" in said(run("show", "quieter"))


SPRING = """
delay = "0s"
[score.points.name]
when = "name is not empty"
points = 20
[experiments.spring]
change = "model"
arms = { usual = 50, trained = 50 }
values = { trained = "spring.json" }
"""


def test_the_models_of_the_arms_are_copied_at_the_start_and_other_files_are_named(
    folder: Path,
) -> None:
    model = folder / "spring.json"
    model.write_bytes(small_model())
    (folder / "leadline.toml").write_text(SPRING)
    assert run("start", "spring", "--baseline", "0.1").exit_code == 0
    assert "another model" not in run("show", "spring").stdout
    model.write_bytes(small_model(version=2))
    come(folder, *range(1, 9))
    shown = run("show", "spring").stdout
    assert "spring.json holds another model (small 2, noticed at " in shown
    assert "leads of trained are still scored by small 1 as it was at " in shown
    with closing(wiring.ledger(load().settings)) as ledger:
        found = [one.lead for one in ledger.followed(LeadFilter(limit=99))]
    models = {one.experiments.get("spring", ""): one.score and one.score.by for one in found}
    assert models == {"": None, "usual": "points", "trained": "small 1"}


def test_an_experiment_whose_model_cannot_be_read_is_not_started(folder: Path) -> None:
    (folder / "leadline.toml").write_text(SPRING)
    assert "the model of an arm can't be read" in said(run("start", "spring", "--baseline", "0.1"))
    assert "is not started yet" in said(run("show", "spring"))
