"""Events for PagerDuty's Events API v2; all events of one lead have the same dedup key.

PagerDuty docs, "Events API v2": a repeated trigger joins the open alert; a summary has at most 1024
characters, a dedup key 255, an event 512 KB.
"""

from collections.abc import Sequence
from typing import Any

from leadline.alerts.marks import mark_of
from leadline.alerts.phrases import called
from leadline.alerts.story import Story, level_of, story_of_lead, story_of_waiting
from leadline.model.formats import iso
from leadline.model.handling import Ending
from leadline.model.json_text import as_json_text
from leadline.model.task import Alert
from leadline.ports.channel import Letter, Notice

_LONGEST_KEY = 255
_SEVERITIES = {1: "error", 2: "critical", 3: "critical"}
_CLAIMED, _ENDED = "acknowledged/1", "resolved/1"


class PagerDutyWriter:
    """`ports.channel.Writer` for PagerDuty; the routing key is the messenger's."""

    def alert(self, notice: Notice) -> Letter:
        """See `Writer.alert`; a trigger."""
        return _trigger(notice, story_of_lead(notice), "info" if notice.test else "warning")

    def digest(self, notices: Sequence[Notice]) -> Letter | None:
        """None: each lead is an alert of its own."""
        del notices
        return None

    def update(self, notice: Notice, told: Alert) -> Letter | None:
        """Resolve the alert of a lead that has ended, acknowledge that of a claimed one; None for
        other changes."""
        del told
        if notice.handling.ending is not Ending.OPEN:
            return _follow_up(notice, "resolve", _ENDED)
        if notice.handling.claimed_by is not None:
            return _follow_up(notice, "acknowledge", _CLAIMED)
        return None

    def news(self, notice: Notice, told: Alert) -> Letter | None:
        """None: updates say it."""
        del notice, told
        return None

    def reminder(self, notice: Notice, told: Alert | None) -> Letter:
        """See `Writer.reminder`; a trigger of higher severity, which also opens an alert if there
        is none."""
        del told
        return _trigger(notice, story_of_waiting(notice), _SEVERITIES[level_of(notice)])


def dedup_key(lead_id: str) -> str:
    """PagerDuty's dedup key of a lead: its id, or a digest of an id that is too long."""
    return lead_id if lead_id and len(lead_id) <= _LONGEST_KEY else mark_of(lead_id)


def _trigger(notice: Notice, story: Story, severity: str) -> Letter:
    details: dict[str, Any] = dict(story.facts)
    details |= {"Lead": called(notice.lead.lead_id)}
    if story.remarks:
        details["Standing"] = " ".join(story.remarks)
    if story.words:
        details["Message"] = story.words
    if story.doubts:
        details["Please check"] = story.doubts
    event = {
        "event_action": "trigger",
        "dedup_key": dedup_key(notice.lead.lead_id),
        "client": "Leadline",
        "links": [{"href": url, "text": label} for label, url in story.ways],
        "payload": {
            "summary": story.headline,
            "source": called(notice.lead.received_from),
            "severity": severity,
            "timestamp": iso(notice.lead.captured_at),
            "component": "leadline",
            "class": story.template.partition("/")[0],
            "custom_details": details,
        },
    }
    return Letter(as_json_text(event), story.template)


def _follow_up(notice: Notice, action: str, template: str) -> Letter:
    event = {"event_action": action, "dedup_key": dedup_key(notice.lead.lead_id)}
    return Letter(as_json_text(event), template)
