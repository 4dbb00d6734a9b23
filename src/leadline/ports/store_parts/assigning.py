"""The protocol for what must be remembered to assign leads: rosters, accounts, absences, queues."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from leadline.model.staff.assigning import Kept, Rewrite

ABSENCES = "absences"
"""The name of the document of `model.staff.assigning.Absences`."""


TEAMS = "teams"
"""The name of the document of `model.staff.assigning.KnownTeams`."""


def roster_of(team: str) -> str:
    """The name of the document of a team's `model.staff.assigning.TeamRoster`."""
    return f"team:{team}"


def wins_of(team: str) -> str:
    """The name of the document of what a team with the order `learned` has learned
    (`model.staff.learned.TeamWins`)."""
    return f"wins:{team}"


def account_of(digest: bytes) -> str:
    """The name of the document of a company's `model.staff.assigning.AccountOwner`; *digest* is of
    its domain or of the key of its name."""
    return f"account:{digest.hex()}"


class Assigning(Protocol):
    """Keeps small documents that change with the leads, and the queues of teams.

    Documents change in three ways: with the settlement of a lead (`model.task.Turn`), with a
    handling (`ports.store.Handlings.handle`), and alone.
    """

    def kept(self, names: Collection[str]) -> Mapping[str, Kept]:
        """The documents with these names; for one that does not exist an empty `Kept`. One that the
        disk has damaged is logged, and has an empty body with its revision: who rewrites it
        starts anew, so that leads are still given out."""

    def keep(self, changes: Mapping[str, Rewrite]) -> bool:
        """Replace documents by name, all of them or none. Returns False, and does nothing, if one
        of them has changed since it was seen."""

    def queue_of(self, team: str, limit: int = 100) -> Sequence[str]:
        """The ids of leads that wait in a team's queue (`Handling.queued`): those with the highest
        score first, then the earliest."""
