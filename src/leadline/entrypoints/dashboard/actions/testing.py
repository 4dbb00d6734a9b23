"""A test message by one channel: marked as a test, one a minute, noted in the audit log."""

from datetime import datetime, timedelta
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline.channels.registry import channel_configs
from leadline.entrypoints.channel_tests import send_test
from leadline.entrypoints.dashboard.actions.telling import (
    TOKEN_FIELD,
    ActionResult,
    Told,
    digest_of_form,
    once,
    with_told,
)
from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import form_of
from leadline.entrypoints.dashboard.guarding.roles import Who, for_role, who_asks
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.model.staff.accounts import UserRole
from leadline.model.staff.people import Person
from leadline.ports.channel import NO_OWNER
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.team.people import Team

TEST_EVERY = timedelta(minutes=1)
"""The shortest time between two test messages by one channel."""
ACTION = "dashboard.send_test"


class PacedTests:
    """How often tests are sent: one a minute by each channel, also if two people ask at once."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._lock = Lock()

    def takes(self, name: str, now: datetime) -> bool:
        """Whether a test by a channel may be sent now; then it counts as sent."""
        with self._lock:
            last = self._last.get(name)
            if last is not None and now - last < TEST_EVERY:
                return False
            self._last[name] = now
            return True


async def send_test_message(request: Request) -> Response:
    """Send a test message by the channel that a form names, and lead back to HEALTH."""
    form, who, dashboard = await form_of(request), who_asks(request), dashboard_of(request)
    name = request.path_params["channel"]
    if not 0 < len(form.get(TOKEN_FIELD, "")) <= 100:
        raise HTTPException(400, "This page is too old: load it again.")
    if name not in channel_configs(dashboard.settings):
        raise HTTPException(404)
    digest = digest_of_form(who, request.url.path, form)
    limit: PacedTests = request.app.state.paced_tests

    def do() -> Told:
        now = dashboard.clock()
        if not limit.takes(name, now):
            words = f"A test by {name} was sent within the last minute. Wait a moment."
            return Told(words, ActionResult.REFUSED)
        note_action(dashboard, who, ACTION, detail=name)  # before it is done
        return _told(dashboard, who, name, now)

    told = await run_in_threadpool(once, dashboard, digest, do)
    if "hx-request" in request.headers:
        return render_page(request, "told.html", told=told)
    return RedirectResponse(with_told("/health", digest), 303)


def _told(dashboard: Dashboard, who: Who, name: str, now: datetime) -> Told:
    """Send it; what somebody is told of the reply."""
    settings = dashboard.settings
    team = Team(settings.people)
    named = filter(None, (who.person, who.name))
    owner = next(filter(None, map(team.person, named)), Person(name=who.name))
    source = "the dashboard, a test"
    reply = send_test(dashboard.installation, settings, name, owner, now, source)
    words = f"{name}: {_in_words(reply)}."
    if isinstance(reply, Sent):
        return Told(f"{words} See whether it arrived.")
    note_action(dashboard, who, ACTION, detail=f"{name}: not arrived")
    return Told(words, ActionResult.REFUSED)


def _in_words(reply: Sent | Refused | Busy | Unreachable) -> str:
    match reply:
        case Sent():
            return "the test was accepted"
        case Refused(reason=reason, words=words) if reason == NO_OWNER:
            return f"refused ({words}): it sends to owners, and you have no address in [people]"
        case Refused(reason=reason, words=words):
            return f"the test was refused, {reason}{f': {words}' if words else ''}"
        case Busy(after=after):
            return f"busy, asks for a pause of {after.total_seconds():g} s"
        case Unreachable(words=words):
            return f"not reached, {words}"


ROUTES = [
    Route(
        "/health/test/{channel}",
        for_role(UserRole.OPERATOR, send_test_message),
        methods=["POST"],
    )
]
