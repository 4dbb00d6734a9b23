"""The suppression list on AWS: an item for each entry, by which leads are looked up, and a log of
all changes in the archive (`suppressions/`), from which a lost table gets them back.

A lead that is looked up costs one read of a few small items; the log is read by commands only.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso, iso
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.stores.aws.base import Base
from leadline.stores.aws.keys import suppression_key
from leadline.stores.aws.table import Delete, PutIf, Write
from leadline.stores.aws.values import Item

PREFIX = "suppressions/"
_AT_ONCE = 50
_IN_AN_OBJECT = 5_000
_numbers = count()
_KEY = suppression_key("privacy-key")
"""The item that says with which privacy key the list is hashed."""


class SuppressionChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the log: an entry that was added, or the hash of one that was taken off."""

    added: Suppressed | None = None
    removed: str = ""


_line = msgspec.json.Decoder(SuppressionChange)


class AwsSuppressions(Base):
    """`ports.personal_data.suppressions.Suppressions` on DynamoDB and S3."""

    def suppress(self, entries: Sequence[Suppressed]) -> int:
        """See `ports.personal_data.suppressions.Suppressions.suppress`."""
        known = self.suppressed([one.hash for one in entries])
        new = {one.hash: one for one in reversed(entries) if one.hash not in known}
        self._log([SuppressionChange(added=one) for one in new.values()])
        self._write([PutIf(_item(one)) for one in new.values()])
        if new and self.suppression_key() is None:
            self._write([PutIf(_key_item(next(iter(new.values()))))])
        return len(new)

    def unsuppress(self, hashes: Collection[str]) -> int:
        """See `ports.personal_data.suppressions.Suppressions.unsuppress`."""
        known = self.suppressed(hashes)
        self._write([Delete(suppression_key(one), None) for one in known])
        self._log([SuppressionChange(removed=one) for one in known])
        if known and next(self.suppressions(), None) is None:
            self._write([Delete(_KEY, None)])
        return len(known)

    def suppressed(self, hashes: Collection[str]) -> Mapping[str, Suppressed]:
        """See `ports.personal_data.suppressions.Suppressions.suppressed`."""
        keys = [suppression_key(one) for one in dict.fromkeys(hashes)]
        found = self.table.get_all(keys) if keys else {}
        return {one.hash: one for one in map(_entry, found.values())}

    def suppressions(self) -> Iterator[Suppressed]:
        """See `ports.personal_data.suppressions.Suppressions.suppressions`."""
        entries: dict[str, Suppressed] = {}
        keys = sorted(self.bucket.keys(PREFIX))
        for document in self.bucket.get_all([(key, "") for key in keys]):
            for text in (document or b"").splitlines():
                change = _line.decode(text)
                if change.added is not None:
                    entries.setdefault(change.added.hash, change.added)
                else:
                    entries.pop(change.removed, None)
        return iter(entries.values())

    def suppression_key(self) -> str | None:
        """See `ports.personal_data.suppressions.Suppressions.suppression_key`: from an item beside
        the entries, because the functions may not read the log."""
        item = self.table.get(_KEY)
        return item["key_id"] if item else None

    def may_suppress(self) -> bool:
        """See `ports.personal_data.suppressions.Suppressions.may_suppress`; there may be if there
        is a key, and the functions of a stack without one do not look."""
        return True

    def put_suppressions_back(self) -> int:
        """Put entries of the log into the table that lacks them; returns how many there are."""
        entries = list(self.suppressions())
        self._write([PutIf(_item(one)) for one in entries])
        if entries and self.suppression_key() is None:
            self._write([PutIf(_key_item(entries[0]))])
        return len(entries)

    def _write(self, writes: Sequence[Write]) -> None:
        for some in batched(writes, _AT_ONCE):
            self.table.write_all(list(some))

    def _log(self, changes: Sequence[SuppressionChange]) -> None:
        """Write the log before an entry counts, and after it does not any more: whatever fails in
        between leaves it on the list."""
        for some in batched(changes, _IN_AN_OBJECT):
            name = f"{PREFIX}{iso(self.clock())}-{next(_numbers):06}-{os.urandom(4).hex()}.jsonl"
            self.bucket.put(name, b"".join(msgspec.json.encode(one) + b"\n" for one in some))


def _item(one: Suppressed) -> Item:
    pk, sk = suppression_key(one.hash)
    more = {"kind": str(one.by), "key_id": one.key_id, "at": iso(one.at), "reason": one.reason}
    return {"pk": pk, "sk": sk, **more}


def _key_item(one: Suppressed) -> Item:
    return {"pk": _KEY[0], "sk": _KEY[1], "key_id": one.key_id, "at": iso(one.at)}


def _entry(item: Item) -> Suppressed:
    by, at = SuppressedBy(item["kind"]), from_iso(item["at"])
    return Suppressed(item["pk"][2:], by, item["key_id"], at, item.get("reason", ""))
