"""Troubles in SQLite (`ports.store_parts.troubles`)."""

import logging
from collections.abc import Sequence
from datetime import datetime

import apsw

from leadline.model.errors import LeadlineError
from leadline.model.monitoring.trouble import (
    KnownTrouble,
    Trouble,
    TroubleKind,
    TroubleState,
    by_urgency,
    reported,
    told,
)
from leadline.ports.clock import Clock
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)

log = logging.getLogger(__name__)

MENDED = Trouble(
    kind=TroubleKind.DISK,
    subject="sync",
    words="The disk failed to keep what was written to it; the data file was mended from its log.",
    remedy="Check the disk (`dmesg`) before it fails again; `leadline verify --deep` checks the "
    "data.",
    state=TroubleState.ONCE,
)
"""A sync of the database failed, and the file was mended."""

_Known = dict[tuple[TroubleKind, str], KnownTrouble]


class SqliteTroubles:
    """`ports.store_parts.troubles.TroubleBook` on SQLite."""

    db: Database
    clock: Clock

    def report(self, troubles: Sequence[Trouble]) -> None:
        """See `ports.store_parts.troubles.TroubleBook.report`."""
        now = self.clock()
        with self.db.reading() as db:
            known = _known(db)
        if known == _after(known, troubles, now):
            return  # nothing to write
        with self.db.writing() as db:
            known = _known(db)
            for key, value in _after(known, troubles, now).items():
                if value != known.get(key):
                    _put(db, value)

    def report_mended(self) -> None:
        """Report that the data file was mended after a failed sync (`mending`)."""
        try:
            self.report([MENDED])
        except LeadlineError as error:
            log.warning("trouble.not_noted", extra={"error": type(error).__name__})

    def troubles(self) -> Sequence[KnownTrouble]:
        """See `ports.store_parts.troubles.TroubleBook.troubles`."""
        with self.db.reading() as db:
            return by_urgency(_known(db).values())

    def note_told(self, told_now: Sequence[KnownTrouble]) -> None:
        """See `ports.store_parts.troubles.TroubleBook.note_told`."""
        now = self.clock()
        with self.db.writing() as db:
            known = _known(db)
            for each in told_now:
                kept = told(known.get(each.trouble.key), each, now)
                if kept is None:
                    db.execute(_sql.forget_trouble, each.trouble.key)
                else:
                    _put(db, kept)


def _after(known: _Known, troubles: Sequence[Trouble], now: datetime) -> _Known:
    """All that is known after these reports."""
    after = dict(known)
    for trouble in troubles:
        value = reported(after.get(trouble.key), trouble, now)
        if value is not None:
            after[trouble.key] = value
    return after


def _known(db: apsw.Connection) -> _Known:
    found: _Known = {}
    for row in db.execute(_sql.all_troubles):
        kind, subject, words, remedy, count, lead, state, since, changed_at, said, at = row
        trouble = Trouble(
            kind=TroubleKind(kind),
            subject=subject,
            words=words,
            remedy=remedy,
            count=count,
            lead_id=lead,
            state=TroubleState(state),
        )
        told_at = moment(at) if at is not None else None
        found[trouble.key] = KnownTrouble(trouble, moment(since), moment(changed_at), said, told_at)
    return found


def _put(db: apsw.Connection, known: KnownTrouble) -> None:
    one = known.trouble
    db.execute(
        _sql.put_trouble,
        (
            one.kind, one.subject, one.words, one.remedy, one.count, one.lead_id, one.state,
            micros(known.since), micros(known.changed_at), known.told,
            micros(known.told_at) if known.told_at is not None else None,
        ),
    )  # fmt: skip
