"""Why a lead is whose it is: what is kept of each decision about it, in order."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from leadline.model.assigning import Decision, Queued
from leadline.model.handling import UNHANDLED, holder_of, owner_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.likeness import FirstSeen, Possible
from leadline.ports.ledger import Happening, LeadStory

ASSIGNED = "assigned"
"""The timeline note on a decision, with its JSON as detail."""
_DECIDED = (ASSIGNED, "owner.found", "clock.reassigned")
"""The notes of which the detail may be the JSON of a decision."""
_CHANGES = frozenset(
    (
        "claimed",
        "unjunked",
        "junked",
        "owner.found",
        "owner.not_believed",
        "crm.told",
        "clock.reassigned",
    )
)
"""The other notes on the timeline that may change whose a lead is."""

_decision = msgspec.json.Decoder(Decision)


class LaterChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened after the refinement, and the decision if it was one."""

    at: datetime
    what: str
    detail: str = ""
    decision: Decision | None = None


class Passed(msgspec.Struct, frozen=True):
    """Somebody of the team that decided, and why the lead is not theirs: a code of `SKIPS`, "turn"
    if they could have been given it, or "chosen" for whoever was."""

    person: str
    why: str
    detail: str = ""


class Reasons(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that is kept about why a lead is whose it is.

    `decision` is that of the refinement; None for a lead that waits, is quarantined, or was refined
    by a version that kept none. `people` are those of its team. `score` is the one that the sender
    gave. `later` are the changes since, oldest first.
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
    problems: tuple[str, ...] = ()
    duplicate_of: FirstSeen | None = None
    possible: tuple[Possible, ...] = ()
    queued: Queued | None = None
    refined: bool = False


def kept_reasons(story: LeadStory, teams: Mapping[str, tuple[str, ...]]) -> Reasons:
    """The reasons in a lead's story; *teams* are the people of each team by its name."""
    row = story.row
    bare = Reasons(row.lead_id, str(row.status), row.source, later=tuple(_later(story)))
    if story.refined is None:
        return bare
    lead = msgspec.json.decode(bytes(story.refined), type=RefinedLead)
    handling = story.handling or UNHANDLED
    holder, owner = holder_of(lead, handling), owner_of(lead, handling)
    details = lead.lead_details
    return msgspec.structs.replace(
        bare,
        refined=True,
        holder=holder.shown if holder else "",
        owner=owner.shown if owner else "",
        ownership=handling.ownership or details.ownership,
        decision=lead.decision,
        people=people_asked(_last_of_team(lead.decision, bare.later), teams),
        score=details.lead_score,
        problems=lead.problems,
        duplicate_of=lead.duplicate_of,
        possible=lead.possible,
        queued=handling.queued,
    )


def decision_in(happening: Happening) -> Decision | None:
    """The decision that a note of the timeline holds; None for any other note."""
    if happening.what not in _DECIDED:
        return None
    try:
        return _decision.decode(happening.detail)
    except msgspec.MsgspecError:
        return None  # of a later version, or cut


def _later(story: LeadStory) -> Iterator[LaterChange]:
    for one in story.timeline:
        if one.what == ASSIGNED or one.what in _CHANGES:
            decision = decision_in(one)
            yield LaterChange(one.at, one.what, "" if decision else one.detail, decision)


def _last_of_team(decision: Decision | None, later: tuple[LaterChange, ...]) -> Decision | None:
    """The last decision in which a team was asked."""
    asked = [one.decision for one in later if one.decision and one.decision.team]
    return asked[-1] if asked else decision


def people_asked(
    decision: Decision | None, teams: Mapping[str, tuple[str, ...]]
) -> tuple[Passed, ...]:
    """The people of the team of a decision, and those that it names, each with why the lead is not
    theirs; *teams* are the people of each team by its name."""
    return tuple(_people(decision, teams))


def _people(decision: Decision | None, teams: Mapping[str, tuple[str, ...]]) -> Iterator[Passed]:
    """The people of the team of a decision, and those that it names."""
    if decision is None or not decision.team:
        return
    skipped = {one.person: one for one in decision.skipped}
    members = teams.get(decision.team, ())
    for person in dict.fromkeys((*members, *skipped, decision.person)):
        if person == decision.person and person:
            yield Passed(person, "chosen")
        elif one := skipped.get(person):
            yield Passed(person, one.why, one.detail)
        elif person:
            yield Passed(person, "turn")
