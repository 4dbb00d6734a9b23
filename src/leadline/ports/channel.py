"""What a channel is: a writer that knows what to say, and a messenger that gets it there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from leadline.model.handling import UNHANDLED, Handling, holder_of, owner_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.links import Links
from leadline.model.people import Person
from leadline.model.task import Alert, Step
from leadline.ports.messenger import Messenger

NO_OWNER = "channel.no_owner"
"""Why a message to a lead's owner is refused: nobody owns it, or they can't be found there."""
GONE = "channel.message_gone"
"""Why a change of a message is refused: it is deleted, or can't be changed any more."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """All that a message may tell of one lead.

    `told` are the messages about it that the channel has accepted, oldest first. `due` is when the
    first response is due, None where there is no target. `instead_of` is the channel that should
    have been told: it fails since `failing_since`, or (None) refused the message. `interactive` is
    whether buttons that call us back work. `gathered` is whether it waited for its holder's digest.
    `escalated_to` is who hears of a late lead besides its holder. A `test` is marked as one.
    `told_instead` is whether another channel has told of it, so that this one need not.
    """

    lead: RefinedLead
    now: datetime
    handling: Handling = UNHANDLED
    links: Links = Links()
    told: tuple[Alert, ...] = ()
    due: datetime | None = None
    instead_of: str = ""
    failing_since: datetime | None = None
    interactive: bool = False
    gathered: bool = False
    escalated_to: Person | None = None
    test: bool = False
    told_instead: bool = False

    @property
    def ownership(self) -> Ownership:
        """What is known of its owner by now."""
        return self.handling.ownership or self.lead.lead_details.ownership

    @property
    def owner(self) -> Person | None:
        """See `model.handling.owner_of`."""
        return owner_of(self.lead, self.handling)

    @property
    def holder(self) -> Person | None:
        """See `model.handling.holder_of`."""
        return holder_of(self.lead, self.handling)

    @property
    def addressee(self) -> Person | None:
        """Whom a message about it is for."""
        return self.escalated_to or self.holder

    @property
    def told_at(self) -> datetime:
        """When the channel first heard of it; when it was refined, where that is not known."""
        alerts = [alert.sent_at for alert in self.told if alert.step is Step.NOTIFY]
        return min(alerts, default=self.lead.processed_at)


def person_named(owner: str) -> Person:
    """Whom a sender names as the owner in one word: an e-mail address, or the CRM's id."""
    return Person(email=owner) if "@" in owner else Person(id=owner)


class Letter(msgspec.Struct, frozen=True):
    """What a messenger is given, and the template it was made from, such as "new_lead/1"."""

    body: bytes
    template: str


class Writer(Protocol):
    """What one kind of channel says. Pure; valid for every possible lead."""

    def alert(self, notice: Notice) -> Letter:
        """The first message about a lead."""

    def digest(self, notices: Sequence[Notice]) -> Letter | None:
        """One message about several leads; None where the kind has none."""

    def update(self, notice: Notice, told: Alert) -> Letter | None:
        """The first message *told*, as it would be now, put in its place; None where nothing that
        was said can be changed."""

    def news(self, notice: Notice, told: Alert) -> Letter | None:
        """A further message: that the lead has an owner now, or is claimed; None where the kind
        keeps silent. Template "owner/1"."""

    def reminder(self, notice: Notice, told: Alert | None) -> Letter:
        """That the lead still waits for its first response; `handling.level` says how urgently."""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A destination. `gap` is the least time between two messages; more than `digest_above` alerts
    due at once become one message (0: never). While it has failed for `fallback_after`, alerts go
    to the channel `fallback` instead ("": never). A `personal` one tells each lead to its holder
    alone, so that no message speaks of the leads of two."""

    name: str
    writer: Writer
    messenger: Messenger
    personal: bool = False
    gap: timedelta = timedelta(seconds=1)
    digest_above: int = 20
    fallback: str = ""
    fallback_after: timedelta = timedelta(minutes=5)
