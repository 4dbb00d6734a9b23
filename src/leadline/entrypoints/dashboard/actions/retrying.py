"""Retrying dead letters: one, a selection, all of a reason, or all."""

from collections.abc import Iterator
from contextlib import closing

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline import wiring
from leadline.entrypoints.dashboard.actions.telling import (
    TOKEN_FIELD,
    Told,
    digest_of_form,
    once,
)
from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.roles import for_role, who_asks
from leadline.entrypoints.dashboard.jobs import Job, Jobs
from leadline.entrypoints.dashboard.showing.filters import count_of
from leadline.journey.receiving.capture import read_again
from leadline.kit import Kit
from leadline.model.ids import is_lead_id
from leadline.model.staff.accounts import UserRole
from leadline.model.task import Step, Task
from leadline.operations.repair.replay import Plan
from leadline.operations.repair.retrying import DeadSelection, ReadAgain, dead_leads, retry
from leadline.ports.installation import OpenStore

_MOST_CHOSEN = 500


def jobs_of(request: Request) -> Jobs:
    """The jobs of this process."""
    jobs = request.app.state.jobs
    assert isinstance(jobs, Jobs)  # noqa: S101 - `create_app` put them there
    return jobs


def kit_with(request: Request, store: OpenStore) -> Kit:
    """The parts for plans, with this store."""
    dashboard = dashboard_of(request)
    channels = wiring.channels_on_demand(dashboard.settings)
    return wiring.kit_of(dashboard.settings, store, channels, dashboard.clock)


def reader_of(request: Request) -> ReadAgain:
    """Reads unreadable deliveries again, by the settings of now."""
    dashboard = dashboard_of(request)
    kit = wiring.capture_kit(dashboard.settings)
    return lambda kept: read_again(kept, kit, dashboard.clock())


def selection_in(form: SentForm) -> DeadSelection:
    """The dead letters that a form names. Raises HTTPException (400) for ids that are none, or too
    many of them, and (409) if some were to be chosen and none was, which must not mean all."""
    chosen = tuple(dict.fromkeys(form.all_of("id")))
    if form.get("selected") and not chosen:
        raise HTTPException(409, "Choose at least one lead first.")
    if len(chosen) > _MOST_CHOSEN or not all(map(is_lead_id, chosen)):
        raise HTTPException(400, "These are no leads.")
    return DeadSelection(form.get("reason", "")[:200], chosen)


async def begin_retry(request: Request) -> Response:
    """Begin to retry what a form names, and lead to the page that says how far it is."""
    form, who = await form_of(request), who_asks(request)
    if not 0 < len(form.get(TOKEN_FIELD, "")) <= 100:
        raise HTTPException(400, "This page is too old: load it again.")
    which, dashboard = selection_in(form), dashboard_of(request)
    digest = digest_of_form(who, request.url.path, form)

    def do() -> Told:
        with closing(dashboard.installation.ledger()) as ledger:
            ids = dead_leads(ledger, which)
        of = f"{count_of(len(ids), 'lead')}{f' of {which.reason}' if which.reason else ''}"
        note_action(dashboard, who, "dashboard.retry", detail=of)
        job = Job(digest.hex(), who.name, f"Retry of {of}", len(ids), dashboard.clock())
        jobs_of(request).begin(job, lambda: _retried(request, dashboard, which, list(ids)))
        return Told("It is being retried.")

    await run_in_threadpool(once, dashboard, digest, do)
    return RedirectResponse(f"/dead/jobs/{digest.hex()}", 303)


def _retried(
    request: Request, dashboard: Dashboard, which: DeadSelection, ids: list[str]
) -> Iterator[tuple[int, int]]:
    """Retry, with the installation's store, which is closed at the end."""
    installation = dashboard.installation
    with closing(installation.store()) as store, closing(installation.ledger()) as ledger:
        kit, read = kit_with(request, store), reader_of(request)
        for again, todo in retry(kit, ledger, ids, which.reason, read):
            _tidy(dashboard, todo)
            yield todo.leads + len(todo.skipped), again


def _tidy(dashboard: Dashboard, todo: Plan) -> None:
    """On AWS, remove messages of what is retried from the dead-letter queues."""
    if (queues := dashboard.installation.dead_letters()) is not None:
        tasks = [*todo.tasks, *(Task(Step.REFINE, lead_id) for lead_id in todo.readmit)]
        queues.tidy(tasks, dashboard.clock())


async def stop_retry(request: Request) -> Response:
    """Stop a retry: what it has done stays done."""
    job_id, dashboard = request.path_params["job_id"], dashboard_of(request)
    if jobs_of(request).get(job_id) is None:
        raise HTTPException(404)
    jobs_of(request).stop(job_id)
    await run_in_threadpool(note_action, dashboard, who_asks(request), "dashboard.retry_stopped")
    return RedirectResponse(f"/dead/jobs/{job_id}", 303)


ROUTES = [
    Route("/dead/retry", for_role(UserRole.OPERATOR, begin_retry), methods=["POST"]),
    Route("/dead/jobs/{job_id}/stop", for_role(UserRole.OPERATOR, stop_retry), methods=["POST"]),
]
