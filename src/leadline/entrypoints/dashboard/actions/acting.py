"""Actions on one lead: who may do them, in whose name, once for each form, noted in the audit log.

`POST /leads/ID/do/ACTION` answers htmx with a fragment, and a browser without scripts with the
lead's page, which then tells the same (`telling.told_to`).
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from leadline import wiring
from leadline.entrypoints.dashboard.actions.telling import (
    TOKEN_FIELD,
    ActionResult,
    Told,
    ago_words,
    digest_of_form,
    once,
    with_told,
)
from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.roles import Who, who_asks
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.kit import Kit
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.ids import is_lead_id
from leadline.model.staff.accounts import UserRole
from leadline.model.staff.people import Person
from leadline.ports.installation import Installation, OpenStore
from leadline.settings.top.general import Settings

_LONGEST_TOKEN = 100


class Acting(msgspec.Struct, frozen=True):
    """What an action has at hand: the lead's id, who acts, as whom of `[people]`, when, with what
    fields, and the installation with its store and kit."""

    lead_id: str
    who: Who
    person: Person
    now: datetime
    form: SentForm
    installation: Installation
    settings: Settings
    store: OpenStore
    kit: Kit


class LeadAction(msgspec.Struct, frozen=True):
    """An action: what its button says, what it does in one sentence, and the lowest role that may
    do it. `is_on_what_was_seen` is whether it is not done if others changed the lead since the page
    was shown, by the field `rev` of the form."""

    label: str
    about: str
    do: Callable[[Acting], Told]
    lowest: UserRole = UserRole.OPERATOR
    is_on_what_was_seen: bool = False


def acting_route(actions: Mapping[str, LeadAction]) -> Callable[[Request], object]:
    """The handler of all actions on a lead."""

    async def act(request: Request) -> Response:
        lead_id, name = request.path_params["lead_id"].lower(), request.path_params["action"]
        action = actions.get(name)
        if action is None or not is_lead_id(lead_id):
            raise HTTPException(404)
        who, dashboard = who_asks(request), dashboard_of(request)
        if who.role < action.lowest:
            raise HTTPException(403, f"This needs the role {action.lowest.word}.")
        form = await form_of(request)
        if not 0 < len(form.get(TOKEN_FIELD, "")) <= _LONGEST_TOKEN:
            raise HTTPException(400, "This page is too old: load it again.")
        digest = digest_of_form(who, request.url.path, form)

        def do() -> Told:
            note_action(dashboard, who, f"dashboard.{name}", lead_id)  # before it is done
            told = _done(dashboard, who, lead_id, action, form)
            if told.result is not ActionResult.DONE:
                detail = f"not done: {told.result}"
                note_action(dashboard, who, f"dashboard.{name}", lead_id, detail)
            return told

        told = await run_in_threadpool(once, dashboard, digest, do)
        return _answer(request, lead_id, told, digest)

    return act


def _answer(request: Request, lead_id: str, told: Told, digest: bytes) -> Response:
    """A fragment for htmx, which swaps in no answer with the status of an error; else the lead's
    page."""
    if "hx-request" in request.headers:
        return render_page(request, "told.html", told=told)
    return RedirectResponse(with_told(f"/leads/{lead_id}", digest), 303)


def _done(dashboard: Dashboard, who: Who, lead_id: str, action: LeadAction, form: SentForm) -> Told:
    """Do the action with the installation's store, which is closed at the end."""
    installation, settings = dashboard.installation, dashboard.settings
    with closing(installation.store()) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings), dashboard.clock)
        kit = msgspec.structs.replace(kit, audit=installation.audit())
        acting = Acting(
            lead_id=lead_id,
            who=who,
            person=person_acting(who, kit),
            now=dashboard.clock(),
            form=form,
            installation=installation,
            settings=settings,
            store=store,
            kit=kit,
        )
        if action.is_on_what_was_seen and (changed := _changed_since(acting)):
            return changed
        return action.do(acting)


def person_acting(who: Who, kit: Kit) -> Person:
    """Who acts, as somebody of `[people]`: whom the account names, else who has its name. Somebody
    else acts by the name of their account."""
    for name in (who.person, who.name):
        if name and (person := kit.team.person(name)) is not None:
            return person
    return Person(name=who.name)


def _changed_since(acting: Acting) -> Told | None:
    """What others did to the lead since the page was shown; None if they did nothing, or the form
    does not say what the page showed."""
    seen = acting.form.get("rev", "")
    if not seen.isdecimal():
        return None
    handling = acting.store.handling([acting.lead_id]).get(acting.lead_id, UNHANDLED)
    return None if str(handling.rev) == seen else changed_by_others(acting, handling)


def changed_by_others(acting: Acting, handling: Handling) -> Told:
    """Who was faster, and what they did."""
    who, at = handling.claimed_by, handling.claimed_at
    if handling.ending:
        who, at = handling.ended_by, handling.ended_at
        words = (
            f"{shown_name(acting, who)} ended it as {handling.ending} {ago_words(at, acting.now)}."
        )
    elif who is not None:
        words = f"{shown_name(acting, who)} claimed it {ago_words(at, acting.now)}."
    else:
        words = "Somebody changed it since this page was shown."
    return Told(f"{words} Nothing was done.", ActionResult.CONFLICT)


def shown_name(acting: Acting, person: Person | None) -> str:
    """The name of a person as shown to who acts."""
    if person is None:
        return "Somebody"
    is_self = acting.person.name and person.name == acting.person.name
    return "You" if is_self else person.shown or "Somebody"


def do_once(
    dashboard: Dashboard, who: Who, lead_id: str, action: LeadAction, form: SentForm
) -> Told:
    """Do an action with the installation's store. Who calls it sees to it that a repetition of a
    request does nothing, and that it is noted in the audit log."""
    return _done(dashboard, who, lead_id, action, form)
