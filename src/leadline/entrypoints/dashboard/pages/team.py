"""TEAM: who is there, how the teams stand, and what handing on somebody's leads would do."""

from contextlib import closing

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.actions.retrying import jobs_of
from leadline.entrypoints.dashboard.actions.telling import Told, told_to
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.forms import SentForm
from leadline.entrypoints.dashboard.reading import known_settings
from leadline.entrypoints.dashboard.reassigning import (
    MOST_TRIED,
    PERSON,
    TEAM,
    expected_moves,
    kit_for,
    reassigning_in,
)
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.entrypoints.dashboard.views.team_view import TeamPicture, team_picture
from leadline.journey.assigning.removed_teams import removed_words
from leadline.team.giving.absence_words import HELP


async def team(request: Request) -> Response:
    """The page."""

    def look() -> tuple[TeamPicture, Told | None]:
        return _picture(request), told_to(request)

    found, told = await run_in_threadpool(look)
    return render_page(
        request,
        "team.html",
        found=found,
        told=told,
        until_help=HELP,
        removed_words=removed_words,
    )


async def team_now(request: Request) -> Response:
    """How the teams stand, for a page that is open."""
    found = await run_in_threadpool(_picture, request)
    return render_page(request, "team_now.html", found=found, removed_words=removed_words)


async def team_reassign(request: Request) -> Response:
    """Whose leads go to whom, what that would do, and a button that does it."""
    which = reassigning_in(SentForm(request.query_params.multi_items()))
    would = await run_in_threadpool(expected_moves, request, which)
    return render_page(
        request, "team_reassign.html", title="Hand on leads", which=which, would=would,
        most_tried=MOST_TRIED, choices=_choices(request),
    )  # fmt: skip


async def team_job(request: Request) -> Response:
    """How far handing on is."""
    job = jobs_of(request).get(request.path_params["job_id"])
    if job is None:
        raise HTTPException(404)
    template = "team_job_part.html" if "hx-request" in request.headers else "team_job.html"
    return render_page(request, template, title=job.what, job=job)


def _picture(request: Request) -> TeamPicture:
    with closing(dashboard_of(request).installation.past()) as store:
        return team_picture(kit_for(request, store))


def _choices(request: Request) -> list[tuple[str, str]]:
    """To whom leads can go: the values of the field and their words."""
    settings = known_settings(request)
    if settings is None:
        return []
    teams = [(TEAM + name, f"the team {name}, by turn") for name in settings.teams]
    return [*teams, *((PERSON + name, name) for name in settings.people)]
