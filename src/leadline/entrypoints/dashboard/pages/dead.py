"""DEAD: dead letters by reason, and what a retry would do."""

from collections.abc import Sequence
from contextlib import closing

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.actions.retrying import (
    jobs_of,
    kit_with,
    reader_of,
    selection_in,
)
from leadline.entrypoints.dashboard.dashboard import ask_ledger, dashboard_of
from leadline.entrypoints.dashboard.forms import SentForm
from leadline.entrypoints.dashboard.reading import browser_for, shown_dead
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.operations.lists.browsing import LeadPage, Wanted
from leadline.operations.repair.retrying import DeadReason, Expected, dead_reasons, expected
from leadline.ports.reading.ledger import Ledger

_LISTED = 100


class Dead(msgspec.Struct, frozen=True):
    """The dead letters by reason, and the leads of the reason that is looked at."""

    reasons: Sequence[DeadReason]
    looked: LeadPage | None = None

    @property
    def number(self) -> int:
        """How many dead letters there are."""
        return sum(one.count for one in self.reasons)


async def dead(request: Request) -> Response:
    """The page."""
    reason, after = (request.query_params.get(one, "")[:200] for one in ("reason", "after"))

    def question(ledger: Ledger) -> Dead:
        reasons = [shown_dead(request, ledger, one) for one in dead_reasons(ledger.dead())]
        if not reason:
            return Dead(reasons)
        wanted = Wanted(dead=True, reason=reason)
        return Dead(reasons, browser_for(request, ledger).page(wanted, _LISTED, after))

    found = await ask_ledger(request, question)
    return render_page(request, "dead.html", found=found, reason=reason, after=after)


async def dead_retry(request: Request) -> Response:
    """What a retry would do, with a button that does it."""
    which = selection_in(SentForm(request.query_params.multi_items()))

    def question() -> Expected:
        installation = dashboard_of(request).installation
        with closing(installation.ledger()) as ledger, closing(installation.past()) as store:
            kit = kit_with(request, store)
            return expected(kit, ledger, which, reader_of(request))

    would = await run_in_threadpool(question)
    return render_page(
        request, "dead_retry.html", title="Retry dead letters", which=which, would=would
    )


async def dead_job(request: Request) -> Response:
    """How far a retry is."""
    job = jobs_of(request).get(request.path_params["job_id"])
    if job is None:
        raise HTTPException(404)
    template = "job_part.html" if "hx-request" in request.headers else "job.html"
    return render_page(request, template, title=job.what, job=job)
