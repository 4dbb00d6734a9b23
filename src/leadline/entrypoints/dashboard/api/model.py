"""What the interface for programs is asked and answers. Routes, `/openapi.json` and the reference
page follow from these values."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from leadline.entrypoints.dashboard.bulk.wanted import BulkAction
from leadline.journey.assigning.team_states import TeamState
from leadline.model.facts.correcting import CORRECTABLE, CUSTOM
from leadline.operations.repair.replay import Start
from leadline.operations.trials.experiment_reports import ExperimentReport
from leadline.operations.watching.health import HealthPicture
from leadline.ports.reading.ledger import DeadGroup, LeadRow

_Text = Annotated[str, Meta(max_length=200)]
_Id = Annotated[str, Meta(min_length=36, max_length=36)]
_Moment = Annotated[datetime, Meta(tz=True)]
_Fields = Annotated[
    str,
    Meta(
        max_length=400,
        description="The names of the fields that are wanted, with commas; omitted: all.",
    ),
]


class ApiStatus(StrEnum):
    """The statuses by which leads are asked for: those of leads, and on hold."""

    ANY = ""
    WAITING = "waiting"
    HELD = "held"
    REFINED = "refined"
    ALERTED = "alerted"
    QUARANTINED = "quarantined"
    FILTERED = "filtered"
    FOLDED = "folded"
    DEAD = "dead"


class LeadsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of a list of leads."""

    q: Annotated[
        _Text,
        Meta(
            description="Text in name, e-mail or company, or the beginning or (from 8 digits on) "
            "end of an id; who sees leads masked searches what is shown. On AWS a whole id, e-mail "
            "address, phone number or record of the CRM, masked an id alone; if nothing is found, "
            "`note` in the answer says so."
        ),
    ] = ""
    status: Annotated[ApiStatus, Meta(description="Only leads with this status.")] = ApiStatus.ANY
    source: Annotated[_Text, Meta(description="Only leads of this source.")] = ""
    owner: Annotated[
        _Text,
        Meta(description="Only leads of this owner, by the name that lists show, in any case."),
    ] = ""
    since: Annotated[
        _Moment | None, Meta(description="Captured at or after this time (RFC 3339).")
    ] = None
    until: Annotated[_Moment | None, Meta(description="Captured before this time.")] = None
    reason: Annotated[_Text, Meta(description="Only leads with a dead letter of this reason.")] = ""
    dead: Annotated[bool, Meta(description="Only leads with a dead letter of any step.")] = False
    unowned: Annotated[bool, Meta(description="Only refined leads without an owner.")] = False
    duplicates: Annotated[bool, Meta(description="Only leads linked to an earlier one.")] = False
    hot: Annotated[bool, Meta(description="Only leads whose score reaches `score_hot`.")] = False
    limit: Annotated[int, Meta(ge=1, le=200, description="The most leads in one answer.")] = 50
    cursor: Annotated[
        str, Meta(max_length=36, description="`next` of the answer before; omitted: the newest.")
    ] = ""
    fields: _Fields = ""


class LeadAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of one lead."""

    fields: _Fields = ""


class FigureRange(StrEnum):
    """The times of which there are figures."""

    HOUR = "1h"
    HOURS = "6h"
    DAY = "24h"
    WEEK = "7d"


class FiguresAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of the figures."""

    range: Annotated[FigureRange, Meta(description="The time up to now.")] = FigureRange.HOURS


class NothingAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has no parameters."""


class ApiLead(LeadRow, frozen=True):
    """A lead in a list. `due_at` is when a lead that waits is refined; None for one on hold."""

    due_at: datetime | None = None
    on_hold: bool = False


class ApiLeads(msgspec.Struct, frozen=True):
    """A page of leads, newest first; `next` is the cursor of the next page, None at the end.
    `note` is there if nothing was found for `q` where not all texts can be searched: what can."""

    leads: tuple[ApiLead, ...]
    next: str | None
    note: str | msgspec.UnsetType = msgspec.UNSET


class ApiDead(msgspec.Struct, frozen=True):
    """The dead letters by step and reason, the largest group first."""

    groups: tuple[DeadGroup, ...]


class ApiPerson(msgspec.Struct, frozen=True):
    """Somebody of `[people]`: whether they are there, why not (a code), until when if that is
    known, and their teams."""

    person: str
    there: bool
    why: str
    until: datetime | None
    teams: tuple[str, ...]


class ApiTeam(msgspec.Struct, frozen=True):
    """The teams that give out leads, as `leadline teams` shows them, and who is there."""

    teams: tuple[TeamState, ...]
    people: tuple[ApiPerson, ...]


class ApiExperiments(msgspec.Struct, frozen=True):
    """The experiments that were started, the last one first."""

    experiments: tuple[ExperimentReport, ...]


class ApiHealth(msgspec.Struct, frozen=True):
    """The state of the installation; `troubles` is how many things are wrong in it."""

    troubles: int
    health: HealthPicture


class ClaimWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to have the lead, a name from `[people]`; "": the one whose name the token has."""

    person: _Text = ""


class AssignWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to have the lead, a name from `[people]`. With `rev` it is not done if others changed
    the lead's `handling` since that revision."""

    person: Annotated[str, Meta(min_length=1, max_length=200)]
    rev: Annotated[int, Meta(ge=0, le=1 << 53)] | None = None


class JunkWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With `rev` it is not done if others changed the lead's `handling` since that revision."""

    rev: Annotated[int, Meta(ge=0, le=1 << 53)] | None = None


class ReplayWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which step on the lead is done again."""

    start: Start = msgspec.field(default=Start.REFINE, name="from")


class NothingWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What needs nothing further."""


class CorrectWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The corrected values; `custom` has those of further fields, by the sender's names of them. A
    value "" clears the field, and what is not given stays."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    title: str | None = None
    country: str | None = None
    website: str | None = None
    message: str | None = None
    custom: dict[str, str] = {}

    @property
    def values(self) -> dict[str, str]:
        """The values by field, as a correction names fields."""
        said = {name: getattr(self, name) for name in CORRECTABLE}
        given = {name: value for name, value in said.items() if value is not None}
        return given | {f"{CUSTOM}{name}": value for name, value in self.custom.items()}


class ApiDone(msgspec.Struct, frozen=True):
    """What was done with a lead, in words without personal data."""

    lead_id: _Id
    action: str
    message: str


class BulkFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which leads: all that meet these conditions, as in `GET /api/v1/leads`."""

    q: _Text = ""
    status: ApiStatus = ApiStatus.ANY
    source: _Text = ""
    owner: _Text = ""
    since: _Moment | None = None
    until: _Moment | None = None
    reason: _Text = ""
    dead: bool = False
    unowned: bool = False
    duplicates: bool = False
    hot: bool = False


class BulkWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An action (`claim`, `assign`, `junk`, `hold`, `release`, `now`: end the wait, `replay`,
    `retry`: replay dead letters) on many leads: those of `ids`, or all that match `filter` (`{}`:
    all there are), of which at most the newest 10,000 older than the id `before`. `person` is to
    whom they are assigned or for whom they are claimed, `from` the step of a replay. With `expect`
    nothing is done unless there are that many leads. A `dry_run` says what would be done, changes
    nothing, and leaves its key free."""

    action: BulkAction
    ids: Annotated[tuple[_Id, ...], Meta(max_length=500)] = ()
    filter: BulkFilter | None = None
    person: _Text = ""
    start: Start = msgspec.field(default=Start.REFINE, name="from")
    before: Annotated[str, Meta(max_length=36)] = ""
    expect: Annotated[int, Meta(ge=0, le=1 << 53)] | None = None
    dry_run: bool = False


class ApiBulk(msgspec.Struct, frozen=True):
    """What is being done, or would be: the id of the job ("" for a dry run), the number of `leads`,
    with how many of them it is done (`would`), and how many are `skipped`, by why. `next` is the
    `before` of the next request if there are more leads, else null."""

    job: str
    leads: int
    would: int
    skipped: dict[str, int]
    next: str | None


class ApiSkipped(msgspec.Struct, frozen=True):
    """A lead that was skipped, and why."""

    lead_id: str
    why: str


class ApiBulkJob(msgspec.Struct, frozen=True):
    """How far a bulk action is: of `leads` leads `looked_at`, of which `changed` were; `skipped` by
    why, and the first of them by `names`. `ended_at` is null while it goes on; `error` says why it
    broke off."""

    job: str
    action: str
    leads: int
    looked_at: int
    changed: int
    skipped: dict[str, int]
    names: tuple[ApiSkipped, ...]
    stopped: bool
    ended_at: datetime | None
    error: str
