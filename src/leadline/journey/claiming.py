"""What the buttons of messages do: who presses first has the lead, and everybody hears who.

The lead is changed by comparing and swapping (`ports.store.Desk`), so of a hundred who press at
once one wins, and the others read what the winner has written.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

import msgspec

from leadline.model.errors import StorageFailed
from leadline.model.handling import UNHANDLED, Ending, Handling, owner_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.people import Person
from leadline.model.task import Alert, Later, Step, Task
from leadline.ports.store import Channels, Desk, Leads
from leadline.team.hours import zone_of
from leadline.team.people import Team

log = logging.getLogger(__name__)

CLAIM = "lead.claim"
SNOOZE = "lead.snooze"
JUNK = "lead.junk"

_ROUNDS = 10
_NINE = 9
LeadNote = Literal["claimed", "unjunked", "junked", "snoozed"]
"""What the timeline and the log say of a press that changed a lead."""


class ActionStore(Leads, Channels, Desk, Protocol):
    """What of a store buttons and commands need."""


class ActionRules(msgspec.Struct, frozen=True):
    """Of which sources the CRM is told what people do (`told_back`), and which channels' messages
    can be changed only by the address that a press brings for answers (`webhooks`)."""

    told_back: frozenset[str] = frozenset()
    webhooks: frozenset[str] = frozenset()


class PressResult(StrEnum):
    """What became of a press.

    RESTORED: the lead was junk and belongs again to whoever had claimed it before. ENDED: it was
    won, lost or disqualified. UNKNOWN: there is no such lead. The other words that begin with
    ALREADY changed nothing, either.
    """

    CLAIMED = "claimed"
    RESTORED = "restored"
    SNOOZED = "snoozed"
    JUNKED = "junked"
    ALREADY_CLAIMED = "already_claimed"
    ALREADY_SNOOZED = "already_snoozed"
    ALREADY_JUNK = "already_junk"
    ENDED = "ended"
    UNKNOWN = "unknown"


_CHANGING = frozenset(
    (PressResult.CLAIMED, PressResult.RESTORED, PressResult.SNOOZED, PressResult.JUNKED)
)


class Pressed(msgspec.Struct, frozen=True):
    """What became of a press by a person, at a time, and how the lead is handled since: who claimed
    it and when, until when it is snoozed, how it ended and by whom (its `rev` is as it was before).
    `lead` is None for UNKNOWN."""

    result: PressResult
    by: Person
    at: datetime
    lead: RefinedLead | None = None
    handling: Handling = UNHANDLED

    @property
    def changed(self) -> bool:
        """Whether anything was changed by it."""
        return self.result in _CHANGING


class _Change(msgspec.Struct, frozen=True):
    after: Handling
    note: LeadNote
    result: PressResult


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """A button of ours that somebody pressed: `action` is CLAIM, SNOOZE or JUNK, `span` how long
    to snooze (None: until tomorrow at nine).

    `user` is who pressed it, by their id in the channel's service and what that calls them.
    `reply_url` answers them for as long as `reply_lasts`, and changes the message with the button
    unless that was shown to them alone (`is_ephemeral`). `message` is where that message stands, as
    alerts remember it (`Alert.ref`).
    """

    action: str
    lead_id: str
    user: Person
    span: timedelta | None = None
    reply_url: str = ""
    reply_lasts: timedelta = timedelta()
    is_ephemeral: bool = False
    message: str = ""


def press(
    store: ActionStore,
    team: Team,
    wish: Press,
    now: datetime,
    rules: ActionRules = ActionRules(),  # noqa: B008 - it never changes
) -> Pressed:
    """Do what a pressed button asks for, unless somebody else was faster.

    The channels that told of the lead have their messages changed, the timeline notes who did what
    (by their id there). Raises StorageFailed where nothing could be kept.
    """
    lead_id = wish.lead_id
    who = presser(team, wish.user)
    lead = store.refined([lead_id]).get(lead_id)
    if lead is None:
        return Pressed(PressResult.UNKNOWN, who, now)
    for _ in range(_ROUNDS):
        before = store.handling([lead_id]).get(lead_id, UNHANDLED)
        made = _changes(lead, before, who, wish, team, now)
        if isinstance(made, PressResult):
            return Pressed(made, who, now, lead, before)
        told = store.alerts([lead_id]).get(lead_id, ())
        after = _with_reply(made.after, wish, now, told, rules)
        is_news = wish.action != SNOOZE and lead.received_from in rules.told_back
        then = _what_follows(lead, told, told_of_crm=is_news)
        if store.handle(lead_id, before, after, then, made.note, who.slack):
            log.info("lead." + made.note, extra={"lead": lead_id})
            return Pressed(made.result, who, now, lead, after)
    raise StorageFailed("too many change this lead at once")


def presser(team: Team, user: Person) -> Person:
    """Whoever pressed, with what the team's table knows of them; who isn't in it is called as
    the press calls them."""
    known = team.known(Person(slack=user.slack))
    return known if known.name else user


def _changes(
    lead: RefinedLead, before: Handling, who: Person, wish: Press, team: Team, now: datetime
) -> _Change | PressResult:
    """What the lead becomes; or why it stays as it is."""
    if before.ending not in (Ending.OPEN, Ending.JUNK):
        return PressResult.ENDED
    if wish.action == CLAIM:
        return _claimed(lead, before, who, now)
    if before.ending is Ending.JUNK:
        return PressResult.ALREADY_JUNK
    if wish.action == JUNK:
        after = msgspec.structs.replace(before, ending=Ending.JUNK, ended_at=now, ended_by=who)
        return _Change(after, "junked", PressResult.JUNKED)
    return _snoozed(before, who, _end_of_snooze(wish.span, who, team, now))


def _claimed(
    lead: RefinedLead, before: Handling, who: Person, now: datetime
) -> _Change | PressResult:
    """The first claim wins. A lead that was marked as junk comes back by a claim, to whoever had
    claimed it before."""
    was_junk = before.ending is Ending.JUNK
    was_claimed = before.claimed_by is not None
    if was_claimed and not was_junk:
        return PressResult.ALREADY_CLAIMED
    claimed = msgspec.structs.replace(
        before,
        claimed_by=before.claimed_by or who,
        claimed_at=before.claimed_at or now,
        touched_at=before.touched_at or now,
        snoozed_until=None,
        ending=Ending.OPEN,
        ended_at=None,
        ended_by=None,
    )
    if owner_of(lead, before) is None:
        claimed = msgspec.structs.replace(
            claimed, owner=claimed.claimed_by, ownership=Ownership.ASSIGNED
        )
    result = PressResult.RESTORED if was_claimed else PressResult.CLAIMED
    return _Change(claimed, "unjunked" if was_junk else "claimed", result)


def _snoozed(before: Handling, who: Person, until: datetime) -> _Change | PressResult:
    """Only who has claimed a lead may put it aside; before that anybody may."""
    if before.claimed_by is not None and not is_same_person(before.claimed_by, who):
        return PressResult.ALREADY_CLAIMED
    if before.snoozed_until == until:
        return PressResult.ALREADY_SNOOZED
    after = msgspec.structs.replace(before, snoozed_until=until)
    return _Change(after, "snoozed", PressResult.SNOOZED)


def _end_of_snooze(span: timedelta | None, who: Person, team: Team, now: datetime) -> datetime:
    """When a snooze ends; tomorrow is that of the presser's time zone, or of UTC."""
    if span is not None:
        return now + span
    member = team.members.get(team.name_of(who))
    tomorrow = now.astimezone(zone_of(member.zone if member else "")) + timedelta(days=1)
    return tomorrow.replace(hour=_NINE, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def is_same_person(one: Person, other: Person) -> bool:
    """Whether two who pressed are the same, by their Slack id, else by their name."""
    return (one.slack == other.slack) if one.slack else (one.name == other.name)


def _with_reply(
    after: Handling, wish: Press, now: datetime, told: Sequence[Alert], rules: ActionRules
) -> Handling:
    """With the address by which the message can be changed, where it is certain whose message that
    is: not an answer that only one sees, not a bot's, and that of the only webhook there is."""
    own = wish.is_ephemeral or wish.message in {alert.ref for alert in told if alert.ref}
    if not wish.reply_url or own or len(rules.webhooks.intersection(_telling(told))) != 1:
        return after
    return msgspec.structs.replace(
        after, reply_url=wish.reply_url, reply_until=now + wish.reply_lasts
    )


def _what_follows(lead: RefinedLead, told: Sequence[Alert], *, told_of_crm: bool) -> list[Later]:
    """The messages about the lead are changed, and the CRM hears of it."""
    tasks = [Task(Step.UPDATE, lead.lead_id, name) for name in _telling(told)]
    if told_of_crm:  # a lead that is no record there ends this task at once
        tasks.append(Task(Step.WRITE_BACK, lead.lead_id, lead.received_from))
    return [Later(task) for task in tasks]


def _telling(told: Sequence[Alert]) -> list[str]:
    """The channels that told of the lead."""
    return sorted({alert.channel for alert in told if alert.step is Step.NOTIFY})
