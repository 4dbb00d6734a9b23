"""What people and the CRM made of a refined lead: whose it is, who claimed it, how it ended.

It changes while the refined document stays as it was made, so it is a value of its own, which
changes by comparing and swapping (`ports.store.Desk`).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from leadline.model.lead import Ownership, RefinedLead
from leadline.model.people import Person, owner_in


class Ending(StrEnum):
    """How a lead ended, in our words; OPEN when it has not. WON, LOST and DISQUALIFIED come from
    the CRM, JUNK from a button."""

    OPEN = ""
    WON = "won"
    LOST = "lost"
    DISQUALIFIED = "disqualified"
    JUNK = "junk"


class Handling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`rev` counts the changes, and is 0 for what was never kept.

    `touched_at` is the first response of a person: a claim, or what the CRM tells of one.
    `crm_owner` is whom the CRM named last (`model.people.key_of_person`), so that an owner whom
    we chose since is not undone by what it says still.
    `level` is how many steps of its response target (reminder, escalation, reassignment) have
    passed. `written` is what we gave the CRM last, by the CRM's name of the field, and
    `crm_modified` the record's own time of change after that. `reply_url` is Slack's address for
    changing a message that a button was pressed in, good until `reply_until`.
    """

    rev: int = 0
    owner: Person | None = None
    ownership: Ownership = Ownership.NOT_ASKED
    crm_owner: str = ""
    claimed_by: Person | None = None
    claimed_at: datetime | None = None
    snoozed_until: datetime | None = None
    touched_at: datetime | None = None
    ending: Ending = Ending.OPEN
    ended_at: datetime | None = None
    ended_by: Person | None = None
    level: int = 0
    written: Mapping[str, Any] = {}
    crm_modified: datetime | None = None
    reply_url: str = ""
    reply_until: datetime | None = None

    @property
    def holder(self) -> Person | None:
        """Who works on the lead as far as this tells: who claimed it, else the owner that it has
        here. The lead itself may name another; see `holder_of`."""
        return self.claimed_by or self.owner

    @property
    def answered(self) -> bool:
        """Whether somebody has responded to the lead, or nobody needs to any more."""
        responded = self.claimed_by is not None or self.touched_at is not None
        return responded or self.ending is not Ending.OPEN

    @property
    def desks(self) -> tuple[str, ...]:
        """By what the lead is found on its holder's desk: Slack id, e-mail in lower case, CRM id;
        none once it has ended."""
        if self.ending is not Ending.OPEN or self.holder is None:
            return ()
        who = self.holder
        return tuple(key for key in (who.slack, who.email.lower(), who.id) if key)


UNHANDLED = Handling()
"""A lead that nobody did anything with."""


def owner_of(lead: RefinedLead, handling: Handling) -> Person | None:
    """The lead's owner as known by now. The owner whom the refined lead names counts until the CRM
    has answered: once it says that nobody owns the lead, nobody does."""
    ownership = handling.ownership or lead.lead_details.ownership
    if handling.owner or ownership is Ownership.UNASSIGNED:
        return handling.owner
    return owner_in(lead.lead_details)


def holder_of(lead: RefinedLead, handling: Handling) -> Person | None:
    """Who works on the lead: who claimed it, else its owner (`owner_of`)."""
    return handling.claimed_by or owner_of(lead, handling)


ESCALATED, REASSIGNED = 2, 3
"""The levels after the reminder; see `Handling.level`."""
