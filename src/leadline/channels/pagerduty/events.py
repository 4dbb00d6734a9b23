"""Events for PagerDuty's Events API v2; all events of one lead have the same dedup key.

PagerDuty docs, "Events API v2": a repeated trigger joins the open alert; a summary has at most 1024
characters, a dedup key 255, an event 512 KB.
"""

from collections.abc import Sequence
from typing import Any

from leadline.alerts.wording.marks import mark_of
from leadline.alerts.wording.phrases import short_id
from leadline.alerts.wording.story import Story, level_of, story_of_lead, story_of_waiting
from leadline.alerts.wording.trouble_story import (
    line_of_trouble,
    mark_of_trouble,
    story_of_troubles,
)
from leadline.model.formats import iso
from leadline.model.handling import Ending
from leadline.model.monitoring.trouble import KnownTrouble, TroubleKind, TroubleState
from leadline.model.task import Alert
from leadline.model.texts.json_text import as_json_text
from leadline.ports.channel import Notice, OutgoingMessage

_LONGEST_KEY = 255
_SEVERITIES = {1: "error", 2: "critical", 3: "critical"}
_CLAIMED, _ENDED = "acknowledged/1", "resolved/1"


class PagerDutyWriter:
    """`ports.channel.Writer` for PagerDuty; the routing key is the messenger's."""

    def alert(self, notice: Notice) -> OutgoingMessage:
        """See `Writer.alert`; a trigger."""
        usual = "critical" if notice.is_hot else "warning"
        return _trigger(notice, story_of_lead(notice), "info" if notice.test else usual)

    def digest(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        """None: each lead is an alert of its own."""
        del notices
        return None

    def update(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """Resolve the alert of a lead that has ended, acknowledge that of a claimed one; None for
        other changes."""
        del alert
        if notice.handling.ending is not Ending.OPEN:
            return _follow_up(notice, "resolve", _ENDED)
        if notice.handling.claimed_by is not None:
            return _follow_up(notice, "acknowledge", _CLAIMED)
        return None

    def news(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """None: updates say it."""
        del notice, alert
        return None

    def reminder(self, notice: Notice, alert: Alert | None) -> OutgoingMessage:
        """See `Writer.reminder`; a trigger of higher severity, which also opens an alert if there
        is none."""
        del alert
        return _trigger(notice, story_of_waiting(notice), _SEVERITIES[level_of(notice)])

    def troubles(self, troubles: Sequence[KnownTrouble]) -> OutgoingMessage | None:
        """See `Writer.troubles`; each trouble is an alert of its own, which its end resolves."""
        if len(troubles) > 1:
            return None
        (known,) = troubles
        template = story_of_troubles(troubles).template
        if known.trouble.state is TroubleState.ENDED:
            event = {"event_action": "resolve", "dedup_key": mark_of_trouble(known)}
            return OutgoingMessage(as_json_text(event), template)
        return OutgoingMessage(as_json_text(_trouble_event(known)), template)


def dedup_key(lead_id: str) -> str:
    """PagerDuty's dedup key of a lead: its id, or a digest of an id that is too long."""
    return lead_id if lead_id and len(lead_id) <= _LONGEST_KEY else mark_of(lead_id)


def _trigger(notice: Notice, story: Story, severity: str) -> OutgoingMessage:
    details: dict[str, Any] = dict(story.facts)
    details |= {"Lead": short_id(notice.lead.lead_id)}
    if story.remarks:
        details["Standing"] = " ".join(story.remarks)
    if story.quotation:
        details["Message"] = story.quotation
    if story.warnings:
        details["Please check"] = story.warnings
    event = {
        "event_action": "trigger",
        "dedup_key": dedup_key(notice.lead.lead_id),
        "client": "Leadline",
        "links": [{"href": url, "text": label} for label, url in story.links],
        "payload": {
            "summary": story.headline,
            "source": short_id(notice.lead.received_from),
            "severity": severity,
            "timestamp": iso(notice.lead.captured_at),
            "component": "leadline",
            "class": story.template.partition("/")[0],
            "custom_details": details,
        },
    }
    return OutgoingMessage(as_json_text(event), story.template)


def _follow_up(notice: Notice, action: str, template: str) -> OutgoingMessage:
    event = {"event_action": action, "dedup_key": dedup_key(notice.lead.lead_id)}
    return OutgoingMessage(as_json_text(event), template)


def _trouble_event(known: KnownTrouble) -> dict[str, Any]:
    urgent = known.trouble.kind is TroubleKind.DISK
    return {
        "event_action": "trigger",
        "dedup_key": mark_of_trouble(known),
        "client": "Leadline",
        "links": [],
        "payload": {
            "summary": story_of_troubles([known]).headline,
            "source": "leadline",
            "severity": "critical" if urgent else "error",
            "timestamp": iso(known.changed_at),
            "component": "leadline",
            "class": known.trouble.kind.value,
            "custom_details": {"What": line_of_trouble(known)},
        },
    }
