"""Bulk actions: looking at what one would do, doing it once, stopping it, and undoing it."""

from contextlib import closing
from urllib.parse import parse_qsl, urlencode

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
)
from leadline.entrypoints.dashboard.bulk.carrying_out import begin_bulk, begin_undo
from leadline.entrypoints.dashboard.bulk.looking import LeadLook
from leadline.entrypoints.dashboard.bulk.plans import (
    BulkJob,
    BulkPlan,
    WhichLeads,
    all_that_match,
    ids_of,
    make_plan,
    plans_of,
)
from leadline.entrypoints.dashboard.bulk.wanted import BulkAction, BulkWanted
from leadline.entrypoints.dashboard.dashboard import dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.roles import for_role, who_asks
from leadline.model.ids import is_lead_id
from leadline.model.staff.accounts import UserRole
from leadline.operations.repair.replay import Start

PATH = "/leads/bulk"
NO_LONGER = "it does not match any more"
"""Why a lead is skipped that matched when the plan was made."""
_MOST_CHOSEN = 500
_LONGEST_QUERY = 4000
_MOST_PARAMETERS = 50
_LONGEST_TOKEN = 100
_TOO_OLD = (
    "What you looked at is too old, or the dashboard has started again since. Nothing was done: "
    "go back to LEADS and choose once more."
)


async def plan_bulk(request: Request) -> Response:
    """Look at what an action would do, and lead to the page that says so."""
    form = await form_of(request)
    wanted, which = wanted_in(request, form), which_in(request, form)
    plan = await run_in_threadpool(make_plan, request, wanted, which)
    plans_of(request).keep(plan)
    return RedirectResponse(f"{PATH}/{plan.id}", 303)


def wanted_in(request: Request, form: SentForm) -> BulkWanted:
    """The action that a form names. Raises HTTPException (400, 409)."""
    name, start = form.get("action", ""), form.get("from", "") or Start.REFINE
    if name not in list(BulkAction) or start not in list(Start):
        raise HTTPException(400, "There is no such action.")
    action, to = BulkAction(name), form.get("person", "").strip()
    if action is not BulkAction.ASSIGN:
        return BulkWanted(action, start=Start(start))
    if not to:
        raise HTTPException(409, "Choose to whom the leads are assigned.")
    if to not in dashboard_of(request).settings.people:
        raise HTTPException(409, "There is nobody of that name in [people].")
    return BulkWanted(action, to=to)


def which_in(request: Request, form: SentForm) -> WhichLeads:
    """The leads that a form names: those chosen, or all that match. Raises HTTPException (400,
    409), also if none was chosen, which must not mean all."""
    if form.get("which") == "all":
        before = form.get("before", "")
        if before and not is_lead_id(before):
            raise HTTPException(400, "These are no leads.")
        return all_that_match(request, query_in(form), before)
    return WhichLeads(dashboard_of(request).clock(), chosen_in(form), query=query_in(form))


def query_in(form: SentForm) -> str:
    """The parameters of the address of LEADS that a form was on, written anew. Raises
    HTTPException (400) if they are none."""
    query = form.get("query", "")
    try:
        pairs = parse_qsl(query, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        pairs = []
    if len(query) > _LONGEST_QUERY or bool(query) != bool(pairs):
        raise HTTPException(400, "These are no leads.")
    return urlencode(pairs)


def chosen_in(form: SentForm) -> tuple[str, ...]:
    """The ids that were chosen. Raises HTTPException (400, 409)."""
    chosen = tuple(dict.fromkeys(form.all_of("id")))
    if not chosen:
        raise HTTPException(409, "Choose at least one lead first.")
    if len(chosen) > _MOST_CHOSEN or not all(map(is_lead_id, chosen)):
        raise HTTPException(400, "These are no leads.")
    return chosen


async def begin_plan(request: Request) -> Response:
    """Carry a plan out, unless the number of leads is another by now: then ask again."""
    form, plan = await form_of(request), known_plan(request)
    digest = _digest(request, form)

    def do() -> Told:
        if jobs_of(request).get(plan.id) is not None:
            return Told("It is being done.")
        looks, number = counted_again(request, plan)
        if number != len(plan.looks) and not form.get("anyway"):
            again = make_plan(request, plan.wanted, plan.which, len(plan.looks))
            plans_of(request).keep(again)
            return Told(again.id, ActionResult.CONFLICT)
        with plans_of(request).beginning(plan) as is_first:
            if is_first:  # else by another form of the same plan
                begin_bulk(request, plan, looks)
        return Told("It is being done.")

    told = await run_in_threadpool(once, dashboard_of(request), digest, do)
    if told.result is ActionResult.CONFLICT:
        return RedirectResponse(f"{PATH}/{told.words}", 303)
    return RedirectResponse(f"{PATH}/jobs/{plan.id}", 303)


def known_plan(request: Request) -> BulkPlan:
    """The plan in the path. Raises HTTPException (409) if it is not known any more."""
    who, now = who_asks(request), dashboard_of(request).clock()
    plan = plans_of(request).get(request.path_params["plan_id"], who, now)
    if plan is None:
        raise HTTPException(409, _TOO_OLD)
    return plan


def counted_again(request: Request, plan: BulkPlan) -> tuple[list[LeadLook], int]:
    """The leads of a plan, of which those that match no more are to be skipped; and how many leads
    match now. Call it in a thread."""
    with closing(dashboard_of(request).installation.ledger()) as ledger:
        ids, _ = ids_of(request, ledger, plan.which)
    there = set(ids)
    looks = [
        one if one.lead_id in there or one.why_not else LeadLook(one.lead_id, NO_LONGER)
        for one in plan.looks
    ]
    return looks, len(ids)


async def stop(request: Request) -> Response:
    """Stop a bulk action: what it has done stays done."""
    job = known_job(request)
    jobs_of(request).stop(job.id)
    noted = dashboard_of(request), who_asks(request), "dashboard.bulk_stopped", job.id[:8]
    await run_in_threadpool(note_action, *noted)
    return RedirectResponse(f"{PATH}/jobs/{job.id}", 303)


async def undo(request: Request) -> Response:
    """Begin to give leads back what they had before a bulk action."""
    form, job = await form_of(request), known_job(request)
    digest = _digest(request, form)

    def do() -> Told:
        begin_undo(request, job, digest.hex())
        return Told(job.undone_by)

    told = await run_in_threadpool(once, dashboard_of(request), digest, do)
    return RedirectResponse(f"{PATH}/jobs/{told.words or job.id}", 303)


def known_job(request: Request) -> BulkJob:
    """The job in the path. Raises HTTPException (404)."""
    job = jobs_of(request).get(request.path_params["job_id"])
    if not isinstance(job, BulkJob):
        raise HTTPException(404)
    return job


def _digest(request: Request, form: SentForm) -> bytes:
    """The digest of a form with a token of its own. Raises HTTPException (400)."""
    if not 0 < len(form.get(TOKEN_FIELD, "")) <= _LONGEST_TOKEN:
        raise HTTPException(400, "This page is too old: load it again.")
    return digest_of_form(who_asks(request), request.url.path, form)


ROUTES = [
    Route(PATH, for_role(UserRole.OPERATOR, plan_bulk), methods=["POST"]),
    Route(f"{PATH}/{{plan_id}}", for_role(UserRole.OPERATOR, begin_plan), methods=["POST"]),
    Route(f"{PATH}/jobs/{{job_id}}/stop", for_role(UserRole.OPERATOR, stop), methods=["POST"]),
    Route(f"{PATH}/jobs/{{job_id}}/undo", for_role(UserRole.OPERATOR, undo), methods=["POST"]),
]
