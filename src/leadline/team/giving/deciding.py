"""Whom a lead is given to, and why: pure functions of the settings, the lead and the rosters.

In this order: the owner whom the CRM or a trusted sender names; who has an earlier lead of the same
person; who has the company; the team's next turn; the team's `fallback`; the team's queue.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from leadline.model.staff.assigning import (
    AccountOwner,
    Charge,
    Decision,
    LearnedTurn,
    Queued,
    Skipped,
    TeamRoster,
)
from leadline.model.staff.learned import TeamWins
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.asking import Ask, Books, Choice
from leadline.team.giving.charging import charge_for, is_free, ready_now
from leadline.team.giving.learning import next_of
from leadline.team.giving.presence import absent_why
from leadline.team.giving.teams import Teams
from leadline.team.giving.turns import LEARNED, Booking, owed_afresh, rebooked


class _Picked(msgspec.Struct, frozen=True, kw_only=True):
    how: str
    person: str = ""
    team: str = ""
    skipped: tuple[Skipped, ...] = ()
    before: str = ""
    waits: bool = False
    channel: str = ""
    learned: LearnedTurn | None = None
    there: tuple[str, ...] | None = None


def who_gets(teams: Teams, ask: Ask, books: Books) -> Choice:
    """Whom the lead is given to, with all that changes by that."""
    skipped: list[Skipped] = []
    picked = _named(ask) or _kept(teams, ask, books, skipped)
    if picked is None:
        picked = _by_turn(teams, ask, books, skipped) if ask.looked.team else _Picked(how="nobody")
    picked = msgspec.structs.replace(picked, skipped=tuple(dict.fromkeys(skipped)))
    charge, roster = _charged(teams, ask, books, picked)
    team = charge.team if charge is not None else picked.team
    queued = Queued(picked.team, ask.score, ask.at) if picked.waits else None
    return Choice(
        decision=_decision(ask, picked, team),
        charge=charge,
        queued=queued,
        rosters={} if roster is None else {team: roster},
        accounts=_accounts(teams, ask, books, picked),
    )


def _decision(ask: Ask, picked: _Picked, team: str) -> Decision:
    return Decision(
        at=ask.at,
        how=picked.how,
        person=picked.person,
        team=team or ask.looked.team,
        rule=ask.looked.assigns,
        channels_rule=ask.looked.channels_rule,
        rules=ask.looked.rules,
        skipped=picked.skipped,
        before=picked.before,
        waits=picked.waits,
        channel=picked.channel,
        by=ask.by,
        learned=picked.learned,
        there=picked.there,
    )


def _named(ask: Ask) -> _Picked | None:
    return _Picked(how=ask.how, person=ask.owner) if ask.owner else None


def _kept(teams: Teams, ask: Ask, books: Books, skipped: list[Skipped]) -> _Picked | None:
    """Who has the person or the company already, and can be given the lead; those who can't are
    added to *skipped*."""
    config = teams.of(ask.looked.team)
    if config is None:
        return None
    for how, person, before, since in _having(config, ask, books):
        why = _hindered(teams, ask, books, how, person)
        if why is None and ask.at - since > config.sticky_for:
            why = Skipped(person, "old")
        if why is None:
            return _Picked(how=how, person=person, before=before, team=ask.looked.team)
        if all(one.person != person for one in skipped):
            skipped.append(why)
    return None


def _having(config: TeamConfig, ask: Ask, books: Books) -> Iterator[tuple[str, str, str, datetime]]:
    """Who has the person, and who has the company: how, the person, by which lead, since when."""
    earlier = ask.earlier
    if earlier is not None and earlier.person and (earlier.is_open or config.sticky != "no"):
        how = "duplicate" if earlier.is_open else "person"
        yield how, earlier.person, earlier.lead_id, earlier.captured_at
    if config.sticky == "company":
        for name in ask.accounts:
            if (account := books.accounts.get(name)) is not None:
                yield "company", account.person, account.lead_id, account.at
                return


def _hindered(teams: Teams, ask: Ask, books: Books, how: str, person: str) -> Skipped | None:
    """Why somebody who has the person or the company is not given the lead. A duplicate goes to
    them outside their hours, too."""
    if person == ask.but:
        return Skipped(person, "holds")
    attendance = teams.attendance(person, books.absences, ask.looked.team)
    if attendance is None:
        return Skipped(person, "left")
    why = absent_why(person, attendance, ask.at)
    return None if why is not None and how == "duplicate" and why.why != "away" else why


def _by_turn(teams: Teams, ask: Ask, books: Books, skipped: list[Skipped]) -> _Picked:
    """Whose turn it is in the rule's team, or in those asked after it; else where the lead waits,
    or in which channel it is told."""
    team = ""
    for team in teams.chain(ask.looked.team):
        config, roster = teams.of(team), books.rosters.get(team, TeamRoster())
        if config is None:
            continue
        ready = ready_now(teams, team, config, books, ask.at, skipped)
        if ask.but in ready:
            skipped.append(Skipped(ask.but, "holds"))
        queues = roster.waiting > 0 and not ask.first and not ask.but
        wins = books.wins.get(team, TeamWins())
        pick = next_of(config, owed_afresh(roster, config), wins, () if queues else ready, ask)
        if pick.person:
            how = _how(ask, config, team, pick.how)
            return _Picked(
                how=how, person=pick.person, team=team, learned=pick.learned, there=tuple(ready)
            )
        if queues and ready:
            return _Picked(how="nobody", team=team, waits=True, there=tuple(ready))
    return _beyond(teams, ask, books, team, skipped)


def _how(ask: Ask, config: TeamConfig, team: str, order: str) -> str:
    """How somebody comes to the lead whose turn it is. What an order that learns gives out is
    always said to be so, since that is compared later."""
    if config.order == LEARNED:
        return order
    if ask.first:
        return "queue"
    return order if team == ask.looked.team else "fallback"


def _beyond(teams: Teams, ask: Ask, books: Books, team: str, skipped: list[Skipped]) -> _Picked:
    """What happens to a lead that no team can take: *team* is the last one asked."""
    config = teams.of(team)
    target = config.fallback if config is not None else ""
    if target in teams.members and target != ask.but:
        attendance = teams.attendance(target, books.absences)
        why = absent_why(target, attendance, ask.at) if attendance is not None else None
        if why is None:
            return _Picked(how="fallback", person=target, team=team, there=(target,))
        skipped.append(why)
    elif target and teams.is_channel(target):
        return _Picked(how="nobody", team=team, channel=target, there=())
    waits = config is not None and not ask.but
    return _Picked(how="nobody", team=team, waits=waits, there=())


def _charged(
    teams: Teams, ask: Ask, books: Books, picked: _Picked
) -> tuple[Charge | None, TeamRoster | None]:
    """Who pays for the lead, and the roster that changes; neither if the lead is given to nobody of
    a team."""
    if picked.waits:
        roster = books.rosters.get(picked.team, TeamRoster())
        return None, msgspec.structs.replace(roster, waiting=roster.waiting + 1)
    charge = charge_for(teams, ask, books, picked.person, picked.how, picked.team)
    if charge is None:
        return None, None
    config, roster = teams.of(charge.team), books.rosters.get(charge.team, TeamRoster())
    if config is not None:
        roster = owed_afresh(roster, config)
    return charge, rebooked(
        roster, teams.zone(charge.team), Booking(), Booking(charge, ask.is_open)
    )


def _accounts(teams: Teams, ask: Ask, books: Books, picked: _Picked) -> Mapping[str, AccountOwner]:
    """The accounts that change; none if the lead is given to nobody, or to somebody unknown."""
    config = teams.of(ask.looked.team)
    if config is None or config.sticky != "company" or picked.person not in teams.members:
        return {}
    return {
        name: AccountOwner(picked.person, ask.lead_id, ask.at)
        for name in ask.accounts
        if picked.how in ("crm", "sender")
        or is_free(teams, config, books.accounts.get(name), picked.person, ask.at)
    }
