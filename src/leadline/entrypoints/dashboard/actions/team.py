"""Saying who is away or back, and handing on somebody's leads."""

from collections.abc import Callable, Iterator
from contextlib import closing

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.actions.retrying import jobs_of
from leadline.entrypoints.dashboard.actions.telling import (
    TOKEN_FIELD,
    ActionResult,
    Told,
    digest_of_form,
    once,
    with_told,
)
from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.roles import Handler, Who, for_role, who_asks
from leadline.entrypoints.dashboard.jobs import Job
from leadline.entrypoints.dashboard.reassigning import (
    Reassigning,
    fault_of,
    kit_for,
    reassigning_in,
)
from leadline.entrypoints.dashboard.showing.filters import count_of
from leadline.entrypoints.dashboard.views.team_view import teams_in
from leadline.journey.assigning.absences import come_back, go_away
from leadline.journey.assigning.handing_on import leads_held_by, move
from leadline.model.formats import iso
from leadline.model.staff.accounts import UserRole
from leadline.team.giving.absence_words import end_of_absence
from leadline.team.hours import zone_of

Act = Callable[[Dashboard, Who, str, SentForm], Told]
"""Does what a form says with somebody of `[people]`."""


def _absence(act: Act) -> Handler:
    """The handler of a form about one person, which leads back to the page."""

    async def handled(request: Request) -> Response:
        form, who, dashboard = await _form(request), who_asks(request), dashboard_of(request)
        digest = digest_of_form(who, request.url.path, form)

        def do() -> Told:
            name = form.get("person", "")
            if name not in dashboard.settings.people:
                return Told("There is nobody of that name in [people].", ActionResult.REFUSED)
            return act(dashboard, who, name, form)

        await run_in_threadpool(once, dashboard, digest, do)
        return RedirectResponse(with_told("/team", digest), 303)

    return handled


async def _form(request: Request) -> SentForm:
    form = await form_of(request)
    if not 0 < len(form.get(TOKEN_FIELD, "")) <= 100:
        raise HTTPException(400, "This page is too old: load it again.")
    return form


def _away(dashboard: Dashboard, who: Who, name: str, form: SentForm) -> Told:
    now, member = dashboard.clock(), dashboard.settings.people[name]
    try:
        until = end_of_absence(form.get("until", "")[:100], member.zone, now)
    except ValueError as error:
        return Told(f"{name} was not said to be away: {error}.", ActionResult.REFUSED)
    words = "until they are back"
    if until is not None:
        words = f"until {until.astimezone(zone_of(member.zone or who.zone)):%A, %Y-%m-%d %H:%M %Z}"
    note_action(dashboard, who, "dashboard.away", name, iso(until) if until is not None else "")
    with closing(dashboard.installation.store()) as store:
        go_away(store, name, now, until, who.name)
    return Told(f"{name} is away {words}.")


def _back(dashboard: Dashboard, who: Who, name: str, form: SentForm) -> Told:
    del form
    note_action(dashboard, who, "dashboard.back", name)
    teams = teams_in(dashboard.settings)
    with closing(dashboard.installation.store()) as store:
        if come_back(store, teams, name, dashboard.clock()):
            return Told(f"{name} is back, and is given leads in their hours.")
    return Told(f"{name} had not been said to be away.", ActionResult.REFUSED)


async def _reassign(request: Request) -> Response:
    """Begin to hand on leads, and lead to the page that says how far that is."""
    form, who, dashboard = await _form(request), who_asks(request), dashboard_of(request)
    which, digest = reassigning_in(form), digest_of_form(who, request.url.path, form)

    def do() -> Told:
        with closing(dashboard.installation.past()) as store:
            kit = kit_for(request, store)
            ids = leads_held_by(kit, which.source) if which.source else []
            if fault := fault_of(kit, which, ids):
                return Told(fault, ActionResult.REFUSED)
        what = f"Hand on {count_of(len(ids), 'lead')} of {which.source}"
        note_action(
            dashboard, who, "dashboard.reassign", detail=f"{len(ids)} leads {which.to}".strip()
        )
        job = Job(digest.hex(), who.name, what, len(ids), dashboard.clock())
        jobs_of(request).begin(job, lambda: _moved(request, which, ids, who))
        return Told("They are being handed on.")

    told = await run_in_threadpool(once, dashboard, digest, do)
    if told.result is ActionResult.REFUSED:
        return RedirectResponse(with_told("/team", digest), 303)
    return RedirectResponse(f"/team/jobs/{digest.hex()}", 303)


def _moved(
    request: Request, which: Reassigning, ids: list[str], who: Who
) -> Iterator[tuple[int, int]]:
    """Hand on, with the installation's store, which is closed at the end."""
    with closing(dashboard_of(request).installation.store()) as store:
        kit = kit_for(request, store)
        for one in ids:
            yield 1, int(bool(move(kit, one, which.as_move(who.name)).after))


async def _stop(request: Request) -> Response:
    """Stop handing on: what was handed on stays so."""
    job_id, dashboard = request.path_params["job_id"], dashboard_of(request)
    if jobs_of(request).get(job_id) is None:
        raise HTTPException(404)
    jobs_of(request).stop(job_id)
    await run_in_threadpool(note_action, dashboard, who_asks(request), "dashboard.reassign_stopped")
    return RedirectResponse(f"/team/jobs/{job_id}", 303)


ROUTES = [
    Route("/team/away", for_role(UserRole.OPERATOR, _absence(_away)), methods=["POST"]),
    Route("/team/back", for_role(UserRole.OPERATOR, _absence(_back)), methods=["POST"]),
    Route("/team/reassign", for_role(UserRole.OPERATOR, _reassign), methods=["POST"]),
    Route("/team/jobs/{job_id}/stop", for_role(UserRole.OPERATOR, _stop), methods=["POST"]),
]
