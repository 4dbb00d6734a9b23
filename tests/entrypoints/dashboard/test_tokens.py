"""Tokens of programs: what they may ask and change, and until when."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from leadline.entrypoints.dashboard.guarding.roles import for_role, who_asks
from leadline.model.staff.accounts import ApiToken, Scope, UserRole, digest_of
from leadline.ports.dashboard.accounts import Accounts
from tests.worlds.dashboard import Browser, guarded_dashboard
from tests.worlds.leads import HandClock

SECRET = "leadline_" + "s" * 43


class Api:
    """A dashboard with an address for programs, which says who asks."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.app: Starlette
        self.accounts: Accounts
        self.clock = clock
        self.app, self.accounts = guarded_dashboard(folder, clock)

        async def who(request: Request) -> Response:
            one = who_asks(request)
            return JSONResponse([one.actor, one.role.word])

        for path, lowest in (("/api/who", UserRole.VIEWER), ("/api/act", UserRole.OPERATOR)):
            route = Route(path, for_role(lowest, who), methods=["GET", "POST"])
            self.app.router.routes.append(route)

    def add(self, scope: Scope = Scope.READ, role: UserRole = UserRole.VIEWER) -> None:
        now = self.clock()
        ends = now + timedelta(days=90)
        assert self.accounts.add_token(
            ApiToken("reports", digest_of(SECRET), scope, role, "root", now, ends)
        )

    def ask(self, method: str = "GET", path: str = "/api/who", token: str = SECRET) -> int:
        headers = {"authorization": f"Bearer {token}"}
        return Browser(self.app).ask(method, path, headers).status


@pytest.fixture
def api(clock: HandClock, tmp_path: Path) -> Iterator[Api]:
    made = Api(tmp_path, clock)
    yield made
    made.accounts.close()


def test_a_token_says_which_program_asks(api: Api) -> None:
    api.add()
    shown = Browser(api.app).get("/api/who", authorization=f"bearer {SECRET}")
    assert shown.text == '["token:reports","viewer"]'


@pytest.mark.parametrize(
    "token", ["", "x", SECRET[:-1], SECRET + "x", SECRET.upper(), "s" * 10_000, "\xff", "' OR 1=1"]
)
def test_another_token_is_nobody_s(token: str, api: Api) -> None:
    api.add()
    shown = Browser(api.app).get("/api/who", authorization=f"Bearer {token}")
    assert shown.status == 401
    assert shown.headers["www-authenticate"] == "Bearer"


def test_a_token_ends_after_its_time_and_when_it_is_revoked(api: Api) -> None:
    api.add()
    api.clock.advance(days=89)
    assert api.ask() == 200
    api.clock.advance(days=1)
    assert api.ask() == 401
    api.add()  # the name is free again
    assert api.ask() == 200
    assert api.accounts.revoke("reports")
    assert api.ask() == 401


def test_what_may_read_writes_nothing(api: Api) -> None:
    api.add(Scope.READ, UserRole.ADMIN)
    assert api.ask() == 200
    assert api.ask("POST", "/api/act") == 403
    assert api.ask("DELETE", "/api/act") == 403


def test_what_may_write_needs_no_token_of_a_form(api: Api) -> None:
    api.add(Scope.WRITE, UserRole.OPERATOR)
    assert api.ask("POST", "/api/act") == 200


def test_the_role_of_a_token_holds(api: Api) -> None:
    api.add(Scope.WRITE, UserRole.VIEWER)
    assert api.ask("POST", "/api/act") == 403


def test_tokens_open_no_page(api: Api) -> None:
    api.add(Scope.WRITE, UserRole.ADMIN)
    for path in ("/", "/account", "/live/events"):
        assert api.ask(path=path) == 303


def test_when_a_token_was_last_used_is_noted_once_a_minute(api: Api) -> None:
    api.add()
    assert [one.seen_at for one in api.accounts.tokens()] == [None]
    api.ask()
    first = api.clock()
    api.clock.advance(seconds=59)
    api.ask()
    assert [one.seen_at for one in api.accounts.tokens()] == [first]
    api.clock.advance(seconds=1)
    api.ask()
    assert [one.seen_at for one in api.accounts.tokens()] == [api.clock()]


def test_a_name_has_one_token_at_a_time(api: Api) -> None:
    api.add()
    now = api.clock()
    other = ApiToken("reports", digest_of("o"), Scope.READ, UserRole.VIEWER, "root", now, now)
    assert not api.accounts.add_token(other)
    assert api.ask() == 200
