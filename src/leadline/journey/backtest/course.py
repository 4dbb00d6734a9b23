"""What becomes of leads by one set of settings: owners, teams and channels, as time passes."""

import heapq
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from leadline.journey.assigning.documents import account_names
from leadline.journey.assigning.first_turn import channels_told
from leadline.journey.backtest.cleaning import Cleaned, TriedSettings, name_of
from leadline.journey.backtest.learning import Learner
from leadline.journey.backtest.linking import EarlierLeads, Linker
from leadline.journey.refinement.scoring import scored
from leadline.kit import channels_by
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.facts.scored_leads import score_of
from leadline.model.handling import Ending
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.assigning import Absence, AccountOwner, Charge, Decision, TeamRoster
from leadline.model.staff.people import Person as Owner
from leadline.model.staff.people import owner_in
from leadline.team.giving.asking import Ask, Books, Choice, Earlier
from leadline.team.giving.deciding import who_gets
from leadline.team.giving.turns import JUNK, Booking, rebooked
from leadline.team.matching.kinds import kind_values
from leadline.team.matching.routing import with_owner
from leadline.team.matching.rules import Looked
from leadline.team.matching.subject import NO_FACTS, Facts, ownership_of


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """What becomes of a lead. `owner` is a name from `[people]`, or as shown; `duplicate_of` the id
    of the first lead of the same person. `queued` is whether it had to wait in a team's queue."""

    status: str
    owner: str = ""
    how: str = ""
    team: str = ""
    rule: str = ""
    channels: tuple[str, ...] = ()
    channels_rule: str = ""
    duplicate_of: str = ""
    score: float | None = None
    queued: bool = False


class Case(NamedTuple):
    """A lead for which somebody is sought, and what was asked."""

    one: Cleaned
    lead: RefinedLead
    person: EarlierLeads
    ask: Ask
    facts: Facts


_Waiting = tuple[float, datetime, str, Case]
"""A lead in a team's queue: those with the highest score come first, then the earliest."""


