"""A worker tells of experiments that do harm, and of model files that changed, and the
metrics have them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from leadline import wiring
from leadline.entrypoints.embedded.watching import metrics
from leadline.entrypoints.embedded.watching.experiment_watch import watchers
from leadline.entrypoints.embedded.watching.trouble_watch import StorageSigns, TroubleWatch
from leadline.experiments.designing import design_of
from leadline.journey.trials.arm_models import models_at_start
from leadline.kit import Kit
from leadline.model.monitoring.trouble import TroubleKind
from leadline.model.task import Step
from leadline.operations.trials.experiment_watch import watched_in
from leadline.operations.trials.experiments import start_experiment, stop_experiment
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.contracts.test_experiments import PLAN
from tests.contracts.test_watched_experiments import harm
from tests.worlds.leads import HandClock
from tests.worlds.ledger import LedgerWorld
from tests.worlds.scores import small_model

SETTINGS = """
data = "{data}"
[score.points.name]
when = "name is not empty"
points = 20
[experiments.louder]
change = "alert"
arms = {{ usual = 50, loud = 50 }}
values = {{ loud = "Call at once" }}
metric = "claimed"
within = "1h"
[experiments.spring]
change = "model"
arms = {{ usual = 50, trained = 50 }}
values = {{ trained = "{data}/spring.json" }}
"""


class Observed:
    """A data folder with two experiments that run; `look` gives the words of the troubles."""

    def __init__(self, folder: Path, store: SqliteStore, clock: HandClock) -> None:
        self.folder, self.store, self.clock = folder, store, clock
        folder.joinpath("spring.json").write_bytes(small_model())
        text = SETTINGS.format(data=folder.as_posix())
        self.settings: Settings = load(environ={}, document=(text, "settings")).settings
        kit = wiring.kit_of(self.settings, store, {}, clock)
        self.kit: Kit = msgspec.structs.replace(kit, troubles=store)
        for name, config in self.settings.experiments.items():
            design = design_of(config)
            models = models_at_start(design, "")
            start_experiment(store, name, design, PLAN, "ops", clock(), models)
        (self.once,) = watchers(self.settings, {Step.NOTIFY})

    def look(self, **later: float) -> list[str]:
        self.clock.advance(**later)
        self.once(self.kit)
        TroubleWatch(self.settings, StorageSigns(lambda: 0.0), tells=True).once(self.kit)
        known = self.store.troubles()
        mine = [one for one in known if one.trouble.kind is TroubleKind.EXPERIMENT]
        return [one.trouble.words for one in mine if not one.is_over]

    def harm(self) -> None:
        with closing(SqliteLedger(self.folder)) as ledger:
            harm(LedgerWorld(self.store, ledger, self.clock))
        self.clock.advance(days=2)


@pytest.fixture
def seen(tmp_path: Path, clock: HandClock) -> Iterator[Observed]:
    folder = tmp_path / "data"
    with closing(SqliteStore(folder, clock=clock)) as store:
        yield Observed(folder, store, clock)


def test_harm_is_a_trouble_until_the_experiment_is_stopped(seen: Observed) -> None:
    assert seen.look() == []
    seen.harm()
    (words,) = seen.look()
    assert words.startswith(
        "The experiment louder needs a decision: HARM: stop it, loud does worse than usual: said"
    )
    assert seen.look(hours=2) == [words]
    stop_experiment(seen.store, "louder", "", "ops", seen.clock())
    assert seen.look(hours=2) == []


def test_a_file_that_holds_another_model_is_a_trouble_until_it_holds_the_same(
    seen: Observed,
) -> None:
    path = seen.folder / "spring.json"
    path.write_bytes(small_model(version=2))
    (words,) = seen.look()
    assert "holds another model (small 2, noticed at 2026-03-02 09:00 UTC)" in words
    assert "leads of trained are still scored by small 1" in words
    assert seen.look(minutes=1) == [words]
    path.write_bytes(small_model())
    assert seen.look(minutes=1) == []


def test_nothing_is_watched_without_experiments_or_by_other_workers(seen: Observed) -> None:
    assert watchers(Settings(), {Step.NOTIFY}) == ()
    assert watchers(seen.settings, {Step.REFINE}) == ()


def test_metrics_have_what_was_found(seen: Observed) -> None:
    seen.harm()
    seen.look()
    with closing(SqliteLedger(seen.folder)) as ledger:
        told = metrics.render(
            ledger, CollectorRegistry(), seen.settings, (), watched_in(seen.store).alarming
        ).decode()
    assert 'leadline_experiments_alarming{experiment="louder"} 1.0\n' in told
    assert 'leadline_experiments_alarming{experiment="spring"} 0.0\n' in told
