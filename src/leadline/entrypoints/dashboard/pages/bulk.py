"""What a bulk action would do, how far it is, and what came of it."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.actions.bulk import PATH, known_job, known_plan
from leadline.entrypoints.dashboard.actions.retrying import jobs_of
from leadline.entrypoints.dashboard.bulk.plans import (
    ACTION_WORDS,
    MOST_AT_ONCE,
    BulkJob,
    BulkPlan,
    title_of,
)
from leadline.entrypoints.dashboard.dashboard import ask_ledger
from leadline.entrypoints.dashboard.jobs import MOST
from leadline.entrypoints.dashboard.reading import contacts_of
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.operations.lists.listing import named

_LISTED = 50
"""How many leads that would be changed, and that would be skipped, are listed."""


async def bulk_list(request: Request) -> Response:
    """The bulk actions that are remembered, the newest first."""
    jobs = [one for one in reversed(jobs_of(request).all()) if isinstance(one, BulkJob)]
    return render_page(request, "bulk_list.html", title="Bulk actions", jobs=jobs, bulk=PATH)


async def bulk_plan(request: Request) -> Response:
    """What an action would do, with a button that does it."""
    plan = known_plan(request)
    ids = [one.lead_id for one in plan.looks if not one.why_not][:_LISTED]
    read = contacts_of(request)
    leads = await ask_ledger(request, lambda ledger: named(ledger, ids, read))
    return render_page(
        request,
        "bulk.html",
        title=title_of(plan.wanted),
        plan=plan,
        filters=_filters_of(plan),
        leads=leads,
        skipped=[one for one in plan.looks if one.why_not][:_LISTED],
        done=ACTION_WORDS[plan.wanted.action][1],
    )


def _filters_of(plan: BulkPlan) -> list[str]:
    """The filters of a plan for all that match, with their values."""
    query, names = parse_qsl(plan.which.query), plan.which.filters
    return [f"{name}: {value}" for name, value in query if name in names]


async def bulk_job(request: Request) -> Response:
    """How far a bulk action is."""
    job = known_job(request)
    template = "bulk_job_part.html" if "hx-request" in request.headers else "bulk_job.html"
    done = "given back what they had" if job.is_undo else ACTION_WORDS[job.wanted.action][1]
    return render_page(
        request, template, title=job.what, job=job, done=done, bulk=PATH, most=MOST_AT_ONCE,
        remembered=MOST,
    )  # fmt: skip
