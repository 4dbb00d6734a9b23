"""LIVE: what comes in now, what waits and what is late."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.dashboard import ask_ledger, dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.entrypoints.dashboard.keeping import Keeping
from leadline.entrypoints.dashboard.reading import browser_for, from_index, judge_for
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.views.machine import is_stack
from leadline.operations.lists.browsing import Wanted
from leadline.operations.lists.indexed_live import indexed_counts
from leadline.operations.lists.listing import Listed
from leadline.operations.lists.live import MOST_COUNTED, MOST_COUNTED_ON_AWS, Picture, picture
from leadline.operations.lists.standing import MOST_TASKS, waiting_tasks
from leadline.ports.reading.ledger import Ledger

SPANS = {
    "1h": ("last hour", timedelta(hours=1)),
    "6h": ("last 6 hours", timedelta(hours=6)),
    "24h": ("last 24 hours", timedelta(hours=24)),
    "7d": ("last 7 days", timedelta(days=7)),
}
"""The times that are shown, by their names in addresses, in words."""
_USUAL = "6h"
_NEWEST = 12
_KEPT_S, _KEPT_ON_AWS_S = 2.0, 30.0


async def live(request: Request) -> Response:
    """The page."""
    return await _shown(request, "live.html", newest=await _newest(request))


async def live_now(request: Request) -> Response:
    """The figures alone, for a page that is open."""
    return await _shown(request, "live_now.html")


async def live_bars(request: Request) -> Response:
    """The numbers of the bars alone."""
    return await _shown(request, "live_bars.html")


async def live_newest(request: Request) -> Response:
    """The newest leads alone."""
    return render_page(request, "live_newest.html", newest=await _newest(request))


async def _shown(request: Request, template: str, **more: Any) -> Response:
    name = request.query_params.get("range", _USUAL)
    if name not in SPANS:
        name = _USUAL
    words, span = SPANS[name]
    now = await _picture(request, span)
    return render_page(
        request, template, now=now, span=name, span_words=words, spans=SPANS,
        chart=_chart(now, who_asks(request).zone), **more,
    )  # fmt: skip


async def _picture(request: Request, span: timedelta) -> Picture:
    """The figures, which all who look share for a moment."""
    state, costs = request.app.state, is_stack(request)
    most = MOST_COUNTED_ON_AWS if costs else MOST_COUNTED
    if not hasattr(state, "pictures"):
        kept_s = _KEPT_ON_AWS_S if costs else _KEPT_S
        state.pictures = Keeping(kept_s, dashboard_of(request).clock)

    dashboard = dashboard_of(request)

    def put(ledger: Ledger) -> Picture:
        judge = judge_for(request)
        counts = from_index(dashboard, lambda q: indexed_counts(q, judge.now, span))
        if costs:  # the figures of a stack are read without the kinds of its tasks
            return picture(ledger, judge, span, most, counts)
        standing = waiting_tasks(ledger, judge.now, (), MOST_TASKS)
        found = picture(ledger, judge, span, most, counts, standing)
        return replace(found, counted_to=MOST_TASKS if standing.is_cut else None)

    async def question() -> Picture:
        return await ask_ledger(request, put)

    found = await state.pictures.answer(span, question)
    assert isinstance(found, Picture)  # noqa: S101 - what `question` gave
    return found


async def _newest(request: Request) -> Sequence[Listed]:
    def question(ledger: Ledger) -> Sequence[Listed]:
        return browser_for(request, ledger).newest(Wanted(), _NEWEST)

    return await ask_ledger(request, question)


def _chart(now: Picture, zone: str) -> dict[str, object]:
    """What the script draws: when the bars begin in seconds, their width, and their heights."""
    bars = now.bars
    return {
        "zone": zone,
        "step": bars.step.total_seconds(),
        "starts": [_seconds(one) for one in bars.starts],
        "sources": [{"name": name, "counts": counts} for name, counts in bars.by_source.items()],
    }


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
