"""Exports of leads that were chosen in a list."""

from collections.abc import Iterator
from contextlib import closing

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.actions.bulk import chosen_in, query_in
from leadline.entrypoints.dashboard.dashboard import dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import form_of
from leadline.entrypoints.dashboard.guarding.roles import for_role, who_asks
from leadline.entrypoints.dashboard.pages.leads import json_lines
from leadline.entrypoints.dashboard.reading import contacts_of
from leadline.entrypoints.dashboard.showing.exporting import export
from leadline.entrypoints.dashboard.showing.filters import count_of
from leadline.model.staff.accounts import UserRole
from leadline.operations.lists.lead_csv import csv_lines
from leadline.operations.lists.listing import named


async def export_chosen(request: Request) -> Response:
    """The leads that were chosen, as CSV or JSON; all that match have an address of their own."""
    form, dashboard, who = await form_of(request), dashboard_of(request), who_asks(request)
    kind = form.get("kind", "")
    if kind not in ("csv", "json"):
        raise HTTPException(400, "There is no such kind of file.")
    if form.get("which") == "all":
        return RedirectResponse(f"/leads/export.{kind}?{query_in(form)}", 303)
    chosen = chosen_in(form)

    def lines() -> Iterator[str]:
        note_action(dashboard, who, "dashboard.export", detail=count_of(len(chosen), "lead"))
        with closing(dashboard.installation.ledger()) as ledger:
            found = named(ledger, chosen, contacts_of(request))
        return csv_lines(found) if kind == "csv" else json_lines(found)

    return export(request, "leads", kind, await run_in_threadpool(lines))


ROUTES = [Route("/leads/export", for_role(UserRole.OPERATOR, export_chosen), methods=["POST"])]
