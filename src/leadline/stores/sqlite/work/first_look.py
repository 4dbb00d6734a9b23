"""First looks: the end of the waits of hot leads."""

from collections.abc import Sequence
from datetime import timedelta

from leadline.model.monitoring.event_notes import WAIT_ENDED
from leadline.ports.clock import Clock
from leadline.ports.store_parts.first_look import HotLead, ended_words
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros, moment
from leadline.stores.sqlite.work.tasks import add_history, count_rows

_sql = Queries(__name__)


class SqliteFirstLooks:
    """`ports.store_parts.first_look.FirstLooks` on SQLite."""

    db: Database
    clock: Clock

    def end_waits(self, leads: Sequence[HotLead]) -> list[timedelta | None]:
        """See `ports.store_parts.first_look.FirstLooks.end_waits`."""
        if not leads:
            return []
        now = self.clock()
        spared: dict[str, timedelta] = {}
        with self.db.writing() as db:
            keys = {bytes_of(one.lead_id): one for one in leads}
            for key, number, source, due_at in bulk.select(db, _sql.untouched, keys):
                db.execute(_sql.end_wait, (micros(now), number))
                hot, left = keys[key], moment(due_at) - now
                if left <= timedelta():
                    continue
                spared[hot.lead_id] = left
                line = (number, micros(now), WAIT_ENDED, ended_words(left, hot.why))
                add_history(db, [line])
                count_rows(db, [(now, source, WAIT_ENDED)])
        return [spared.get(one.lead_id) for one in leads]
