"""A lead as a row of a list."""

from typing import Any

import msgspec

from leadline.model.facts.scored_leads import is_hot, score_of, was_not_scored
from leadline.model.handling import UNHANDLED, Handling, owner_of
from leadline.model.lead import RefinedLead, Status
from leadline.ports.reading.ledger import LeadRow
from leadline.stores.sqlite.file.checksums import is_whole
from leadline.stores.sqlite.values import moment, text_of
from leadline.stores.sqlite.work.handling import handling_decoder

DAMAGED = "what is stored of it is damaged"
head_decoder = msgspec.json.Decoder(RefinedLead)


def lead_row(row: tuple[Any, ...]) -> LeadRow:
    """A row of the query `find` of the ledger as a value."""
    return read_row(row)[0]


def read_row(row: tuple[Any, ...]) -> tuple[LeadRow, RefinedLead | None, Handling]:
    """The same, with the refined document and the handling that it was made of; without these if
    the lead is not refined or damaged."""
    _, lead_id, captured_at, source, status, why, head, original, handled, *sums = row
    base = LeadRow(text_of(lead_id), moment(captured_at), source, Status(status), why)
    if head is None:
        return base, None, UNHANDLED
    if not all(map(is_whole, (head, handled), sums)):
        return msgspec.structs.replace(base, why=DAMAGED), None, UNHANDLED
    lead = head_decoder.decode(head)
    handling = handling_decoder.decode(handled) if handled else UNHANDLED
    owner = owner_of(lead, handling)
    shown = msgspec.structs.replace(
        base,
        name=lead.contact.name,
        email=lead.contact.email,
        phone=lead.contact.phone,
        company=lead.contact.company,
        owner=owner.shown if owner else None,
        score=score_of(lead),
        hot=is_hot(lead),
        unscored=was_not_scored(lead),
        duplicate_of=text_of(original) if original else None,
    )
    return shown, lead, handling
