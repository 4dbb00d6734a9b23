"""Leads by number, and tasks put: what several rooms of the store do in their transactions."""

import uuid
from collections.abc import Collection, Iterable, Sequence

import apsw

from leadline.model.task import Later
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import micros_of


def numbers_of(db: apsw.Connection, lead_ids: Collection[str]) -> dict[str, int]:
    """The row numbers of leads, by id; unknown ids are left out."""
    keys = {uuid.UUID(i).bytes: i for i in lead_ids}
    return {keys[i]: n for i, n in bulk.select(db, "SELECT id, n FROM lead WHERE id IN ()", keys)}


def put(db: apsw.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Write tasks (lead, step, channel, again, put_at, due_at), reviving those that are dead; an
    alert that a worker holds is left to it (`ports.store.Queue.put`)."""
    bulk.insert(
        db,
        "task (lead, step, channel, again, put_at, due_at)",
        rows,
        tail="""ON CONFLICT (lead, step, channel) DO UPDATE SET
                put_at = excluded.put_at, due_at = excluded.due_at, attempt = attempt + 1,
                again = excluded.again, failures = 0, leased = 0, error = '',
                dead_at = NULL, reason = NULL
                WHERE step <> 'notify' OR leased = 0 OR dead_at IS NOT NULL
                      OR excluded.again""",
    )


def rows_of(lead: int, follow_ups: Iterable[Later], now: int) -> list[tuple[object, ...]]:
    """What `put` needs for tasks of one lead that follow what happens now."""
    return [
        (lead, one.task.step, one.task.channel, int(one.task.again), now,
         now + micros_of(one.after))
        for one in follow_ups
    ]  # fmt: skip
