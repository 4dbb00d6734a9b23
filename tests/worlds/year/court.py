"""The state of the world as the judge reconstructs it from the history."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from tests.worlds.year.conditions import assigning_rule
from tests.worlds.year.history import Decided, Skip
from tests.worlds.year.shares import Shares
from tests.worlds.year.subjects import Subject, Subjects
from tests.worlds.year.terms import TeamTerms, Terms

Expected = tuple[str, str, str]
"""How a lead must come to somebody, to whom, and by which earlier lead."""


class Court:
    """Who is there, who has what, and what the CRM says."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.subjects = Subjects()
        self.shares = {n: Shares(t, terms.zone_of(t)) for n, t in terms.teams.items()}
        self.away_until: dict[str, datetime] = {}
        self.crm_owner: dict[str, str] = {}
        self.accounts: dict[str, Account] = {}

    def why_absent(self, name: str, at: datetime) -> str:
        """Why a person is not there; "left" if nobody knows them."""
        if name not in self.terms.people:
            return "left"
        return self.terms.why_absent(name, at, self.away_until)

    def why_skipped(self, name: str, team: TeamTerms, at: datetime) -> str:
        """Why a team passes over a person: absence, closed hours, or a cap; "" if it does not."""
        why = self.terms.why_not(name, team, at, self.away_until)
        return why or self.shares[team.name].cap_of(name, at)

    def present(self, team: TeamTerms, at: datetime) -> list[str]:
        """The people of a team who can be given a lead."""
        return [name for name in team.people if not self.why_skipped(name, team, at)]

    def skips(self, team: TeamTerms, at: datetime) -> set[tuple[str, str]]:
        """Who is passed over in a team, and why."""
        found = {(name, self.why_skipped(name, team, at)) for name in team.people}
        return {(name, why) for name, why in found if why}

    def rule_of(self, lead: Subject) -> tuple[str, str]:
        """The rule by which a lead is assigned, and its team."""
        name, _ = assigning_rule(self.terms.rules, lead)
        return name, self.terms.rules[name]["team"] if name else ""

    def chain(self, team: str) -> Iterator[TeamTerms]:
        """A team, and the teams that it falls back to."""
        while team in self.terms.teams:
            yield self.terms.teams[team]
            team = self.terms.teams[team].fallback

    def must_go_to(self, lead: Subject, team: TeamTerms, at: datetime) -> Expected | None:
        """Whose a lead is before anybody's turn; None if a turn decides."""
        owner = self.crm_owner.get(lead.record, "") if lead.record else ""
        if owner:
            return "crm", owner, ""
        return self._by_person(lead, team, at) or self._by_company(lead, team, at)

    def counts_for(self, lead: Subject) -> Subject | None:
        """The earlier lead of the same person that says who has them: the first while it is open,
        else the last."""
        earlier = self.subjects.earlier_of_person(lead)
        if not earlier:
            return None
        return earlier[-1] if earlier[0].ending else earlier[0]

    def _by_person(self, lead: Subject, team: TeamTerms, at: datetime) -> Expected | None:
        one = self.counts_for(lead)
        if one is None or not one.holder or at - one.posted_at > team.sticky_for:
            return None
        why = self.why_absent(one.holder, at)
        if not one.ending:
            is_there = why in ("", "hours", "holiday")
            return ("duplicate", one.holder, one.lead) if is_there else None
        is_there = not why and not self.is_closed(team, at)
        return ("person", one.holder, one.lead) if is_there and team.sticky != "no" else None

    def _by_company(self, lead: Subject, team: TeamTerms, at: datetime) -> Expected | None:
        account = self.accounts.get(lead.company)
        if account is None or team.sticky != "company" or at - account.at > team.sticky_for:
            return None
        if self.why_absent(account.person, at) or self.is_closed(team, at):
            return None
        return "company", account.person, account.lead

    def is_closed(self, team: TeamTerms, at: datetime) -> bool:
        """Whether the team gives out no leads at this hour."""
        return bool(team.hours) and not self.terms.hours[team.hours].at_work(at)

    def open_account(self, lead: Subject, team: TeamTerms, said: Decided) -> None:
        """Let the company of a lead belong to who gets it, unless somebody else has it who is only
        absent; the CRM's word moves it."""
        has = self.accounts.get(lead.company)
        if not lead.company or team.sticky != "company" or said.person not in self.terms.people:
            return
        if has is None or said.how == "crm":
            moves = True
        elif lead.holder:  # somebody had the lead before
            moves = has.lead == lead.lead
        else:
            moves = has.person == said.person or said.at - has.at > team.sticky_for
        if moves:
            self.accounts[lead.company] = Account(said.person, lead.lead, said.at)


class Account(msgspec.Struct, frozen=True):
    """Who has a company, by which lead, and since when."""

    person: str
    lead: str
    at: datetime


def skipped(decided: Decided) -> set[tuple[str, str]]:
    """Who was passed over by a decision, and why."""
    return {(skip.person, skip.why) for skip in decided.skipped if isinstance(skip, Skip)}
