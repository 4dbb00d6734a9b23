"""For which lead somebody is sought, by what is remembered of earlier ones, and who is chosen."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from leadline.model.staff.assigning import (
    Absence,
    AccountOwner,
    Charge,
    Decision,
    Queued,
    TeamRoster,
)
from leadline.model.staff.learned import TeamWins
from leadline.team.matching.rules import Looked


class Earlier(msgspec.Struct, frozen=True):
    """An earlier lead of the same person: who works on it (a name from `[people]`, or as shown; ""
    for nobody), whether it is still open, and when it was captured."""

    lead_id: str
    person: str
    is_open: bool
    captured_at: datetime


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A lead for which somebody is sought.

    `owner` is the name of the owner whom the CRM or a sender names, `how` which of them ("crm",
    "sender"). `earlier` is the lead of the same person that counts. `accounts` are the names of the
    documents of its company, the most telling first. `but` is somebody who has had the lead
    already. `kind_values` are what may tell the kind of the lead (`team.matching.kinds`), by field.
    With `first`, the lead is the first in the team's queue. `is_open` is whether it has
    not ended yet.
    """

    lead_id: str
    at: datetime
    looked: Looked
    score: float = 0.0
    owner: str = ""
    how: str = ""
    earlier: Earlier | None = None
    accounts: tuple[str, ...] = ()
    but: str = ""
    first: bool = False
    is_open: bool = True
    by: str = ""
    kind_values: Mapping[str, str] = {}


class Books(msgspec.Struct, frozen=True):
    """What is remembered: rosters by team, companies by the names of their documents, announced
    absences by person, and what teams have learned."""

    rosters: Mapping[str, TeamRoster] = {}
    accounts: Mapping[str, AccountOwner] = {}
    absences: Mapping[str, Absence] = {}
    wins: Mapping[str, TeamWins] = {}


class Choice(msgspec.Struct, frozen=True):
    """A decision, what it costs whom, the queue in which the lead waits, and the rosters and
    accounts that change."""

    decision: Decision
    charge: Charge | None = None
    queued: Queued | None = None
    rosters: Mapping[str, TeamRoster] = {}
    accounts: Mapping[str, AccountOwner] = {}
