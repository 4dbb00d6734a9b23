"""The buttons of messages: claim, snooze and junk. The first person to claim a lead gets it.

A lead's handling is changed by compare-and-swap (`ports.store.Handlings`): of many people who press
at once one wins, and the others see the winner's change.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from leadline.journey.assigning.changing import HandlingChange, change_handling
from leadline.journey.responding.meanwhile import update_later_alerts
from leadline.model.errors import StorageFailed
from leadline.model.handling import UNHANDLED, Ending, Handling, owner_of
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.people import Person, is_same_person
from leadline.model.task import Alert, Later, Step, Task
from leadline.ports.store import Alerts, Handlings, Leads, Queue
from leadline.ports.store_parts.assigning import Assigning
from leadline.team.giving.teams import Teams
from leadline.team.hours import zone_of
from leadline.team.people import Team

if TYPE_CHECKING:
    from leadline.settings.connected.outcomes import OutcomesConfig

log = logging.getLogger(__name__)

CLAIM = "lead.claim"
SNOOZE = "lead.snooze"
JUNK = "lead.junk"

_ROUNDS = 10
_NINE = 9
LeadNote = Literal["claimed", "unjunked", "junked", "snoozed"]
"""The note in the timeline and the log for a press that changed a lead."""


class ActionStore(Leads, Alerts, Handlings, Queue, Assigning, Protocol):
    """The parts of a store that buttons and commands need."""


class ActionRules(msgspec.Struct, frozen=True):
    """Settings that presses depend on.

    `write_back_sources` names the sources whose CRM gets a write-back after a press. `webhooks`
    names the channels whose messages can be changed only through the `reply_url` of a press.
    `teams` are those that are given leads. `outcomes` are the ad networks that are told of leads.
    """

    write_back_sources: frozenset[str] = frozenset()
    webhook_channels: frozenset[str] = frozenset()
    teams: Teams = Teams()
    outcomes: "Mapping[str, OutcomesConfig]" = {}


class PressResult(StrEnum):
    """The result of a press.

    RESTORED: the lead was junk and is back with the person who had claimed it before. ENDED: the
    lead was already won, lost or disqualified. UNKNOWN: there is no lead with this id. Neither
    ENDED nor UNKNOWN nor a result that begins with ALREADY changed anything.
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
    """The result of a press, who pressed and when, and the lead's handling after it: who claimed
    it and when, until when it is snoozed, how it ended and by whom (`rev` is that before the
    press). `lead` is None for UNKNOWN."""

    result: PressResult
    by: Person
    at: datetime
    lead: RefinedLead | None = None
    handling: Handling = UNHANDLED

    @property
    def changed(self) -> bool:
        """Whether the press changed the lead."""
        return self.result in _CHANGING


class _Change(msgspec.Struct, frozen=True):
    after: Handling
    note: LeadNote
    result: PressResult


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """A press of one of our buttons: `action` is CLAIM, SNOOZE or JUNK, `span` is how long to
    snooze (None: until 9:00 tomorrow).

    `user` is the person who pressed, with their id and name in the channel's service. `reply_url`
    accepts answers to them for `reply_lasts`, and can change the message with the button unless
    only they see it (`is_ephemeral`). `message` identifies that message, as in `Alert.ref`. `how`
    is how a claim came, a code of `model.staff.assigning.HOWS`.
    """

    action: str
    lead_id: str
    user: Person
    span: timedelta | None = None
    reply_url: str = ""
    reply_lasts: timedelta = timedelta()
    is_ephemeral: bool = False
    message: str = ""
    how: str = "claim"


def press(
    store: ActionStore,
    team: Team,
    request: Press,
    now: datetime,
    rules: ActionRules = ActionRules(),  # noqa: B008 - it never changes
) -> Pressed:
    """Do what the pressed button is for, unless somebody else was faster.

    A change is noted in the timeline with the person's Slack id, else their name, and the messages
    of all channels that alerted about the lead are updated. Raises StorageFailed if the lead kept
    being changed by others, so that the press could not be stored.
    """
    lead_id = request.lead_id
    who = presser(team, request.user)
    lead = store.refined([lead_id]).get(lead_id)
    if lead is None:
        return Pressed(PressResult.UNKNOWN, who, now)
    for _ in range(_ROUNDS):
        before = store.handling([lead_id]).get(lead_id, UNHANDLED)
        made = _changes(lead, before, who, request, team, now)
        if isinstance(made, PressResult):
            return Pressed(made, who, now, lead, before)
        alerts = store.alerts([lead_id]).get(lead_id, ())
        after = _with_reply(made.after, request, now, alerts, rules)
        is_news = request.action != SNOOZE and lead.received_from in rules.write_back_sources
        then = _what_follows(lead, alerts, with_write_back=is_news)
        then += _pushes(rules, lead, before, after)
        change = HandlingChange(lead=lead, before=before, after=after, how=request.how, at=now)
        stored = change_handling(store, rules.teams, change, then, made.note, who.slack or who.name)
        if stored is not None:
            update_later_alerts(store, lead_id, then, now)
            log.info("lead." + made.note, extra={"lead": lead_id})
            return Pressed(made.result, who, now, lead, stored)
    raise StorageFailed(
        f"lead {lead_id} was changed by others {_ROUNDS} times during this press; press again"
    )


