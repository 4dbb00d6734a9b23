"""The state of each channel: its pace, its failures, and the messages it accepted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from leadline.model.task import Alert, Step
from leadline.ports.clock import Clock
from leadline.ports.store import ChannelHealth
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros, micros_of, moment, text_of

_sql = Queries(__name__)
_A_MOMENT = timedelta(milliseconds=100)
"""When to ask again while captures have priority on a slow disk."""


class SqlitePacing:
    """`ports.store.Pacing` on SQLite."""

    db: Database
    clock: Clock

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.store.Pacing.reserve`."""
        now = micros(self.clock())
        if not gap:  # nothing to reserve
            rows = self.db.rows(_sql.free_at, channel)
            return timedelta(microseconds=max(rows[0][0] - now, 0)) if rows else timedelta()
        if not self.db.may_take_more(twice=True):
            return _A_MOMENT
        with self.db.writing() as db:
            rows = bulk.query(db, _sql.free_at, channel)
            if rows and rows[0][0] > now:
                return timedelta(microseconds=rows[0][0] - now)
            db.execute(_sql.reserve, (channel, now + micros_of(gap)))
        return timedelta()

    def pause(self, channel: str, until: datetime) -> None:
        """See `ports.store.Pacing.pause`."""
        with self.db.writing() as db:
            db.execute(_sql.pause, (channel, micros(until)))

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """See `ports.store.Alerts.alerts`."""
        with self.db.reading() as db:
            rows = bulk.select(db, _sql.alerts, [bytes_of(i) for i in lead_ids])
        alerts: dict[str, list[Alert]] = defaultdict(list)
        for at, _, key, channel, template, digest, ref, step in sorted(rows):
            lead_id = text_of(key)
            alert = Alert(lead_id, channel, moment(at), template, bool(digest), ref, Step(step))
            alerts[lead_id].append(alert)
        return dict(alerts)

    def record_attempt(self, channel: str, *, succeeded: bool) -> ChannelHealth:
        """See `ports.store.Pacing.record_attempt`."""
        if succeeded and self.health(channel) == ChannelHealth():
            return ChannelHealth()  # the usual case after a message: nothing to write
        now = micros(self.clock())
        with self.db.writing() as db:
            if succeeded:
                db.execute(_sql.end_trouble, (channel,))
            else:
                db.execute(_sql.add_failure, (channel, now))
            return self.health(channel)

    def health(self, channel: str) -> ChannelHealth:
        """See `ports.store.Pacing.health`."""
        rows = self.db.rows(_sql.trouble, channel)
        if not rows:
            return ChannelHealth()
        ((failures, since),) = rows
        return ChannelHealth(failures, moment(since) if since is not None else None)
