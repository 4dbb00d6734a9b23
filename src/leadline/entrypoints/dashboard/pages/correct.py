"""CORRECT: the fields of one lead in a form, and what a correction would make of the lead."""

from collections.abc import Mapping
from contextlib import closing

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.actions.correcting import (
    BODY,
    CHANGED,
    SEEN,
    corrected_values_in,
)
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.roles import for_role
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.views.correct_view import CorrectSheet, sheet_of
from leadline.installations.erased import previewing_kit
from leadline.model.facts.correcting import CUSTOM
from leadline.model.ids import is_lead_id
from leadline.model.staff.accounts import UserRole

_NEW_NAME, _NEW_VALUE = "new-name", "new-value"
"""The fields of the form for a field that the sender did not send."""


async def correct_page(request: Request) -> Response:
    """The form."""
    return await _shown(request, None)


async def try_correction(request: Request) -> Response:
    """The form, with what the correction would make of the lead; nothing is stored."""
    return await _shown(request, await form_of(request))


async def _shown(request: Request, form: SentForm | None) -> Response:
    lead_id = request.path_params["lead_id"].lower()
    if not is_lead_id(lead_id):
        raise HTTPException(404)
    tried = None if form is None else _tried(form)
    sheet = await run_in_threadpool(_look, request, lead_id, tried)
    if sheet is None:
        raise HTTPException(404)
    seen = "" if form is None else form.get(SEEN, "")
    warned = CHANGED if seen and sheet.seen and seen != sheet.seen else ""
    return render_page(
        request,
        "correct.html",
        title="Correct a lead",
        status=422 if sheet.wrong and form is not None else 200,
        sheet=sheet,
        warned=warned,
    )


def _look(request: Request, lead_id: str, tried: Mapping[str, str] | None) -> CorrectSheet | None:
    dashboard = dashboard_of(request)
    with closing(dashboard.installation.past()) as store:
        if lead_id not in store.archived([lead_id]):
            return None
        kit = previewing_kit(dashboard.installation, store, dashboard.clock)
        return sheet_of(kit, dashboard.settings, lead_id, dashboard.clock(), tried)


def _tried(form: SentForm) -> Mapping[str, str]:
    """The values that somebody wrote; the corrected body under ""."""
    if BODY in form:
        return {"": form[BODY].replace("\r\n", "\n")}
    values = dict(corrected_values_in(form))
    if new := form.get(_NEW_NAME, "").strip():
        values[f"{CUSTOM}{new}"] = form.get(_NEW_VALUE, "")
    return values


ROUTES = [
    Route(
        "/leads/{lead_id}/correct",
        for_role(UserRole.OPERATOR, try_correction),
        methods=["POST"],
    )
]