def presser(team: Team, user: Person) -> Person:
    """The person who pressed, with what the settings know of them; somebody who is not in the
    team's settings is returned as the press names them."""
    known = team.known(Person(slack=user.slack))
    return known if known.name else user


def _changes(
    lead: RefinedLead, before: Handling, who: Person, request: Press, team: Team, now: datetime
) -> _Change | PressResult:
    """The change that the press makes, or the result that says why there is none."""
    if before.ending not in (Ending.OPEN, Ending.JUNK):
        return PressResult.ENDED
    if request.action == CLAIM:
        return _claimed(lead, before, who, now)
    if before.ending is Ending.JUNK:
        return PressResult.ALREADY_JUNK
    if request.action == JUNK:
        after = msgspec.structs.replace(before, ending=Ending.JUNK, ended_at=now, ended_by=who)
        return _Change(after, "junked", PressResult.JUNKED)
    return _snoozed(before, who, _end_of_snooze(request.span, who, team, now))


def _claimed(
    lead: RefinedLead, before: Handling, who: Person, now: datetime
) -> _Change | PressResult:
    """The first claim wins. Claiming a junk lead restores it, to the person who had claimed it
    before if there was one."""
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
    """Snooze the lead. Once it is claimed, only the person who claimed it may snooze it."""
    if before.claimed_by is not None and not is_same_person(before.claimed_by, who):
        return PressResult.ALREADY_CLAIMED
    if before.snoozed_until == until:
        return PressResult.ALREADY_SNOOZED
    after = msgspec.structs.replace(before, snoozed_until=until)
    return _Change(after, "snoozed", PressResult.SNOOZED)


def _end_of_snooze(span: timedelta | None, who: Person, team: Team, now: datetime) -> datetime:
    """When a snooze ends. "Tomorrow" is in the time zone of the person who pressed, else in UTC."""
    if span is not None:
        return now + span
    member = team.members.get(team.name_of(who))
    tomorrow = now.astimezone(zone_of(member.zone if member else "")) + timedelta(days=1)
    return tomorrow.replace(hour=_NINE, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def _with_reply(
    after: Handling, request: Press, now: datetime, alerts: Sequence[Alert], rules: ActionRules
) -> Handling:
    """The handling with the press's `reply_url`, if that is certain to change a webhook's message:
    the button stood neither in an ephemeral answer nor in a bot's message, and exactly one webhook
    channel alerted about the lead."""
    own = request.is_ephemeral or request.message in {alert.ref for alert in alerts if alert.ref}
    if (
        not request.reply_url
        or own
        or len(rules.webhook_channels.intersection(_alerted_channels(alerts))) != 1
    ):
        return after
    return msgspec.structs.replace(
        after, reply_url=request.reply_url, reply_until=now + request.reply_lasts
    )


def _what_follows(
    lead: RefinedLead, alerts: Sequence[Alert], *, with_write_back: bool
) -> list[Later]:
    """The tasks after a press: update the messages about the lead, and write back to the CRM."""
    tasks = [Task(Step.UPDATE, lead.lead_id, name) for name in _alerted_channels(alerts)]
    if with_write_back:  # the task ends at once if the lead has no record in the CRM
        tasks.append(Task(Step.WRITE_BACK, lead.lead_id, lead.received_from))
    return [Later(task) for task in tasks]


def _pushes(
    rules: ActionRules, lead: RefinedLead, before: Handling, after: Handling
) -> list[Later]:
    """The tasks by which ad networks are told of what the press changed."""
    if not rules.outcomes:
        return []
    from leadline.journey.pushing.putting import tasks_for_networks  # few settings have networks

    return [Later(task) for task in tasks_for_networks(rules.outcomes, lead, before, after)]


def _alerted_channels(alerts: Sequence[Alert]) -> list[str]:
    """The channels that alerted about the lead."""
    return sorted({alert.channel for alert in alerts if alert.step is Step.NOTIFY})
