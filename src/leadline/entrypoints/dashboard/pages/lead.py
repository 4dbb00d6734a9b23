"""LEAD: what happened to one lead, what became of it, and why."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from leadline.entrypoints.dashboard.actions.telling import Told, told_to
from leadline.entrypoints.dashboard.dashboard import ask_ledger, dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.entrypoints.dashboard.reading import (
    contacts_of,
    judge_for,
    known_settings,
    people_in,
    shown_story,
)
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.views.attempt_view import kept_attempts_of
from leadline.entrypoints.dashboard.views.lead_buttons import buttons_for
from leadline.entrypoints.dashboard.views.lead_view import LeadView, lead_view, times_of
from leadline.entrypoints.dashboard.views.message_view import (
    MessageNow,
    attempts_of,
    messages_now,
)
from leadline.model.lead import Status
from leadline.operations.lists.listing import Listed, named
from leadline.ports.reading.ledger import Ledger
from leadline.settings.notation.zones import zone


async def lead(request: Request) -> Response:
    """The page. A part of an id leads to the lead if it is the only one."""
    part = request.path_params["lead_id"]
    found = await ask_ledger(request, lambda ledger: _look(request, ledger, part))
    if found is None:
        raise HTTPException(404)
    if isinstance(found, str):
        return RedirectResponse(f"/leads/{found}", 303)
    view, told, messages = found
    people = people_in(request)
    buttons = buttons_for(who_asks(request), view, people)
    return render_page(
        request,
        "lead.html",
        title=view.title,
        view=view,
        told=told,
        buttons=buttons,
        messages=messages,
        attempts=attempts_of(view.story),
        kept_attempts=kept_attempts_of(view.story),
    )


_Looked = tuple[LeadView, Told | None, Sequence[MessageNow]]
"""A lead, what came of an action on it, and what channels say of it."""


def _look(request: Request, ledger: Ledger, part: str) -> _Looked | str | None:
    """The lead; the whole id for a part of one; None if there is no such lead."""
    story = ledger.story(part)
    if story is None:
        ids = list(dict.fromkeys([*ledger.complete(part), *ledger.ending(part)]))
        return ids[0] if len(ids) == 1 else None
    if story.row.status is Status.WAITING:  # whom it is about is read from what was sent
        (waiting,) = named(ledger, [story.row.lead_id], contacts_of(request)) or [Listed(story.row)]
        story = msgspec.structs.replace(story, row=waiting.row)
    times = times_of(story, judge_for(request))
    place = zone(who_asks(request).zone)

    def when(at: datetime) -> str:
        return f"{at.astimezone(place):%Y-%m-%d %H:%M}"

    known = known_settings(request)
    view = lead_view(shown_story(request, story), times, known, when)
    messages = messages_now(view.story, view.lead, known, dashboard_of(request).clock())
    return view, told_to(request), messages
