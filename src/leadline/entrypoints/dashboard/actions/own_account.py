"""What people do with their own account: make the first one, change its password or time zone."""

from zoneinfo import available_timezones

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.dashboard import Dashboard, audit, dashboard_of
from leadline.entrypoints.dashboard.forms import Form, form_of
from leadline.entrypoints.dashboard.logins import begin, is_account_name
from leadline.entrypoints.dashboard.passwords import fits, hash_password, why_not
from leadline.entrypoints.dashboard.rendering import render
from leadline.entrypoints.dashboard.roles import Known, known_of
from leadline.entrypoints.dashboard.sessions import set_cookie
from leadline.model.accounts import Account, Role


class Refused(Exception):
    """What was sent can't be done; the text says why."""


async def welcome(request: Request) -> Response:
    """For the person at the machine, as long as there is no account: a form for the first."""
    known, dashboard = known_of(request), dashboard_of(request)
    accounts = await run_in_threadpool(dashboard.book.accounts)
    if accounts or known.who.has_account:
        return RedirectResponse("/", 303)
    if request.method != "POST":
        return _form(request, "welcome.html", "Welcome to Leadline", Form([]))
    form = await form_of(request)
    try:
        session = await run_in_threadpool(_first, dashboard, known, form)
    except Refused as why:
        return _form(request, "welcome.html", "Welcome to Leadline", form, str(why))
    answer = RedirectResponse("/", 303)
    set_cookie(request, answer, session)
    return answer


def _first(dashboard: Dashboard, known: Known, form: Form) -> str:
    """Add the first account, and turn the session into its own; the new session's secret."""
    name = form.get("name", "").strip().lower()
    if not is_account_name(name):
        raise Refused("A name has small letters, digits and . _ @ + - alone.")
    now = dashboard.clock()
    made = Account(name, Role.ADMIN, now, _new_password(form, name), zone=_zone_in(form))
    if not dashboard.book.add(made):
        raise Refused("There is an account of that name.")
    audit(dashboard, known.who, "account.added", name, made.role.word)
    dashboard.book.end(known.session)
    return begin(dashboard.book, name, now, dashboard.settings.dashboard_sessions)


async def account(request: Request) -> Response:
    """One's own account: its password, and the zone in which times are shown."""
    known, dashboard = known_of(request), dashboard_of(request)
    if not known.who.has_account:
        raise HTTPException(403, "You came by a link of this machine, and have no account.")
    if request.method != "POST":
        return _form(request, "account.html", "Your account", Form([("zone", known.who.zone)]))
    form = await form_of(request)
    try:
        session = await run_in_threadpool(_change, dashboard, known, form)
    except Refused as why:
        return _form(request, "account.html", "Your account", form, str(why))
    answer = RedirectResponse("/account", 303)
    if session:
        set_cookie(request, answer, session)
    return answer


def _change(dashboard: Dashboard, known: Known, form: Form) -> str:
    """Change the account. With another password all its sessions end; the secret of a new one is
    returned, else ""."""
    book, now = dashboard.book, dashboard.clock()
    before = book.account(known.who.name)
    if before is None:
        raise Refused("Your account was removed.")
    after = msgspec.structs.replace(before, zone=_zone_in(form))
    if form.get("password"):
        if not known.by_link and not fits(form.get("current", ""), before.password):
            raise Refused("That is not your present password.")
        password = _new_password(form, before.name)
        after = msgspec.structs.replace(after, password=password)
    book.change(after)
    audit(dashboard, known.who, "account.changed", before.name)
    if after.password == before.password:
        return ""
    return begin(book, before.name, now, dashboard.settings.dashboard_sessions)


def _new_password(form: Form, name: str) -> str:
    """The hash of the password that was typed twice."""
    password = form.get("password", "")
    if words := why_not(password, name):
        raise Refused(words)
    if password != form.get("again", ""):
        raise Refused("The two passwords differ.")
    return hash_password(password)


def _zone_in(form: Form) -> str:
    zone = form.get("zone", "").strip() or "UTC"
    if zone not in available_timezones():
        raise Refused("There is no such time zone: write it like Europe/Berlin.")
    return zone


def _form(request: Request, template: str, title: str, form: Form, failed: str = "") -> Response:
    """The form again, without the passwords that were typed."""
    return render(
        request, template, title=title, failed=failed, status=422 if failed else 200,
        name=form.get("name", "")[:100], zone=form.get("zone", "UTC")[:100],
        zones=sorted(available_timezones()), by_link=known_of(request).by_link,
    )  # fmt: skip


ROUTES = [
    Route("/welcome", welcome, methods=["GET", "POST"]),
    Route("/account", account, methods=["GET", "POST"]),
]
