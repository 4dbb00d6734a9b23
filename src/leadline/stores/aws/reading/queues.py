"""Checks that the queues of teams have the leads that wait in them, for `leadline verify`."""

from collections.abc import Iterator

import msgspec

from leadline.model.handling import UNHANDLED
from leadline.stores.aws.keys import handling_key, queue_key
from leadline.stores.aws.table import Key, Table
from leadline.stores.aws.values import Item
from leadline.stores.aws.work.handling import handling_of


class QueueCheck:
    """What a scan of the table told of queues. It is no moment in time, so whatever seems wrong is
    read once more."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._has: set[Key] = set()
        self._waits: set[Key] = set()

    def note(self, item: Item) -> None:
        """Note a handling, or a lead in a queue."""
        if item["pk"].startswith("W#"):
            self._has.add((item["pk"], item["sk"]))
        elif '"queued"' in item.get("handling", "") and (key := _place(item)) is not None:
            self._waits.add(key)

    def faults(self) -> Iterator[tuple[str, str]]:
        """The leads that are in a queue without waiting there, or wait without being in it, and
        which of the two."""
        for key in sorted(self._has ^ self._waits):
            team, lead_id = key[0][2:], key[1].partition("#")[2]
            handling = handling_key(lead_id)
            items = self._table.get_all([key, handling])
            waits = handling in items and _place(items[handling]) == key
            if key in items and not waits:
                yield lead_id, f"it does not wait in the queue of {team}, which has it"
            if waits and key not in items:
                yield lead_id, f"the queue of {team} lacks it, in which it waits"


def _place(item: Item) -> Key | None:
    """Where the lead with this handling waits; None if it does not, or the handling is damaged."""
    try:
        waits = handling_of(item).waits_in
    except (msgspec.MsgspecError, ValueError):
        waits = UNHANDLED.waits_in
    return queue_key(waits.team, waits.score, item["lead_id"]) if waits is not None else None
