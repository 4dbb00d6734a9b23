"""What is shown of stored leads to readers who may not know whom these are about."""

from datetime import UTC, datetime

import msgspec
import pytest

from leadline.model.handling import Handling
from leadline.model.lead import Contact, LeadDetails, RefinedLead, Status
from leadline.model.monitoring.event_notes import OTHER_WORDS
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.privacy import DataHold
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.model.staff.people import Person
from leadline.model.task import Step
from leadline.operations.lists.listing import Listed
from leadline.operations.lists.masked import masked_event, masked_listed, masked_row, masked_story
from leadline.ports.reading.ledger import Happening, LeadRow, LeadStory, RelatedEvent, TaskRow
from leadline.ports.reading.listing import Wait

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROW = LeadRow(
    lead_id="0192", captured_at=AT, source="generic", status=Status.REFINED, name="Ada Lovelace",
    email="ada@example.com", phone="+49 30 901820", company="Lovelace Engines", owner="Grace",
)  # fmt: skip
RAW = b'{"email":"ada@example.com","note":"Ada Lovelace, 030 901820"}'
REFINED = RefinedLead(
    lead_id="0192", captured_at=AT, processed_at=AT, status="refined", received_from="generic",
    contact=Contact(name="Ada Lovelace", email="ada@example.com"), lead_details=LeadDetails(),
)  # fmt: skip
STORY = LeadStory(
    row=ROW,
    raw=msgspec.Raw(RAW),
    media_type="application/json",
    record="ada@example.com",
    timeline=(
        Happening(AT, OTHER_WORDS, 'note: "Adah" → nothing'),
        Happening(AT, "claimed", "by Grace, who told Lovelace"),
    ),
    tasks=(TaskRow(Step.NOTIFY, "slack", AT, 1, 1, False, "no such user: ada@example.com"),),
    alerts=(),
    related=(RelatedEvent("0193", AT, "updated", "folded", "", msgspec.Raw(RAW)),),
    refined=msgspec.Raw(msgspec.json.encode(REFINED)),
    handling=Handling(
        owner=Person(name="Grace"),
        written={"Email": "ada@example.com", "x": "Ada"},
        reply_url="https://hooks.example.com/secret",
    ),
    hold=DataHold("0192", "Lovelace sues us", "grace", AT),
)


def test_a_row_keeps_its_owner_and_masks_the_person() -> None:
    masked = masked_row(ROW)
    shown = (masked.name, masked.email, masked.phone, masked.company, masked.owner)
    assert shown == ("A••• L•••", "a•••@example.com", "+49 •••• 820", "••• Engines", "Grace")
    assert masked.lead_id == ROW.lead_id


def test_a_row_without_a_person_stays_as_it_is() -> None:
    row = LeadRow("0192", AT, "generic", Status.FILTERED)
    assert masked_row(row) == row


def test_a_row_of_a_lead_that_waits_loses_what_was_sent() -> None:
    masked = masked_listed(Listed(ROW, Wait(AT, RAW)))
    assert masked.wait == Wait(AT, b"")
    assert masked.row == masked_row(ROW)


def test_a_story_names_nobody() -> None:
    text = msgspec.json.encode(masked_story(STORY)).decode().lower()
    for trace in ("lovelace", "ada@", "901820", "adah", "secret"):
        assert trace not in text
    assert '"owner":{"name":"grace"}' in text
    assert "by grace, who told •••" in text


def test_a_story_with_a_damaged_document_shows_none() -> None:
    damaged = msgspec.structs.replace(STORY, refined=msgspec.Raw(b'"Ada"'), damaged=("refined",))
    assert masked_story(damaged).refined is None


@pytest.mark.parametrize("words", [RETIRED_WORDS, ERASED_WORDS])
def test_that_something_was_deleted_is_still_said(words: bytes) -> None:
    assert bytes(masked_event(words)) == words
