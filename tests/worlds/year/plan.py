"""What happens in the year: who writes when, who is away, what the CRM does. All made up, from a
seed."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec

BEGIN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
A_DAY = 27
"""About how many leads come on a day: ten thousand in a year."""
PEOPLE = ("ada", "bob", "cem", "dora", "eve", "finn", "gail", "hana", "ivo", "jon")
TEAMS = {"DE": PEOPLE[:4], "AT": PEOPLE[:4], "SE": PEOPLE[4:7], "GB": PEOPLE[4:7]}

_BEGINNINGS = ("Ka", "Mor", "Lin", "Ter", "Vo", "Sel", "Bra", "Dun", "Fi", "Gor", "Hal", "Jas")
_MIDDLES = ("ven", "dal", "rik", "mon", "tes", "lor", "bin", "gar", "nes", "pol", "quin", "sar")
_ENDS = ("dor", "wick", "strom", "feld", "ova", "ini", "berg", "aux", "ley", "mann", "ez", "hult")
_FIRST = ("Anna", "Boris", "Clara", "David", "Elif", "Felix", "Greta", "Hugo", "Iris", "Jonas")
_FREE = ("gmail.com", "web.de", "outlook.com")


class Post(msgspec.Struct, frozen=True):
    """A lead that is posted; *number* names it for what happens to it later."""

    number: int
    source: str
    body: dict[str, str | int]


class Press(msgspec.Struct, frozen=True):
    """Somebody presses a button under the lead with this number: a *person*, else who has it."""

    number: int
    verb: str
    person: str = ""


class CrmChange(msgspec.Struct, frozen=True):
    """The CRM's record changes: it appears, gets an owner, or ends. *told*: a webhook says so."""

    number: int
    owner: str = ""
    ending: str = ""
    told: bool = True


class CrmDown(msgspec.Struct, frozen=True):
    """The CRM answers nobody, or does so again."""

    down: bool


class Announce(msgspec.Struct, frozen=True):
    """Somebody says that they are away, for so long, or back."""

    person: str
    away: timedelta | None


class Replay(msgspec.Struct, frozen=True):
    """A lead is refined again."""

    number: int


Step = Post | Press | CrmChange | CrmDown | Announce | Replay
Planned = tuple[datetime, int, Step]


