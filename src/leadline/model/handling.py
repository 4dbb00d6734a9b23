"""What people and the CRM did with a refined lead: its owner, its claim, its ending.

The refined document never changes, so this is a separate value, which stores change by
compare-and-swap (`ports.store.Handlings`).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from leadline.model.facts.conversions import PushedByNetwork
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.assigning import Charge, Queued
from leadline.model.staff.people import Person, owner_in


class Ending(StrEnum):
    """How a lead ended; OPEN if it has not. WON, LOST and DISQUALIFIED come from the CRM, JUNK from
    a button in Slack."""

    OPEN = ""
    WON = "won"
    LOST = "lost"
    DISQUALIFIED = "disqualified"
    JUNK = "junk"


class Handling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The handling of one lead. `rev` counts the changes; it is 0 if the value was never stored.

    `touched_at` is the time of a person's first response: a claim, or a response that the CRM
    reports. `crm_owner` is the owner that the CRM last named (`model.staff.people.key_of_person`),
    so that a stale CRM owner does not overwrite one assigned here later.
    `level` is the number of steps of the response target (reminder, escalation, reassignment) that
    have passed. `written` are the values last written to the CRM, by the CRM's field names, and
    `crm_modified` is the record's time of change after that. `borrowed` are digests of
    values that came from an earlier lead of the same person when they were written, by our names of
    the fields (`journey.same_person.borrowed`). `reply_url` is
    Slack's URL for editing the message in which a button was pressed; it is valid until
    `reply_until`. `gone` is why the CRM record no longer exists (`model.lead.ENDS`); then no alerts
    or reminders are sent. `charge` is who has paid for the lead in a team, `queued` the queue of a
    team in which it waits for somebody. `clock_from` is when its response clock started, if not at
    its capture: when it was handed out from a queue. `value` is what the lead is worth by the CRM,
    in the currency of the CRM. `pushed` are the stages that each ad network was told of, by its
    name in the settings.
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
    borrowed: Mapping[str, str] = {}
    reply_url: str = ""
    reply_until: datetime | None = None
    gone: str = ""
    charge: Charge | None = None
    queued: Queued | None = None
    clock_from: datetime | None = None
    value: float | None = None
    pushed: PushedByNetwork = {}

    @property
    def holder(self) -> Person | None:
        """Who works on the lead by this value alone: whoever claimed it, else `owner`. If both are
        missing, the refined lead may name an owner; see `holder_of`."""
        return self.claimed_by or self.owner

    @property
    def answered(self) -> bool:
        """Whether somebody has responded to the lead, or it has ended."""
        responded = self.claimed_by is not None or self.touched_at is not None
        return responded or self.ending is not Ending.OPEN

    @property
    def work_lists(self) -> tuple[str, ...]:
        """The keys under which the lead is listed among its holder's open leads: Slack id, e-mail
        in lower case, CRM id; the name of somebody who has none of them. Empty once the lead has
        ended."""
        if self.ending is not Ending.OPEN or self.holder is None:
            return ()
        who = self.holder
        keys = tuple(key for key in (who.slack, who.email.lower(), who.id) if key)
        return keys or ((who.name,) if who.name else ())

    @property
    def waits_in(self) -> Queued | None:
        """The queue in which the lead is listed (`ports.store_parts.assigning.Assigning.queue_of`):
        `queued`, unless it has ended, its record is no more, or somebody holds it."""
        over = self.ending is not Ending.OPEN or self.gone or self.holder is not None
        return None if over else self.queued


UNHANDLED = Handling()
"""The handling of a lead that nobody has handled."""


def owner_of(lead: RefinedLead, handling: Handling) -> Person | None:
    """The lead's owner as known now. The owner in the refined lead counts until the CRM answers;
    if the CRM says that the lead has no owner, the result is None."""
    ownership = handling.ownership or lead.lead_details.ownership
    if handling.owner or ownership is Ownership.UNASSIGNED:
        return handling.owner
    return owner_in(lead.lead_details)


def holder_of(lead: RefinedLead, handling: Handling) -> Person | None:
    """Who works on the lead: whoever claimed it, else its owner (`owner_of`)."""
    return handling.claimed_by or owner_of(lead, handling)


ESCALATED, REASSIGNED = 2, 3
"""The values of `Handling.level` after the reminder."""
