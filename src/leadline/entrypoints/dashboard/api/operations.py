"""The table of what the interface for programs can be asked: routes, `/openapi.json` and the
reference page follow from it."""

from collections.abc import Sequence

import msgspec
from starlette.routing import BaseRoute, Route

from leadline.entrypoints.dashboard.api import reading
from leadline.entrypoints.dashboard.api.bulk import api_bulk, api_bulk_job
from leadline.entrypoints.dashboard.api.limiting import limited
from leadline.entrypoints.dashboard.api.model import (
    ApiBulk,
    ApiBulkJob,
    ApiDead,
    ApiDone,
    ApiExperiments,
    ApiHealth,
    ApiLead,
    ApiLeads,
    ApiTeam,
    AssignWanted,
    BulkWish,
    ClaimWanted,
    CorrectWanted,
    FiguresAsked,
    JunkWanted,
    LeadAsked,
    LeadsAsked,
    NothingAsked,
    NothingWanted,
    ReplayWanted,
)
from leadline.entrypoints.dashboard.api.writing import action_handler
from leadline.entrypoints.dashboard.guarding.roles import Handler, for_role
from leadline.entrypoints.dashboard.looks import noting_looks
from leadline.model.staff.accounts import UserRole
from leadline.operations.lists.live import Picture
from leadline.operations.rules.reasons import Reasons
from leadline.ports.reading.ledger import LeadStory

API_ROOT = "/api/v1"
_LEAD = f"{API_ROOT}/leads/{{lead_id}}"


class ApiOperation(msgspec.Struct, frozen=True):
    """One thing to ask for: its path, its name, what it does in one sentence, its handler, its
    parameters, and its answer. `wanted` is the body of a POST; it is None for a GET. `picks` is
    whether `fields` chooses among the fields of the answer, or of its leads."""

    path: str
    name: str
    about: str
    handler: Handler
    answer: type[msgspec.Struct]
    asked: type[msgspec.Struct] = NothingAsked
    wanted: type[msgspec.Struct] | None = None
    picks: type[msgspec.Struct] | None = None

    @property
    def method(self) -> str:
        """GET for a question, POST for an action."""
        return "GET" if self.wanted is None else "POST"

    @property
    def lowest(self) -> UserRole:
        """The lowest role that may ask."""
        return UserRole.VIEWER if self.wanted is None else UserRole.OPERATOR


def _action(name: str, about: str, wanted: type[msgspec.Struct]) -> ApiOperation:
    handler = action_handler(name, wanted)
    return ApiOperation(f"{_LEAD}/{name}", name, about, handler, ApiDone, wanted=wanted)


OPERATIONS: Sequence[ApiOperation] = (
    ApiOperation(
        f"{API_ROOT}/leads", "leads", "Leads, newest first, page by page.",
        reading.api_leads, ApiLeads, LeadsAsked, picks=ApiLead,
    ),
    ApiOperation(
        _LEAD, "lead", "Everything about one lead, as `leadline show --json` prints it.",
        reading.api_lead, LeadStory, LeadAsked, picks=LeadStory,
    ),
    ApiOperation(
        f"{_LEAD}/why", "why", "Why a lead is whose it is, as `leadline why --json` prints it.",
        reading.api_why, Reasons,
    ),
    ApiOperation(
        f"{API_ROOT}/dead", "dead", "The dead letters by step and reason.",
        reading.api_dead, ApiDead,
    ),
    ApiOperation(
        f"{API_ROOT}/figures", "figures", "What came in of late, what waits and what is late.",
        reading.api_figures, Picture, FiguresAsked,
    ),
    ApiOperation(
        f"{API_ROOT}/experiments", "experiments",
        "The experiments that were started, as `leadline experiment show --json` prints them.",
        reading.api_experiments, ApiExperiments,
    ),
    ApiOperation(
        f"{API_ROOT}/team", "team", "The teams and their turns, and who is there.",
        reading.api_team, ApiTeam,
    ),
    ApiOperation(
        f"{API_ROOT}/health", "health", "Whether everything works: queue, channels, sources.",
        reading.api_health, ApiHealth,
    ),
    _action("claim", "Let somebody take a lead; the first to claim it has it.", ClaimWanted),
    _action("assign", "Give a lead to somebody, whether they are there or not.", AssignWanted),
    _action("junk", "Say that it is no lead at all.", JunkWanted),
    _action("hold", "Do not refine a lead until somebody releases it.", NothingWanted),
    _action("release", "End the hold of a lead.", NothingWanted),
    _action("correct", "Correct fields of a lead, and refine it again.", CorrectWanted),
    _action("replay", "Do a lead again from a step.", ReplayWanted),
    ApiOperation(
        f"{API_ROOT}/bulk", "bulk", "Do something with many leads, or say what would be done.",
        api_bulk, ApiBulk, wanted=BulkWish,
    ),
    ApiOperation(
        f"{API_ROOT}/bulk/{{job_id}}", "bulk_job", "How far a bulk action is, and what came of it.",
        api_bulk_job, ApiBulkJob,
    ),
)  # fmt: skip
"""Everything that can be asked for, in the order of the reference page."""


def api_routes() -> list[BaseRoute]:
    """A route for each path, which may be asked in one way."""
    return [
        Route(
            one.path,
            for_role(one.lowest, limited(noting_looks(one.path, one.handler))),
            methods=[one.method],
        )
        for one in OPERATIONS
    ]
