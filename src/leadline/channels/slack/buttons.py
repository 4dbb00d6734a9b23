"""The action ids and values of buttons.

Slack sends both back when a button is pressed (Slack docs, "Interaction payloads", block_actions).
"""

from datetime import timedelta

OPEN_CRM = "open.crm"
OPEN_LEAD = "open.lead"
OPEN_FIRST = "open.first"

TOMORROW = "tomorrow"
"""The span of a snooze until 9:00 tomorrow in the time zone of the person who pressed."""
SNOOZES = (
    (str(60 * 60), "1 hour"),
    (str(4 * 60 * 60), "4 hours"),
    (TOMORROW, "Until tomorrow 9:00"),
)
"""The spans of a snooze (seconds or `TOMORROW`), each with its label."""


def snooze_value(span: str, lead_id: str) -> str:
    """The value of a choice of `SNOOZES`, such as "3600:<lead id>"."""
    return f"{span}:{lead_id}"


def snooze_choice(value: str) -> tuple[timedelta | None, str] | None:
    """The span (None: until 9:00 tomorrow) and the lead id in a value of `snooze_value`; None for
    any other value."""
    span, colon, lead_id = value.partition(":")
    if not colon or not lead_id or span not in {known for known, _ in SNOOZES}:
        return None
    return (None if span == TOMORROW else timedelta(seconds=int(span))), lead_id
