"""Experiments on the wait: other ends of waits."""

from collections.abc import Sequence

from leadline.model.monitoring.event_notes import WAIT_BY_EXPERIMENT
from leadline.ports.clock import Clock
from leadline.ports.store_parts.trial_waits import TrialWait
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros
from leadline.stores.sqlite.work.tasks import add_history

_sql = Queries(__name__)


class SqliteTrialWaits:
    """`ports.store_parts.trial_waits.TrialWaits` on SQLite."""

    db: Database
    clock: Clock

    def move_waits(self, leads: Sequence[TrialWait]) -> list[bool]:
        """See `ports.store_parts.trial_waits.TrialWaits.move_waits`."""
        if not leads:
            return []
        now, moved = self.clock(), set[str]()
        with self.db.writing() as db:
            keys = {bytes_of(one.lead_id): one for one in leads}
            for key, number in bulk.select(db, _sql.unmoved, keys):
                one = keys[key]
                db.execute(_sql.move_wait, (micros(one.until), number))
                add_history(db, [(number, micros(now), WAIT_BY_EXPERIMENT, one.why)])
                moved.add(one.lead_id)
        return [one.lead_id in moved for one in leads]
