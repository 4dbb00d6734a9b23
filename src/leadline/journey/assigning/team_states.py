"""How teams stand at a moment: who is there, what each has got and is owed, and what waits."""

from collections.abc import Iterator, Sequence

import msgspec

from leadline.journey.assigning.documents import books_of, documents_in
from leadline.journey.assigning.removed_teams import waiting_for_removed
from leadline.kit import Kit
from leadline.model.staff.assigning import WHOLE_LEAD, Share, TeamRoster
from leadline.model.staff.learned import PersonWins, TeamWins
from leadline.ports.store_parts.assigning import ABSENCES, roster_of, wins_of
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.asking import Books
from leadline.team.giving.learning import has_learned
from leadline.team.giving.presence import absent_why
from leadline.team.giving.turns import calendar, capped, choose, owed_afresh

_MOST_LISTED = 100


class PersonState(msgspec.Struct, frozen=True):
    """Somebody of a team: why they are given no leads now (a code of `model.staff.assigning.SKIPS`
    and its detail; "" if they are), how many leads they are owed, and how many they have and got.
    Of a team that learns, `won` is how many leads they won of those `counted`."""

    person: str
    why: str
    detail: str
    owed: float
    open: int
    today: int
    this_week: int
    won: int = 0
    counted: int = 0


class TeamState(msgspec.Struct, frozen=True):
    """A team: its people, whose turn is next ("": nobody's), where leads go that nobody can take,
    how many leads wait, and the ids of the first of them in the order in which they are handed
    out. `removed` says that it is not in the settings any more: all but its queue is empty then.
    `turns` are those who are there and have room: who would be next, who if not they, and so on. In
    a team that learns, that is so of the leads which it gives out evenly; `learns` is whether it
    gives out others by what it learned."""

    team: str
    order: str
    people: tuple[PersonState, ...]
    next: str
    fallback: str
    waiting: int
    queue: tuple[str, ...]
    removed: bool = False
    turns: tuple[str, ...] = ()
    learns: bool = False


def removed_states(kit: Kit) -> list[TeamState]:
    """The teams that are not in the settings any more and for which leads still wait."""
    return [
        TeamState(
            team=name,
            order="",
            people=(),
            next="",
            fallback="",
            waiting=len(queue),
            queue=queue[:_MOST_LISTED],
            removed=True,
        )
        for name, queue in waiting_for_removed(kit.store, kit.teams).items()
    ]


def states_of(kit: Kit, names: Sequence[str]) -> list[TeamState]:
    """How these teams stand now."""
    learning = [wins_of(name) for name in names if kit.teams.learns(name)]
    kept = kit.store.kept([ABSENCES, *map(roster_of, names), *learning])
    books = books_of(documents_in(kept))
    found = ((name, kit.teams.of(name)) for name in names)
    return [_state(kit, name, config, books) for name, config in found if config is not None]


def _state(kit: Kit, name: str, config: TeamConfig, books: Books) -> TeamState:
    roster = books.rosters.get(name, TeamRoster())
    people = tuple(_people(kit, name, config, books))
    ready = [one.person for one in people if not one.why]
    turns = tuple(_turns(config, owed_afresh(roster, config), ready))
    waiting = tuple(kit.store.queue_of(name, _MOST_LISTED))
    return TeamState(
        team=name,
        order=config.order,
        people=people,
        next=turns[0] if turns else "",
        fallback=config.fallback,
        waiting=max(roster.waiting, len(waiting)),
        queue=waiting,
        turns=turns,
        learns=has_learned(config, books.wins.get(name, TeamWins())),
    )


def _turns(config: TeamConfig, roster: TeamRoster, ready: Sequence[str]) -> Iterator[str]:
    """Who is next, and who without them, until nobody is left."""
    left = list(ready)
    while one := choose(config, roster, left):
        yield one
        left.remove(one)


def _people(kit: Kit, name: str, config: TeamConfig, books: Books) -> Iterator[PersonState]:
    now, roster = kit.clock(), books.rosters.get(name, TeamRoster())
    today = calendar(kit.teams.zone(name), now)
    wins = books.wins.get(name, TeamWins()).people
    for person, attendance in kit.teams.attending(name, books.absences):
        skipped = absent_why(person, attendance, now) or capped(config, roster, person, today)
        share = roster.shares.get(person, Share())
        yield PersonState(
            person=person,
            why=skipped.why if skipped else "",
            detail=skipped.detail if skipped else "",
            owed=round(share.owed / WHOLE_LEAD, 6),
            open=share.open,
            today=share.day_count if share.day == today.day else 0,
            this_week=share.week_count if share.week == today.week else 0,
            won=wins.get(person, PersonWins()).every.won,
            counted=wins.get(person, PersonWins()).every.of,
        )
