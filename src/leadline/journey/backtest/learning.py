"""What teams with the order `learned` would have learned, as the leads of a backtest pass."""

import heapq
from collections.abc import Mapping
from datetime import datetime

from leadline.model.handling import Ending
from leadline.model.staff.assigning import Charge, Drawn
from leadline.model.staff.learned import PersonWins, TeamWins
from leadline.team.giving.teams import Teams


class Learner:
    """Counts each lead when it is old enough, by how it ended for whoever really had it: what
    somebody else would have made of it is not known."""

    def __init__(self, teams: Teams) -> None:
        self._teams = teams
        self._open: list[tuple[datetime, str, str, bool]] = []
        self._charges: dict[str, Charge] = {}
        self.wins: dict[str, TeamWins] = {}

    def given(
        self, lead_id: str, captured_at: datetime, charge: Charge, ended: datetime | None,
        ending: Ending,
    ) -> None:  # fmt: skip
        """Note a lead that a team gave out, and how it ends."""
        config = self._teams.of(charge.team)
        if not isinstance(charge.drawn, Drawn) or config is None:
            return
        until = captured_at + config.within
        won = ending is Ending.WON and ended is not None and ended <= until
        self._charges[lead_id] = charge
        heapq.heappush(self._open, (until, lead_id, charge.team, won))

    def count(self, at: datetime) -> Mapping[str, TeamWins]:
        """What is known by team when the time is *at*."""
        while self._open and self._open[0][0] <= at:
            _, lead_id, team, won = heapq.heappop(self._open)
            drawn = self._charges.pop(lead_id).drawn
            if isinstance(drawn, Drawn):
                wins = self.wins.get(team, TeamWins())
                theirs = wins.people.get(drawn.person, PersonWins()).with_one(drawn.kind, won=won)
                people = {**wins.people, drawn.person: theirs}
                self.wins[team] = TeamWins(people=people)
        return self.wins
