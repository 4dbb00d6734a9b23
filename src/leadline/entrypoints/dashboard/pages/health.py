"""HEALTH: whether everything works, and what does not."""

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from typing import Protocol, runtime_checkable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from leadline import wiring
from leadline.entrypoints.dashboard.actions.telling import told_to
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.reading import from_index, known_settings
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.views.machine import (
    Machine,
    is_stack,
    machine_of,
    versions,
)
from leadline.entrypoints.dashboard.views.secrets_view import shown_secrets
from leadline.journey.enriching.figures import ProviderFigures, provider_figures
from leadline.model.monitoring.arrivals import Arrivals
from leadline.model.task import Step
from leadline.operations.lists.standing import MOST_TASKS, MOST_TASKS_ON_AWS
from leadline.operations.trials.experiment_watch import watched_in
from leadline.operations.watching.health import (
    A_DAY,
    ExperimentHealthRow,
    HealthNames,
    HealthPicture,
    health_of,
)
from leadline.operations.watching.indexed_health import captured_by_source
from leadline.settings.top.general import Settings
from leadline.steps import kinds_after_refinement

_A_MONTH = timedelta(days=30)


async def health(request: Request) -> Response:
    """The page."""
    found, machine = await run_in_threadpool(_look, request)
    secrets, told = await run_in_threadpool(lambda: (shown_secrets(request), told_to(request)))
    return render_page(
        request,
        "health.html",
        health=found,
        machine=machine,
        versions=versions(),
        secrets=secrets,
        told=told,
    )


async def health_now(request: Request) -> Response:
    """What changes of the page, for one that is open."""
    found, machine = await run_in_threadpool(_look, request)
    return render_page(request, "health_now.html", health=found, machine=machine)


def _look(request: Request) -> tuple[HealthPicture, Machine | None]:
    dashboard, settings = dashboard_of(request), known_settings(request)
    now, arrivals = dashboard.clock(), _arrivals(request)
    names = _names(settings) if settings is not None else HealthNames()
    with closing(dashboard.installation.ledger()) as ledger:
        captured = from_index(dashboard, lambda ask: captured_by_source(ask, now, A_DAY))
        most = MOST_TASKS_ON_AWS if is_stack(request) else MOST_TASKS
        found = health_of(ledger, now, names, arrivals, captured, most)
    providers = _providers(request, tuple(settings.enrich) if settings else ())
    experiments = _experiments(request) if settings and settings.experiments else ()
    found = msgspec.structs.replace(found, providers=providers, experiments=experiments)
    return found, machine_of(request)


def _names(settings: Settings) -> HealthNames:
    sources = dict.fromkeys((*settings.sources, *settings.only_sources, *settings.crm))
    return HealthNames(
        channels=tuple(wiring.channels_on_demand(settings)),
        crms=tuple(settings.crm),
        networks=tuple(settings.outcomes),
        sources=tuple(sources),
        kinds=((Step.REFINE, ""), *kinds_after_refinement(settings)),
        scores=settings.scores_leads,
    )


def _providers(request: Request, names: Sequence[str]) -> Sequence[ProviderFigures]:
    """What providers of facts knew and cost in the last 30 days."""
    if not names:
        return ()
    dashboard = dashboard_of(request)
    now = dashboard.clock()
    with closing(dashboard.installation.past()) as store:
        return provider_figures(store, names, now, (now - _A_MONTH).date())


def _experiments(request: Request) -> Sequence[ExperimentHealthRow]:
    """The experiments that run and do harm or are not valid, as they were last looked at."""
    with closing(dashboard_of(request).installation.past()) as store:
        found = watched_in(store).alarming
    return [ExperimentHealthRow(n, one.verdict, one.says, one.since) for n, one in found.items()]


def _arrivals(request: Request) -> Sequence[Arrivals] | None:
    """What is counted of each source; None for a stack, where alarms tell of silence."""
    with closing(dashboard_of(request).installation.past()) as store:
        return store.arrivals() if isinstance(store, _CountsArrivals) else None


@runtime_checkable
class _CountsArrivals(Protocol):
    def arrivals(self) -> Sequence[Arrivals]: ...


def health_and_machine(request: Request) -> tuple[HealthPicture, Machine | None]:
    """The state of the installation, and of this machine if that runs it. Call it in a thread."""
    return _look(request)
