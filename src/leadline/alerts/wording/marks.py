"""Marks that identify a message at its destination: the same on every attempt to send it, and
different for every other message."""

from collections.abc import Sequence
from hashlib import blake2b

from leadline.model.task import Step
from leadline.ports.channel import Notice


def mark_of(*parts: object) -> str:
    """A digest of these parts, as 32 hexadecimal digits."""
    text = "\0".join(str(part) for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def mark_of_alert(channel: str, template: str, notice: Notice) -> str:
    """The mark of an alert about a lead. An alert that is sent again on purpose gets another mark,
    so that it is not taken for a repeated attempt."""
    times = sum(alert.step is Step.NOTIFY for alert in notice.alerts)
    return mark_of(channel, template, notice.lead.lead_id, times)


def mark_of_news(channel: str, template: str, notice: Notice) -> str:
    """The mark of a later message about a lead; each revision of its handling has its own."""
    return mark_of(channel, template, notice.lead.lead_id, "after", notice.handling.rev)


def mark_of_digest(channel: str, template: str, notices: Sequence[Notice]) -> str:
    """The mark of a message about several leads."""
    ids = sorted(notice.lead.lead_id for notice in notices)
    return mark_of(channel, template, *ids, max((len(n.alerts) for n in notices), default=0))
