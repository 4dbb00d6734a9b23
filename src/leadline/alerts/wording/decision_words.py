"""Why a lead is whose it is, in words: for messages, commands and lists.

Nothing of the lead is in these words, only names from the settings and ids of leads.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from leadline.model.handling import Handling, owner_of
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import SKIPS, Decision, RuleLooked, Skipped
from leadline.model.staff.people import Person, owner_in
from leadline.team.matching.rules import own_team

_REASONS: Mapping[str, str] = {
    "crm": "the CRM names {whom} as its owner",
    "sender": "the sender names {whom} as its owner",
    "duplicate": "{who} {have} the first lead of this person",
    "person": "{who} {have} had this person before",
    "company": "{who} {have} this company",
    "turn": "it is {whose} turn{team}",
    "weight": "it is {whose} turn by weight{team}",
    "least_open": "{who} {have} the fewest open leads{of_team}",
    "even": "it is {whose} turn among the leads that are given evenly{team}",
    "learned": "{who} {have} it by what was learned{team}",
    "fallback": "the team that was asked first could not take it, so that {who} {have} it{team}",
    "queue": "it waited in the queue{of_team} and {who} {have} room",
    "claim": "{who} claimed it",
    "next": "{who} took it from the queue{of_team}",
    "reassign": "it was not answered in time",
    "away": "its owner is away",
    "operator": "{by} assigned it to {whom}",
}
"""Why somebody has a lead, by the code of `HOWS`: a clause that follows "because"."""

_WITHOUT_RULE = frozenset(("crm", "sender", "claim", "operator"))
"""How somebody gets a lead whatever the rules say."""
_MOST_SKIPPED = 3
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNTIL = "until "


def because(decision: Decision) -> str:
    """Why the lead is whose it is, in whole sentences: "It is ada's turn in the team dach (rule
    large). bob is away until Monday, 2026-12-07."."""
    if not decision.person:
        return _to_nobody(decision)
    clause = _clause(decision, decision.person)
    return _sentences(clause, decision)


def yours_because(decision: Decision) -> str:
    """The same, said to whoever was given the lead: "Yours because it is your turn in the team
    dach (rule large)."; "" if nobody was."""
    if not decision.person:
        return ""
    return _sentences(f"yours because {_clause(decision, '')}", decision)


def decision_of(lead: RefinedLead, handling: Handling) -> Decision | None:
    """The decision that counts now: that of the refinement as long as the lead is still with whom
    it was given to then, else what is kept of the one by which a team gave it to its owner. None if
    nobody decided here, or the lead was claimed."""
    if handling.claimed_by is not None:
        return None
    was, now = owner_in(lead.lead_details), owner_of(lead, handling)
    if now is None:
        return lead.decision if was is None else None
    if was is not None and _names(was) & _names(now):
        return lead.decision
    charge = handling.charge
    if charge is None or not charge.how or charge.person.casefold() not in _names(now):
        return None
    rule = lead.decision.rule if lead.decision is not None else ""
    how, person = charge.how, charge.person
    return Decision(at=charge.at, how=how, person=person, team=charge.team, rule=rule)


def _names(person: Person) -> set[str]:
    return {one.casefold() for one in (person.name, person.email, person.id) if one}


def skipped_words(skipped: Skipped) -> str:
    """Why one person was passed over: "bob is away until Monday, 2026-12-07"."""
    why = SKIPS.get(skipped.why, skipped.why)
    verb = ":" if why.startswith("the ") else "" if why.startswith("has ") else " is"
    detail = skipped.detail
    if detail:
        detail = f" {_until(detail)}" if detail.startswith(_UNTIL) else f" ({detail})"
    return f"{skipped.person}{verb} {why.replace('`', '')}{detail}"