class Planner:
    """Makes up a year of *leads* leads; the same seed makes the same year. In a *calm* one nobody
    has a lead but by turn: the CRM names no owners, and nobody claims."""

    def __init__(self, leads: int, seed: int, *, calm: bool = False) -> None:
        self.chance, self.calm = random.Random(seed), calm
        self.leads, self.days = leads, max(leads // A_DAY, 1)
        self.people: list[dict[str, str | int]] = []
        self.companies: list[tuple[str, str]] = []
        self.steps: list[Planned] = []

    def plan(self) -> list[Planned]:
        """All steps, in the order of time."""
        at = BEGIN
        for number in range(self.leads):
            at += timedelta(seconds=self._pause(at))
            self._lead(at, number)
            if self.chance.random() < 0.05:  # the same person once more, within the wait
                self._add(at + timedelta(seconds=self.chance.uniform(1, 300)), self._again(number))
        for _ in range(self.days // 2):
            self._absence()
        for _ in range(max(self.days // 30, 1)):
            down = self._moment()
            self._add(down, CrmDown(down=True))
            self._add(down + timedelta(minutes=self.chance.randint(20, 180)), CrmDown(down=False))
        return sorted(self.steps, key=lambda step: step[:2])

    def _add(self, at: datetime, step: Step) -> None:
        self.steps.append((at, len(self.steps), step))

    def _moment(self) -> datetime:
        return BEGIN + timedelta(days=self.days) * self.chance.random()

    def _pause(self, at: datetime) -> float:
        """Seconds to the next lead: more come by day than by night, and some many at once."""
        if self.chance.random() < 0.1:
            return self.chance.uniform(0, 20)
        mean = 86_400 / A_DAY
        return self.chance.expovariate(1 / (mean * (0.6 if 7 <= at.hour < 19 else 2.1)))

    def _lead(self, at: datetime, number: int) -> None:
        chance, kind = self.chance, self.chance.random()
        if self.people and kind < 0.15:
            who = chance.choice(self.people[-300:])
        else:
            who = self._person(colleague=bool(self.companies) and kind < 0.4)
        body = {**who, "score": chance.randint(0, 99), "note": f"request {number}"}
        in_crm = chance.random() < 0.4
        if in_crm:
            body["record"] = f"r{number}"
            self._crm(at, number, body)
        self._add(at, Post(number, "generic" if in_crm else "form", body))
        if chance.random() < 0.08 and not self.calm:
            self._add(at + timedelta(hours=chance.uniform(0.5, 30)), Press(number, "junk"))
        if chance.random() < 0.08 and not self.calm:
            person = chance.choice(TEAMS[str(body["country"])])
            self._add(at + timedelta(hours=chance.uniform(0.5, 30)), Press(number, "claim", person))
        if chance.random() < 0.05:
            self._add(at + timedelta(hours=chance.uniform(0.5, 90)), Replay(number))

    def _again(self, number: int) -> Post:
        """The lead that was planned last, in other words."""
        last = next(s for _, _, s in reversed(self.steps) if isinstance(s, Post))
        body = {n: said for n, said in last.body.items() if n != "record"}
        return Post(self.leads + number, "form", body | {"note": f"request {number} again"})

    def _person(self, *, colleague: bool) -> dict[str, str | int]:
        chance = self.chance
        number = len(self.people)
        first, last = _FIRST[number % 10], self._last_name(number * 577 % 20_736)
        made: dict[str, str | int] = {"name": f"{first} {last}"}
        if chance.random() < 0.2 and not colleague:
            # Nothing in it is like another's, or one would pass for a misspelling of the other.
            local = blake2b(str(number).encode(), digest_size=5).hexdigest()
            made["email"] = f"{local}@{chance.choice(_FREE)}"
        else:
            company, country = self._company(colleague=colleague)
            domain = company.partition(" ")[0].lower()
            made |= {"email": f"{last.lower()}@{domain}.example", "company": company}
            made["country"] = country
        made.setdefault("country", chance.choice(tuple(TEAMS)))
        self.people.append(made)
        return made

    def _company(self, *, colleague: bool) -> tuple[str, str]:
        if colleague:
            return self.chance.choice(self.companies[-200:])
        number = len(self.companies)
        name = f"{self._last_name(number * 7 + 3)}{number} Works"
        self.companies.append((name, self.chance.choice(tuple(TEAMS))))
        return self.companies[-1]

    @staticmethod
    def _last_name(number: int) -> str:
        rest, end = divmod(number, 12)
        rest, middle = divmod(rest, 12)
        more, beginning = divmod(rest, 12)
        extra = _MIDDLES[more % 12] if more else ""
        return _BEGINNINGS[beginning] + _MIDDLES[middle] + extra + _ENDS[end]

    def _crm(self, at: datetime, number: int, body: dict[str, str | int]) -> None:
        """What the CRM knows: the owner at once, late, or none; and the end."""
        chance = self.chance
        owner = chance.choice(TEAMS[str(body["country"])]) if chance.random() < 0.35 else ""
        owner = "" if self.calm else owner
        appears = at - timedelta(seconds=1)
        if chance.random() < 0.1:
            appears = at + timedelta(hours=chance.uniform(0.5, 20))
        is_late = bool(owner) and chance.random() < 0.5
        self._add(appears, CrmChange(number, "" if is_late else owner, told=False))
        if is_late:
            late = max(at, appears) + timedelta(hours=chance.uniform(0.5, 60))
            self._add(late, CrmChange(number, owner))
        end = max(at, appears) + timedelta(hours=chance.uniform(70, 300))
        self._add(end, CrmChange(number, owner, chance.choice(("won", "lost"))))

    def _absence(self) -> None:
        person, at = self.chance.choice(PEOPLE), self._moment()
        lasts = timedelta(hours=self.chance.choice((3, 8, 26, 75)))
        self._add(at, Announce(person, lasts))
        if self.chance.random() < 0.4:
            self._add(at + lasts * self.chance.uniform(0.2, 0.8), Announce(person, None))


def planned(leads: int, seed: int, *, calm: bool = False) -> Iterator[Planned]:
    """The steps of a year with so many leads, in the order of time."""
    yield from Planner(leads, seed, calm=calm).plan()
