"""RESPONSE: leads on track, at risk and breached, and how long owner, alert and answer took."""

from collections.abc import Iterator, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.addresses.time_range import SPANS, time_range
from leadline.entrypoints.dashboard.dashboard import ask_ledger, dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.entrypoints.dashboard.keeping import Keeping
from leadline.entrypoints.dashboard.reading import contacts_of, from_index, known_settings
from leadline.entrypoints.dashboard.showing.exporting import export
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.views.response_view import (
    BY,
    MEASURES,
    ResponsePicture,
    ResponseQuery,
    ids_for,
    response_csv,
    response_picture,
    response_query,
)
from leadline.operations.figures.response import (
    AWAITED,
    ResponseJudge,
    ResponseState,
    TimedLead,
    response_judge,
)
from leadline.operations.lists.listing import Listed, named
from leadline.operations.lists.masked import masked_listed
from leadline.ports.reading.ledger import Ledger

_KEPT_S = 5.0
_LOOKS = {
    ResponseState.ON_TRACK: "accent",
    ResponseState.AT_RISK: "warn",
    ResponseState.BREACHED: "bad",
    ResponseState.IN_TIME: "good",
    ResponseState.LATE: "bad",
}


class ResponseRow(msgspec.Struct, frozen=True):
    """A lead in the list: its times, and what whoever looks may see of it."""

    timed: TimedLead
    listed: Listed | None


def _query(request: Request) -> ResponseQuery:
    now, zone = dashboard_of(request).clock(), who_asks(request).zone
    values = request.query_params
    return response_query(values, time_range(values, zone, now))


async def response(request: Request) -> Response:
    """The page."""
    query = _query(request)
    found = await _picture(request, query)
    chosen = query.selected(found) if query.lists else []
    some, after = query.page(chosen)
    settings = known_settings(request)
    return render_page(
        request,
        "response.html",
        query=query,
        found=found,
        awaited=AWAITED,
        by=BY,
        measures=MEASURES,
        spans=SPANS,
        looks=_LOOKS,
        number=len(chosen),
        rows=await _rows(request, some),
        after=after,
        has_targets=bool(settings and settings.targets),
    )


async def response_now(request: Request) -> Response:
    """How many leads are in each state, for a page that is open."""
    query = _query(request)
    found = await _picture(request, query)
    return render_page(request, "response_now.html", query=query, found=found, awaited=AWAITED)


async def response_export(request: Request) -> Response:
    """The leads of the list, or all of the time, as CSV or JSON."""
    query = _query(request)
    found = await _picture(request, query)
    leads = query.selected(found)
    if request.url.path.endswith(".csv"):
        return export(request, "response", "csv", response_csv(leads))
    return export(request, "response", "json", _json(leads))


def _json(leads: Sequence[TimedLead]) -> Iterator[str]:
    yield msgspec.json.format(msgspec.json.encode(leads), indent=2).decode() + "\n"


async def _picture(request: Request, query: ResponseQuery) -> ResponsePicture:
    """The figures. Those of the times that are offered are shared by all who look, for a moment."""
    settings, now = known_settings(request), dashboard_of(request).clock()
    judge = response_judge(settings, now) if settings else ResponseJudge(now)

    dashboard = dashboard_of(request)

    def put(ledger: Ledger) -> ResponsePicture:
        ids = from_index(dashboard, lambda questions: ids_for(questions, query.time, judge))
        return response_picture(ledger, query.time, judge, ids)

    async def question() -> ResponsePicture:
        return await ask_ledger(request, put)

    if not query.time.name:
        return await question()
    state = request.app.state
    if not hasattr(state, "responses"):
        state.responses = Keeping(_KEPT_S, dashboard_of(request).clock)
    found = await state.responses.answer(query.time.name, question)
    assert isinstance(found, ResponsePicture)  # noqa: S101 - what `question` gave
    return found


async def _rows(request: Request, some: Sequence[TimedLead]) -> list[ResponseRow]:
    """The leads with names, masked for those who may not see them."""
    if not some:
        return []
    ids, contacts = [one.lead_id for one in some], contacts_of(request)
    listed = await ask_ledger(request, lambda ledger: named(ledger, ids, contacts))
    if not who_asks(request).sees_personal_data:
        listed = [masked_listed(one) for one in listed]
    known = {one.row.lead_id: one for one in listed}
    return [ResponseRow(one, known.get(one.lead_id)) for one in some]
