"""A store that only pretends to change handlings, for previews of what would be done."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from leadline.model.handling import Handling
from leadline.model.staff.assigning import Kept, Rewrite
from leadline.model.task import Later, Task
from leadline.ports.store import Store


class _Pretending:
    """Reads from *store*, and keeps changes of handlings and documents to itself."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._handled: dict[str, Handling] = {}
        self._documents: dict[str, Kept] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Handlings.handling`."""
        mine = {i: self._handled[i] for i in lead_ids if i in self._handled}
        return {**self._store.handling(lead_ids), **mine}

    def kept(self, names: Collection[str]) -> Mapping[str, Kept]:
        """See `ports.store_parts.assigning.Assigning.kept`."""
        mine = {name: self._documents[name] for name in names if name in self._documents}
        return {**self._store.kept(names), **mine}

    def handle(
        self,
        lead_id: str,
        before: Handling,
        after: Handling,
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
        changes: Mapping[str, Rewrite] = {},
    ) -> bool:
        """See `ports.store.Handlings.handle`."""
        del before, then, note, detail
        self._handled[lead_id] = after
        self._documents |= {name: Kept(one.body, one.seen.rev) for name, one in changes.items()}
        return True

    def put(self, tasks: Sequence[Task], due_at: datetime, note: str = "") -> None:
        """Put nothing."""


def pretending(store: Store) -> Store:
    """A store that reads from this one, and whose changes of handlings and documents nobody else
    sees. For one thread; it changes nothing else either, but passes other calls on."""
    return cast("Store", _Pretending(store))
