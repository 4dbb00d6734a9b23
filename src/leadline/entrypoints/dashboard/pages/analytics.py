"""ANALYTICS: the funnel, what came of leads by source, campaign, owner, rule, and when they come.

`_whole` is the one place that asks for these figures.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.addresses.time_range import SPANS, TimeRange, time_range
from leadline.entrypoints.dashboard.dashboard import ask_ledger, dashboard_of
from leadline.entrypoints.dashboard.experiments import experiments_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.entrypoints.dashboard.keeping import Keeping
from leadline.entrypoints.dashboard.reading import from_index, known_settings
from leadline.entrypoints.dashboard.showing.exporting import export
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.views.analytics_view import (
    DAY_NAMES,
    NONE,
    SHADES,
    TABLES,
    analysis_json,
    funnel_of,
    groups_in,
    masked_analysis,
    shade_of,
    table_csv,
)
from leadline.installations.embedded import Embedded
from leadline.operations.figures.analytics import Analysis
from leadline.operations.figures.analytics import analysis as analysis_of
from leadline.operations.figures.indexed_analytics import indexed_analysis
from leadline.ports.reading.ledger import Ledger
from leadline.team.people import Team

_KEPT_S = 30.0
_SOON = timedelta(minutes=1)
"""A time without an end ends so long after now: the clocks of others may be ahead."""


def _time(request: Request) -> TimeRange:
    now, zone = dashboard_of(request).clock(), who_asks(request).zone
    return time_range(request.query_params, zone, now)


async def analytics(request: Request) -> Response:
    """The page."""
    time = _time(request)
    found = await _analysis(request, time)
    most = max(number for row in found.hours for number in row)
    return render_page(
        request,
        "analytics.html",
        time=time,
        spans=SPANS,
        found=found,
        funnel=funnel_of(found.whole),
        groups=groups_in(found),
        without=NONE,
        days=DAY_NAMES,
        most=most,
        shades=SHADES,
        shade=lambda number: shade_of(number, most),
        experiments=await experiments_of(request),
        is_stack=not isinstance(dashboard_of(request).installation, Embedded),
    )


async def analytics_csv(request: Request) -> Response:
    """One table as CSV: that of sources unless `table` names another."""
    table = request.query_params.get("table", "")
    table = table if table in TABLES else TABLES[0]
    found = await _analysis(request, _time(request))
    return export(request, f"analytics-{table}", "csv", table_csv(found, table))


async def analytics_json(request: Request) -> Response:
    """All figures as JSON."""
    found = await _analysis(request, _time(request))
    return export(request, "analytics", "json", [analysis_json(found)])


async def _analysis(request: Request, time: TimeRange) -> Analysis:
    """The figures as whoever asks may see them."""
    found = await _whole(request, time)
    return found if who_asks(request).sees_personal_data else masked_analysis(found)


async def _whole(request: Request, time: TimeRange) -> Analysis:
    """The figures. Those of the times that are offered are shared by all who look, for a moment."""
    zone, settings = who_asks(request).zone, known_settings(request)
    team = Team(settings.people) if settings else Team()
    rules = tuple(settings.rules) if settings else ()

    dashboard = dashboard_of(request)
    span = (time.since, time.until or dashboard.clock() + _SOON)

    def put(ledger: Ledger) -> Analysis:
        found = from_index(
            dashboard, lambda q: indexed_analysis(q, ledger, span, zone, rules, dashboard.clock())
        )
        return found or analysis_of(ledger, time.since, time.until, zone, team, rules)

    async def question() -> Analysis:
        return await ask_ledger(request, put)

    if not time.name:
        return await question()
    state = request.app.state
    if not hasattr(state, "analyses"):
        state.analyses = Keeping(_KEPT_S, dashboard_of(request).clock)
    found = await state.analyses.answer((time.name, zone), question)
    assert isinstance(found, Analysis)  # noqa: S101 - what `question` gave
    return found
