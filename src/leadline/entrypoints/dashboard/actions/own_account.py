"""What people do with their own account: make the first one, change its password or time zone."""

from zoneinfo import available_timezones

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.forms import SentForm, form_of
from leadline.entrypoints.dashboard.guarding.access import LOGIN
from leadline.entrypoints.dashboard.guarding.logins import (
    LoginFailure,
    begin,
    is_account_name,
    proves_password,
)
from leadline.entrypoints.dashboard.guarding.passwords import hash_password, why_not
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, known_user
from leadline.entrypoints.dashboard.guarding.sessions import forget_cookie, set_cookie
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.model.staff.accounts import UserAccount, UserRole


class FormRefused(Exception):
    """What was sent can't be done; the text says why."""


async def welcome(request: Request) -> Response:
    """For the person at the machine, as long as there is no account: a form for the first."""
    known, dashboard = known_user(request), dashboard_of(request)
    accounts = await run_in_threadpool(dashboard.book.accounts)
    if accounts or known.who.has_account:
        return RedirectResponse("/", 303)
    if request.method != "POST":
        return _form(request, "welcome.html", "Welcome to Leadline", SentForm([]))
    form = await form_of(request)
    try:
        session = await run_in_threadpool(_first, dashboard, known, form)
    except FormRefused as why:
        return _form(request, "welcome.html", "Welcome to Leadline", form, str(why))
    answer = RedirectResponse("/", 303)
    set_cookie(request, answer, session)
    return answer


def _first(dashboard: Dashboard, known: KnownUser, form: SentForm) -> str:
    """Add the first account, and turn the session into its own; the new session's secret."""
    name = form.get("name", "").strip().lower()
    if not is_account_name(name):
        raise FormRefused("A name has small letters, digits and . _ @ + - alone.")
    now = dashboard.clock()
    made = UserAccount(name, UserRole.ADMIN, now, _new_password(form, name), zone=zone_in(form))
    if not dashboard.book.add(made):
        raise FormRefused("There is an account of that name.")
    note_action(dashboard, known.who, "account.added", name, made.role.word)
    dashboard.book.end(known.session)
    return begin(dashboard.book, name, now, dashboard.settings.dashboard_sessions)


async def own_account(request: Request) -> Response:
    """One's own account: its password, and the zone in which times are shown."""
    known, dashboard = known_user(request), dashboard_of(request)
    if request.method != "POST" or not known.who.has_account:
        return _form(request, "account.html", "Your account", SentForm([("zone", known.who.zone)]))
    form = await form_of(request)
    try:
        session = await run_in_threadpool(_change, dashboard, known, form)
    except FormRefused as why:
        return _form(request, "account.html", "Your account", form, str(why))
    answer = RedirectResponse("/account", 303)
    if session:
        set_cookie(request, answer, session)
    return answer


async def log_out_everywhere(request: Request) -> Response:
    """End all sessions of one's own account, such as that of a machine that was lost."""
    known, dashboard = known_user(request), dashboard_of(request)

    def end() -> None:
        if known.who.has_account:
            dashboard.book.log_out(known.who.name)
        dashboard.book.end(known.session)
        note_action(dashboard, known.who, "account.logged_out", known.who.name)

    await run_in_threadpool(end)
    answer = RedirectResponse(LOGIN, 303)
    forget_cookie(request, answer)
    return answer


def _change(dashboard: Dashboard, known: KnownUser, form: SentForm) -> str:
    """Change the account. With another password all its sessions end; the secret of a new one is
    returned, else ""."""
    book, now = dashboard.book, dashboard.clock()
    before = book.account(known.who.name)
    if before is None:
        raise FormRefused("Your account was removed.")
    after = msgspec.structs.replace(before, zone=zone_in(form))
    if form.get("password"):
        if before.issuer:  # else its owner could log in when the issuer lets them in no more
            raise FormRefused("This account has no password: its owner logs in by the issuer.")
        if not known.by_link:
            _demand_password(dashboard, before, form.get("current", ""))
        password = _new_password(form, before.name)
        after = msgspec.structs.replace(after, password=password)
    if not book.change(after, before):  # hashing takes a moment, in which a role may be taken away
        raise FormRefused("Your account was changed meanwhile: look at it again.")
    note_action(dashboard, known.who, "account.changed", before.name)
    if after.password == before.password:
        return ""
    return begin(book, before.name, now, dashboard.settings.dashboard_sessions)


def _demand_password(dashboard: Dashboard, account: UserAccount, password: str) -> None:
    match proves_password(dashboard.book, account, password, dashboard.clock()):
        case LoginFailure.WRONG:
            raise FormRefused("That is not your present password.")
        case LoginFailure.TOO_OFTEN:
            raise FormRefused("There were too many attempts. Try again in a quarter of an hour.")


def _issuer_of(request: Request) -> str:
    """What the login is called of who logs in by an issuer; "" for others."""
    name = dashboard_of(request).settings.dashboard_oidc_name
    return name if known_user(request).who.issuer else ""


def _new_password(form: SentForm, name: str) -> str:
    """The hash of the password that was typed twice."""
    password = form.get("password", "")
    if words := why_not(password, name):
        raise FormRefused(words)
    if password != form.get("again", ""):
        raise FormRefused("The two passwords differ.")
    return hash_password(password)


def zone_in(form: SentForm) -> str:
    """The time zone that a form names. Raises FormRefused."""
    zone = form.get("zone", "").strip() or "UTC"
    if zone not in available_timezones():
        raise FormRefused("There is no such time zone: write it like Europe/Berlin.")
    return zone


def _form(
    request: Request, template: str, title: str, form: SentForm, failed: str = ""
) -> Response:
    """The form again, without the passwords that were typed."""
    return render_page(
        request, template, title=title, failed=failed, status=422 if failed else 200,
        name=form.get("name", "")[:100], zone=form.get("zone", "UTC")[:100],
        zones=sorted(available_timezones()), by_link=known_user(request).by_link,
        by_issuer=_issuer_of(request),
    )  # fmt: skip


ROUTES = [
    Route("/welcome", welcome, methods=["GET", "POST"]),
    Route("/account", own_account, methods=["POST"]),  # the page is in the table of pages
    Route("/account/logout", log_out_everywhere, methods=["POST"]),
]
