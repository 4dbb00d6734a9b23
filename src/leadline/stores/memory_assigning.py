"""The documents by which leads are given out, and the queues of teams, in the store in memory."""

from collections.abc import Collection, Mapping, Sequence

from leadline.model.handling import Handling
from leadline.model.staff.assigning import Documents, Kept, Rewrite
from leadline.model.task import Done, Turn
from leadline.stores.deciding import decided


class MemoryAssigning:
    """`ports.store_parts.assigning.Assigning` in dictionaries."""

    handled: dict[str, Handling]
    kept_documents: dict[str, Kept]

    def kept(self, names: Collection[str]) -> Mapping[str, Kept]:
        """See `ports.store_parts.assigning.Assigning.kept`."""
        return {name: self.kept_documents.get(name, Kept()) for name in names}

    def keep(self, changes: Mapping[str, Rewrite]) -> bool:
        """See `ports.store_parts.assigning.Assigning.keep`."""
        kept = self.kept(changes)
        if any(kept[name].rev != one.seen.rev for name, one in changes.items()):
            return False
        for name, one in changes.items():
            self.kept_documents[name] = Kept(one.body, one.seen.rev + 1)
        return True

    def queue_of(self, team: str, limit: int = 100) -> Sequence[str]:
        """See `ports.store_parts.assigning.Assigning.queue_of`."""
        waiting = ((one.waits_in, lead_id) for lead_id, one in self.handled.items())
        listed = sorted((-q.score, i) for q, i in waiting if q is not None and q.team == team)
        return [lead_id for _, lead_id in listed[:limit]]

    def _finish(self, turn: Turn) -> tuple[Done, Documents]:
        """The outcome of a turn, and the documents that it changes, which are not kept yet."""
        return decided(turn, {name: one.body for name, one in self.kept(turn.reads).items()})

    def _change(self, documents: Documents) -> None:
        """Keep the documents that a turn changes."""
        for name, body in documents.items():
            self.kept_documents[name] = Kept(body, self.kept([name])[name].rev + 1)