def absent_words(skipped: Skipped) -> str:
    """Why one person is given no leads, without their name: "away until Monday, 2026-12-07", "full
    (10 of 10 today)"."""
    if skipped.why.startswith("cap_"):
        return f"full ({skipped.detail})"
    why = SKIPS.get(skipped.why, skipped.why).removeprefix("has a ")
    return f"{why} {_until(skipped.detail)}".rstrip()


def rule_words(looked: RuleLooked) -> str:
    """What a look at a rule found: "large did not fit: countries = DE, AT", or "large fits"."""
    return f"{looked.rule} did not fit: {looked.failed}" if looked.failed else f"{looked.rule} fits"


def _clause(decision: Decision, person: str) -> str:
    """Why the lead is *person*'s, or with "" the reader's."""
    team = _team(decision)
    clause = _REASONS.get(decision.how, "{who} {have} it").format(
        who=person or "you",
        whose=f"{person}'s" if person else "your",
        whom=person or "you",
        have="has" if person else "have",
        by=_user(decision) or "an operator",
        team=f" in the team {team}" if team else "",
        of_team=f" of the team {team}" if team else "",
    )
    lead = f"lead {decision.before}" if decision.before else ""
    has_rule = decision.rule and decision.how not in _WITHOUT_RULE
    rule = f"rule {decision.rule}" if has_rule else ""
    by_what = ", ".join(filter(None, (lead, _learned(decision), rule)))
    return f"{clause} ({by_what})" if by_what else clause


def _learned(decision: Decision) -> str:
    """What an order that learns went by: "0.31 expected for this kind, 12 of 40 won, sampled first
    of 4"."""
    if (by := decision.learned) is None:
        return ""
    won = f"{by.won} of {by.of} won" if by.of else "none counted yet"
    return f"{by.expected:.2f} expected for this kind, {won}, sampled first of {by.among}"


def _user(decision: Decision) -> str:
    """Who assigned the lead: the user of a command ("cli ada") by their name alone; "" if that is
    not known."""
    return "" if decision.by == "cli" else decision.by.removeprefix("cli ")


def _team(decision: Decision) -> str:
    """The name of the team; "" if it is that of the rule's `assign`, which has no other name."""
    return "" if decision.team == own_team(decision.rule) else decision.team


def _to_nobody(decision: Decision) -> str:
    if not decision.rule and not decision.team:
        return "No rule assigns it."
    of = f" of the team {team}" if (team := _team(decision)) else ""
    rule = f" (rule {decision.rule})" if decision.rule else ""
    if decision.waits:
        then = "; it waits in the team's queue"
    elif decision.channel:
        then = f"; the channel {decision.channel} is alerted"
    else:
        then = ""
    return _sentences(f"nobody{of} could be given it{rule}{then}", decision)


def _sentences(clause: str, decision: Decision) -> str:
    """Sentences of the clause and of those passed over; names keep their first letter as it is."""
    names = tuple(filter(None, (decision.person, _user(decision))))
    is_name = clause.startswith(names)
    first = clause if is_name else f"{clause[:1].upper()}{clause[1:]}"
    told = [first, *_skipped(decision.skipped)]
    return " ".join(f"{one}." for one in told)


def _skipped(skipped: Iterable[Skipped]) -> list[str]:
    some = list(skipped)
    told = [skipped_words(one) for one in some[:_MOST_SKIPPED]]
    if more := len(some) - len(told):
        told.append(f"{more} more {'was' if more == 1 else 'were'} passed over")
    return told


def _until(detail: str) -> str:
    """The end of an absence for readers: a moment at midnight is a day; the zone is said for any
    other time of UTC."""
    said = detail.removeprefix(_UNTIL)
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return detail
    day = f"{_UNTIL}{_DAYS[at.weekday()]}, {at:%Y-%m-%d}"
    if at.utcoffset() is None or (not at.hour and not at.minute):
        return day
    zone = " UTC" if at.utcoffset() == timedelta() else ""
    return f"{day} {at:%H:%M}{zone}"
