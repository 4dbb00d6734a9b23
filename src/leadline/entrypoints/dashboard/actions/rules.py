"""Trying rules on what somebody pasted: a payload, a check, a backtest. Nothing of it is kept or
logged."""

from contextlib import closing
from functools import partial

import msgspec
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
from leadline.entrypoints.dashboard.addresses.moments import moment_in
from leadline.entrypoints.dashboard.backtests import MOST_AT_ONCE
from leadline.entrypoints.dashboard.dashboard import dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.roles import for_role, who_asks
from leadline.entrypoints.dashboard.jobs import Job
from leadline.entrypoints.dashboard.pages.rules import (
    PERIODS,
    TriedRules,
    backtests_of,
    rules_with,
)
from leadline.entrypoints.dashboard.views.rule_looks import (
    Payload,
    explain_payload,
    findings_in,
    pasted_settings,
    why_wrong,
)
from leadline.model.errors import LeadlineError
from leadline.model.staff.accounts import UserRole
from leadline.plugins import source_names
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.top.general import Settings

_EVERY = 1 << 40


async def try_payload(request: Request) -> Response:
    """What the rules, or others that were pasted, would do with a payload."""
    tried, dashboard = _tried(await form_of(request)), dashboard_of(request)
    if tried.source not in source_names():
        raise HTTPException(400, "There is no such source.")
    try:
        zone = who_asks(request).zone
        at = moment_in(tried.at, zone) if tried.at else dashboard.clock()
    except ValueError:
        return await _refused(request, tried, ["“When” is not a time."])

    def explain() -> list[list[str]]:
        settings = pasted_settings(dashboard.installation, tried.settings)
        payload = Payload(tried.source, tried.body, at, tried.fresh)
        return explain_payload(dashboard, settings, payload)

    try:
        lines = await run_in_threadpool(explain)
    except LeadlineError as error:
        return await _refused(request, tried, list(why_wrong(error)))
    return await rules_with(request, msgspec.structs.replace(tried, explained=lines))


async def check_pasted(request: Request) -> Response:
    """What is wrong in settings that were pasted."""
    tried, installation = _tried(await form_of(request)), dashboard_of(request).installation

    def check() -> TriedRules:
        found = findings_in(installation, pasted_settings(installation, tried.settings))
        return msgspec.structs.replace(tried, findings=found)

    try:
        checked = await run_in_threadpool(check)
    except LeadlineError as error:
        return await _refused(request, tried, list(why_wrong(error)))
    return await rules_with(request, checked)


async def begin_backtest(request: Request) -> Response:
    """Begin a backtest of settings that were pasted, and lead to the page that says how far it is
    and what came of it."""
    form, dashboard = await form_of(request), dashboard_of(request)
    tried, who = _tried(form), who_asks(request)
    if not 0 < len(form.get(TOKEN_FIELD, "")) <= 100 or tried.period not in PERIODS:
        raise HTTPException(400, "This page is too old: load it again.")
    if not tried.settings.strip():
        return await _refused(request, tried, ["Paste the settings to try."])
    try:
        new = await run_in_threadpool(pasted_settings, dashboard.installation, tried.settings)
    except LeadlineError as error:
        return await _refused(request, tried, list(why_wrong(error)))
    job_id = digest_of_form(who, request.url.path, form)

    def begin() -> Told:
        return _begin(request, job_id.hex(), new, tried.period)

    told = await run_in_threadpool(once, dashboard, job_id, begin)
    if told.result is ActionResult.REFUSED:
        return await _refused(request, tried, [told.words])
    return RedirectResponse(f"/rules/backtests/{job_id.hex()}", 303)


def _begin(request: Request, job_id: str, new: Settings, period: str) -> Told:
    dashboard, (words, span) = dashboard_of(request), PERIODS[period]
    installation, now, who = dashboard.installation, dashboard.clock(), who_asks(request)
    backtests = backtests_of(request)
    if not backtests.admit(job_id):
        why = f"{MOST_AT_ONCE} backtests go on already: wait until one has ended, or stop one."
        return Told(why, ActionResult.REFUSED)
    try:
        with closing(installation.ledger()) as ledger:
            ids = ledger.ids(LeadFilter(since=now - span, limit=_EVERY))
        note_action(dashboard, who, "dashboard.backtest", detail=f"{len(ids)} leads")
        job = Job(job_id, who.name, f"Backtest of the {words}", len(ids), now)
        work = partial(backtests.run, job_id, installation, new, ids)
        jobs_of(request).begin(job, work, is_kept=False)  # its result ends with the process
    except BaseException:
        backtests.leave(job_id)
        raise
    return Told("It is being replayed.")


async def stop_backtest(request: Request) -> Response:
    """Stop a backtest."""
    job_id, dashboard = request.path_params["job_id"], dashboard_of(request)
    if jobs_of(request).get(job_id) is None:
        raise HTTPException(404)
    jobs_of(request).stop(job_id)
    await run_in_threadpool(note_action, dashboard, who_asks(request), "dashboard.backtest_stopped")
    return RedirectResponse(f"/rules/backtests/{job_id}", 303)


async def _refused(request: Request, tried: TriedRules, wrong: list[str]) -> Response:
    return await rules_with(request, msgspec.structs.replace(tried, wrong=wrong), 422)


def _tried(form: SentForm) -> TriedRules:
    """What was pasted into a form. Browsers end lines with CR LF."""
    return TriedRules(
        source=form.get("source", "generic"),
        body=form.get("body", "").replace("\r\n", "\n"),
        at=form.get("at", "").strip()[:100],
        fresh=bool(form.get("fresh", "")),
        settings=form.get("settings", "").replace("\r\n", "\n"),
        period=form.get("period", "30d"),
    )


ROUTES = [
    Route(path, for_role(UserRole.OPERATOR, handler), methods=["POST"])
    for path, handler in (
        ("/rules/try", try_payload),
        ("/rules/check", check_pasted),
        ("/rules/backtests", begin_backtest),
        ("/rules/backtests/{job_id}/stop", stop_backtest),
    )
]
