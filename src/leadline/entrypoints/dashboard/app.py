"""The dashboard as an ASGI application."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from leadline.entrypoints.dashboard import live_events
from leadline.entrypoints.dashboard.actions import (
    accounts,
    bulk,
    ending_by_issuer,
    entering,
    entering_by_issuer,
    exporting,
    leads,
    own_account,
    retrying,
    rules,
    saved_views,
    team,
    testing,
)
from leadline.entrypoints.dashboard.actions.telling import form_token
from leadline.entrypoints.dashboard.api.limiting import ApiAllowance
from leadline.entrypoints.dashboard.api.openapi import OPENAPI_ROUTE
from leadline.entrypoints.dashboard.api.operations import api_routes
from leadline.entrypoints.dashboard.backtests import Backtests
from leadline.entrypoints.dashboard.bulk.plans import BulkPlans
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.guarding.access import LIVEZ, Access
from leadline.entrypoints.dashboard.guarding.failing import Failing, failed
from leadline.entrypoints.dashboard.guarding.roles import for_role
from leadline.entrypoints.dashboard.guarding.security import Guard, Perimeter
from leadline.entrypoints.dashboard.jobs import Jobs
from leadline.entrypoints.dashboard.keeping_jobs import KeepingJobs
from leadline.entrypoints.dashboard.looks import noting_looks
from leadline.entrypoints.dashboard.pages import PAGES, PARTS, DashboardPage, correct
from leadline.entrypoints.dashboard.showing.rendering import environment
from leadline.entrypoints.dashboard.showing.static_files import StaticFiles, static
from leadline.net.oauth.code_flow import CodeFlow


def create_app(dashboard: Dashboard) -> Starlette:
    """The application."""
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(one) for one in (Perimeter, Failing, Access, Guard)],
        exception_handlers={HTTPException: _failed},
    )
    app.state.dashboard = dashboard
    app.state.live = live_events.LiveEvents(dashboard)
    keeper = KeepingJobs(dashboard.accounts.jobs) if dashboard.accounts is not None else None
    app.state.jobs = Jobs(dashboard.clock, keeper)
    app.state.bulk_plans = BulkPlans()
    app.state.backtests = Backtests()
    app.state.paced_tests = testing.PacedTests()
    app.state.looked = {}  # when each person last looked at the newest leads (`looks`)
    app.state.code_flow = CodeFlow()
    app.state.allowance = ApiAllowance(dashboard.clock)
    app.state.pages = PAGES
    app.state.static = files = StaticFiles.read()
    app.state.templates = environment()
    app.state.templates.globals |= {"asset": files.url, "form_token": form_token}
    return app


def _routes() -> list[BaseRoute]:
    return [
        *(_page_route(one) for one in (*PAGES, *PARTS)),
        *entering.ROUTES,
        *entering_by_issuer.ROUTES,
        *ending_by_issuer.ROUTES,
        *own_account.ROUTES,
        *live_events.ROUTES,
        *leads.ROUTES,
        *correct.ROUTES,
        *testing.ROUTES,
        *bulk.ROUTES,
        *exporting.ROUTES,
        *saved_views.ROUTES,
        *retrying.ROUTES,
        *accounts.ROUTES,
        *team.ROUTES,
        *rules.ROUTES,
        *api_routes(),
        OPENAPI_ROUTE,
        Route(LIVEZ, _livez),
        Route("/static/{digest}/{path:path}", static),
    ]


def _page_route(one: DashboardPage) -> Route:
    return Route(one.path, for_role(one.lowest, noting_looks(one.path, one.handler)))


async def _livez(request: Request) -> Response:
    del request
    return JSONResponse({"status": "alive"})


async def _failed(request: Request, error: Exception) -> Response:
    return failed(request, error)
