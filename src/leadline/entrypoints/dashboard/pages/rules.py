"""RULES: the rules and teams with what they did of late, and a place to try others."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.actions.retrying import jobs_of
from leadline.entrypoints.dashboard.backtests import MOST_LISTED, Backtests
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.keeping import Keeping
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.views.rule_looks import (
    LATELY,
    RulesShown,
    rules_lately,
    rules_shown,
)
from leadline.operations.rules.rule_checks import Finding
from leadline.operations.rules.rules_lately import RulesLately
from leadline.plugins import source_names

PERIODS: Mapping[str, tuple[str, timedelta]] = {
    "7d": ("last 7 days", timedelta(days=7)),
    "30d": ("last 30 days", timedelta(days=30)),
    "90d": ("last 90 days", timedelta(days=90)),
}
"""The times of which leads can be replayed, by their names in forms, in words."""
_KEPT_S = 30.0


class TriedRules(msgspec.Struct, frozen=True):
    """What somebody pasted, and what came of it: what is wrong in it, the lines for each event of
    the payload (`explained`), or the findings of a check. None: that was not asked."""

    source: str = "generic"
    body: str = ""
    at: str = ""
    fresh: bool = False
    settings: str = ""
    period: str = "30d"
    wrong: Sequence[str] = ()
    explained: Sequence[Sequence[str]] | None = None
    findings: Sequence[Finding] | None = None


async def rules_page(request: Request) -> Response:
    """The page."""
    return await rules_with(request, TriedRules())


async def rules_with(request: Request, tried: TriedRules, status: int = 200) -> Response:
    """The page with what somebody tried."""
    effects = await _effects(request)
    found: RulesShown = await run_in_threadpool(rules_shown, dashboard_of(request), effects)
    return render_page(
        request, "rules.html", title="Rules", status=status, found=found, tried=tried,
        sources=source_names(), periods=PERIODS, days=LATELY.days,
    )  # fmt: skip


async def _effects(request: Request) -> RulesLately:
    """What the rules did, which all who look share for a while."""
    state, dashboard = request.app.state, dashboard_of(request)
    if not hasattr(state, "rule_effects"):
        state.rule_effects = Keeping(_KEPT_S, dashboard.clock)

    async def question() -> RulesLately:
        return await run_in_threadpool(rules_lately, dashboard)

    found = await state.rule_effects.answer("", question)
    assert isinstance(found, RulesLately)  # noqa: S101 - what `question` gave
    return found


def backtests_of(request: Request) -> Backtests:
    """The backtests of this process."""
    backtests = request.app.state.backtests
    assert isinstance(backtests, Backtests)  # noqa: S101 - `create_app` put them there
    return backtests


async def backtest_page(request: Request) -> Response:
    """How far a backtest is, and what came of it."""
    job_id = request.path_params["job_id"]
    job = jobs_of(request).get(job_id)
    if job is None:
        raise HTTPException(404)
    is_part = "hx-request" in request.headers
    outcome = backtests_of(request).outcome(job_id)
    return render_page(
        request, "backtest_part.html" if is_part else "backtest.html", title=job.what, job=job,
        outcome=outcome, most=MOST_LISTED,
    )  # fmt: skip
