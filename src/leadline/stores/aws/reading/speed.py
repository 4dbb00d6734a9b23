"""Queries for the speed of alerts and responses, and for leads on hold."""

from collections.abc import Iterator
from itertools import islice

from leadline.model.batches import batched
from leadline.model.formats import from_iso, iso
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.task import ON_HOLD_UNTIL, WAIT_CHANGED, Step
from leadline.ports.reading.ledger import Followed, LeadFilter, LeadRow
from leadline.stores.aws.items import LeadItem, alerts_of, lead_of
from leadline.stores.aws.keys import due_partition, handling_key, lead_key
from leadline.stores.aws.reading.selection import Selection
from leadline.stores.aws.shards.counts import due_partitions
from leadline.stores.aws.table import Table
from leadline.stores.aws.work.handling import handling_of

_AT_ONCE = 50
"""The number of leads whose items are read together."""


def followed_items(table: Table, selection: Selection, which: LeadFilter) -> Iterator[Followed]:
    """See `ports.reading.ledger.Ledger.followed`; reads two items per lead, and no documents."""
    return islice(_followed_items(table, selection.rows(which, whole=True)), which.limit)


def _followed_items(table: Table, rows: Iterator[LeadRow]) -> Iterator[Followed]:
    for some in batched((row.lead_id for row in rows), _AT_ONCE):
        keys = [key(lead_id) for lead_id in some for key in (lead_key, handling_key)]
        found = table.get_all(keys, exact=False)
        for lead_id in some:
            item, handled = found.get(lead_key(lead_id)), found.get(handling_key(lead_id))
            if item is None:
                continue
            lead = lead_of(item)
            if lead.summary is not None and lead.summary.status == "refined":
                yield _followed(lead, handling_of(handled) if handled else UNHANDLED)


def on_hold_items(table: Table) -> list[str]:
    """See `ports.reading.ledger.Ledger.on_hold`."""
    since = iso(ON_HOLD_UNTIL)
    entries = (
        entry
        for place in due_partitions(table, due_partition(Step.REFINE, ""))
        for entry in table.query(
            "due_pk = :pk AND due_sk >= :since",
            {":pk": place, ":since": since},
            index="due",
        )
    )
    return sorted(entry["due_sk"].partition("#")[2] for entry in entries)


def _followed(lead: LeadItem, handling: Handling) -> Followed:
    summary = lead.summary
    assert summary is not None  # noqa: S101 - the caller looked
    told = [alert.sent_at for alert in alerts_of(lead) if alert.step is Step.NOTIFY]
    details = LeadDetails(owner=summary.owner, lead_score=summary.score)
    return Followed(
        lead=RefinedLead(
            lead_id=lead.lead_id,
            captured_at=from_iso(lead.captured_at),
            processed_at=from_iso(summary.processed_at),
            status=summary.status,
            contact=Contact(),
            lead_details=details,
            received_from=lead.source,
            experiments=summary.experiments,
            experiment_unit=summary.unit,
        ),
        handling=handling,
        told_at=min(told, default=None),
        moved=any(line.what.startswith(WAIT_CHANGED) for line in lead.timeline),
        repeats=summary.duplicate_of or "",
    )
