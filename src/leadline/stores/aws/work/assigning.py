"""The documents by which leads are given out, and the queues of teams, on DynamoDB."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from leadline.model.staff.assigning import Kept, Rewrite
from leadline.model.task import Done, Turn
from leadline.stores.aws.base import Base
from leadline.stores.aws.keys import queue_key, remembered_key
from leadline.stores.aws.table import Put, Stale, Write
from leadline.stores.aws.values import Item
from leadline.stores.deciding import decided


class AwsAssigning(Base):
    """`ports.store_parts.assigning.Assigning` on DynamoDB. Each document is an item of its own."""

    def kept(self, names: Collection[str]) -> Mapping[str, Kept]:
        """See `ports.store_parts.assigning.Assigning.kept`."""
        keys = {name: remembered_key(name) for name in names}
        items = self.table.get_all([*keys.values()]) if keys else {}
        return {name: kept_of(items.get(key)) for name, key in keys.items()}

    def keep(self, changes: Mapping[str, Rewrite]) -> bool:
        """See `ports.store_parts.assigning.Assigning.keep`."""
        if changes:
            try:
                self.table.write_all(document_writes(changes))
            except Stale:
                return False
        return True

    def queue_of(self, team: str, limit: int = 100) -> Sequence[str]:
        """See `ports.store_parts.assigning.Assigning.queue_of`."""
        pk, _ = queue_key(team, 0.0, "")
        items = self.table.query("pk = :pk", {":pk": pk}, limit=limit)
        return [item["sk"].partition("#")[2] for item in items]

    def adopt_document(self, named: tuple[str, Kept]) -> None:
        """Store a document of another home with its revision, unless it is here with the same or a
        later one."""
        name, kept = named
        item = {**_item(name, kept.body), "rev": kept.rev}
        with suppress(Stale):
            self.table.put_if(item, "attribute_not_exists(pk) OR rev < :rev", {":rev": kept.rev})

    def _finish(self, turn: Turn) -> tuple[Done, list[Write]]:
        """The outcome of a turn by the documents as they are now, and the writes for those that it
        changes; raises TurnFailed."""
        kept = self.kept(turn.reads)
        done, documents = decided(turn, {name: one.body for name, one in kept.items()})
        changes = {name: Rewrite(kept[name], body) for name, body in documents.items()}
        return done, document_writes(changes)


def kept_of(item: Item | None) -> Kept:
    """The document in an item."""
    return Kept(item["body"].encode(), item["rev"]) if item else Kept()


def document_writes(changes: Mapping[str, Rewrite]) -> list[Write]:
    """The writes that replace documents, if they are as they were seen."""
    writes: list[Write] = []
    for name, one in changes.items():
        writes.append(Put(_item(name, one.body), one.seen.rev or None))
    return writes


def _item(name: str, body: bytes) -> Item:
    pk, sk = remembered_key(name)
    return {"pk": pk, "sk": sk, "name": name, "body": body.decode()}
