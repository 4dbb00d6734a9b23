"""What channels say of a lead, as text, and what destinations answered.

The messages themselves are not kept: each is written anew from the lead as the reader may see it,
as its channel would write it now.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import msgspec

from leadline import wiring
from leadline.entrypoints.dashboard.showing.filters import indented
from leadline.experiments.designing import designs_of, opening_of
from leadline.model.errors import LeadlineError
from leadline.model.handling import UNHANDLED
from leadline.model.lead import RefinedLead
from leadline.model.task import Alert, Step
from leadline.ports.channel import Notice
from leadline.ports.reading.ledger import LeadStory
from leadline.settings.top.general import Settings
from leadline.standins.slack_page import as_terminal

_ENDS: Mapping[str, str] = {"failed": "failed", "dead": "given up"}


class MessageNow(msgspec.Struct, frozen=True):
    """What a channel would say of the lead now; `why_not` is why that can't be shown."""

    channel: str
    text: str
    why_not: str = ""


class AttemptMade(msgspec.Struct, frozen=True):
    """An attempt at a step: when, for which channel ("": that is not kept), its result, and the
    answer: the destination's code and words, or its name of the message."""

    at: datetime
    step: str
    channel: str
    result: str
    answer: str


def messages_now(
    story: LeadStory, lead: RefinedLead | None, known: Settings | None, now: datetime
) -> Sequence[MessageNow]:
    """What each channel that accepted a message about the lead would say now. *story* and *lead*
    are what the reader may see."""
    if lead is None or known is None:
        return ()
    channels = wiring.channels_on_demand(known)
    names = [one for one in dict.fromkeys(a.channel for a in story.alerts) if one in channels]
    return [_shown(name, channels[name].writer.alert, story, lead, known, now) for name in names]


def _shown(
    name: str, write: Any, story: LeadStory, lead: RefinedLead, known: Settings, now: datetime
) -> MessageNow:
    notice = Notice(
        lead=lead,
        now=now,
        handling=story.handling or UNHANDLED,
        links=wiring.links(known),
        alerts=tuple(one for one in story.alerts if one.channel == name),
        interactive=bool(known.slack_signing_secret),
        opening=opening_of(designs_of(known.experiments), lead),
    )
    try:
        return MessageNow(name, message_as_text(write(notice).body))
    except LeadlineError as error:
        return MessageNow(name, "", error.detail or error.title)


def message_as_text(body: bytes) -> str:
    """A message as people read it: blocks of Slack and e-mails as text, other JSON indented."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError):
        return _mail(body)
    said = found.get("body", found) if isinstance(found, dict) else found
    if isinstance(said, dict) and "text" in said and "blocks" in said:
        return as_terminal(said)
    return indented(body)


def _mail(body: bytes) -> str:
    """The heads and the text of an e-mail."""
    read = message_from_bytes(body, policy=policy.default)
    part = read.get_body(("plain",))
    heads = [f"{name}: {read[name]}" for name in ("To", "Subject") if read[name]]
    text = part.get_content() if part is not None else body.decode(errors="replace")
    return "\n".join([*heads, "", text.strip()]) if heads else text


def attempts_of(story: LeadStory) -> list[AttemptMade]:
    """The attempts at steps of the lead, as far as they are kept, oldest first."""
    found = [*_failed(story), *map(_accepted, story.alerts)]
    return sorted(found, key=lambda one: one.at)


def _failed(story: LeadStory) -> Iterator[AttemptMade]:
    for one in story.timeline:
        step, _, end = one.what.rpartition(".")
        if end in _ENDS and step in list(Step):
            yield AttemptMade(one.at, step, "", _ENDS[end], one.detail)


def _accepted(alert: Alert) -> AttemptMade:
    return AttemptMade(alert.sent_at, alert.step, alert.channel, "accepted", alert.ref)
