"""The models of experiments: leads are scored by them as they were when they were fixed, on every
store."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast

import msgspec
import pytest

from leadline.experiments import fixed_models as dividing
from leadline.experiments.designing import models_by
from leadline.experiments.fixed_models import names_of_model
from leadline.experiments.judging import ExperimentVerdict
from leadline.experiments.record import EXPERIMENTS, Arm, Design, Records, record_body
from leadline.journey.trials import arm_models as fixed_models
from leadline.journey.trials.arm_models import FixedModels, as_held_now, models_at_start
from leadline.model.facts.scored_leads import UNSCORED
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import Kept, Rewrite
from leadline.model.task import Step, Task
from leadline.operations.trials.experiment_reports import is_alarming, report_of
from leadline.operations.trials.experiments import standings, start_experiment, started_in
from leadline.ports.store import Store
from leadline.stores.aws.reading.ledger import AwsLedger
from tests.contracts.test_experiments import ALERT, NAMES, PLAN, someone
from tests.contracts.test_one_person import Registry
from tests.worlds.leads import HandClock
from tests.worlds.ledger import LedgerWorld
from tests.worlds.scores import scorer, small_model

MORE = ("olga", "ines", "kurt", "paul", "hugo", "erna", "karl", "nora", "otto", "tina")


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered of other tests."""
    monkeypatch.setattr(fixed_models, "_models", {})
    monkeypatch.setattr(fixed_models, "_held", {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the arm `trained`."""
    path = tmp_path / "spring.json"
    path.write_bytes(small_model())
    return path


def design_with(path: Path) -> Design:
    arms = (Arm("usual", 1), Arm("trained", 1, path.as_posix()))
    return msgspec.structs.replace(ALERT, change="model", arms=arms)


def office_of(store: Store, clock: HandClock, design: Design, usual: str = "") -> Registry:
    designs = {"models": design}
    found = FixedModels(store, clock, usual)
    settings = {"arm_models": models_by(designs), "fixed": found, "points": {}, "model": usual}
    return Registry(store, clock, experiments=designs, scorer=scorer(**settings))


def scored_by(office: Registry, name: str) -> tuple[str, str]:
    """The arm of a new lead, and what gave its score."""
    lead = office.refined(office.comes(**someone(name)))
    return lead.experiments["models"], lead.score.by if lead.score else "nothing"


def by_arm(office: Registry, names: tuple[str, ...] = NAMES) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in names:
        arm, by = scored_by(office, name)
        found.setdefault(arm, set()).add(by)
    return found


def test_leads_are_scored_by_the_models_that_an_experiment_began_with(
    store: Store, clock: HandClock, path: Path, tmp_path: Path
) -> None:
    usual = tmp_path / "winter.json"
    usual.write_bytes(small_model(name="winter"))
    design = design_with(path)
    models = models_at_start(design, usual.as_posix())
    start_experiment(store, "models", design, PLAN, "ops", clock(), models)
    path.write_bytes(small_model(version=2))
    usual.write_bytes(small_model(name="winter", version=2))
    office = office_of(store, clock, design, usual.as_posix())
    assert by_arm(office) == {"usual": {"winter 1"}, "trained": {"small 1"}}
    known = started_in(store)["models"].models
    assert {arm: (one.by, one.other) for arm, one in known.items()} == {
        "usual": ("winter 1", "winter 2"),
        "trained": ("small 1", "small 2"),
    }


def test_the_first_lead_of_an_arm_fixes_the_model_of_an_experiment_that_has_none(
    store: Store, clock: HandClock, path: Path
) -> None:
    design = design_with(path)
    start_experiment(store, "models", design, PLAN, "ops", clock())
    assert by_arm(office_of(store, clock, design))["trained"] == {"small 1"}
    path.write_bytes(small_model(version=2))
    office = office_of(store, clock, design)  # another process
    assert by_arm(office, MORE)["trained"] == {"small 1"}
    fixed = started_in(store)["models"].models["trained"]
    assert (fixed.by, fixed.other, fixed.since > started_in(store)["models"].started_at) == (
        "small 1",
        "small 2",
        True,
    )


def test_that_a_file_holds_the_same_model_again_is_noted(
    store: Store, clock: HandClock, path: Path
) -> None:
    design = design_with(path)
    start_experiment(store, "models", design, PLAN, "ops", clock(), models_at_start(design, ""))
    office = office_of(store, clock, design)
    path.write_text("{}")
    by_arm(office)
    assert started_in(store)["models"].models["trained"].other == fixed_models.NO_MODEL
    path.write_bytes(small_model())
    by_arm(office, MORE)
    assert not started_in(store)["models"].models["trained"].other


def test_a_lead_whose_copy_of_the_model_is_lost_goes_on_without_a_score(
    store: Store, clock: HandClock, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    design = design_with(path)
    made = start_experiment(
        store, "models", design, PLAN, "ops", clock(), models_at_start(design, "")
    )
    fixed = made.models["trained"]
    (name,) = names_of_model(fixed.digest, fixed.parts)
    store.keep({name: Rewrite(store.kept([name])[name], b'"AAAA"')})
    office = office_of(store, clock, design)
    leads = [office.refined(office.comes(**someone(one))) for one in NAMES]
    trained = [one for one in leads if one.experiments["models"] == "trained"]
    assert trained
    assert all(UNSCORED in one.problems for one in trained)
    assert "the copy of small 1 that was made when it was fixed is lost or damaged" in {
        getattr(record, "error", "") for record in caplog.records
    }


def test_an_arm_that_was_scored_by_several_models_gets_no_verdict(
    world: LedgerWorld, path: Path
) -> None:
    store, clock, design = world.store, world.clock, design_with(path)
    start_experiment(store, "models", design, PLAN, "ops", clock())
    _score_by_file(store, clock, design, NAMES)
    path.write_bytes(small_model(version=2))
    _score_by_file(store, clock, design, MORE)
    started = started_in(store)["models"]
    (found,) = standings([started], world.ledger, {"models": design}, clock())
    report = report_of(found)
    if isinstance(world.ledger, AwsLedger):  # a stack's summaries do not say what gave a score
        assert (report.verdict, found.mixed) == (ExperimentVerdict.UNDECIDED, ())
        return
    assert report.verdict is ExperimentVerdict.CHANGED
    assert report.says.startswith("not valid: leads of trained were scored by small 1, and since ")
    assert report.says.endswith("by small 2; nothing can be said across that change")
    assert (report.comparisons, is_alarming(report)) == ((), True)


def _score_by_file(
    store: Store, clock: HandClock, design: Design, names: tuple[str, ...]
) -> list[RefinedLead]:
    """Leads that are scored as versions without fixed models do: by what the file holds."""
    from leadline.scoring.model_in_use import model_at

    model_at.cache_clear()
    designs = {"models": design}
    scores = scorer(arm_models=models_by(designs), points={})
    office = Registry(store, clock, experiments=designs, scorer=scores)
    leads = [office.refined(office.comes(**someone(one))) for one in names]
    model_at.cache_clear()
    return leads


def test_a_lead_that_is_refined_again_keeps_its_score(
    store: Store, clock: HandClock, path: Path
) -> None:
    design = design_with(path)
    start_experiment(store, "models", design, PLAN, "ops", clock(), models_at_start(design, ""))
    office = office_of(store, clock, design)
    ids = [office.comes(**someone(one)) for one in NAMES]
    before = [office.refined(one).score for one in ids]
    path.unlink()
    store.put([Task(Step.REFINE, one) for one in ids], clock())
    office.wait(minutes=1)
    assert [office.refined(one).score for one in ids] == before


def test_what_the_files_hold_now_is_said_before_any_lead_comes(
    store: Store, clock: HandClock, path: Path
) -> None:
    design = design_with(path)
    models = models_at_start(design, "")
    made = start_experiment(store, "models", design, PLAN, "ops", clock(), models)
    assert as_held_now(made, "", clock()) == made
    path.write_bytes(small_model(version=2))
    seen = as_held_now(made, "", clock()).models["trained"]
    assert (seen.other, seen.other_at) == ("small 2", clock())
    path.unlink()
    assert as_held_now(made, "", clock()) == made


def test_an_experiment_of_an_earlier_version_is_read(store: Store, clock: HandClock) -> None:
    made = start_experiment(store, "louder", ALERT, PLAN, "ops", clock())
    body = record_body(Records({"louder": made}))
    assert b'"models"' not in body
    kept = store.kept([EXPERIMENTS])[EXPERIMENTS]
    assert kept.body == body


class OneByOne:
    """A store that takes one copy of a model, or a part of one, at a time: DynamoDB refuses a
    transaction of more than 4 MB."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.names: list[str] = []

    def kept(self, names: Collection[str]) -> Mapping[str, Kept]:
        return self._store.kept(names)

    def keep(self, changes: Mapping[str, Rewrite]) -> bool:
        copies = [name for name in changes if name.startswith("model:")]
        assert len(copies) <= 1
        self.names += copies
        return self._store.keep(changes)


def test_a_large_model_is_copied_part_by_part(
    store: Store, clock: HandClock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dividing, "_LONGEST", 100)
    start_experiment(store, "models", design_with(path), PLAN, "ops", clock())
    seen = OneByOne(store)
    found = FixedModels(cast("Store", seen), clock, "")
    made = found.model_of("models", "trained", path.as_posix())
    assert made is not None
    assert made.by == "small 1"
    assert len(seen.names) == started_in(store)["models"].models["trained"].parts > 1


def test_a_file_that_was_replaced_by_a_huge_one_changes_nothing(
    store: Store, clock: HandClock, path: Path
) -> None:
    design = design_with(path)
    start_experiment(store, "models", design, PLAN, "ops", clock(), models_at_start(design, ""))
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert by_arm(office_of(store, clock, design))["trained"] == {"small 1"}
    assert started_in(store)["models"].models["trained"].other == fixed_models.NO_MODEL
