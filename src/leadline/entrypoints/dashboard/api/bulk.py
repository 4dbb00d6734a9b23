"""Bulk actions of programs: a dry run, the action once for its key, and how far it is."""

from hashlib import sha256

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.actions.bulk import known_job
from leadline.entrypoints.dashboard.actions.telling import ActionResult, Told
from leadline.entrypoints.dashboard.api.asking import body_in, json_answer, parameters_in
from leadline.entrypoints.dashboard.api.model import (
    ApiBulk,
    ApiBulkJob,
    ApiSkipped,
    BulkWish,
    LeadsAsked,
    NothingAsked,
)
from leadline.entrypoints.dashboard.api.reading import wanted_of
from leadline.entrypoints.dashboard.api.writing import done_once, key_in
from leadline.entrypoints.dashboard.bulk.carrying_out import begin_bulk
from leadline.entrypoints.dashboard.bulk.plans import (
    BulkPlan,
    WhichLeads,
    as_of,
    make_plan,
    oldest_of,
)
from leadline.entrypoints.dashboard.bulk.wanted import BulkAction, BulkWanted
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.guarding.problems import problem_answer
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.model.errors import LeadlineError
from leadline.model.ids import is_lead_id


async def api_bulk(request: Request) -> Response:
    """Begin a bulk action, or say what it would do."""
    key, wish, who = key_in(request), await body_in(request, BulkWish), who_asks(request)
    wanted, which = _wanted(request, wish), _which(request, wish)
    if wish.dry_run:
        plan = await run_in_threadpool(_plan, request, wanted, which)
        return json_answer(_answer(plan, ""))
    asked = sha256(repr(("bulk", wish)).encode()).hexdigest()

    def do() -> Told:
        plan = _plan(request, wanted, which)
        if wish.expect is not None and wish.expect != len(plan.looks):
            words = f"There are {len(plan.looks)} leads by now: nothing was done."
            return Told(words, ActionResult.CONFLICT)
        begin_bulk(request, plan, plan.looks, "api")
        return Told(msgspec.json.encode(_answer(plan, plan.id)).decode())

    told = await run_in_threadpool(done_once, dashboard_of(request), who, key, asked, do)
    if told.result is not ActionResult.DONE:
        return problem_answer(409, told.words)
    return json_answer(msgspec.Raw(told.words.encode()))


def _plan(request: Request, wanted: BulkWanted, which: WhichLeads) -> BulkPlan:
    try:
        return make_plan(request, wanted, which)
    except LeadlineError as error:
        raise HTTPException(503, error.title) from error


def _wanted(request: Request, wish: BulkWish) -> BulkWanted:
    """The action. Raises HTTPException (400, 422)."""
    if wish.action is BulkAction.ASSIGN and not wish.person:
        raise HTTPException(400, "`person` is needed: to whom the leads are assigned.")
    takes = wish.action in (BulkAction.ASSIGN, BulkAction.CLAIM)
    if takes and wish.person and wish.person not in dashboard_of(request).settings.people:
        raise HTTPException(422, "There is nobody of that name in [people].")
    return BulkWanted(wish.action, wish.person if takes else "", wish.start)


def _which(request: Request, wish: BulkWish) -> WhichLeads:
    """The leads. Raises HTTPException (400)."""
    at = dashboard_of(request).clock()
    if bool(wish.ids) == (wish.filter is not None):
        raise HTTPException(400, "Give either `ids` or `filter`; an empty `filter` means all.")
    if wish.filter is None:
        ids = tuple(dict.fromkeys(one.lower() for one in wish.ids))
        if not all(map(is_lead_id, ids)):
            raise HTTPException(400, "There is an id that is none.")
        return WhichLeads(at, ids)
    if wish.before and not is_lead_id(wish.before):
        raise HTTPException(400, "`before` is not the `next` of an answer.")
    fields = msgspec.structs.asdict(wish.filter)
    names = tuple(sorted(name for name, value in fields.items() if value))
    wanted = wanted_of(LeadsAsked(**fields))
    return WhichLeads(at, (), as_of(wanted, at), wish.before, names)


def _answer(plan: BulkPlan, job: str) -> ApiBulk:
    skipped = dict(plan.left)
    end = oldest_of(plan) if plan.is_more else None
    return ApiBulk(job, len(plan.looks), plan.would, skipped, end)


async def api_bulk_job(request: Request) -> Response:
    """How far a bulk action is."""
    parameters_in(request, NothingAsked)
    job = known_job(request)
    named = tuple(ApiSkipped(lead_id, why) for lead_id, why in job.named)
    return json_answer(
        ApiBulkJob(
            job=job.id,
            action=str(job.wanted.action),
            leads=job.total,
            looked_at=job.done,
            changed=job.again,
            skipped=dict(job.skipped),
            names=named,
            stopped=job.is_stopped,
            ended_at=job.ended_at,
            error=job.error,
        )
    )
