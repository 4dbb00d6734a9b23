"""Leads by id, by match key and by record."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from leadline.model.formats import refined_document
from leadline.model.lead import Fate, Kind, RefinedLead
from leadline.ports.store import Archived, Ended, Waiting
from leadline.stores.refined import decoded
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.file.checksums import whole_rows
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, moment, text_of

_sql = Queries(__name__)


class _Told:
    """The other events of a lead's record."""

    def __init__(self) -> None:
        self.updates: list[bytes] = []
        self.late: list[bytes] = []
        self.whys: list[str] = []
        self.ends: list[Ended] = []
        self.corrections: list[bytes] = []

    def note(self, lead: bytes, fate: str, raw: bytes, why: str, kind: str, own: bytes) -> None:
        """Add one event, in the order of arrival."""
        if kind == Kind.IGNORED:
            before = len(self.updates) + len(self.late)
            self.ends.append(Ended(why, raw, -1 if own < lead else before))
        elif kind == Kind.CORRECTED:
            self.corrections.append(raw)
        elif fate == Fate.FOLDED:
            self.updates.append(raw)
            self.whys.append(why)
        elif fate == Fate.FILTERED:
            self.late.append(raw)


_NOTHING = _Told()


class SqliteLeads:
    """`ports.store.Leads` on SQLite."""

    db: Database
    keys: KeyIndex

    def waiting(self, lead_ids: Sequence[str]) -> Mapping[str, Waiting]:
        """See `ports.store.Leads.waiting`."""
        with self.db.reading() as db:
            rows = bulk.select(db, _sql.waiting, [bytes_of(i) for i in lead_ids])
            rows = whole_rows(rows, 1, (4, 8))
            told: dict[int, _Told] = defaultdict(_Told)
            with_events = {row[0]: row[1] for row in rows if row[7]}
            events = bulk.select(db, _sql.joined, with_events)
            whole = whole_rows(events, 5, (2, 6))
            if len(whole) < len(events):
                # Without one of its updates a lead would be refined from outdated fields.
                hurt = {row[0] for row in events if row not in whole}
                rows = [row for row in rows if row[0] not in hurt]
            for lead, *event, _ in whole:
                told[lead].note(with_events[lead], *event)
        found: dict[str, Waiting] = {}
        for n, key, source, at, raw, record, why, *_ in rows:
            said = told.get(n) or _NOTHING
            lead_id = text_of(key)
            found[lead_id] = Waiting(
                lead_id, source, moment(at), raw, record, tuple(said.updates), tuple(said.late),
                tuple(filter(None, (why, *said.whys))), tuple(said.ends), tuple(said.corrections),
            )  # fmt: skip
        return found

    def archived(self, lead_ids: Sequence[str]) -> Mapping[str, Archived]:
        """See `ports.store.Leads.archived`."""
        with self.db.reading() as db:
            rows = bulk.select(db, _sql.archived, [bytes_of(i) for i in lead_ids])
        rows = whole_rows(rows, 0, (4, 8), (5, 9))
        return {
            (lead_id := text_of(i)): Archived(
                lead_id, source, moment(at), Fate(fate), raw, body, media_type, Kind(kind)
            )
            for i, source, at, fate, raw, body, media_type, kind, _, _ in rows
        }

    def of_records(self, record_keys: Sequence[bytes]) -> Mapping[bytes, str]:
        """See `ports.store.Leads.of_records`."""
        with self.db.reading() as db:
            owners = self.keys.owners(db, record_keys)
            rows = bulk.select(db, _sql.made, {o.lead for o in owners.values()})
        leads = {n: text_of(i) for n, i in rows}
        return {key: leads[o.lead] for key, o in owners.items() if o.lead in leads}

    def refined(self, lead_ids: Sequence[str]) -> Mapping[str, RefinedLead]:
        """See `ports.store.Leads.refined`."""
        with self.db.reading() as db:
            rows = bulk.select(db, _sql.refined, [bytes_of(i) for i in lead_ids])
        return decoded((text_of(i), head) for i, head, _ in whole_rows(rows, 0, (1, 2)))

    def documents(self, lead_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `ports.store.Leads.documents`."""
        with self.db.reading() as db:
            rows = bulk.select(db, _sql.documents, [bytes_of(i) for i in lead_ids])
        return {text_of(i): refined_document(head, raw) for i, head, raw in rows}
