"""What a team has given to its people, kept by the judge in exact fractions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction

from tests.worlds.year.terms import TeamTerms

NEARLY = Fraction(1, 10_000)
"""Shares that differ by less are the same: Leadline counts in whole billionths."""


class Payment:
    """Who got a lead, when, and what everybody present was owed more for it; nothing if it was
    *free*."""

    def __init__(self, person: str, at: datetime, shares: Mapping[str, Fraction]) -> None:
        self.person, self.at, self.shares = person, at, shares
        self.is_credited = False


class Shares:
    """The shares of one team's people.

    `owed` is a person's share less what they got; the bound for it is what the issue promises for a
    team in which nobody gets a lead but by turn. `came` counts the leads that the team gave out.
    """

    def __init__(self, terms: TeamTerms, zone: tzinfo) -> None:
        self.terms, self.zone = terms, zone
        self.owed: dict[str, Fraction] = dict.fromkeys(terms.people, Fraction())
        self.open: dict[str, set[str]] = {name: set() for name in terms.people}
        self.days: Counter[tuple[str, str]] = Counter()
        self.weeks: Counter[tuple[str, str]] = Counter()
        self.payments: dict[str, Payment] = {}
        self.worst = Fraction()
        self.was_forced = False
        self.had_absences = False

    def cap_of(self, name: str, at: datetime) -> str:
        """The cap that keeps a person from further leads; "" if none does."""
        terms = self.terms
        if self.days[name, self._day(at)] >= terms.cap_day:
            return "cap_day"
        if self.weeks[name, self._week(at)] >= terms.cap_week:
            return "cap_week"
        return "cap_open" if len(self.open.get(name, ())) >= terms.cap_open else ""

    def shares_of(self, present: Sequence[str]) -> dict[str, Fraction]:
        """What everybody present is owed of one lead."""
        total = sum(self.terms.weights[name] for name in present)
        return {name: Fraction(self.terms.weights[name], total) for name in present}

    def is_next(self, name: str, present: Sequence[str]) -> bool:
        """Whether it is this person's turn among those present for one more lead."""
        owed = dict(self.owed)
        for one, more in self.shares_of(present).items():
            owed[one] += more
        if self.terms.order == "least_open":
            fewest = min(len(self.open[one]) for one in present)
            if len(self.open[name]) > fewest:
                return False
            present = [one for one in present if len(self.open[one]) == fewest]
        return owed[name] >= max(owed[one] for one in present) - NEARLY

    def shown(self) -> str:
        """What each is owed, for messages."""
        return ", ".join(f"{name} {float(owed):+.3f}" for name, owed in self.owed.items())

    def pay(self, lead: str, name: str, at: datetime, present: Sequence[str] | None) -> None:
        """Let a person pay for a lead, of which those *present* get their shares; None: it costs
        nothing, and only counts."""
        shares = None if present is None else self.shares_of(present) or {name: Fraction(1)}
        self.payments[lead] = Payment(name, at, shares or {})
        self._move(self.payments[lead], 1)
        self.open.setdefault(name, set()).add(lead)
        self._count(name, at, 1)
        self.worst = max(self.worst, *map(abs, self.owed.values()))

    def give_back(self, lead: str) -> None:
        """Undo what was paid for a lead that leaves the team."""
        paid = self.payments.pop(lead)
        self._move(paid, -1)
        self.open[paid.person].discard(lead)
        self._count(paid.person, paid.at, -1)

    def pass_on(self, lead: str, name: str, at: datetime) -> None:
        """Let another person of the team have a lead: they pay, and who had it gets that back."""
        paid = self.payments[lead]
        is_open = lead in self.open[paid.person]
        self.give_back(lead)
        self.payments[lead] = passed = Payment(name, at, paid.shares)
        passed.is_credited = paid.is_credited
        self._move(passed, 1)
        self._count(name, at, 1)
        if is_open:
            self.open[name].add(lead)

    def credit(self, lead: str) -> None:
        """Undo the turn alone, as if the lead had never come; it stays with who has it."""
        paid = self.payments[lead]
        if not paid.is_credited:
            self._move(paid, -1)
            paid.is_credited = True

    def restore(self, lead: str) -> None:
        """Let a lead that had ended be open again, and cost its turn."""
        paid = self.payments[lead]
        if paid.is_credited:
            paid.is_credited = False
            self._move(paid, 1)
        self.open[paid.person].add(lead)

    def _move(self, paid: Payment, sign: int) -> None:
        if paid.is_credited:
            return
        if paid.shares:
            self.owed[paid.person] = self.owed.get(paid.person, Fraction()) - sign
        for name, more in paid.shares.items():
            self.owed[name] += sign * more

    def _count(self, name: str, at: datetime, by: int) -> None:
        self.days[name, self._day(at)] += by
        self.weeks[name, self._week(at)] += by

    def _day(self, at: datetime) -> str:
        return at.astimezone(self.zone).date().isoformat()

    def _week(self, at: datetime) -> str:
        local = at.astimezone(self.zone).date()
        return (local - timedelta(days=local.weekday())).isoformat()
