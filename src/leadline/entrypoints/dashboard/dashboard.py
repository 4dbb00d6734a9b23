"""What every request of the dashboard has at hand."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request

from leadline.entrypoints.dashboard.guarding.roles import KnownUser, Who
from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.privacy import AuditEntry
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.dashboard.accounts import Accounts
from leadline.ports.installation import Installation
from leadline.ports.reading.ledger import Ledger
from leadline.settings.top.general import Settings

T = TypeVar("T")

Door = Callable[[HTTPConnection], Awaitable[KnownUser | None]]
"""Says who makes a request; None if nobody is known."""


class Dashboard(msgspec.Struct, frozen=True):
    """The installation that is shown, its accounts, and the clock. `door` says who somebody is in
    place of sessions and tokens."""

    installation: Installation
    accounts: Accounts | None = None
    clock: Clock = wall_clock
    door: Door | None = None

    @property
    def settings(self) -> Settings:
        """The settings of the installation."""
        return self.installation.loaded().settings

    @property
    def book(self) -> Accounts:
        """The accounts. Raises ConfigurationError if there are none."""
        if self.accounts is None:
            raise ConfigurationError("this dashboard has no accounts")
        return self.accounts


def dashboard_of(request: HTTPConnection) -> Dashboard:
    """The dashboard to which the request was made."""
    dashboard = request.app.state.dashboard
    assert isinstance(dashboard, Dashboard)  # noqa: S101 - `create_app` put it there
    return dashboard


async def ask_ledger(request: Request, question: Callable[[Ledger], T]) -> T:
    """The answer of the ledger to a question, which is put in a thread. The answer must be read
    whole by *question*: the ledger is closed afterwards."""

    def put() -> T:
        with closing(dashboard_of(request).installation.ledger()) as ledger:
            return question(ledger)

    return await run_in_threadpool(put)


def note_action(
    dashboard: Dashboard, who: Who, action: str, subject: str = "", detail: str = ""
) -> None:
    """Note in the audit log that somebody did something; *action* is a code such as
    `dashboard.login`. Call it in a thread."""
    now = dashboard.clock()
    entry = AuditEntry(at=now, actor=who.actor, action=action, subject=subject, detail=detail)
    dashboard.installation.audit().append([entry])
