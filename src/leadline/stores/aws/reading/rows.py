"""A lead as a row of a list."""

import msgspec

from leadline.model.formats import from_iso
from leadline.model.lead import Status
from leadline.ports.reading.ledger import LeadRow
from leadline.stores.aws.items import LeadItem, Summary
from leadline.stores.aws.values import Item


def row_of(lead: LeadItem) -> LeadRow:
    """A lead as lists show it."""
    at = from_iso(lead.captured_at)
    return _row(LeadRow(lead.lead_id, at, lead.source, lead.status, lead.why), lead.summary)


def row_of_entry(entry: Item) -> LeadRow:
    """A lead as lists show it, from its entry in the index `day`."""
    status, _, lead_id = entry["day_sk"].partition("#")
    at, summary = from_iso(entry["captured_at"]), entry.get("summary")
    row = LeadRow(lead_id, at, entry["source"], Status(status), entry.get("why", ""))
    return _row(row, msgspec.convert(summary, Summary) if summary else None)


def _row(bare: LeadRow, summary: Summary | None) -> LeadRow:
    if summary is None:
        return bare
    return msgspec.structs.replace(
        bare,
        name=summary.name,
        email=summary.email,
        phone=summary.phone,
        company=summary.company,
        owner=summary.owner if summary.owner_now is None else summary.owner_now or None,
        score=summary.score,
        duplicate_of=summary.duplicate_of,
        hot=summary.hot,
        unscored=summary.unscored,
    )
