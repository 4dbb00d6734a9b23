"""Leads by id and by what makes them recognisable."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from leadline.model.formats import refined_document
from leadline.model.lead import Fate, FirstSeen, Kind
from leadline.ports.store import Archived, Waiting
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import Database, moment
from leadline.stores.sqlite.keys import KeyIndex


class SqliteLeads:
    """`ports.store.Leads` on SQLite."""

    db: Database
    keys: KeyIndex

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """See `ports.store.Leads.waiting`."""
        with self.db.reading() as db:
            rows = bulk.select(
                db,
                """SELECT lead.n, id, source, captured_at, raw, record, why,
                          EXISTS (SELECT 1 FROM lead f WHERE f.joined = lead.n)
                   FROM lead JOIN raw ON raw.lead = lead.n WHERE id IN ()""",
                [uuid.UUID(i).bytes for i in lead_ids],
            )
            told: dict[tuple[int, str], list[bytes]] = defaultdict(list)
            whys: dict[int, list[str]] = defaultdict(list)
            for lead, fate, raw, why in bulk.select(
                db,
                f"""SELECT joined, fate, raw, why FROM lead JOIN raw ON raw.lead = lead.n
                    WHERE kind <> '{Kind.IGNORED}' AND joined IN ()
                    ORDER BY lead.n""",  # noqa: S608
                [row[0] for row in rows if row[7]],
            ):
                told[lead, fate].append(raw)
                if fate == Fate.FOLDED:
                    whys[lead].append(why)
        return {
            (lead_id := str(uuid.UUID(bytes=row[1]))): Waiting(
                lead_id, row[2], moment(row[3]), row[4], row[5],
                tuple(told.get((row[0], Fate.FOLDED), ())),
                tuple(told.get((row[0], Fate.FILTERED), ())),
                tuple(filter(None, (row[6], *whys.get(row[0], ())))),
            )
            for row in rows
        }  # fmt: skip

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """See `ports.store.Leads.archived`."""
        with self.db.reading() as db:
            rows = bulk.select(
                db,
                """SELECT id, source, captured_at, fate, raw, body, media_type
                   FROM lead JOIN raw ON raw.lead = lead.n WHERE id IN ()""",
                [uuid.UUID(i).bytes for i in lead_ids],
            )
        return {
            (lead_id := str(uuid.UUID(bytes=i))): Archived(
                lead_id, source, moment(at), Fate(fate), raw, body, media_type
            )
            for i, source, at, fate, raw, body, media_type in rows
        }

    def first_seen(self, keys: Sequence[bytes]) -> Mapping[bytes, FirstSeen]:
        """See `ports.store.Leads.first_seen`."""
        with self.db.reading() as db:
            owners = self.keys.owners(db, keys)
            rows = bulk.select(
                db,
                "SELECT n, id, captured_at FROM lead WHERE n IN ()",
                {o.lead for o in owners.values()},
            )
        leads = {n: FirstSeen(str(uuid.UUID(bytes=i)), moment(at), ()) for n, i, at in rows}
        return {key: leads[o.lead] for key, o in owners.items() if o.lead in leads}

    def of_records(self, record_keys: Sequence[bytes]) -> Mapping[bytes, str]:
        """See `ports.store.Leads.of_records`."""
        with self.db.reading() as db:
            owners = self.keys.owners(db, record_keys)
            rows = bulk.select(
                db, "SELECT n, id FROM lead WHERE n IN ()", {o.lead for o in owners.values()}
            )
        leads = {n: str(uuid.UUID(bytes=i)) for n, i in rows}
        return {key: leads[o.lead] for key, o in owners.items() if o.lead in leads}

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `ports.store.Leads.refined`."""
        with self.db.reading() as db:
            rows = bulk.select(
                db,
                """SELECT id, head, raw FROM lead JOIN refined ON refined.lead = lead.n
                   JOIN raw ON raw.lead = lead.n WHERE id IN ()""",
                [uuid.UUID(i).bytes for i in lead_ids],
            )
        return {str(uuid.UUID(bytes=i)): refined_document(head, raw) for i, head, raw in rows}
