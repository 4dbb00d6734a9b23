"""The order that learns: who is next by who won such leads before, with a floor for everybody.

Thompson sampling: for each person who is there, a share of wins is drawn from what is believed of
theirs, and the highest draw gets the lead. Little is believed of whom little is known of, so that
they are tried. Beliefs are Beta distributions, in which the leads of this kind count for
themselves and everything else as a prior: the person's rate over all kinds, and the kind's over
all people.

The floor is checked by what is owed (`team.giving.turns`): each lead owes everybody present an
equal part of the floor, who gets one evenly pays a whole lead, and who gets one by what was learned
pays nothing. Whether a lead is given evenly is drawn with a probability of what the one is owed who
is owed most, so that nobody present is ever owed much more than one lead. All draws are made from
the id of the lead, so that they are the same whenever they are made again.
"""

import math
from collections.abc import Sequence
from random import Random

import msgspec

from leadline.model.staff.assigning import WHOLE_LEAD, Drawn, LearnedTurn, Share, TeamRoster
from leadline.model.staff.learned import PersonWins, TeamWins, Wins
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.asking import Ask
from leadline.team.giving.turns import EVEN, LEARNED, TURN, choose, shares_of
from leadline.team.matching.kinds import kind_by

FEWEST = 30
"""As long as fewer leads than this are counted, the team gives all by even turns."""
_AS_PERSON = 20.0
"""How many leads the rate of the team counts for beside those of a person, or of a kind."""
_AS_KIND = 10.0
"""How many leads the rate of a person and a kind counts for beside theirs of this kind."""
_LEAST = 1e-3
_BY_LEARNING = (TURN, EVEN, LEARNED)


class Pick(msgspec.Struct, frozen=True):
    """Who is next ("": nobody), by which order (a code of `model.staff.assigning.HOWS`), and what
    an order that learns went by."""

    person: str
    how: str
    learned: LearnedTurn | None = None


def next_of(
    team: TeamConfig, roster: TeamRoster, wins: TeamWins, ready: Sequence[str], ask: Ask
) -> Pick:
    """Who of those *ready* is given the lead; *roster* is the team's (`owed_afresh`)."""
    if team.order != LEARNED:
        return Pick(choose(team, roster, ready, ask.but), team.order)
    some = [one for one in team.people if one in ready and one != ask.but]
    if not some:
        return Pick("", TURN)
    if not has_learned(team, wins):
        return Pick(choose(team, roster, some), TURN)
    will = shares_of(team, some)
    most = max(roster.shares.get(one, Share()).owed + will[one] for one in some)
    if team.floor >= 1 or _drawn(ask.lead_id).random() * WHOLE_LEAD < most:
        return Pick(choose(team, roster, some), EVEN)
    return _sampled(wins, some, kind_by(team.kinds, ask.kind_values), ask.lead_id)


def has_learned(team: TeamConfig, wins: TeamWins) -> bool:
    """Whether a team gives leads out by what it learned: enough of them are counted."""
    return team.order == LEARNED and wins.every.of >= FEWEST


def drawn_for(team: TeamConfig, ask: Ask, person: str, how: str) -> Drawn | None:
    """How a team that learns gave the lead out; None if it did not by its order."""
    if team.order != LEARNED or how not in _BY_LEARNING:
        return None
    return Drawn(person, how, kind_by(team.kinds, ask.kind_values))


def expected_share(wins: TeamWins, person: str, kind: str) -> float:
    """The share of leads of this kind that somebody is expected to win (0 to 1)."""
    won, lost = belief(wins, person, kind)
    return won / (won + lost)


def belief(wins: TeamWins, person: str, kind: str) -> tuple[float, float]:
    """The two parameters of the Beta distribution of somebody's share of wins in a kind."""
    every, theirs = wins.every, wins.people.get(person, PersonWins())
    team = (every.won + 1) / (every.of + 2)
    of_person = _shrunk(theirs.every, team, _AS_PERSON)
    of_kind = _shrunk(wins.of_kind(kind), team, _AS_PERSON)
    # Odds multiply: somebody twice as good as the team is so in a kind that is seldom won, too.
    prior = _share(_odds(of_person) + _odds(of_kind) - _odds(team))
    here = theirs.kinds.get(kind, Wins())
    return _AS_KIND * prior + here.won, _AS_KIND * (1 - prior) + here.of - here.won


def _sampled(wins: TeamWins, some: Sequence[str], kind: str, lead_id: str) -> Pick:
    """The one with the highest draw. Each has a draw of their own, whoever else is there."""
    draws = {one: _drawn(f"{lead_id} {one}").betavariate(*belief(wins, one, kind)) for one in some}
    person = max(some, key=lambda one: draws[one])
    theirs = wins.people.get(person, PersonWins()).kinds.get(kind, Wins())
    rate = round(expected_share(wins, person, kind), 4)
    return Pick(person, LEARNED, LearnedTurn(rate, theirs.won, theirs.of, len(some)))


def _drawn(seed: str) -> Random:
    return Random(f"learned {seed}")


def _shrunk(wins: Wins, toward: float, strength: float) -> float:
    return (wins.won + strength * toward) / (wins.of + strength)


def _odds(share: float) -> float:
    """The logarithm of the odds of a share."""
    return math.log(share / (1 - share))


def _share(odds: float) -> float:
    """The share with these logarithmic odds, kept away from 0 and 1."""
    return min(max(1 / (1 + math.exp(-odds)), _LEAST), 1 - _LEAST)
