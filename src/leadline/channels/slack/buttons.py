"""The buttons of messages: what they are called, and what they say when they are pressed.

Slack sends the action id and the value back (Slack docs, "Interaction payloads", block_actions).
"""

from datetime import timedelta

OPEN_CRM = "open.crm"
OPEN_LEAD = "open.lead"
OPEN_FIRST = "open.first"

TOMORROW = "tomorrow"
"""The span of a snooze until tomorrow at nine, where whoever pressed it lives."""
SNOOZES = (
    (str(60 * 60), "1 hour"),
    (str(4 * 60 * 60), "4 hours"),
    (TOMORROW, "Until tomorrow 9:00"),
)
"""How long a lead may be put aside: seconds or `TOMORROW`, and what that is called."""


def snooze_value(span: str, lead_id: str) -> str:
    """The value of a choice of `SNOOZES`, such as "3600:<lead id>"."""
    return f"{span}:{lead_id}"


def snooze_meant(value: str) -> tuple[timedelta | None, str] | None:
    """For how long (None: until tomorrow at nine) which lead is to be put aside; None when the
    value is not one of ours."""
    span, colon, lead_id = value.partition(":")
    if not colon or not lead_id or span not in {known for known, _ in SNOOZES}:
        return None
    return (None if span == TOMORROW else timedelta(seconds=int(span))), lead_id
