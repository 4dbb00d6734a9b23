"""Why a lead is whose it is: what is kept of each decision about it, in order."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from leadline.model.facts.likeness import FirstSeen, Possible
from leadline.model.facts.score import LeadScore
from leadline.model.handling import UNHANDLED, holder_of, owner_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.assigning import Charge, Decision, Queued
from leadline.model.staff.people import is_same_person
from leadline.operations.rules.names_in_stories import people_named_in
from leadline.ports.reading.ledger import Happening, LeadStory

if TYPE_CHECKING:
    from leadline.settings.top.general import Settings

ASSIGNED = "assigned"
"""The timeline note on a decision, with its JSON as detail."""
_DECIDED = (ASSIGNED, "owner.found", "clock.reassigned")
"""The notes of which the detail may be the JSON of a decision."""
PRESSED = frozenset(("claimed", "unjunked", "junked", "snoozed"))
"""The notes on buttons that were pressed, with who pressed as detail (`key_of_person`)."""
_CHANGES = frozenset(
    (
        "claimed",
        "unjunked",
        "junked",
        "undone",
        "owner.found",
        "owner.not_believed",
        "crm.told",
        "clock.reassigned",
        "duplicate.same",
        "duplicate.apart",
    )
)
"""The other notes on the timeline that may change whose a lead is, or why."""
_OF_ALL = frozenset(("turn", "weight", "least_open", "even", "learned", "fallback", "queue"))
"""How somebody gets a lead whose turn it is among all of the team who are there."""
_AMONG_OTHERS = frozenset(("reassign", "away"))
"""The same among all but who had it."""

_decision = msgspec.json.Decoder(Decision)


class LaterChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened after the refinement, and the decision if it was one."""

    at: datetime
    what: str
    detail: str = ""
    decision: Decision | None = None


class Passed(msgspec.Struct, frozen=True):
    """Somebody of the team that decided, and why the lead is not theirs: a code of `SKIPS`, "turn"
    if they could have been given it, "waits" if they could but for leads that waited before it, or
    "chosen" for whoever was."""

    person: str
    why: str
    detail: str = ""


