"""Experiments as they stand, for ANALYTICS and the interface for programs."""

from collections.abc import Mapping
from contextlib import closing

from starlette.requests import Request

from leadline.entrypoints.dashboard.dashboard import Dashboard, ask_ledger, dashboard_of
from leadline.entrypoints.dashboard.keeping import Keeping
from leadline.entrypoints.dashboard.reading import known_settings
from leadline.experiments.designing import designs_of
from leadline.experiments.record import Started
from leadline.installations.embedded import Embedded
from leadline.journey.trials.arm_models import as_held_now
from leadline.operations.trials.experiment_reports import ExperimentReport, report_of
from leadline.operations.trials.experiments import standings, started_in
from leadline.ports.reading.ledger import Ledger

_KEPT_S = 30.0

Reports = tuple[ExperimentReport, ...]


async def experiments_of(request: Request) -> Reports:
    """All experiments that were started, the last one first; the figures are shared by all who
    look, for a moment."""
    state = request.app.state
    if not hasattr(state, "experiments"):
        state.experiments = Keeping(_KEPT_S, dashboard_of(request).clock)

    async def question() -> Reports:
        return await ask_ledger(request, lambda ledger: _reports(request, ledger))

    found: Reports = await state.experiments.answer("all", question)
    return found


def _reports(request: Request, ledger: Ledger) -> Reports:
    dashboard, settings = dashboard_of(request), known_settings(request)
    if not (known := _started(dashboard)):
        return ()
    designs = designs_of(settings.experiments) if settings else {}
    now = dashboard.clock()
    if settings and isinstance(dashboard.installation, Embedded):  # else the functions note it
        known = {n: as_held_now(one, settings.score_model, now) for n, one in known.items()}
    found = standings(known.values(), ledger, designs, now, known.values())
    return tuple(map(report_of, found))


def _started(dashboard: Dashboard) -> Mapping[str, Started]:
    with closing(dashboard.installation.past()) as store:
        return started_in(store)
