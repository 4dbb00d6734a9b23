"""The questions of the interface for programs: leads, dead letters, figures, teams and health."""

from contextlib import closing
from datetime import timedelta

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.actions.retrying import kit_with
from leadline.entrypoints.dashboard.api.asking import (
    chosen_parts,
    fields_wanted,
    json_answer,
    lead_id_in,
    parameters_in,
)
from leadline.entrypoints.dashboard.api.model import (
    ApiDead,
    ApiExperiments,
    ApiHealth,
    ApiLead,
    ApiPerson,
    ApiStatus,
    ApiTeam,
    FiguresAsked,
    LeadAsked,
    LeadsAsked,
    NothingAsked,
)
from leadline.entrypoints.dashboard.dashboard import ask_ledger, dashboard_of
from leadline.entrypoints.dashboard.experiments import experiments_of
from leadline.entrypoints.dashboard.pages.health import health_and_machine
from leadline.entrypoints.dashboard.reading import (
    browser_for,
    judge_for,
    known_settings,
    shown_dead,
    shown_story,
)
from leadline.entrypoints.dashboard.showing.search_words import search_words
from leadline.entrypoints.decided_stories import as_decided, without_keys
from leadline.journey.assigning.absences import announced
from leadline.journey.assigning.team_states import removed_states, states_of
from leadline.kit import Kit
from leadline.model.ids import is_lead_id
from leadline.model.lead import Status
from leadline.operations.lists.browsing import Wanted
from leadline.operations.lists.listing import Listed
from leadline.operations.lists.live import Picture, picture
from leadline.operations.rules.reasons import kept_reasons, people_of_teams
from leadline.ports.reading.ledger import DeadGroup, LeadStory, Ledger
from leadline.settings.notation.notations import DURATION


async def api_leads(request: Request) -> Response:
    """A page of leads."""
    asked = parameters_in(request, LeadsAsked)
    fields = fields_wanted(asked.fields, ApiLead)
    if asked.cursor and not is_lead_id(asked.cursor):
        raise HTTPException(400, "`cursor` is not the `next` of an answer.")

    def question(ledger: Ledger) -> tuple[tuple[Listed, ...], str]:
        browser = browser_for(request, ledger)
        return browser.following(wanted_of(asked), asked.limit, asked.cursor)

    found, end = await ask_ledger(request, question)
    rows = [chosen_parts(_lead(one), fields) for one in found]
    why = search_words(request).why if asked.q.strip() and not (rows or asked.cursor) else ""
    return json_answer({"leads": rows, "next": end or None} | ({"note": why} if why else {}))


def wanted_of(asked: LeadsAsked) -> Wanted:
    """The leads that parameters ask for."""
    held = asked.status is ApiStatus.HELD
    return Wanted(
        words=asked.q.strip(),
        status=Status(asked.status) if asked.status and not held else None,
        source=asked.source,
        owner=asked.owner,
        since=asked.since,
        until=asked.until,
        reason=asked.reason,
        held=held,
        dead=asked.dead,
        unowned=asked.unowned,
        duplicates=asked.duplicates,
        hot=asked.hot,
    )


def _lead(one: Listed) -> ApiLead:
    due_at = one.wait.due_at if one.wait is not None and not one.on_hold else None
    row = msgspec.structs.asdict(one.row)
    return ApiLead(**row, due_at=due_at, on_hold=one.on_hold)


async def api_lead(request: Request) -> Response:
    """Everything about one lead."""
    fields = fields_wanted(parameters_in(request, LeadAsked).fields, LeadStory)
    return json_answer(chosen_parts(without_keys(await _story(request)), fields))


async def api_why(request: Request) -> Response:
    """Why a lead is whose it is."""
    parameters_in(request, NothingAsked)
    settings = known_settings(request)
    teams = people_of_teams(settings) if settings else {}
    return json_answer(kept_reasons(await _story(request), teams))


async def _story(request: Request) -> LeadStory:
    """A lead as whoever asks may see it. Raises HTTPException (404)."""
    lead_id, installation = lead_id_in(request), dashboard_of(request).installation

    def question(ledger: Ledger) -> LeadStory | None:
        story = ledger.story(lead_id)
        return as_decided(installation, story) if story is not None else None

    story = await ask_ledger(request, question)
    if story is None:
        raise HTTPException(404)
    return shown_story(request, story)


async def api_dead(request: Request) -> Response:
    """The dead letters by step and reason."""
    parameters_in(request, NothingAsked)

    def question(ledger: Ledger) -> tuple[DeadGroup, ...]:
        return tuple(shown_dead(request, ledger, one) for one in ledger.dead())

    return json_answer(ApiDead(await ask_ledger(request, question)))


async def api_figures(request: Request) -> Response:
    """What came in of late, what waits and what is late."""
    span: timedelta = DURATION.read(parameters_in(request, FiguresAsked).range)

    def question(ledger: Ledger) -> Picture:
        return picture(ledger, judge_for(request), span)

    return json_answer(await ask_ledger(request, question))


async def api_experiments(request: Request) -> Response:
    """The experiments that were started."""
    parameters_in(request, NothingAsked)
    return json_answer(ApiExperiments(await experiments_of(request)))


async def api_team(request: Request) -> Response:
    """The teams, and who is there."""
    parameters_in(request, NothingAsked)

    def question() -> ApiTeam:
        with closing(dashboard_of(request).installation.past()) as store:
            kit = kit_with(request, store)
            teams = (*states_of(kit, kit.teams.names()), *removed_states(kit))
            return ApiTeam(teams, _people(request, kit))

    return json_answer(await run_in_threadpool(question))


def _people(request: Request, kit: Kit) -> tuple[ApiPerson, ...]:
    said, now = announced(kit.store).people, kit.clock()
    found = []
    for name in dashboard_of(request).settings.people:
        attendance = kit.teams.attendance(name, said)
        why_not, until = (attendance and attendance.why_absent(now)) or ("", None)
        teams = tuple(kit.teams.having(name))
        found.append(ApiPerson(name, not why_not, why_not, until, teams))
    return tuple(found)


async def api_health(request: Request) -> Response:
    """Whether everything works."""
    parameters_in(request, NothingAsked)
    found, _ = await run_in_threadpool(health_and_machine, request)
    return json_answer(ApiHealth(found.troubles, found))