class Reasons(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that is kept about why a lead is whose it is.

    `decision` is that of the refinement; None for a lead that waits, is quarantined, or was refined
    by a version that kept none. `people` are those of its team. `score` is the one that the sender
    gave, `scored` ours. `later` are the changes since, oldest first. `queue_is_gone` is whether the
    lead waits for a team that is not in the settings any more.
    """

    lead_id: str
    status: str
    source: str
    holder: str = ""
    owner: str = ""
    ownership: Ownership = Ownership.NOT_ASKED
    decision: Decision | None = None
    people: tuple[Passed, ...] = ()
    later: tuple[LaterChange, ...] = ()
    score: float | None = None
    scored: LeadScore | None = None
    problems: tuple[str, ...] = ()
    duplicate_of: FirstSeen | None = None
    possible: tuple[Possible, ...] = ()
    queued: Queued | None = None
    queue_is_gone: bool = False
    refined: bool = False


def kept_reasons(story: LeadStory, teams: Mapping[str, tuple[str, ...]]) -> Reasons:
    """The reasons in a lead's story; *teams* are the people of each team by its name."""
    row, names = story.row, people_named_in(story)
    bare = Reasons(row.lead_id, str(row.status), row.source)
    if story.refined is None:
        return msgspec.structs.replace(bare, later=tuple(_changes(story, names)))
    lead = msgspec.json.decode(bytes(story.refined), type=RefinedLead)
    handling = story.handling or UNHANDLED
    later = tuple(
        one for one in _changes(story, names) if not _is_first(one.decision, lead.decision)
    )
    last = _last_of_team(lead.decision, later)
    holder, owner = holder_of(lead, handling), owner_of(lead, handling)
    if holder is not None and owner is not None and is_same_person(holder, owner):
        owner = holder  # by one name, whatever the CRM calls them
    details = lead.lead_details
    return msgspec.structs.replace(
        bare,
        refined=True,
        holder=holder.shown if holder else "",
        owner=owner.shown if owner else "",
        ownership=handling.ownership or details.ownership,
        decision=lead.decision,
        people=people_asked(last, teams, _there(last, handling.charge)),
        later=later,
        score=details.lead_score,
        scored=lead.score,
        problems=lead.problems,
        duplicate_of=lead.duplicate_of,
        possible=lead.possible,
        queued=handling.queued,
        queue_is_gone=_is_gone(handling.queued, teams),
    )


def people_of_teams(settings: "Settings") -> dict[str, tuple[str, ...]]:
    """The people of each team by its name; a rule's `assign` is a team of its own."""
    made = {f"rule {name}": rule.assign for name, rule in settings.rules.items() if rule.assign}
    return {**made, **{name: team.people for name, team in settings.teams.items()}}


def decision_in(happening: Happening) -> Decision | None:
    """The decision that a note of the timeline holds; None for any other note."""
    if happening.what not in _DECIDED:
        return None
    try:
        return _decision.decode(happening.detail)
    except msgspec.MsgspecError:
        return None  # of a later version, or cut


def _changes(story: LeadStory, names: Mapping[str, str]) -> Iterator[LaterChange]:
    """The changes on the timeline; *names* are those of the people who made them."""
    for one in story.timeline:
        if one.what == ASSIGNED or one.what in _CHANGES:
            decision = decision_in(one)
            detail = names.get(one.detail, one.detail) if one.what in PRESSED else one.detail
            detail = "" if decision else detail
            yield LaterChange(one.at, one.what, detail, decision)


def _is_gone(queued: Queued | None, teams: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the settings, if they could be read, have no such team."""
    return queued is not None and bool(teams) and queued.team not in teams


def _is_first(decision: Decision | None, first: Decision | None) -> bool:
    """Whether a note on the timeline is the one on the decision of the refinement."""
    if decision is None or first is None:
        return False
    return (decision.at, decision.how, decision.person) == (first.at, first.how, first.person)


def _last_of_team(decision: Decision | None, later: tuple[LaterChange, ...]) -> Decision | None:
    """The last decision in which a team was asked."""
    asked = [one.decision for one in later if one.decision and one.decision.team]
    return asked[-1] if asked else decision


def _there(decision: Decision | None, charge: Charge | None) -> tuple[str, ...] | None:
    """Who was there when it was somebody's turn: by the decision, or by one that does not say it
    each who is owed a share of the lead. None if neither is kept."""
    if decision is not None and decision.there is not None:
        return decision.there
    if decision is None or charge is None or decision.how not in _OF_ALL:
        return None
    is_same = (charge.how, charge.person, charge.at) == (decision.how, decision.person, decision.at)
    return tuple(charge.shares) if is_same and charge.shares else None


def people_asked(
    decision: Decision | None,
    teams: Mapping[str, tuple[str, ...]],
    there: tuple[str, ...] | None = None,
) -> tuple[Passed, ...]:
    """The people of the team of a decision, and those that it names, each with why the lead is not
    theirs. *there* are those who could have been given it. None if that is not kept: then all of
    the team by *teams*, the people of each team by its name, are listed if it was anybody's turn;
    otherwise nobody looked whether they were there."""
    return tuple(_people(decision, teams, there))


def _people(
    decision: Decision | None,
    teams: Mapping[str, tuple[str, ...]],
    there: tuple[str, ...] | None,
) -> Iterator[Passed]:
    if decision is None or not decision.team:
        return
    why, person = _why_not(decision), decision.person
    skipped = {one.person: one for one in decision.skipped}
    members = teams.get(decision.team, ()) if why else ()
    if there is not None:
        listed = {*there, *skipped, person}
        members = tuple(one for one in members if one in listed)
    for one in filter(None, dict.fromkeys((*members, *(there or ()), *skipped, person))):
        if one == person:
            yield Passed(one, "chosen")
        elif (named := skipped.get(one)) is not None:
            yield Passed(one, named.why, named.detail)
        else:
            yield Passed(one, why)


def _why_not(decision: Decision) -> str:
    """Why the lead is not one's who was there; "" if nobody looked for who was."""
    if decision.how in _OF_ALL or decision.how in _AMONG_OTHERS:
        return "turn"
    return "waits" if decision.waits else ""
