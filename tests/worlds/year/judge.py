"""The judge of a year: reads a history, and says which promises of assignment were broken.

python -m tests.worlds.year.judge HISTORY.jsonl

It works from the history alone, with its own reading of the settings, its own calendar and exact
fractions, and imports nothing of Leadline.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from tests.worlds.year.court import Court
from tests.worlds.year.history import (
    Alerted,
    Began,
    Commanded,
    Counted,
    CrmSaid,
    Decided,
    Event,
    Owned,
    Posted,
    Pressed,
    read,
)
from tests.worlds.year.shares import NEARLY
from tests.worlds.year.subjects import HANDED_ON, TAKEN_HOWS, Subject
from tests.worlds.year.terms import terms_of
from tests.worlds.year.verdicts import BY_TURN, faults_of, faults_of_handing_on

_GRACE = timedelta(minutes=20)
"""How long something that is due may take, as a task is tried again after minutes."""
_EVEN, _UNEVEN = Fraction(1), Fraction(12, 10)
"""How far from their share somebody may be without absences, and with them."""


class Violation(msgspec.Struct, frozen=True):
    """A promise that was broken: its kind, when, for which lead, and how."""

    kind: str
    at: datetime
    lead: str
    words: str


class Judge:
    """Hears the events of a history in order; `violations` is what it has found."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.heard: Counter[str] = Counter()
        self.hows: Counter[str] = Counter()
        self._court: Court | None = None
        self._due_owner: dict[str, tuple[str, datetime]] = {}
        self._room_since: dict[str, datetime] = {}
        self._passed: list[tuple[datetime, str, str, list[str]]] = []

    @property
    def court(self) -> Court:
        """The state; there is one once the settings were heard."""
        if self._court is None:
            raise ValueError("the history does not begin with the settings")
        return self._court

    def hear(self, event: Event) -> None:
        """Take one event in."""
        self.heard[type(event).__name__] += 1
        if not isinstance(event, Began):
            self._check_time(event.at)
        hearing: Mapping[type, Callable[[Any], None]] = {
            Began: self._hear_settings,
            Posted: self._hear_post,
            CrmSaid: self._hear_crm,
            Commanded: self._hear_command,
            Pressed: self._hear_press,
            Decided: self._hear_decision,
            Alerted: self._hear_alert,
            Counted: self._hear_count,
            Owned: self._hear_owner,
        }
        if type(event) in hearing:  # a disturbance is to make no difference
            hearing[type(event)](event)

    def end(self, at: datetime) -> list[Violation]:
        """What was found after the last event, when nothing more is under way."""
        self._check_time(at + _GRACE * 2)
        for one in self.court.subjects.by_lead.values():
            if one.last is None:
                self._blame("lost", at, one.lead, "nothing was ever decided about it")
        for name, shares in self.court.shares.items():
            bound = _UNEVEN if shares.had_absences else _EVEN
            if not shares.was_forced and shares.worst > bound + NEARLY:
                words = f"somebody of {name} was {float(shares.worst):.3f} leads off their share"
                self._blame("share", at, "", words)
        return self.violations

    def _blame(self, kind: str, at: datetime, lead: str, words: str) -> None:
        self.violations.append(Violation(kind, at, lead, words))

    # what was asked and answered

    def _hear_settings(self, said: Began) -> None:
        self._court = Court(terms_of(said.settings))

    def _hear_post(self, said: Posted) -> None:
        self.court.subjects.add(Subject(said))

    def _hear_crm(self, said: CrmSaid) -> None:
        court = self.court
        if not said.there:
            court.crm_owner.setdefault(said.record, "")
            return
        changed = said.owner != court.crm_owner.get(said.record, "")
        court.crm_owner[said.record] = said.owner
        for one in court.subjects.of_record(said.record):
            if said.ending and one.last is not None:
                self._end(one, said.ending)
            if changed and said.owner and one.last is not None and one.owner != said.owner:
                self._due_owner[one.lead] = said.owner, said.at

    def _hear_command(self, said: Commanded) -> None:
        if said.verb == "back":
            self.court.away_until.pop(said.person, None)
        else:
            forever = datetime.max.replace(tzinfo=said.at.tzinfo)
            self.court.away_until[said.person] = said.until or forever

    def _hear_press(self, said: Pressed) -> None:
        one = self.court.subjects.by_lead[said.lead]
        if said.verb == "junk":
            self._end(one, "junk")
            return
        if one.ending == "junk":
            one.ending = ""
            for shares in self.court.shares.values():
                if one.lead in shares.payments:
                    shares.restore(one.lead)
        if not one.claimant:
            claimed = Decided(at=said.at, lead=said.lead, how="claim", person=said.person)
            self._give(one, claimed)
            one.waits_in = ""

    def _end(self, one: Subject, ending: str) -> None:
        """A lead ends: it is not open any more, and junk may cost no turn."""
        if one.ending:
            return
        one.ending, one.waits_in = ending, ""
        for shares in self.court.shares.values():
            paid = shares.payments.get(one.lead)
            if paid is not None:
                shares.open[paid.person].discard(one.lead)
                if ending == "junk" and "junk" in shares.terms.credit:
                    shares.credit(one.lead)

    # what was decided

    def _hear_decision(self, said: Decided) -> None:
        one = self.court.subjects.by_lead.get(said.lead)
        if one is None:
            self._blame("why", said.at, said.lead, "nobody posted this lead")
            return
        self.hows[said.how] += 1
        if one.owner and said.how in TAKEN_HOWS and said.person:
            words = f"{said.person} gets it by {said.how}, though {one.owner} has it already"
            self._blame("twice", said.at, one.lead, words)
        elif not one.owner and said.how in (*TAKEN_HOWS, "crm", "nobody"):
            for kind, words in faults_of(self.court, one, said):
                self._blame(kind, said.at, one.lead, words)
            self._note_passed(one, said)
        elif said.how in HANDED_ON:
            for kind, words in faults_of_handing_on(self.court, one, said):
                self._blame(kind, said.at, one.lead, words)
        self._check_crm(one, said)
        self._give(one, said)
        one.first, one.last = one.first or said, said
        one.waits_in = said.team if said.waits else ""
        one.waits_since = one.waits_since or said.at if said.waits else None

    def _give(self, one: Subject, said: Decided) -> None:
        """Let somebody have a lead, with all that follows for the team and the company."""
        if said.how == "claim" or not one.claimant:
            self._book(one, said)
            team = self.court.terms.teams.get(self.court.rule_of(one)[1])
            if team is not None and said.person and said.person != one.holder:
                self.court.open_account(one, team, said)
        if said.how == "claim":
            one.claimant = said.person
            one.owner = one.owner or said.person
        else:
            one.owner = said.person

    def _check_crm(self, one: Subject, said: Decided) -> None:
        """Whether the CRM's word counts: it has named nobody else."""
        owner, _ = self._due_owner.get(one.lead, ("", said.at))
        if said.how == "crm":
            if said.person != self.court.crm_owner.get(one.record, ""):
                words = f"the CRM has not named {said.person}"
                self._blame("crm", said.at, one.lead, words)
            elif owner == said.person:
                del self._due_owner[one.lead]

    def _book(self, one: Subject, said: Decided) -> None:
        """Let who gets the lead pay for it, and who had it get that back."""
        court = self.court
        had = next((s for s in court.shares.values() if one.lead in s.payments), None)
        if had is not None and said.person in had.terms.people:
            if had.payments[one.lead].person != said.person:
                had.pass_on(one.lead, said.person, said.at)
                had.was_forced = True
            return
        if had is not None:
            had.give_back(one.lead)
        if not said.person:
            return
        first = court.rule_of(one)[1]
        asked = [court.shares[said.team]] if said.how in BY_TURN and said.team else []
        asked += [court.shares[team.name] for team in court.chain(first)]
        shares = next((s for s in asked if said.person in s.terms.people), None)
        if shares is None:
            return
        is_turn = said.how in (*BY_TURN, *HANDED_ON)
        again = court.counts_for(one)
        is_duplicate = again is not None and not again.ending
        free = not is_turn and (
            not shares.terms.sticky_pays or (is_duplicate and "duplicates" in shares.terms.credit)
        )
        shares.was_forced |= not is_turn and not free
        shares.had_absences |= bool(court.skips(shares.terms, said.at))
        present = None if free else court.present(shares.terms, said.at)
        shares.pay(one.lead, said.person, said.at, present)

    def _note_passed(self, one: Subject, said: Decided) -> None:
        """Remember which leads were in front of one that is handed out of a queue."""
        if not one.waits_in or not said.person or said.how not in BY_TURN:
            return
        key = (-one.score, one.posted_at)
        waiting = self.court.subjects.waiting_in(one.waits_in)
        before = [w.lead for w in waiting if (-w.score, w.posted_at) < key]
        if before:
            self._passed.append((said.at, one.lead, one.waits_in, before))

    # what time shows

    def _check_time(self, at: datetime) -> None:
        """What should have happened by now: late owners of the CRM, and queues."""
        for lead, (owner, since) in list(self._due_owner.items()):
            if at - since > _GRACE:
                self._blame("crm", since, lead, f"the CRM names {owner}, who did not get it")
                del self._due_owner[lead]
        self._check_passed(at)
        for name, team in self.court.terms.teams.items():
            waits = list(self.court.subjects.waiting_in(name))
            if not waits or not self.court.present(team, at):
                self._room_since.pop(name, None)
            elif at - self._room_since.setdefault(name, at) > _GRACE:
                words = f"it waits in the queue of {name}, though there is room"
                self._blame("queue", at, waits[0].lead, words)
                self._room_since[name] = at + timedelta(days=1)

    def _check_passed(self, at: datetime) -> None:
        while self._passed and at - self._passed[0][0] > _GRACE:
            since, lead, team, before = self._passed.pop(0)
            for other in before:
                one = self.court.subjects.by_lead[other]
                if one.waits_in == team and one.waits_since and one.waits_since <= since:
                    self._blame("order", since, lead, f"{other} was before it in the queue")

    # what was told

    def _hear_alert(self, said: Alerted) -> None:
        one = self.court.subjects.by_lead[said.lead]
        if one.last is None:
            self._blame("alert", said.at, said.lead, "it is told before anything is decided")
        elif said.owner != one.owner:
            words = f"the alert names {said.owner or 'nobody'}, by right {one.owner or 'nobody'}"
            self._blame("alert", said.at, said.lead, words)

    def _hear_count(self, said: Counted) -> None:
        shares = self.court.shares[said.team]
        owed, held = shares.owed.get(said.person, Fraction()), shares.open.get(said.person, ())
        if abs(owed - Fraction(said.owed)) > NEARLY:
            right = f"by right {float(owed):+.3f}"
            words = f"{said.person} is owed {said.owed:+.3f} by {said.team}, {right}"
            self._blame("count", said.at, "", words)
        if said.open != len(held):
            words = f"{said.person} has {said.open} open leads of {said.team}, not {len(held)}"
            self._blame("count", said.at, "", words)

    def _hear_owner(self, said: Owned) -> None:
        holder = self.court.subjects.by_lead[said.lead].holder
        if said.owner != holder:
            words = f"{said.owner or 'nobody'} has it, but {holder or 'nobody'} was given it"
            self._blame("owner", said.at, said.lead, words)


def judge(events: Iterable[Event]) -> Judge:
    """A judge that has heard a whole history."""
    found, at = Judge(), datetime.min
    for event in events:
        found.hear(event)
        at = event.at
    found.end(at)
    return found


def main(arguments: list[str]) -> int:
    """Print the violations in the history of a file; 1 if there are any."""
    found = judge(read(Path(arguments[0])))
    for one in found.violations:
        print(f"{one.at:%Y-%m-%d %H:%M:%S}  {one.kind:10} {one.lead or '-':36}  {one.words}")
    heard = ", ".join(f"{count} {name}" for name, count in sorted(found.heard.items()))
    print(f"{len(found.violations)} violations in {heard}")
    return 1 if found.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
