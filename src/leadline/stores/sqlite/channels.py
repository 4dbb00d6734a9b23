"""What is known of each destination: its pace, its trouble, and what it has accepted."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from leadline.model.task import Alert, Step
from leadline.ports.clock import Clock
from leadline.ports.store import Trouble
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import Database, micros, micros_of, moment


class SqliteChannels:
    """`ports.store.Channels` on SQLite."""

    db: Database
    clock: Clock

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.store.Channels.reserve`."""
        now = micros(self.clock())
        with self.db.writing() as db:
            rows = bulk.query(db, "SELECT free_at FROM channel WHERE name = ?", channel)
            if rows and rows[0][0] > now:
                return timedelta(microseconds=rows[0][0] - now)
            db.execute(
                """INSERT INTO channel (name, free_at) VALUES (?, ?)
                   ON CONFLICT DO UPDATE SET free_at = excluded.free_at""",
                (channel, now + micros_of(gap)),
            )
        return timedelta()

    def hold(self, channel: str, until: datetime) -> None:
        """See `ports.store.Channels.hold`."""
        with self.db.writing() as db:
            db.execute(
                """INSERT INTO channel (name, free_at) VALUES (?, ?)
                   ON CONFLICT DO UPDATE SET free_at = max(free_at, excluded.free_at)""",
                (channel, micros(until)),
            )

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """See `ports.store.Channels.alerts`."""
        with self.db.reading() as db:
            rows = bulk.select(
                db,
                """SELECT sent_at, alert.n, id, channel, template, digest, ref, step
                   FROM lead JOIN alert ON alert.lead = lead.n WHERE id IN ()""",
                [uuid.UUID(i).bytes for i in lead_ids],
            )
        found: dict[str, list[Alert]] = defaultdict(list)
        for at, _, key, channel, template, digest, ref, step in sorted(rows):
            lead_id = str(uuid.UUID(bytes=key))
            alert = Alert(lead_id, channel, moment(at), template, bool(digest), ref, Step(step))
            found[lead_id].append(alert)
        return dict(found)

    def fared(self, channel: str, *, well: bool) -> Trouble:
        """See `ports.store.Channels.fared`."""
        if well and self.trouble(channel) == Trouble():
            return Trouble()  # as after nearly every message: nothing to write
        now = micros(self.clock())
        with self.db.writing() as db:
            if well:
                db.execute(
                    "UPDATE channel SET failures = 0, failing_since = NULL WHERE name = ?",
                    (channel,),
                )
            else:
                db.execute(
                    """INSERT INTO channel (name, free_at, failures, failing_since)
                       VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET failures = failures + 1,
                       failing_since = coalesce(failing_since, excluded.failing_since)""",
                    (channel, now, now),
                )
            return self.trouble(channel)

    def trouble(self, channel: str) -> Trouble:
        """See `ports.store.Channels.trouble`."""
        rows = self.db.rows("SELECT failures, failing_since FROM channel WHERE name = ?", channel)
        if not rows:
            return Trouble()
        ((failures, since),) = rows
        return Trouble(failures, moment(since) if since is not None else None)
