"""Leads that somebody has are handed on: to the next of the team, or to somebody named."""

from collections.abc import Mapping

import msgspec

from leadline.journey.assigning.changing import names_for, team_of
from leadline.journey.assigning.documents import books_of, documents_in
from leadline.journey.assigning.giving import Assignment, give
from leadline.journey.assigning.past_leads import name_in
from leadline.kit import Kit, known
from leadline.model.facts.scored_leads import score_of
from leadline.model.handling import UNHANDLED, Ending, Handling, holder_of
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import Decision, Kept
from leadline.model.staff.people import Person
from leadline.team.giving.asking import Ask
from leadline.team.giving.deciding import who_gets
from leadline.team.matching.kinds import kind_values
from leadline.team.matching.rules import Looked

_ROUNDS = 10
_MOST = 100_000


class Other(msgspec.Struct, frozen=True):
    """Who else of a team gets a lead, why, and the documents as they were when that was decided."""

    person: Person
    decision: Decision
    team: str
    kept: Mapping[str, Kept]


def seek_other(
    kit: Kit,
    lead: RefinedLead,
    before: Handling,
    *,
    how: str,
    team: str = "",
    by: str = "",
) -> Other | None:
    """Whose turn it is among the others of the lead's team (*team*, if given); None if nobody else
    is there or has room. *how* is a code of `model.staff.assigning.HOWS`."""
    looked = Looked(team=team or _team_now(kit, lead, before))
    kept = kit.store.kept(names_for(kit.teams, lead, before, looked.team))
    ask = Ask(
        lead_id=lead.lead_id,
        at=kit.clock(),
        looked=looked,
        score=score_of(lead) or 0.0,
        but=holder_name(kit, lead, before),
        first=True,
        by=by,
        kind_values=kind_values(lead, kit.teams.kind_fields(looked.team)),
    )
    decision = who_gets(kit.teams, ask, books_of(documents_in(kept))).decision
    person = kit.team.person(decision.person) if decision.person else None
    if person is None:
        return None
    decision = msgspec.structs.replace(decision, how=how, rule=_rule_of(lead))
    return Other(person, decision, looked.team, kept)


def holder_name(kit: Kit, lead: RefinedLead, handling: Handling) -> str:
    """The name in `[people]` of who works on a lead, else as shown; "" for nobody."""
    holder = holder_of(lead, handling)
    return name_in(kit.team, known(kit, holder)) if holder is not None else ""


def _team_now(kit: Kit, lead: RefinedLead, before: Handling) -> str:
    """The team of a lead, else that of the rule that fits it now."""
    return team_of(kit.teams, lead, before) or kit.routes.look(lead, kit.clock()).team


def _rule_of(lead: RefinedLead) -> str:
    return lead.decision.rule if lead.decision is not None else ""


class Moved(msgspec.Struct, frozen=True):
    """What became of one lead that was to get somebody else: who had it, who has it now ("": nobody
    could be found, and it stays), and why it was left alone ("": it was not)."""

    lead_id: str
    before: str
    after: str = ""
    why_not: str = ""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """To whom leads go: to *person*, else to whose turn it is in *team* ("": in their own). *how*
    is a code of `model.staff.assigning.HOWS`, *by* who says so."""

    how: str
    person: str = ""
    team: str = ""
    by: str = ""


def move(kit: Kit, lead_id: str, wanted: Move) -> Moved:
    """Give a refined lead to somebody else."""
    lead = kit.store.refined([lead_id]).get(lead_id)
    if lead is None:
        return Moved(lead_id, "", why_not="it is not refined yet")
    has = ""
    for _ in range(_ROUNDS):
        before = kit.store.handling([lead_id]).get(lead_id, UNHANDLED)
        has = holder_name(kit, lead, before)
        if why_not := _why_not(lead, before, has, wanted):
            return Moved(lead_id, has, why_not=why_not)
        given = _given(kit, lead, before, wanted)
        if given is None:
            return Moved(lead_id, has)
        if give(kit, given) is not None:
            return Moved(lead_id, has, given.decision.person)
    return Moved(lead_id, has, why_not="others changed it at the same time; try again")


def _why_not(lead: RefinedLead, before: Handling, has: str, wanted: Move) -> str:
    if lead.status != "refined":
        return f"it is {lead.status}"
    if before.ending is not Ending.OPEN or before.gone:
        return f"it has ended ({before.gone or before.ending})"
    if wanted.person and has == wanted.person:
        return f"{has} has it already"
    return ""


def _given(kit: Kit, lead: RefinedLead, before: Handling, wanted: Move) -> Assignment | None:
    """To whom the lead goes; None if nobody else is there or has room."""
    if wanted.person:
        team = team_of(kit.teams, lead, before)
        decision = Decision(
            at=kit.clock(),
            how=wanted.how,
            person=wanted.person,
            team=team,
            rule=_rule_of(lead),
            by=wanted.by,
        )
        return Assignment(lead=lead, before=before, decision=decision, team=team)
    other = seek_other(kit, lead, before, how=wanted.how, team=wanted.team, by=wanted.by)
    if other is None:
        return None
    return Assignment(
        lead=lead, before=before, decision=other.decision, team=other.team, kept=other.kept
    )


def leads_held_by(kit: Kit, name: str) -> list[str]:
    """The ids of the open leads of somebody, oldest first: by their name in `[people]`, or the
    e-mail address, Slack id or CRM id of somebody who is not there any more."""
    member = kit.team.members.get(name)
    of_member = (member.slack, member.email.lower(), *member.crm) if member is not None else ()
    keys = [key for key in dict.fromkeys((*of_member, name, name.lower())) if key]
    ids = sorted({i for key in keys for i in kit.store.work_list(key, _MOST)})
    leads, handled = kit.store.refined(ids), kit.store.handling(ids)
    return [i for i in ids if i in leads and _has(kit, leads[i], handled.get(i, UNHANDLED), name)]


def _has(kit: Kit, lead: RefinedLead, handling: Handling, name: str) -> bool:
    """Whether somebody works on the lead. An id alone does not say so of people in the settings:
    two CRMs may give the same id to different people."""
    holder = holder_of(lead, handling)
    if holder is None:
        return False
    if name in kit.team.members:
        return name_in(kit.team, known(kit, holder)) == name
    return name.lower() in (holder.name.lower(), holder.email.lower(), holder.slack.lower(),
                            holder.id.lower())  # fmt: skip
