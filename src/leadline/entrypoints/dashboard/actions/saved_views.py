"""Saving views of LEADS, and changing them."""

from collections.abc import Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.actions.telling import (
    TOKEN_FIELD,
    ActionResult,
    Told,
    digest_of_form,
    once,
    with_told,
)
from leadline.entrypoints.dashboard.dashboard import dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.roles import Who, for_role, who_asks
from leadline.entrypoints.dashboard.pages.saved_views import kept_query, may_change, viewer_key
from leadline.model.staff.accounts import UserRole
from leadline.model.staff.saved_views import LONGEST_NAME, MOST_VIEWS, SavedView
from leadline.ports.dashboard.saved_views import SavedViews

PATH = "/leads/views"
_LONGEST_QUERY = 2000
_LONGEST_TOKEN = 100
_NOBODYS = "The account that it belonged to was removed: share it with all, or delete it."
_NO_NAME = Told("Give the view a name.", ActionResult.REFUSED)


async def save_view(request: Request) -> Response:
    """Save a view, and show it; or say why not."""
    form, who = await _form(request), who_asks(request)
    query = kept_query(form.get("query", "")[:_LONGEST_QUERY])
    view = SavedView(_name_in(form), viewer_key(who), query, _is_shared(who, form))
    digest = digest_of_form(who, request.url.path, form)

    def do() -> Told:
        if not view.name:
            return _NO_NAME
        views = dashboard_of(request).book.views
        kept = views.save(view)
        if kept is None:
            return Told(
                f"You have a view of that name, or {MOST_VIEWS} views: nothing was saved.",
                ActionResult.REFUSED,
            )
        _note(request, "view_saved", kept)
        if form.get("default"):
            views.make_default(view.account, kept.id)
        return Told("It is saved.")

    told = await run_in_threadpool(once, dashboard_of(request), digest, do)
    if told.result is ActionResult.REFUSED:
        return RedirectResponse(with_told(PATH, digest), 303)
    return RedirectResponse(view.address, 303)


async def change_view(request: Request) -> Response:
    """Rename, share, delete a view, or open LEADS with it."""
    form, who = await _form(request), who_asks(request)
    act = _ACTS.get(form.get("do", ""))
    if act is None:
        raise HTTPException(400, "There is no such action.")
    digest = digest_of_form(who, request.url.path, form)

    def do() -> Told:
        views = dashboard_of(request).book.views
        view_id = request.path_params["view_id"]
        seen = views.seen_by(viewer_key(who))
        view = next((one for one in seen if one.id == view_id), None)
        if view is None:
            return Told("There is no such view any more.", ActionResult.REFUSED)
        return act(request, views, view, form)

    await run_in_threadpool(once, dashboard_of(request), digest, do)
    return RedirectResponse(with_told(PATH, digest), 303)


def _change(request: Request, views: SavedViews, view: SavedView, form: SentForm) -> Told:
    who, name = who_asks(request), _name_in(form)
    if not may_change(who, view):
        return _not_yours()
    if not name:
        return _NO_NAME
    shared = _is_shared(who, form) if who.may_act else view.shared
    if not shared and not view.account:
        return Told(_NOBODYS, ActionResult.REFUSED)
    changed = msgspec.structs.replace(view, name=name, shared=shared)
    if not views.change(changed):
        return Told("There is a view of that name.", ActionResult.REFUSED)
    _note(request, "view_changed", changed)
    return Told("It is changed.")


def _delete(request: Request, views: SavedViews, view: SavedView, form: SentForm) -> Told:
    del form
    if not may_change(who_asks(request), view):
        return _not_yours()
    views.delete(view.id)
    _note(request, "view_deleted", view)
    return Told("It is deleted.")


def _default(request: Request, views: SavedViews, view: SavedView, form: SentForm) -> Told:
    del form
    views.make_default(viewer_key(who_asks(request)), view.id)
    return Told("LEADS opens with it from now on.")


def _no_default(request: Request, views: SavedViews, view: SavedView, form: SentForm) -> Told:
    del view, form
    views.make_default(viewer_key(who_asks(request)), None)
    return Told("LEADS opens with all leads from now on.")


_ACTS: dict[str, Callable[[Request, SavedViews, SavedView, SentForm], Told]] = {
    "change": _change,
    "delete": _delete,
    "default": _default,
    "no_default": _no_default,
}


def _not_yours() -> Told:
    return Told("Only its owner and admins change a shared view.", ActionResult.REFUSED)


def _name_in(form: SentForm) -> str:
    """The name in a form, on one line."""
    return " ".join(form.get("name", "").split())[:LONGEST_NAME]


def _is_shared(who: Who, form: SentForm) -> bool:
    """Whether a view is to be shared, which operators and admins may."""
    return bool(form.get("shared")) and who.may_act


def _note(request: Request, what: str, view: SavedView) -> None:
    """Note a change of a shared view, which others see, in the audit log."""
    if view.shared:
        note_action(dashboard_of(request), who_asks(request), f"dashboard.{what}", str(view.id))


async def _form(request: Request) -> SentForm:
    form = await form_of(request)
    if not 0 < len(form.get(TOKEN_FIELD, "")) <= _LONGEST_TOKEN:
        raise HTTPException(400, "This page is too old: load it again.")
    return form


ROUTES = [
    Route(PATH, for_role(UserRole.VIEWER, save_view), methods=["POST"]),
    Route(PATH + "/{view_id:int}", for_role(UserRole.VIEWER, change_view), methods=["POST"]),
]
