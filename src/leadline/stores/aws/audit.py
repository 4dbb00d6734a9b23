"""The audit log of a stack: an item for each entry, and one for the head, in the table.

An entry is written together with the head, which must still be the one that it follows: so of
several writers at once each gets its place, and the chain has no fork.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from leadline.model.batches import batched
from leadline.model.errors import StorageFailed
from leadline.model.formats import from_iso, iso
from leadline.model.personal_data.privacy import AuditCut, AuditEntry, ChainedEntry
from leadline.net.aws.pauses import pauses, wait
from leadline.ports.personal_data.audit import Sign
from leadline.privacy.chain import Head, audit_entry_in, audit_line, chained, unreadable
from leadline.stores.aws.keys import AUDIT_CUT, AUDIT_HEAD, AUDIT_LAST, audit_key
from leadline.stores.aws.table import Delete, Put, PutIf, Stale, Table
from leadline.stores.aws.values import Item

_AT_ONCE = 50
"""The entries of one transaction, which may have 100 items (DynamoDB Developer Guide,
"Constraints")."""
_MOST_ROUNDS = 12


class AwsAudit:
    """`ports.personal_data.audit.AuditLog` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """See `ports.personal_data.audit.AuditLog.append`; also raises AwsFailed."""
        for some in batched(entries, _AT_ONCE):
            self._append(list(some))

    def _append(self, entries: Sequence[AuditEntry]) -> None:
        for pause in pauses(_MOST_ROUNDS):
            wait(pause)
            item = self._table.get(AUDIT_HEAD)
            new = chained(_head_in(item), entries)
            writes = [Put(_item(one), None) for one in new]
            last = new[-1]
            head = Put(_place(AUDIT_HEAD, n=last.n, hash=last.hash), item["rev"] if item else None)
            try:
                self._table.write_all([head, *writes])
            except Stale:
                continue
            return
        raise StorageFailed("the audit log is written by too many at once; try again")

    def entries(self, since: datetime | None = None) -> Iterator[ChainedEntry]:
        """See `ports.personal_data.audit.AuditLog.entries`."""
        cut = self.cut()
        for one in self._from(cut.n + 1 if cut is not None else 0):
            if since is None or one.entry.at >= since or not one.hash:
                yield one

    def _from(self, n: int) -> Iterator[ChainedEntry]:
        pk, first = audit_key(n)
        values = {":pk": pk, ":first": first, ":last": AUDIT_LAST}
        return map(_read, self._table.query("pk = :pk AND sk BETWEEN :first AND :last", values))

    def head(self) -> ChainedEntry | None:
        """See `ports.personal_data.audit.AuditLog.head`."""
        head = _head_in(self._table.get(AUDIT_HEAD))
        item = self._table.get(audit_key(head.n)) if head is not None else None
        return _read(item) if item is not None else None

    def cut(self) -> AuditCut | None:
        """See `ports.personal_data.audit.AuditLog.cut`."""
        item = self._table.get(AUDIT_CUT)
        if item is None:
            return None
        return AuditCut(
            item["n"], item["hash"], from_iso(item["at"]), item["key_id"], item["signature"]
        )

    def cut_before(self, before: datetime, sign: Sign) -> AuditCut | None:
        """See `ports.personal_data.audit.AuditLog.cut_before`. The cut is kept first, so that what
        an interrupted call leaves is deleted by the next."""
        found = list(self._from(0))
        old: list[ChainedEntry] = []
        for one in found[:-1]:
            if one.hash and one.entry.at >= before:
                break
            old.append(one)
        if not old or not old[-1].hash:
            return None
        cut = sign(old[-1])
        told = {**msgspec.structs.asdict(cut), "at": iso(cut.at)}
        self._table.write(PutIf(_place(AUDIT_CUT, **told)))
        for some in batched(old, _AT_ONCE):
            self._table.write_all([Delete(audit_key(one.n), None) for one in some])
        return cut


def _place(key: tuple[str, str], **more: object) -> dict[str, object]:
    return {"pk": key[0], "sk": key[1], **more}


def _item(one: ChainedEntry) -> dict[str, object]:
    return _place(audit_key(one.n), line=audit_line(one).decode())


def _head_in(item: Item | None) -> Head | None:
    return Head(item["n"], item["hash"]) if item is not None else None


def _read(item: Item) -> ChainedEntry:
    try:
        return audit_entry_in(item["line"].encode())
    except (ValueError, KeyError, AttributeError):
        return unreadable(int(item["sk"].rpartition("#")[2]))