class Course:
    """The leads of a backtest by one set of settings. Leads are taken in the order of their
    refinement; rosters begin with nobody owed anything, unless *books* are given."""

    def __init__(self, side: TriedSettings, books: Books | None = None) -> None:
        self._kit = side.kit
        self._teams = side.kit.teams
        begin = books or Books()
        self._rosters: dict[str, TeamRoster] = dict(begin.rosters)
        self._accounts: dict[str, AccountOwner] = dict(begin.accounts)
        self._absences: Mapping[str, Absence] = begin.absences
        self._charges: dict[str, Charge] = {}
        self._endings: list[tuple[datetime, str, Ending]] = []
        self._queues: dict[str, list[_Waiting]] = {}
        self._learner = Learner(self._teams)
        self._ended: dict[str, tuple[datetime, Ending]] = {}
        self._captured: dict[str, datetime] = {}
        self.results: dict[str, Result] = {}

    def take(self, one: Cleaned, lead: RefinedLead, person: EarlierLeads) -> Decision | None:
        """Decide about a lead that is refined now; *lead* is it as linked. Returns the decision;
        None if no rule is asked about it."""
        self._end(one.at)
        self._hand_out(one.at)
        self._captured[lead.lead_id] = lead.captured_at
        lead = scored(self._kit, lead) if lead.status == "refined" else lead
        if one.ended_at is not None:
            self._ended[lead.lead_id] = one.ended_at, one.ending
        if lead.status != "refined" or KNOWN_PERSON in lead.problems or not self._kit.routes.rules:
            self.results[lead.lead_id] = self._without_rules(lead, one, person)
            return None
        case = self._case(one, lead, person)
        verdict = who_gets(self._teams, case.ask, self._books())
        self._carry_out(case, verdict)
        if (queued := verdict.queued) is not None:
            queue = self._queues.setdefault(queued.team, [])
            heapq.heappush(queue, (-queued.score, one.at, lead.lead_id, case))
        self.results[lead.lead_id], decision = self._result(case, verdict.decision)
        return decision

    def move(self, lead_ids: Iterable[str], linker: Linker) -> None:
        """Correct the first lead of leads that turned out later to be another person's."""
        for lead_id in lead_ids:
            if (result := self.results.get(lead_id)) is not None:
                first = linker.first_of(lead_id)
                self.results[lead_id] = msgspec.structs.replace(result, duplicate_of=first)

    def _books(self) -> Books:
        return Books(self._rosters, self._accounts, self._absences, self._learner.wins)

    def _case(self, one: Cleaned, lead: RefinedLead, person: EarlierLeads) -> Case:
        facts = self._facts(person, one)
        looked = self._kit.routes.look(lead, one.at, facts)
        if ownership_of(lead) is Ownership.UNKNOWN:
            looked = msgspec.structs.replace(looked, assigns="", team="")
        return Case(one, lead, person, self._ask(one, lead, person, looked), facts)

    def _ask(self, one: Cleaned, lead: RefinedLead, person: EarlierLeads, looked: Looked) -> Ask:
        """The question whom the lead is given to, as `journey.assigning.first_turn` asks it."""
        return Ask(
            lead_id=lead.lead_id,
            at=one.at,
            looked=looked,
            score=score_of(lead) or 0.0,
            owner=name_of(self._kit, owner_in(lead.lead_details)),
            how=one.how or "sender",
            earlier=self._earlier(one, person),
            accounts=account_names(lead, person.traits) if looked.team else (),
            is_open=one.ended_at is None or one.ended_at > one.at,
            kind_values=kind_values(lead, self._teams.kind_fields(looked.team)),
        )

    def _carry_out(self, case: Case, verdict: Choice) -> None:
        self._rosters.update(verdict.rosters)
        self._accounts.update(verdict.accounts)
        if verdict.charge is None:
            return
        lead_id, one = case.lead.lead_id, case.one
        self._charges[lead_id] = verdict.charge
        self._learner.given(
            lead_id, case.lead.captured_at, verdict.charge, one.ended_at, one.ending
        )
        if case.ask.is_open and one.ended_at is not None:
            heapq.heappush(self._endings, (one.ended_at, lead_id, one.ending))

    def _end(self, at: datetime) -> None:
        """Close the leads that have ended by now, and count those that are old enough."""
        self._learner.count(at)
        while self._endings and self._endings[0][0] <= at:
            _, lead_id, ending = heapq.heappop(self._endings)
            charge = self._charges[lead_id]
            config, roster = self._teams.of(charge.team), self._rosters.get(charge.team)
            if config is None or roster is None:
                continue
            after = Booking(charge, False, ending is Ending.JUNK and JUNK in config.credit)
            zone = self._teams.zone(charge.team)
            self._rosters[charge.team] = rebooked(roster, zone, Booking(charge), after)

    def _hand_out(self, at: datetime) -> None:
        """Give out the leads of the queues, as long as somebody has room for the first of them."""
        for team, some in self._queues.items():
            while some and self._gives_out(team, some[0][3], at):
                heapq.heappop(some)

    def _gives_out(self, team: str, case: Case, at: datetime) -> bool:
        ask = msgspec.structs.replace(case.ask, at=at, first=True)
        if not who_gets(self._teams, ask, self._books()).decision.person:
            return False
        roster = self._rosters.get(team, TeamRoster())
        self._rosters[team] = msgspec.structs.replace(roster, waiting=max(0, roster.waiting - 1))
        verdict = who_gets(self._teams, ask, self._books())
        self._carry_out(case, verdict)
        result, _ = self._result(case, verdict.decision)
        self.results[case.lead.lead_id] = msgspec.structs.replace(result, queued=True)
        return True

    def _earlier(self, one: Cleaned, person: EarlierLeads) -> Earlier | None:
        """The lead that says who has the person: the first one while it is open, else the last."""
        if not person.ids:
            return None
        first = self._had(one, person.ids[0])
        return first if first is not None and first.is_open else self._had(one, person.ids[-1])

    def _had(self, one: Cleaned, lead_id: str) -> Earlier | None:
        result = self.results.get(lead_id)
        if result is None:
            beyond = one.earlier
            return beyond if beyond is not None and beyond.lead_id == lead_id else None
        ended, _ = self._ended.get(lead_id, (None, Ending.OPEN))
        is_open = ended is None or ended > one.at
        return Earlier(lead_id, result.owner, is_open, self._captured[lead_id])

    def _facts(self, person: EarlierLeads, one: Cleaned) -> Facts:
        """What rules may ask about the earlier leads of the person."""
        if not person.ids or not self._kit.routes.ask_history:
            return NO_FACTS
        first, last = (self._had(one, person.ids[at]) for at in (0, -1))
        _, ending = self._ended.get(person.ids[-1], (None, Ending.OPEN))
        return Facts(
            leads=len(person.ids),
            first_at=first.captured_at if first else None,
            last_at=last.captured_at if last else None,
            owner=last.person if last else "",
            outcome=ending.value if last and not last.is_open else "",
        )

    def _result(self, case: Case, decision: Decision) -> tuple[Result, Decision]:
        """What becomes of a lead about which it is decided so; and the decision, which names the
        rule of the channels."""
        kit, lead = self._kit, case.lead
        if decision.person and owner_in(lead.lead_details) is None:
            owner = kit.team.person(decision.person) or Owner(name=decision.person)
            lead = with_owner(lead, owner, Ownership.ASSIGNED)
        looked = kit.routes.look(lead, case.one.at, case.facts)
        decision = msgspec.structs.replace(decision, channels_rule=looked.channels_rule)
        result = Result(
            status=lead.status,
            owner=decision.person or name_of(kit, owner_in(lead.lead_details)),
            how=decision.how,
            team=decision.team,
            rule=decision.rule,
            channels=channels_told(kit, decision, channels_by(kit, looked, lead)),
            channels_rule=looked.channels_rule,
            duplicate_of=case.person.first,
            score=score_of(lead),
            queued=decision.waits,
        )
        return result, decision

    def _without_rules(self, lead: RefinedLead, one: Cleaned, person: EarlierLeads) -> Result:
        """What becomes of a lead about which no rule is asked."""
        routes = self._kit.routes
        is_told = lead.status == "refined" and KNOWN_PERSON not in lead.problems
        usual = channels_by(self._kit, Looked(), lead) if routes.usual else ()
        return Result(
            status=lead.status,
            owner=name_of(self._kit, owner_in(lead.lead_details)),
            how=one.how,
            channels=(usual or tuple(self._kit.channels))
            if is_told and not routes.is_silent(lead)
            else (),
            duplicate_of=person.first,
            score=score_of(lead),
        )
