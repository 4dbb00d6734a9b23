"""Response times: which leads are on track, at risk or breached now, and how long each step took.

The clock of a target stands still outside its hours, while a lead is snoozed, and while it waits
in the queue of a team. Nothing of a lead's person is in these figures.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from leadline.model.facts.awaiting import first_touch, is_awaited
from leadline.model.handling import Handling, holder_of
from leadline.model.lead import RefinedLead
from leadline.operations.figures.answering import due_at, is_late
from leadline.operations.figures.speed import NOBODY, Spread, spread
from leadline.ports.reading.ledger import Followed
from leadline.settings.top.general import Settings
from leadline.team.giving.teams import Teams
from leadline.team.hours import is_working, next_open, working_time
from leadline.team.people import Team
from leadline.team.targets import Targets

NO_TEAM = "(no team)"
"""The name for leads that no team was given, in the figures by team."""


class ResponseState(StrEnum):
    """How a lead stands by its target. Of the leads without a response, BREACHED ones are past
    their target, AT_RISK ones past the time of its reminder, and PAUSED ones have a clock that
    stands still. IN_TIME and LATE are those with a response. NO_TARGET are all others: no target
    applies, or no response is awaited any more."""

    ON_TRACK = "on track"
    AT_RISK = "at risk"
    BREACHED = "breached"
    PAUSED = "paused"
    IN_TIME = "in time"
    LATE = "late"
    NO_TARGET = "no target"


AWAITED = (
    ResponseState.BREACHED,
    ResponseState.AT_RISK,
    ResponseState.ON_TRACK,
    ResponseState.PAUSED,
)
"""The states of leads for which a response is awaited, the most urgent first."""


class TimedLead(msgspec.Struct, frozen=True, kw_only=True):
    """One lead: whose it is, its state, when its first response is due (None: no target), and why
    its clock stands still and until when, if it does.

    `owner`, `alert` and `response` are seconds from the capture until it had an owner, until its
    alert was sent, and until the first response of a person; None if that has not happened, or is
    not known. `response` is measured by the clock of the target, if there is one.
    """

    lead_id: str
    captured_at: datetime
    source: str
    person: str
    team: str
    state: ResponseState
    due: datetime | None = None
    why_paused: str = ""
    resumes: datetime | None = None
    owner: float | None = None
    alert: float | None = None
    response: float | None = None


class ResponseGroup(msgspec.Struct, frozen=True):
    """The figures of some leads: how many they are in each state, and the times of each step.
    `older` are how many further leads are in each state, which are in no other figure."""

    name: str
    leads: int
    states: Mapping[ResponseState, int]
    owner: Spread
    alert: Spread
    response: Spread
    older: Mapping[ResponseState, int] = {}

    def number(self, state: ResponseState) -> int:
        """How many leads are in a state, with the older ones."""
        return self.states.get(state, 0) + self.older.get(state, 0)

    @property
    def share_in_time(self) -> float | None:
        """The share (0 to 1) of leads in time among those whose target was met or missed."""
        late = self.states.get(ResponseState.LATE, 0)
        met = self.states.get(ResponseState.IN_TIME, 0)
        decided = met + late + self.states.get(ResponseState.BREACHED, 0)
        return met / decided if decided else None


class ResponseJudge(msgspec.Struct, frozen=True):
    """What the figures depend on beside the leads: the time now, the targets, people and teams."""

    now: datetime
    targets: Targets = Targets()
    team: Team = Team()
    teams: Teams = Teams()


def response_judge(settings: Settings, now: datetime) -> ResponseJudge:
    """The judge by these settings."""
    return ResponseJudge(
        now,
        Targets(settings.targets, settings.hours),
        Team(settings.people),
        Teams(settings.teams, settings.rules, settings.people, settings.hours),
    )


def timed(one: Followed, judge: ResponseJudge) -> TimedLead:
    """How a lead stands now, and how long each of its steps took."""
    lead, handling = one.lead, one.handling
    holder, touched = holder_of(lead, handling), first_touch(handling)
    due = due_at(lead, handling, judge.targets)
    state, why, resumes = _state(lead, handling, judge, due)
    return TimedLead(
        lead_id=lead.lead_id,
        captured_at=lead.captured_at,
        source=lead.received_from,
        person=(judge.team.name_of(holder) or holder.shown) if holder is not None else NOBODY,
        team=judge.teams.of_lead(lead, handling) or NO_TEAM,
        state=state,
        due=due,
        why_paused=why,
        resumes=resumes,
        owner=_passed(lead, _owned_at(one)),
        alert=_passed(lead, one.told_at),
        response=_response(lead, handling, judge.targets, touched),
    )


def group_of(
    name: str, leads: Sequence[TimedLead], older: Iterable[TimedLead] = ()
) -> ResponseGroup:
    """The figures of these leads, and of older ones their states."""
    return ResponseGroup(
        name,
        len(leads),
        Counter(one.state for one in leads),
        spread(one.owner for one in leads),
        spread(one.alert for one in leads),
        spread(one.response for one in leads),
        Counter(one.state for one in older),
    )


def groups_by(
    leads: Iterable[TimedLead],
    key: Callable[[TimedLead], str],
    older: Iterable[TimedLead] = (),
) -> tuple[ResponseGroup, ...]:
    """The figures of each group, those with most leads first; of *older* ones their states."""
    found: dict[str, list[TimedLead]] = defaultdict(list)
    further: dict[str, list[TimedLead]] = defaultdict(list)
    for some, into in ((leads, found), (older, further)):
        for one in some:
            into[key(one)].append(one)
    names = sorted({*found, *further}, key=lambda name: (-len(found.get(name, ())), name))
    return tuple(group_of(name, found.get(name, ()), further.get(name, ())) for name in names)


def _state(
    lead: RefinedLead, handling: Handling, judge: ResponseJudge, due: datetime | None
) -> tuple[ResponseState, str, datetime | None]:
    """The state of a lead; for a paused one also why its clock stands still, and until when."""
    touched = first_touch(handling)
    if due is not None and touched is not None:
        return ResponseState.IN_TIME if touched <= due else ResponseState.LATE, "", None
    if due is None or not is_awaited(lead, handling):
        return ResponseState.NO_TARGET, "", None
    if is_late(handling, due, judge.now):
        return ResponseState.BREACHED, "", None
    why, resumes = _pause(lead, handling, judge)
    if why:
        return ResponseState.PAUSED, why, resumes
    reminder = judge.targets.steps(lead, handling.clock_from)[0]
    is_at_risk = reminder <= judge.now
    return ResponseState.AT_RISK if is_at_risk else ResponseState.ON_TRACK, "", None


def _pause(
    lead: RefinedLead, handling: Handling, judge: ResponseJudge
) -> tuple[str, datetime | None]:
    """Why the clock of a lead stands still, and until when; "" if it does not."""
    if handling.waits_in is not None:
        return "waits in the queue", None
    snoozed = handling.snoozed_until
    if snoozed is not None and snoozed > judge.now:
        return "snoozed", snoozed
    target = judge.targets.of(lead)
    hours = judge.targets.hours.get(target.hours) if target is not None else None
    if hours is not None and not is_working(hours, judge.now):
        return "outside hours", next_open(hours, judge.now)
    return "", None


def _owned_at(one: Followed) -> datetime | None:
    """When the lead first had an owner, as far as that is kept."""
    decision, charge = one.lead.decision, one.handling.charge
    found = [
        decision.at if decision is not None and decision.person else None,
        charge.at if charge is not None else None,
        one.handling.claimed_at,
        one.lead.processed_at if one.lead.lead_details.owner else None,
    ]
    return min((at for at in found if at is not None), default=None)


def _passed(lead: RefinedLead, until: datetime | None) -> float | None:
    """The seconds from the capture until then."""
    return None if until is None else _seconds(until - lead.captured_at)


def _response(
    lead: RefinedLead, handling: Handling, targets: Targets, touched: datetime | None
) -> float | None:
    """The seconds until the first response: those within the hours of the target, if it has any,
    from the start of its clock."""
    if touched is None:
        return None
    target = targets.of(lead)
    start = handling.clock_from or lead.captured_at
    if target is None or not target.hours:
        return _seconds(touched - start)
    return _seconds(working_time(targets.hours[target.hours], start, touched))


def _seconds(span: timedelta) -> float:
    return round(max(span, timedelta()).total_seconds(), 3)
