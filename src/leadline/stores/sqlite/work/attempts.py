"""The last attempts at the tasks of leads, with what was sent and answered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import apsw

from leadline.model.monitoring.attempts import (
    AttemptRecord,
    KeptAttempt,
    kept_attempts,
    packed_attempts,
    unpacked_attempts,
)
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.ports.store import Settlement
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.privacy.scrubbing import overwriting
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)


def keep_attempts(db: apsw.Connection, settlements: Sequence[Settlement]) -> None:
    """Keep the attempts of settlements, in their transaction. Of leads whose person was erased
    while a request was under way nothing is kept."""
    new: dict[int, list[KeptAttempt]] = defaultdict(list)
    for one in settlements:
        if one.attempt is not None:
            new[one.lease.ref].append(one.attempt)
    if not new:
        return
    erased = {lead for (lead,) in bulk.select(db, _sql.erased, new, ERASED_WORDS)}
    earlier = dict(bulk.select(db, _sql.earlier, new))
    rows = [
        (lead, packed_attempts(_added(earlier.get(lead), some)))
        for lead, some in new.items()
        if lead not in erased
    ]
    with overwriting(db):
        bulk.insert(db, _sql.keep, rows)


def _added(stored: bytes | None, new: Sequence[KeptAttempt]) -> tuple[AttemptRecord, ...]:
    try:
        before = unpacked_attempts(stored) if stored else ()
    except ValueError:  # damaged; there are new ones now
        before = ()
    return kept_attempts(before, [one.record for one in new], max(one.most for one in new))


def attempts_beside(db: apsw.Connection, lead: int) -> tuple[AttemptRecord, ...]:
    """The attempts that are kept beside a lead. Raises ValueError if they are damaged."""
    found = bulk.select(db, _sql.earlier, [lead])
    return unpacked_attempts(found[0][1]) if found else ()


def forget_attempts(db: apsw.Connection, leads: Iterable[int]) -> None:
    """Delete the attempts of leads, in a write transaction."""
    with overwriting(db):
        bulk.select(db, _sql.forget, leads)
