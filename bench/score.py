"""How good trained scores are, by public data sets, and what a score costs.

    python -m bench score      # or: make bench-score

The sets are those of ../shared/datasets (or $DATASETS), which its SOURCES.md describes; one that is
not there is skipped. Each model is trained as `leadline score train` does it, and measured on the
fifth of the leads that it held out: the latest ones where the set says when they came, else a fifth
by hash. Nothing was tuned on these. Where the trainer can't find out by itself that a column was
filled in later, the set's `drop` names it; where it is too careful, `allow` does.
"""

import csv
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run as run_process
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.report import Report
from leadline.model.lead import RefinedLead
from leadline.operations.training.examples import LeadTable, examples_of_table
from leadline.operations.training.training import Trained, Wishes, train_model
from leadline.refine import About, refine
from leadline.scoring.model_file import model_bytes
from leadline.scoring.trained import load_model
from leadline.vendors._reader.on_demand import guessed_late

DEFAULT = Path(__file__).parents[2] / "shared" / "datasets"
SCORE_GOAL_US, COLD_GOAL_MS = 100.0, 10.0
_ASYMMETRIQUE = frozenset(
    f"Asymmetrique {what} {kind}" for what in ("Activity", "Profile") for kind in ("Index", "Score")
)
_START = frozenset({"campaign_var_1", "campaign_var_2", "products_purchased", "signup_date"})
_LEADS, _ROUNDS = 500, 7


class ScoreSet(NamedTuple):
    """A data set with its goals: at least `auc`, at most `brier`."""

    name: str
    file: str
    outcome: str
    auc: float
    brier: float | None = None
    won: str = ""
    time: str = ""
    drop: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()


SETS = (
    ScoreSet(
        "X Education", "leads_xeducation.csv", "Converted", 0.875, 0.135,
        drop=_ASYMMETRIQUE | {"Lead Profile"},
    ),
    ScoreSet(
        "B2B SaaS, start", "leads_b2b_saas.csv", "buy", 0.826, time="created_at", keep=_START,
        allow=frozenset({"signup_date"}),
    ),
    ScoreSet("bank", "leads_bank_marketing.csv", "y", 0.80, won="yes"),
)  # fmt: skip


def run() -> Report:
    """Train on each set that is there, and measure."""
    folder = Path(os.environ.get("DATASETS", DEFAULT))
    lines = [f"{'':16}    AUC  goal   Brier  goal    lift   p/real  best 2 %   leads    won"]
    good = True
    for one in SETS:
        if not (folder / one.file).exists():
            lines.append(f"{one.name:16} is not in {folder}: skipped")
            continue
        found = trained_on(folder, one)
        lines += lines_of(one, found)
        measured = found.model.model
        good &= measured.auc >= one.auc and (one.brier is None or measured.brier <= one.brier)
        cost, is_cheap = costs(folder, one, found)
        lines += cost
        good &= is_cheap
    return Report(lines, good)


def trained_on(folder: Path, one: ScoreSet) -> Trained:
    """The model of a set."""
    table = LeadTable(folder / one.file, one.outcome, one.won, one.time, one.drop, one.keep)
    wishes = Wishes(one.name, 1, datetime.now(UTC), "UTC", one.allow)
    return train_model(examples_of_table(table, UTC, ""), wishes)


def lines_of(one: ScoreSet, found: Trained) -> Iterator[str]:
    """The figures of a model, those of the logistic regression, the calibration, the columns that
    the trainer left out as leaks."""
    model = found.model
    for name, q in ((one.name, model.model), ("  logistic", model.baseline)):
        goals = (f"{one.auc:.3f}", f"{one.brier:.3f}" if one.brier else "  -  ")
        yield (
            f"{name:16} {q.auc:6.4f} {goals[0]} {q.brier:7.4f} {goals[1]} {q.lift:7.2f} "
            f"{q.mean_ratio or 0:8.3f} {q.best_ratio or 0:9.3f} {q.leads:7} {q.won:6}"
        )
    tenths = "  ".join(f"{told:.2f}/{real:.2f}" for told, real in model.model.deciles)
    yield f"  tenths, probability/won: {tenths}"
    kept_out = [
        name.removeprefix("custom.") for name, why in model.left_out.items() if "nearly" not in why
    ]
    if found.auc_interval is not None:
        low, high = found.auc_interval
        yield f"  AUC: 95 % confidence interval {low:.3f} to {high:.3f}"
    yield f"  left out by itself: {', '.join(kept_out) or 'nothing'}"


def costs(folder: Path, one: ScoreSet, found: Trained) -> tuple[list[str], bool]:
    """What a score takes, and the first score of a process with the loading of its model."""
    data = model_bytes(found.model)
    leads = leads_of(folder / one.file)
    model = load_model(data)
    each = best_of(lambda: [model.judge(lead) for lead in leads]) / len(leads) * 1e6
    cold = cold_start(data)
    return [
        f"  a score: {each:.0f} µs (goal {SCORE_GOAL_US:.0f}), {len(found.model.trees)} trees, "
        f"{len(found.model.columns)} columns; the first with loading {len(data) // 1024} KB: "
        f"{cold:.1f} ms (goal {COLD_GOAL_MS:.0f})"
    ], each <= SCORE_GOAL_US and cold <= COLD_GOAL_MS


def leads_of(path: Path) -> list[RefinedLead]:
    """Leads of a set, as a webhook would have made them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for _, row in zip(range(_LEADS), csv.DictReader(file), strict=False)]
    at = datetime(2026, 1, 1, tzinfo=UTC)
    given = [{name: value for name, value in row.items() if value} for row in rows]
    return [refine(guessed_late(row, {}), About("", at, at, "csv")) for row in given]


def best_of(work: Callable[[], object]) -> float:
    """The processor seconds of the best of several rounds."""
    times = []
    for _ in range(_ROUNDS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


COLD = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from leadline.model.lead import LeadFields
from leadline.refine import About, refine
at = datetime(2026, 1, 1, tzinfo=UTC)
lead = refine(LeadFields(name="Ada Ember", email="ada@example.com"), About("", at, at, "csv"))
begin = time.process_time()
from leadline.scoring.trained import load_model
load_model(Path(sys.argv[1]).read_bytes()).judge(lead)
print((time.process_time() - begin) * 1e3)
"""


def cold_start(data: bytes) -> float:
    """The milliseconds of the processor that the first score of a process takes: the modules, the
    model, the score. The best of several processes that have refined a lead, after one that has
    compiled the modules."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_bytes(data)
        compiling = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-c", COLD, str(path)]
        done = [
            run_process(command, capture_output=True, text=True, check=True, env=compiling)
            for _ in range(_ROUNDS)
        ]
    return min(float(one.stdout) for one in done)
