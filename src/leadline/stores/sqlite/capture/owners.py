"""Finds the events that have keys, and the leads that they belong to."""

from collections.abc import Mapping
from typing import NamedTuple

import apsw

from leadline.model.lead import Fate
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import Owned
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)


class Owner(NamedTuple):
    """The event that has a key, and the lead that it belongs to if it is not a lead itself.
    `no_lead` is the reason if the event made no lead."""

    lead: int
    id: bytes
    at: int
    lasting: int
    joined: int | None
    joined_id: bytes | None
    no_lead: str

    @property
    def head(self) -> tuple[int, bytes]:
        """The event itself if it is a lead, else the lead that it belongs to."""
        if self.joined is not None and self.joined_id is not None:
            return self.joined, self.joined_id
        return self.lead, self.id

    @property
    def is_early(self) -> bool:
        """Whether this event waits for the lead of its record."""
        return self.joined is None and bool(self.no_lead)


def owners_of(db: apsw.Connection, owned: Mapping[bytes, Owned]) -> dict[bytes, Owner]:
    """The owners of keys with their ids; few events have any, so this query is rare."""
    rows = bulk.select(db, _sql.heads, {o.lead for o in owned.values()})
    leads = {row[0]: row[1:] for row in rows}
    owners = {}
    for key, o in owned.items():
        if o.lead in leads:
            lead_id, joined, joined_id, fate, why = leads[o.lead]
            no_lead = why if fate == Fate.FILTERED else ""
            owners[key] = Owner(o.lead, lead_id, o.at, o.lasting, joined, joined_id, no_lead)
    return owners


def owner_of_id(db: apsw.Connection, lead_id: bytes) -> Owner | None:
    """The event with this id, and the lead that it belongs to; None if there is none."""
    for number, at, joined, joined_id, fate, why in bulk.query(db, _sql.head_of_id, lead_id):
        no_lead = why if fate == Fate.FILTERED else ""
        return Owner(number, lead_id, at, 0, joined, joined_id, no_lead)
    return None


def is_erased(db: apsw.Connection, lead: int) -> bool:
    """Whether there is a privacy deletion among the events of a record without a lead."""
    return bool(bulk.query(db, _sql.is_erased, lead))
