"""A channel: a writer, which words messages, and a messenger, which sends them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from leadline.model.facts.scored_leads import is_hot
from leadline.model.handling import UNHANDLED, Ending, Handling, holder_of, owner_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Step
from leadline.model.texts.links import Links
from leadline.ports.messenger import Messenger

if TYPE_CHECKING:  # few functions on AWS tell of troubles
    from leadline.model.monitoring.trouble import KnownTrouble

NO_OWNER = "channel.no_owner"
"""The reason for refusing a message to a lead's owner: the lead has no owner, or the destination
doesn't know that person."""
USUAL, ALWAYS = "usual", "always"
"""Values of `Channel.hot`: hot leads are alerted like others, or also in quiet hours."""
GONE = "channel.message_gone"
"""The reason for refusing to edit a message: it was deleted, or can't be edited any more."""


class History(msgspec.Struct, frozen=True):
    """The earlier leads of the same person: how many there are, the id of the last of them and when
    it came, who had the last one that somebody had (None: nobody), and how that ended."""

    count: int
    last_id: str
    last_at: datetime
    holder: Person | None = None
    ending: Ending = Ending.OPEN


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a message can say about one lead.

    `alerts` are the messages about the lead that the channel has accepted, oldest first. `due` is
    when the first response is due; None if no target applies. `instead_of` is the channel for which
    this one is the fallback: it has failed since `failing_since`, or (None) refused the message.
    `interactive` is whether buttons can call Leadline back. `for_digest` is whether the alert
    waited for its holder's digest. `escalated_to` is the person to whom a late lead has escalated.
    A message about a `test` lead says so. `alerted_elsewhere` is whether another channel has sent
    the alert, so that this channel need not. `history` are the earlier leads of the same person, if
    the lead is a duplicate and they are known. `former` is the owner whom the channel was told of
    before the present one. `opening` is a line of an experiment with which
    the alert begins ("": none).
    """

    lead: RefinedLead
    now: datetime
    handling: Handling = UNHANDLED
    links: Links = Links()
    alerts: tuple[Alert, ...] = ()
    due: datetime | None = None
    instead_of: str = ""
    failing_since: datetime | None = None
    interactive: bool = False
    for_digest: bool = False
    escalated_to: Person | None = None
    test: bool = False
    alerted_elsewhere: bool = False
    history: History | None = None
    opening: str = ""
    former: Person | None = None

    @property
    def is_hot(self) -> bool:
        """Whether the lead is hot and nobody has responded yet."""
        return is_hot(self.lead) and not self.handling.answered

    @property
    def ownership(self) -> Ownership:
        """What is known about the owner now."""
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
        """The person to whom a message about the lead is addressed."""
        return self.escalated_to or self.holder

    @property
    def alerted_at(self) -> datetime:
        """When the channel accepted the first alert; without one, when the lead was refined."""
        alerts = [alert.sent_at for alert in self.alerts if alert.step is Step.NOTIFY]
        return min(alerts, default=self.lead.processed_at)


def person_named(owner: str) -> Person:
    """The person whom a sender names as owner in one word: an e-mail address or a CRM id."""
    return Person(email=owner) if "@" in owner else Person(id=owner)


class OutgoingMessage(msgspec.Struct, frozen=True):
    """A message for a messenger, and the template it was made from, such as "new_lead/1"."""

    body: bytes
    template: str


class Writer(Protocol):
    """Words the messages of one kind of channel. Pure, and valid for every possible lead."""

    def alert(self, notice: Notice) -> OutgoingMessage:
        """The first message about a lead."""

    def digest(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        """One message about several leads; None if this kind of channel has no digests."""

    def update(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """An up-to-date version of the first message *alert*, to replace it; None if this kind of
        channel can't edit messages."""

    def news(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """A further message: the lead has an owner now, or was claimed; None if this kind of
        channel sends no such message. Its template is "owner/1"."""

    def reminder(self, notice: Notice, alert: Alert | None) -> OutgoingMessage:
        """A reminder that the lead still waits for its first response; the urgency follows from
        `handling.level`."""

    def troubles(self, troubles: "Sequence[KnownTrouble]") -> OutgoingMessage | None:
        """A message to operators about these troubles, at least one; None for several if this kind
        of channel tells each in a message of its own."""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A destination of messages. `gap` is the minimum time between two messages. More than
    `digest_above` alerts due at once become one digest (0: never). Once the channel has failed for
    `fallback_after`, alerts go to the channel `fallback` ("": never). A `personal` channel sends
    each alert to the lead's holder alone, so a message never covers leads of two people.
    `hot` is how alerts of hot leads are sent: "now" (alone), "always" (also in quiet hours) or
    "usual"."""

    name: str
    writer: Writer
    messenger: Messenger
    personal: bool = False
    gap: timedelta = timedelta(seconds=1)
    digest_above: int = 20
    fallback: str = ""
    fallback_after: timedelta = timedelta(minutes=5)
    hot: str = "now"
