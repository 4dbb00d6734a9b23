"""Looks at unmasked leads, noted in the audit log: the one place where the dashboard does it.

A look is noted once it is known what will be shown, and before it is: without the entry there is no
answer. Newest leads that an open page asks for again and again are one look in `RENEWED_FOR`.
"""

from collections.abc import Mapping
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.dashboard import dashboard_of, note_action
from leadline.entrypoints.dashboard.guarding.roles import Handler, who_asks

LOOKS: Mapping[str, str] = {
    "/": "dashboard.look_live",
    "/live/newest": "dashboard.look_live",
    "/leads": "dashboard.look_leads",
    "/leads/export.csv": "dashboard.export",
    "/leads/export.json": "dashboard.export",
    "/leads/bulk/{plan_id}": "dashboard.look_bulk",
    "/leads/{lead_id}": "dashboard.look_lead",
    "/leads/{lead_id}/correct": "dashboard.look_lead",
    "/dead": "dashboard.look_dead",
    "/response": "dashboard.look_response",
    "/response/export.csv": "dashboard.export",
    "/response/export.json": "dashboard.export",
    "/api/v1/leads": "api.look_leads",
    "/api/v1/leads/{lead_id}": "api.look_lead",
    "/api/v1/leads/{lead_id}/why": "api.look_lead",
    "/api/v1/dead": "api.look_dead",
}
"""The paths that show personal data of leads, with what the audit log calls a look at them."""

NOBODY_SHOWN = frozenset((
    # figures, counts, ids, codes and one's own people
    "/live/now", "/live/bars", "/health", "/health/now", "/leads/new", "/dead/retry",
    "/dead/jobs/{job_id}", "/rules", "/rules/backtests/{job_id}", "/audit", "/audit/verify",
    "/audit/export.jsonl", "/team", "/team/now", "/team/reassign", "/team/jobs/{job_id}",
    "/response/now", "/analytics", "/analytics/export.csv", "/analytics/export.json",
    "/leads/views", "/leads/bulk", "/leads/bulk/jobs/{job_id}",
    "/account", "/accounts", "/api/v1/figures", "/api/v1/team", "/api/v1/health",
    "/api/v1/experiments", "/api/v1/bulk/{job_id}",
))  # fmt: skip
"""The paths that show no personal data of leads."""
RENEWED = ("/live/newest",)
"""The paths that open pages ask for again and again."""
RENEWED_FOR = timedelta(minutes=15)
"""For so long a look at the newest leads is the same look."""
FILTERS_NOTED = frozenset((
    "q", "status", "source", "owner", "range", "from", "to", "since", "until", "reason", "dead",
    "unowned", "duplicates", "fields", "by", "name", "state",
))  # fmt: skip
"""The parameters whose names, never whose values, are noted with a look."""


def noting_looks(path: str, handler: Handler) -> Handler:
    """The handler of a path of the table; looks are noted if there is something to see there."""
    action = LOOKS.get(path)
    if action is None:
        return handler

    async def noted(request: Request) -> Response:
        answer = await handler(request)
        if answer.status_code == 200 and who_asks(request).sees_personal_data:
            await _note(request, path, action)
        return answer

    return noted


async def _note(request: Request, path: str, action: str) -> None:
    who, dashboard = who_asks(request), dashboard_of(request)
    now, looked = dashboard.clock(), request.app.state.looked
    if path in RENEWED:
        last = looked.get(who.actor)
        if last is not None and now - last < RENEWED_FOR:
            return
    lead_id = str(request.path_params.get("lead_id", "")).lower()
    filters = ", ".join(sorted(set(request.query_params) & FILTERS_NOTED))
    await run_in_threadpool(note_action, dashboard, who, action, lead_id, filters)
    if action == LOOKS["/"]:
        looked[who.actor] = now
