"""Saved views of LEADS: those that it shows, the one that it opens with, and all to change."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from leadline.entrypoints.dashboard.actions.telling import Told, told_to
from leadline.entrypoints.dashboard.addresses.lead_query import PARAMETERS, LeadQuery
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import Handler, Who, who_asks
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.model.staff.saved_views import SavedView

_NEVER_KEPT = frozenset(("q", "after"))
"""Words that are searched may name a person, and the place in the list is no part of a view."""


class ViewsShown(msgspec.Struct, frozen=True):
    """What LEADS shows of views: those that somebody sees, the id of their default (0: none), the
    address of now as a view would keep it, and whether they can save one."""

    shown: Sequence[SavedView] = ()
    default: int = 0
    now: str = ""
    can_save: bool = False


def viewer_key(who: Who) -> str:
    """Whose views somebody's are."""
    return who.name if who.has_account else f"{who.kind}:{who.name}"


def kept_query(text: str) -> str:
    """What a view keeps of the parameters of an address of LEADS, in one order."""
    pairs = {name: value for name, value in parse_qsl(text) if name in PARAMETERS - _NEVER_KEPT}
    return urlencode(sorted(pairs.items()))


def may_change(who: Who, view: SavedView) -> bool:
    """Whether somebody may rename, share or delete a view: their own, or as an admin a shared
    one."""
    return view.account == viewer_key(who) or (view.shared and who.may_administer)


async def views_shown(request: Request, query: LeadQuery) -> ViewsShown:
    """The views for the page of this query."""
    dashboard, account = dashboard_of(request), viewer_key(who_asks(request))
    if dashboard.accounts is None:
        return ViewsShown()
    views = dashboard.accounts.views

    def asked() -> ViewsShown:
        default = views.default_of(account)
        now = kept_query(urlencode(query.given))
        return ViewsShown(views.seen_by(account), default.id if default else 0, now, True)

    return await run_in_threadpool(asked)


def by_default_view(handler: Handler) -> Handler:
    """LEADS without any parameter leads to the default view, if somebody has one."""

    async def handled(request: Request) -> Response:
        dashboard = dashboard_of(request)
        if request.url.query or dashboard.accounts is None:
            return await handler(request)
        account = viewer_key(who_asks(request))
        view = await run_in_threadpool(dashboard.accounts.views.default_of, account)
        return RedirectResponse(view.address, 303) if view else await handler(request)

    return handled


async def saved_views(request: Request) -> Response:
    """All views that somebody sees, with what they may change."""
    who, account = who_asks(request), viewer_key(who_asks(request))

    def asked() -> tuple[Sequence[SavedView], SavedView | None, Told | None]:
        views = dashboard_of(request).book.views
        return views.seen_by(account), views.default_of(account), told_to(request)

    shown, default, told = await run_in_threadpool(asked)
    return render_page(
        request,
        "views.html",
        title="Views",
        shown=shown,
        default=default.id if default else 0,
        mine={one.id for one in shown if may_change(who, one)},
        told=told,
    )
