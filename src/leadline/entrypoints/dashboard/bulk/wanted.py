"""Which action is wanted on many leads, and what it needs."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

import msgspec

from leadline.journey.responding.claiming import ActionRules
from leadline.kit import Kit
from leadline.model.staff.people import Person
from leadline.operations.repair.replay import Start
from leadline.operations.repair.retrying import ReadAgain
from leadline.ports.reading.ledger import Ledger

AT_ONCE = 50
"""How many leads are worked through between two looks at whether to go on."""


class BulkAction(StrEnum):
    """What can be done with many leads at once, by the names of the same actions on one lead.
    RETRY is a replay of dead letters alone."""

    CLAIM = "claim"
    ASSIGN = "assign"
    JUNK = "junk"
    HOLD = "hold"
    RELEASE = "release"
    NOW = "now"
    REPLAY = "replay"
    RETRY = "retry"

    @property
    def is_of_handling(self) -> bool:
        """Whether it changes whose a refined lead is, or that it is one."""
        return self in (BulkAction.CLAIM, BulkAction.ASSIGN, BulkAction.JUNK)

    @property
    def is_of_wait(self) -> bool:
        """Whether it changes when a lead is refined."""
        return self in (BulkAction.HOLD, BulkAction.RELEASE, BulkAction.NOW)

    @property
    def can_be_undone(self) -> bool:
        """Whether leads can get back what they had."""
        return self.is_of_handling or self is BulkAction.HOLD


class BulkWanted(msgspec.Struct, frozen=True):
    """An action, to whom leads are assigned or for whom they are claimed (a name from `[people]`,
    "" for who acts), and from which step they are replayed."""

    action: BulkAction
    to: str = ""
    start: Start = Start.REFINE

    @property
    def replays_from(self) -> Start:
        """The step from which a replay or retry starts."""
        return Start.DEAD if self.action is BulkAction.RETRY else self.start


class BulkParts(msgspec.Struct, frozen=True):
    """What bulk actions work with: the kit with a store and the ledger of the same installation,
    who acts (`person`, and `by` as the name of an account), how presses follow the settings, how
    long leads of a source wait, and what reads unreadable deliveries again."""

    kit: Kit
    ledger: Ledger
    person: Person
    by: str
    rules: ActionRules
    delay_of: Callable[[str], timedelta]
    read: ReadAgain
