"""The embedded store as one side of a move: whole families of leads, read and written.

No worker runs here during a move, because the folder is marked. So `silence`, `wake` and
`introduce` have nothing to do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import apsw

from leadline.model.batches import batched
from leadline.model.keys import key_digest, match_keys
from leadline.model.staff.assigning import Kept
from leadline.ports.homes import (
    BATCH,
    Family,
    FamilyWrite,
    Home,
    KeyKind,
    KeyOwner,
    KeyStanding,
    MovedLead,
    OwnedKey,
    Size,
)
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import COMPARED
from leadline.stores.sqlite.encryption.blinding import key_of_stored, stored_keys
from leadline.stores.sqlite.file.checksums import sum_of
from leadline.stores.sqlite.moving.reading import LeadReading
from leadline.stores.sqlite.moving.writing import LeadWriting
from leadline.stores.sqlite.persons.duplicates import keep_judgements, leave
from leadline.stores.sqlite.persons.likeness import put_likenesses
from leadline.stores.sqlite.privacy.retention import replace_holds
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.rows import head_decoder
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.values import micros, moment, text_of
from leadline.stores.sqlite.work.tasks import numbers_of

_sql = Queries(__name__)


class SqliteHome:
    """`ports.homes.Side` on SQLite. Event keys taken before *forgotten* no longer make
    redeliveries, unless they are lasting."""

    home = Home.EMBEDDED

    def __init__(self, store: SqliteStore, forgotten: datetime) -> None:
        self._store = store
        self._forgotten = forgotten
        self._has_key_index = False

    def size(self) -> Size:
        """See `ports.homes.Side.size`."""
        ((leads, waiting, dead, channels),) = self._store.db.rows(_sql.size)
        return Size(leads, waiting, dead, channels)

    def heads(self) -> Iterator[Sequence[str]]:
        """See `ports.homes.Side.heads`."""
        with self._store.db.reading() as db:
            for statement in (_sql.create_order, _sql.clear_order, _sql.fill_order):
                db.execute(statement)
        last = 0
        while rows := self._store.db.rows(_sql.next_in_order, last, BATCH):
            last = rows[-1][0]
            yield [text_of(row[1]) for row in rows]

    def present(self, ids: Sequence[str]) -> frozenset[str]:
        """See `ports.homes.Side.present`."""
        with self._store.db.reading() as db:
            return frozenset(numbers_of(db, ids))

    def families(self, ids: Sequence[str]) -> dict[str, Family]:
        """See `ports.homes.Side.families`."""
        with self._store.db.reading() as db:
            numbers = numbers_of(db, ids)
            events: dict[int, list[int]] = defaultdict(list)
            for n, head in bulk.select(db, _sql.events, numbers.values()):
                events[head].append(n)
            all_of_them = [m for n in numbers.values() for m in (n, *events[n])]
            leads = LeadReading(db, all_of_them).leads()
        return {
            lead_id: Family(tuple(leads[m] for m in (n, *events[n])))
            for lead_id in ids
            if (n := numbers.get(lead_id)) is not None
        }

    def keys_of(self, families: Sequence[Family]) -> Mapping[str, Sequence[OwnedKey]]:
        """See `ports.homes.Side.keys_of`."""
        leads = {lead.lead_id: lead for family in families for lead in family.leads}
        with self._store.db.reading() as db:
            self._index_keys(db)
            numbers = numbers_of(db, leads)
            owned: dict[int, list[tuple[bytes, int]]] = defaultdict(list)
            for n, key, lasting in bulk.select(db, _sql.owned, numbers.values()):
                owned[n].append((key_of_stored(db, key), lasting))
        return {
            family.id: [
                key
                for lead in family.leads
                for key in _told_apart(lead, owned[numbers[lead.lead_id]])
                if key.lasting or key.captured_at > self._forgotten
            ]
            for family in families
        }

    def _index_keys(self, db: apsw.Connection) -> None:
        """Make a table of the keys by lead, for which the file has no index; there are no writers
        during a move."""
        if self._has_key_index:
            return
        for statement in (
            _sql.drop_owned,
            _sql.create_owned,
            _sql.fill_owned_from_log,
            _sql.fill_owned_from_known,
            _sql.index_owned,
        ):
            db.execute(statement)
        self._has_key_index = True

    def owners(self, keys: Sequence[OwnedKey]) -> Mapping[OwnedKey, KeyOwner]:
        """See `ports.homes.Side.owners`."""
        with self._store.db.reading() as db:
            owned = self._store.keys.owners(db, {key.key for key in keys})
            rows = bulk.select(db, _sql.captures, {one.lead for one in owned.values()})
        leads = {n: KeyOwner(text_of(i), moment(at)) for n, i, at in rows}
        found = {key: owned[key.key].lead for key in keys if key.key in owned}
        return {key: leads[n] for key, n in found.items() if n in leads}

    def introduce(self, families: Sequence[Family], keys: Sequence[OwnedKey]) -> None:
        """See `ports.homes.Side.introduce`."""

    def deactivate(self, families: Sequence[Family]) -> frozenset[str]:  # noqa: ARG002
        """See `ports.homes.Side.deactivate`."""
        return frozenset()

    def activate(self, families: Sequence[Family]) -> None:
        """See `ports.homes.Side.activate`."""

    def documents(self) -> Iterator[Mapping[str, Kept]]:
        """See `ports.homes.Side.documents`."""
        names = [name for (name,) in self._store.db.rows(_sql.documents)]
        for some in batched(names, BATCH):
            kept = self._store.kept(some)
            yield {name: one for name, one in kept.items() if one.body}

    def adopt(self, documents: Mapping[str, Kept]) -> None:
        """See `ports.homes.Side.adopt`."""
        rows = [(name, one.rev, one.body, sum_of(one.body)) for name, one in documents.items()]
        with self._store.db.writing() as db:
            bulk.insert(db, _sql.adopt_documents, rows)

    def channels(self) -> Mapping[str, datetime]:
        """See `ports.homes.Side.channels`."""
        return {n: moment(at) for n, at in self._store.db.rows(_sql.channels)}

    def pause(self, channel: str, until: datetime) -> None:
        """See `ports.homes.Side.pause`."""
        self._store.pause(channel, until)

    def write(self, writes: Sequence[FamilyWrite]) -> Mapping[str, str]:
        """See `ports.homes.Side.write`; all families are written, or none if writing fails."""
        with (
            self._store.keys.forgetting_on_failure(),
            self._store.candidate_index.forgetting_on_failure(),
            self._store.db.writing() as db,
        ):
            writing = LeadWriting(db, writes)
            writing.run()
            self._give_keys(db, writes, writing.numbers)
            self._make_candidates(db, writing)
            replace_holds(db, {one.lead_id: one.hold or None for one in writing.leads})
        return {}

    def _make_candidates(self, db: apsw.Connection, writing: LeadWriting) -> None:
        """Put the leads under their candidate keys, and keep what people decided about them."""
        index, numbers = self._store.candidate_index, writing.numbers
        unrefined = [numbers[lead.lead_id] for lead in writing.leads if lead.head is None]
        leave(db, index, unrefined)
        refined = [(lead, head_decoder.decode(lead.head)) for lead in writing.leads if lead.head]
        put_likenesses(db, index, [(numbers[lead.lead_id], one) for lead, one in refined])
        keep_judgements(db, [j for lead in writing.leads for j in lead.judgements or ()])

    def _give_keys(
        self, db: apsw.Connection, writes: Sequence[FamilyWrite], numbers: Mapping[str, int]
    ) -> None:
        keys = [pair for write in writes for pair in write.keys]
        yielded = [key.key for key, how in keys if how is KeyStanding.YIELDS]
        # In the sorted table the key of an older lead would not replace that of a newer one.
        stored = stored_keys(db, yielded)
        bulk.select(db, _sql.remove_known, stored)
        bulk.select(db, _sql.remove_logged, stored)
        rows = [
            (
                key.key,
                numbers[key.lead_id],
                micros(key.captured_at),
                COMPARED if key.compared else int(key.lasting),
            )
            for key, how in keys
            if how in (KeyStanding.FREE, KeyStanding.YIELDS)
        ]
        self._store.keys.add(db, rows)


def _told_apart(lead: MovedLead, owned: Iterable[tuple[bytes, int]]) -> Iterator[OwnedKey]:
    """A lead's keys with their kinds, which the file does not store.

    A person's keys may come from an earlier refinement. If several keys could be the event's, each
    of them is given both kinds.
    """
    people = (
        frozenset(match_keys(head_decoder.decode(lead.head)).values()) if lead.head else frozenset()
    )
    record = key_digest(
        "record", lead.source, (lead.record or "").encode(errors="surrogatepass")
    )  # fmt: skip
    left: list[bytes] = []
    has_event = False
    for key, lasting in owned:
        if lead.record and key == record:
            yield OwnedKey(KeyKind.RECORD, key, lead.lead_id, lead.captured_at)
        elif key in people:
            yield OwnedKey(KeyKind.PERSON, key, lead.lead_id, lead.captured_at)
        elif lasting in (0, COMPARED):
            has_event, lasts = True, bool(lasting)
            yield OwnedKey(KeyKind.EVENT, key, lead.lead_id, lead.captured_at, lasts, lasts)
        else:
            left.append(key)
    for key in left:
        if not has_event:
            yield OwnedKey(KeyKind.EVENT, key, lead.lead_id, lead.captured_at)
        if has_event or len(left) > 1:
            yield OwnedKey(KeyKind.PERSON, key, lead.lead_id, lead.captured_at)
