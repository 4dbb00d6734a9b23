"""What can be wrong with a first decision about a lead, by each promise."""

from collections.abc import Iterator

from tests.worlds.year.conditions import assigning_rule, failed_conditions
from tests.worlds.year.court import Court, skipped
from tests.worlds.year.history import Decided
from tests.worlds.year.subjects import Subject
from tests.worlds.year.terms import TeamTerms

Fault = tuple[str, str]
"""The kind of a violation, and what is wrong in words."""

STICKY = ("duplicate", "person", "company")
BY_TURN = ("turn", "weight", "least_open", "fallback", "queue")


def faults_of(court: Court, lead: Subject, said: Decided) -> Iterator[Fault]:
    """All that is wrong with a decision about a lead that nobody has."""
    if lead.source == "generic" and lead.record and lead.record not in court.crm_owner:
        if said.person:
            yield "crm", f"{said.person} has it, though the CRM has not said whose it is"
        return
    rule, team_name = court.rule_of(lead)
    team = court.terms.teams.get(lead.waits_in or team_name)
    yield from _faults_of_rules(court, lead, said, rule)
    if team is None:
        if said.how != "crm" and said.person:
            yield "why", f"{said.person} has it, though no rule gives it to anybody"
        return
    wanted = court.must_go_to(lead, team, said.at)
    if wanted is not None:
        yield from _faults_of_claim(said, wanted)
    elif said.how in ("crm", *STICKY):
        yield said.how, f"{said.person} has it by {said.how} without ground"
    else:
        yield from _faults_of_turn(court, lead, said, team)


def faults_of_handing_on(court: Court, lead: Subject, said: Decided) -> Iterator[Fault]:
    """All that is wrong with giving a lead that somebody has to another of the team."""
    if said.how == "away" and court.why_absent(lead.holder, said.at) not in ("away", "left"):
        yield "absent", f"it is handed on, though {lead.holder} is not away"
    asked = court.chain(court.rule_of(lead)[1])
    ready = [(team, court.present(team, said.at)) for team in asked]
    others = [(team, [one for one in some if one != lead.holder]) for team, some in ready]
    team, able = next(((team, some) for team, some in others if some), (None, []))
    if team is None or said.person not in able:
        yield "absent", f"{said.person} gets it from {lead.holder}, but could not"
        return
    if said.team != team.name:
        yield "why", f"team {said.team or 'none'} is said to have it, by right {team.name}"
    told = {(n, why) for n, why in skipped(said) if why != "holds" and n in team.people}
    for name, why in sorted(told - court.skips(team, said.at)):
        yield "why", f"{name} is said to be passed over for {why!r}; that is not so"
    if not court.shares[team.name].is_next(said.person, able):
        yield "turn", f"{said.person} was not next: {court.shares[team.name].shown()}"


def _faults_of_rules(court: Court, lead: Subject, said: Decided, rule: str) -> Iterator[Fault]:
    if said.how == "crm":
        return
    if said.rule != rule:
        yield "why", f"rule {said.rule or 'none'} is said to assign it, but {rule or 'none'} does"
    looked = {look.rule: look.failed for look in said.rules}
    _, before = assigning_rule(court.terms.rules, lead)
    for name in [*before, rule]:
        failed = failed_conditions(court.terms.rules[name], lead) if name else []
        if name and name not in looked:
            yield "why", f"rule {name} is not among those looked at"
        elif name and bool(looked[name]) is not bool(failed):
            yield "why", f"rule {name} is said to fail by {looked[name]!r}, by right {failed}"
        elif failed and not any(one in looked[name] for one in failed):
            yield "why", f"rule {name} fails by {failed}, not by {looked[name]!r}"


def _faults_of_claim(said: Decided, wanted: tuple[str, str, str]) -> Iterator[Fault]:
    how, person, before = wanted
    if said.person != person:
        found = said.person or "nobody"
        yield how, f"{found} has it by {said.how}, and not {person}, who had {before or 'it'}"
    elif said.how != how:
        yield "why", f"{person} has it by {how}, not by {said.how}"
    elif before and said.before != before:
        yield "why", f"{person} has it by {before}, not by {said.before or 'no lead'}"


def _faults_of_turn(
    court: Court, lead: Subject, said: Decided, first: TeamTerms
) -> Iterator[Fault]:
    asked = list(court.chain(lead.waits_in or first.name))
    able = next((team for team in asked if court.present(team, said.at)), None)
    last = able or asked[-1]
    if said.team != last.name:
        yield "why", f"team {said.team or 'none'} is said to have it, by right {last.name}"
        return
    yield from _faults_of_skips(court, said, last)
    if able is None:
        yield from _faults_of_nobody(said, last)
        return
    present = court.present(able, said.at)
    if not said.person:
        in_front = [one for one in court.subjects.waiting_in(able.name) if one is not lead]
        if not (said.waits and in_front):  # who comes later waits behind them
            yield "lost", f"nobody has it, though {', '.join(present)} could"
        return
    if said.person not in present:
        yield from _faults_of_absent(court, said, able)
        return
    shares = court.shares[able.name]
    if not shares.is_next(said.person, present):
        yield "turn", f"{said.person} was not next: {shares.shown()}"
    usual = {able.order} if able is first else {"fallback", able.order}
    if said.how not in ({"queue", *usual} if lead.waits_in else usual):
        yield "why", f"{said.person} is said to have it by {said.how}"


def _faults_of_absent(court: Court, said: Decided, team: TeamTerms) -> Iterator[Fault]:
    if said.person not in team.people:
        yield "why", f"{said.person} is not in team {team.name}"
        return
    why = court.why_skipped(said.person, team, said.at)
    yield ("cap" if why.startswith("cap") else "absent"), f"{said.person} has it, but: {why}"


def _faults_of_nobody(said: Decided, last: TeamTerms) -> Iterator[Fault]:
    """What is wrong where nobody of any team can take the lead."""
    if last.fallback == "queue":
        if said.person:
            yield "absent", f"{said.person} has it, though nobody of {last.name} is there"
        elif not said.waits:
            yield "queue", "it is not said to wait in the queue"
    elif said.person and said.person != last.fallback:
        yield "absent", f"{said.person} has it, though only {last.fallback} could"


def _faults_of_skips(court: Court, said: Decided, team: TeamTerms) -> Iterator[Fault]:
    """Whether everybody passed over is named with the right reason, and nobody else."""
    told, right = skipped(said), court.skips(team, said.at)
    not_here = ("old", "left", "holds")  # why somebody is not given it for having had the person
    members = {(name, why) for name, why in told if name in team.people and why not in not_here}
    for name, why in sorted(members - right):
        yield "why", f"{name} is said to be passed over for {why!r}; that is not so"
    for name, why in sorted(right - members):
        yield "why", f"{name} is not said to be passed over for {why!r}"
