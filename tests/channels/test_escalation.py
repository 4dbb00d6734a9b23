"""Whom an escalation is for: the person after the holder, in every kind of message."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import msgspec

from leadline.channels.email.message import EmailWriter
from leadline.channels.slack.writer import DIRECT, SlackCall, SlackWriter
from leadline.model.handling import Handling
from leadline.model.lead import Contact, LeadDetails, Ownership, RefinedLead
from leadline.model.staff.people import Person
from leadline.ports.channel import Notice

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANN = Person(name="Ann Archer", email="ann@example.com", slack="U0ANN")
BEN = Person(name="Ben Bell", email="ben@example.com", slack="U0BEN")
LEAD = RefinedLead(
    lead_id="018f3a2b-0000-7000-8000-000000000001",
    captured_at=NOON - timedelta(minutes=22),
    processed_at=NOON - timedelta(minutes=12),
    status="refined",
    contact=Contact(name="Vera Muster"),
    lead_details=LeadDetails(),
    received_from="close",
)


def escalated(owner: Person | None = ANN, to: Person | None = BEN) -> Notice:
    handling = Handling(owner=owner, ownership=Ownership.ASSIGNED, level=2)
    return Notice(lead=LEAD, now=NOON, handling=handling, escalated_to=to)


def test_the_next_person_is_asked_to_take_the_lead_and_told_whose_it_is() -> None:
    text = SlackWriter().reminder(escalated(), None).body.decode()
    assert "<@U0BEN>, can you take" in text
    assert "<@U0ANN> has not responded" in text


def test_of_a_lead_that_nobody_owns_nobody_has_responded() -> None:
    text = SlackWriter().reminder(escalated(owner=None), None).body.decode()
    assert "nobody has not" not in text
    assert "nobody has responded" in text


def test_without_a_next_person_the_holder_is_spoken_to() -> None:
    text = SlackWriter().reminder(escalated(to=None), None).body.decode()
    assert "can you take" not in text
    assert "<@U0ANN>, " in text


def test_a_direct_message_goes_to_the_next_person() -> None:
    message = SlackWriter(bot=True, room=DIRECT).reminder(escalated(), None)
    errand = msgspec.json.decode(message.body, type=SlackCall)
    assert errand.to == {"slack": "U0BEN", "email": "ben@example.com"}


def test_mail_goes_to_the_next_person_before_all_others() -> None:
    writer = EmailWriter("mail", "leads@example.com", ["owner"])
    message = message_from_bytes(writer.reminder(escalated(), None).body)
    assert message["To"].startswith("ben@example.com")
