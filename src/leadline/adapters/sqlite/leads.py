"""Leads by id and by what makes them recognisable; and what is known of each destination."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from leadline.adapters.sqlite import bulk
from leadline.adapters.sqlite.database import Database, micros, moment
from leadline.adapters.sqlite.inbox import micros_of
from leadline.adapters.sqlite.keys import KeyIndex
from leadline.formats import refined_document
from leadline.lead import Fate, FirstSeen
from leadline.ports import Archived, Clock, Waiting


class SqliteLeads:
    """`ports.Leads` on SQLite."""

    db: Database
    keys: KeyIndex

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """See `ports.Leads.waiting`."""
        with self.db.reading() as db:
            rows = bulk.select(
                db,
                """SELECT lead.n, id, source, captured_at, raw, record,
                          EXISTS (SELECT 1 FROM lead f WHERE f.joined = lead.n)
                   FROM lead JOIN raw ON raw.lead = lead.n WHERE id IN ()""",
                [uuid.UUID(i).bytes for i in lead_ids],
            )
            updates: dict[int, list[bytes]] = defaultdict(list)
            for lead, raw in bulk.select(
                db,
                f"""SELECT joined, raw FROM lead JOIN raw ON raw.lead = lead.n
                    WHERE fate = '{Fate.FOLDED}' AND joined IN () ORDER BY lead.n""",  # noqa: S608
                [row[0] for row in rows if row[6]],
            ):
                updates[lead].append(raw)
        return {
            (lead_id := str(uuid.UUID(bytes=row[1]))): Waiting(
                lead_id, row[2], moment(row[3]), row[4], row[5], tuple(updates.get(row[0], ()))
            )
            for row in rows
        }

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """See `ports.Leads.archived`."""
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
        """See `ports.Leads.first_seen`."""
        with self.db.reading() as db:
            owners = self.keys.owners(db, keys)
            rows = bulk.select(
                db,
                "SELECT n, id, captured_at FROM lead WHERE n IN ()",
                {o.lead for o in owners.values()},
            )
        leads = {n: FirstSeen(str(uuid.UUID(bytes=i)), moment(at), ()) for n, i, at in rows}
        return {key: leads[o.lead] for key, o in owners.items() if o.lead in leads}

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `ports.Leads.refined`."""
        with self.db.reading() as db:
            rows = bulk.select(
                db,
                """SELECT id, head, raw FROM lead JOIN refined ON refined.lead = lead.n
                   JOIN raw ON raw.lead = lead.n WHERE id IN ()""",
                [uuid.UUID(i).bytes for i in lead_ids],
            )
        return {str(uuid.UUID(bytes=i)): refined_document(head, raw) for i, head, raw in rows}


class SqliteChannels:
    """`ports.Channels` on SQLite."""

    db: Database
    clock: Clock

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.Channels.reserve`."""
        now = micros(self.clock())
        with self.db.writing() as db:
            rows = bulk.query(db, "SELECT free_at FROM channel WHERE name = ?", channel)
            if rows and rows[0][0] > now:
                return timedelta(microseconds=rows[0][0] - now)
            db.execute(
                """INSERT INTO channel VALUES (?, ?)
                   ON CONFLICT DO UPDATE SET free_at = excluded.free_at""",
                (channel, now + micros_of(gap)),
            )
        return timedelta()

    def hold(self, channel: str, until: datetime) -> None:
        """See `ports.Channels.hold`."""
        with self.db.writing() as db:
            db.execute(
                """INSERT INTO channel VALUES (?, ?)
                   ON CONFLICT DO UPDATE SET free_at = max(free_at, excluded.free_at)""",
                (channel, micros(until)),
            )

    def alerted(self, lead_ids: Sequence[str], channel: str) -> frozenset[str]:
        """See `ports.Channels.alerted`."""
        with self.db.reading() as db:
            rows = bulk.select(
                db,
                """SELECT id, channel FROM lead JOIN alert ON alert.lead = lead.n
                   WHERE id IN ()""",
                [uuid.UUID(i).bytes for i in lead_ids],
            )
        return frozenset(str(uuid.UUID(bytes=i)) for i, name in rows if name == channel)
