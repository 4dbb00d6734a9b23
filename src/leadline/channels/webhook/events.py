"""The events of outgoing webhooks: CloudEvents 1.0 in structured JSON, one event per message.

CloudEvents specification 1.0.2 and its JSON format; docs/how-to/choose-channels.md lists the types.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from leadline.alerts.wording.marks import mark_of_alert, mark_of_news
from leadline.alerts.wording.phrases import short_id
from leadline.alerts.wording.story import LEVELS, NEW_LEAD, SEEN_BEFORE, level_of
from leadline.alerts.wording.trouble_story import mark_of_troubles, story_of_troubles, when_found
from leadline.model.formats import iso
from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead
from leadline.model.monitoring.trouble import KnownTrouble
from leadline.model.task import Alert
from leadline.model.texts.json_text import as_json_text
from leadline.ports.channel import History, Notice, OutgoingMessage

REFINED = "com.leadline.lead.refined"
UPDATED = "com.leadline.lead.updated"
WAITING = "com.leadline.lead.waiting"
TROUBLE = "com.leadline.trouble"
MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"

_HANDLED = (
    "owner", "ownership", "claimed_by", "claimed_at", "snoozed_until", "touched_at", "ending",
    "ended_at", "ended_by", "level",
)  # fmt: skip


class EventWriter:
    """`ports.channel.Writer` for webhooks.

    *source* is the URI reference of this installation. Receivers recognise repeats by it and the
    event's id, which is the same on every attempt.
    """

    def __init__(self, channel: str, source: str = "") -> None:
        self._channel = channel
        self._source = source or "/leadline"

    def alert(self, notice: Notice) -> OutgoingMessage:
        """See `Writer.alert`; an event with the refined lead and its handling."""
        template = SEEN_BEFORE if notice.lead.duplicate_of else NEW_LEAD
        mark = mark_of_alert(self._channel, template, notice)
        return self._event(REFINED, template, mark, notice, notice.lead.processed_at)

    def digest(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        """None: each lead is an event of its own."""
        del notices
        return None

    def update(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """See `Writer.update`; an event with the changed handling."""
        del alert
        mark = mark_of_news(self._channel, "updated/1", notice)
        return self._event(UPDATED, "updated/1", mark, notice, notice.now)

    def news(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """None: updates say it."""
        del notice, alert
        return None

    def reminder(self, notice: Notice, alert: Alert | None) -> OutgoingMessage:
        """See `Writer.reminder`; an event that the lead still waits for its first response."""
        del alert
        template = LEVELS[level_of(notice)]
        mark = mark_of_news(self._channel, template, notice)
        return self._event(WAITING, template, mark, notice, notice.now)

    def _event(
        self, kind: str, template: str, mark: str, notice: Notice, time: datetime
    ) -> OutgoingMessage:
        data: dict[str, Any] = {
            "lead": lead_payload(notice),
            "handling": handling_payload(notice.handling),
        }
        if notice.history is not None:
            data["history"] = history_payload(notice.history)
        if notice.due is not None:
            data["due"] = iso(notice.due)
        if notice.instead_of:
            data["instead_of"] = notice.instead_of
        if notice.test:
            data["test"] = True
        return self._envelope(kind, template, mark, short_id(notice.lead.lead_id), time, data)

    def troubles(self, troubles: Sequence[KnownTrouble]) -> OutgoingMessage | None:
        """See `Writer.troubles`; one event with all of them."""
        template = story_of_troubles(troubles).template
        mark = mark_of_troubles(self._channel, troubles)
        data = {"troubles": [_trouble_payload(known) for known in troubles]}
        subject = troubles[0].trouble.kind.value
        return self._envelope(TROUBLE, template, mark, subject, when_found(troubles), data)

    def _envelope(
        self, kind: str, template: str, mark: str, subject: str, time: datetime,
        data: dict[str, Any],
    ) -> OutgoingMessage:  # fmt: skip
        event = {
            "specversion": "1.0",
            "id": f"evt_{mark}",
            "source": self._source,
            "type": kind,
            "subject": subject,
            "time": iso(time),
            "datacontenttype": "application/json",
            "data": data,
        }
        return OutgoingMessage(as_json_text(event), template)


def lead_payload(notice: Notice) -> RefinedLead:
    """The lead for receivers; `crm_url` is None unless it is safe as a link."""
    details = notice.lead.lead_details
    link = notice.links.record(notice.lead) or None
    if link == details.crm_url:
        return notice.lead
    details = msgspec.structs.replace(details, crm_url=link)
    return msgspec.structs.replace(notice.lead, lead_details=details)


def handling_payload(handling: Handling) -> dict[str, Any]:
    """The handling for receivers, without internal fields: the URL for changing a message, and the
    values written to the CRM."""
    body: dict[str, Any] = msgspec.to_builtins(handling)
    return {name: body[name] for name in _HANDLED if name in body}


def history_payload(history: History) -> dict[str, Any]:
    """The earlier leads of the same person, for receivers."""
    body: dict[str, Any] = {
        "count": history.count,
        "last_lead_id": short_id(history.last_id),
        "last_at": iso(history.last_at),
    }
    if history.holder is not None:
        body["holder"] = msgspec.to_builtins(history.holder)
    return {**body, "ending": history.ending.value} if history.ending else body


def _trouble_payload(known: KnownTrouble) -> dict[str, Any]:
    """A trouble for receivers."""
    one = known.trouble
    body: dict[str, Any] = {
        "kind": one.kind.value,
        "subject": one.subject,
        "state": one.state.value,
        "since": iso(known.since),
        "count": one.count,
        "words": one.words,
        "remedy": one.remedy,
    }
    return {**body, "lead_id": one.lead_id} if one.lead_id else body
