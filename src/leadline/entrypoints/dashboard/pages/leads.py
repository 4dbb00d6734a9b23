"""LEADS: search, filters, order and pages; what matches, as CSV and JSON."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.addresses.lead_query import (
    COLUMNS,
    HELD,
    RANGES,
    SIZES,
    USUAL_COLUMNS,
    LeadQuery,
    lead_query,
)
from leadline.entrypoints.dashboard.dashboard import ask_ledger, dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.entrypoints.dashboard.pages.saved_views import views_shown
from leadline.entrypoints.dashboard.reading import browser_for, people_in, sources_in
from leadline.entrypoints.dashboard.showing.exporting import stream
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.showing.search_words import search_words
from leadline.model.ids import lowest_id
from leadline.model.lead import Status
from leadline.operations.lists.browsing import LeadPage, Order
from leadline.operations.lists.lead_csv import csv_lines
from leadline.operations.lists.listing import Listed
from leadline.ports.reading.ledger import Ledger

STATUSES = (*(str(one) for one in Status), HELD)


class LeadList(msgspec.Struct, frozen=True):
    """What the page shows: leads, the sources there are, and how many digits of ids."""

    looked: LeadPage
    sources: Sequence[str]
    digits: int

    def newest(self, at: datetime) -> str:
        """The id after which leads are new: that of the first lead, or one of this moment."""
        return self.looked.leads[0].row.lead_id if self.looked.leads else lowest_id(at)


def query_of(request: Request) -> LeadQuery:
    """What the address of a request asks for."""
    at = dashboard_of(request).clock()
    values = {name: ",".join(request.query_params.getlist(name)) for name in request.query_params}
    return lead_query(values, who_asks(request).zone, at)


async def leads(request: Request) -> Response:
    """The page."""
    query = query_of(request)

    def question(ledger: Ledger) -> LeadList:
        looked = browser_for(request, ledger).page(query.wanted, query.size, query.after)
        return LeadList(looked, sources_in(request, ledger), ledger.short_length())

    found = await ask_ledger(request, question)
    return render_page(
        request,
        "leads.html",
        query=query,
        found=found,
        looked=found.looked,
        statuses=STATUSES,
        ranges=RANGES,
        columns=COLUMNS,
        usual_columns=USUAL_COLUMNS,
        sizes=SIZES,
        sorts=_sorts(query),
        people=people_in(request),
        views=await views_shown(request, query),
        search=search_words(request),
    )


async def new_leads(request: Request) -> Response:
    """How many leads came in since the page was loaded, as a link that shows them."""
    query, than = query_of(request), request.query_params.get("than", "")

    def question(ledger: Ledger) -> int:
        return browser_for(request, ledger).newer(query.wanted, than) if than else 0

    return render_page(
        request, "leads_new.html", query=query, number=await ask_ledger(request, question)
    )


async def leads_csv(request: Request) -> Response:
    """All leads that match, as CSV."""
    return await _export(request, "csv")


async def leads_json(request: Request) -> Response:
    """All leads that match, as a JSON array."""
    return await _export(request, "json")


async def _export(request: Request, kind: str) -> Response:
    query, dashboard = query_of(request), dashboard_of(request)

    def lines() -> Iterator[bytes]:
        with closing(dashboard.installation.ledger()) as ledger:
            found = browser_for(request, ledger).matching(query.wanted)
            texts = csv_lines(found) if kind == "csv" else json_lines(found)
            yield from (text.encode() for text in texts)

    return await stream(request, "leads", kind, lines())


def json_lines(found: Iterable[Listed]) -> Iterator[str]:
    """Leads as the lines of a JSON array."""
    before = "[\n"
    for one in found:
        row = msgspec.to_builtins(one.row)
        if one.wait is not None:
            row["due_at"] = None if one.on_hold else one.wait.due_at
            row["on_hold"] = one.on_hold
        yield before + msgspec.json.encode(row).decode()
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _sorts(query: LeadQuery) -> dict[str, tuple[str, str]]:
    """For each column that sorts: the address that sorts by it, and how it is sorted now."""
    found = {}
    for order in Order:
        is_now = query.wanted.order is order
        turned = is_now and not query.wanted.reverse
        name = "" if order is Order.CAPTURED else str(order)
        sort = f"-{order}" if turned else name
        down = query.wanted.reverse != (order in (Order.CAPTURED, Order.SCORE))
        state = ("descending" if down else "ascending") if is_now else ""
        found[str(order)] = (query.address(sort=sort), state)
    return found
