"""Counting, for teams with the order `learned`, who won which kinds of leads.

Each lead is counted once: when it is older than the time in which it must be won, by what had
happened by then, as experiments count. So a look reads only the leads that have become old enough
since the last one, and open leads are never taken for lost.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from leadline.model.handling import Ending
from leadline.model.staff.assigning import Drawn, Kept, Rewrite
from leadline.model.staff.learned import PersonWins, TeamWins
from leadline.operations.trials.experiments import SmallDocuments
from leadline.ports.reading.ledger import Followed, LeadFilter, Ledger
from leadline.ports.store_parts.assigning import wins_of
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.teams import Teams
from leadline.team.matching.kinds import fields_of_kind

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
"""The time between two looks."""
PAST = timedelta(days=365)
"""How far back leads are counted that were not counted yet."""
_ALL = 1 << 40


def count_wins(
    store: SmallDocuments, ledger: Callable[[], Ledger], teams: Teams, now: datetime
) -> int:
    """Count the leads that have become old enough, for each team that learns and was not looked at
    within `EVERY`; returns how many are new. *ledger* is called only if a team is due. Whoever
    changed a document meanwhile has counted the same."""
    learning = [one for one in teams.names() if teams.learns(one)]
    if not learning:
        return 0
    kept = store.kept([wins_of(one) for one in learning])
    new = 0
    for team in learning:
        config, seen = teams.of(team), kept[wins_of(team)]
        if config is None or not _is_due(before := begun(wins_in(seen), config, now), now):
            continue
        after = _counted(before, team, ledger(), now)
        if store.keep({wins_of(team): Rewrite(seen, msgspec.json.encode(after))}):
            count = after.every.of - before.every.of
            log.info("learned.counted", extra={"count": count})
            new += count
    return new


def wins_in(kept: Kept) -> TeamWins:
    """What a team has learned, as stored; nothing if it is not stored or can't be read."""
    return msgspec.json.decode(kept.body, type=TeamWins) if kept.body else TeamWins()


def begun(wins: TeamWins, config: TeamConfig, now: datetime) -> TeamWins:
    """What a team has learned by its settings now: nothing if they tell wins or kinds otherwise
    than before; with another floor, leads are compared from now on."""
    if (wins.within, wins.kinds) != (config.within, config.kinds):
        since = now if wins.floor else None  # None: this is the first look
        return TeamWins(within=config.within, kinds=config.kinds, floor=config.floor, since=since)
    if wins.floor != config.floor:
        return msgspec.structs.replace(wins, floor=config.floor, since=now, at=None)
    return wins


def _is_due(wins: TeamWins, now: datetime) -> bool:
    return wins.at is None or not timedelta() <= now - wins.at < EVERY


def _counted(wins: TeamWins, team: str, ledger: Ledger, now: datetime) -> TeamWins:
    since, until = wins.until or now - PAST, now - wins.within
    if until <= since:
        return msgspec.structs.replace(wins, at=now)
    people = dict(wins.people)
    for one, drawn in given_by(team, ledger.followed(LeadFilter(since=since, until=until,
                                                                limit=_ALL))):  # fmt: skip
        if since <= one.lead.captured_at < until:
            theirs = people.get(drawn.person, PersonWins())
            kind = drawn.kind if fields_of_kind(drawn.kind) == wins.kinds else None
            people[drawn.person] = theirs.with_one(kind, won=is_won(one, wins.within))
    return msgspec.structs.replace(wins, at=now, until=until, people=people)


def given_by(team: str, followed: Iterable[Followed]) -> Iterable[tuple[Followed, Drawn]]:
    """The leads that a team gave out by its order that learns, with how it did."""
    for one in followed:
        charge = one.handling.charge
        if charge is not None and charge.team == team and isinstance(charge.drawn, Drawn):
            yield one, charge.drawn


def won_at(one: Followed) -> datetime | None:
    """When a lead was won; None if it was not."""
    return one.handling.ended_at if one.handling.ending is Ending.WON else None


def is_won(one: Followed, within: timedelta) -> bool:
    """Whether a lead was won within so much time of its capture."""
    at = won_at(one)
    return at is not None and at <= one.lead.captured_at + within
