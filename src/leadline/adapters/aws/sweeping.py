"""What was left behind on AWS, found and put back: the net under every arrow between two services.

Three things can be lost between S3, the table and SQS: an archived delivery that never reached the
table, a refine task and an alert task whose message was never sent, or was lost. The first are
found by listing the archive, the others in the index of due tasks.

Listing stays cheap, because ids sort by time and so a day's keys do: each sweep lists only what is
behind its mark, a thousand keys a request. Ten million leads a month are ten thousand requests
($0.05), 2,920 more for the sweeps themselves, and ten million half read units ($0.63) to see that
each is in the table.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

import msgspec

from leadline.adapters.aws.bells import Queues, Ring
from leadline.adapters.aws.documents import read_document
from leadline.adapters.aws.items import RESUMED, SHARDS, due_before, due_partition, lead_key
from leadline.adapters.aws.store import AwsStore
from leadline.adapters.aws.table import Stale
from leadline.errors import StorageFailed
from leadline.formats import from_iso
from leadline.lead import Fate, Step, Task

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""What is younger may still be on its way: a capture takes 30 s at the most."""
OVERDUE = timedelta(minutes=5)
"""A task that is due for so long has no message on its way, unless the queue is full of them."""
_STATE = ("S#sweep", "state")
_BATCH = 100
_MOST_OVERDUE = 1000
_MOST_IN_DOUBT = 100
_MOST_AGAIN = 1000
_NO_TIME = datetime.min.replace(tzinfo=UTC)


class Swept(msgspec.Struct):
    """What one sweep did."""

    looked_at: int = 0
    recaptured: int = 0
    rung: int = 0
    unrecovered: int = 0
    finished: bool = True


def sweep(
    store: AwsStore,
    queues: Queues,
    channels: Iterable[str],
    time_is_left: Callable[[], bool],
    *,
    grace: timedelta = GRACE,
    overdue: timedelta = OVERDUE,
) -> Swept:
    """Put back what was left behind; what there was no time for is the next sweep's.

    Raises StorageFailed, after everything has been tried that does not need what failed.
    """
    swept = Swept()
    now = store.clock()
    failures: list[StorageFailed] = []
    for part in (
        partial(_ring_overdue, store, queues, Step.REFINE, [""], now - overdue, swept),
        partial(_ring_overdue, store, queues, Step.NOTIFY, channels, now - overdue, swept),
        partial(_take_up_resumed, store, now - grace, swept),
        partial(_recapture, store, now - grace, time_is_left, swept),
    ):
        try:
            part()
        except StorageFailed as error:
            log.error("sweep.stopped", extra={"error": str(error)})
            failures.append(error)
    if failures:
        raise failures[0]
    return swept


def _ring_overdue(
    store: AwsStore, queues: Queues, step: Step, channels: Iterable[str], at: datetime, swept: Swept
) -> None:
    """Ring for tasks that have been due for long.

    Where the queue may have a message for each of them, because its reader is behind, only for
    those that have been due longest: a task without a message becomes one of them in the end, and
    the queue does not fill up with a message a sweep for each.
    """
    overdue: list[tuple[str, str, str]] = []
    before = due_before(at)
    for channel in channels:
        for shard in range(SHARDS):
            values = {":pk": due_partition(step, channel, shard), ":now": before}
            condition = "due_pk = :pk AND due_sk <= :now"
            found = store.table.query(condition, values, index="due", limit=_MOST_OVERDUE)
            overdue += [(item["due_sk"], item["pk"][2:], channel) for item in found]
    if not overdue:
        return
    if _ready(queues, step) >= len(overdue):
        overdue = sorted(overdue)[:_MOST_IN_DOUBT]
    leads = store.table.get_all([lead_key(lead_id) for _, lead_id, _ in overdue], exact=False)
    now = store.clock()
    rings = [
        Ring(Task(step, lead_id, channel), now, from_iso(item["captured_at"]))
        for _, lead_id, channel in overdue
        if (item := leads.get(lead_key(lead_id))) is not None
    ]
    queues.ring(rings, now)
    for ring in rings:
        log.warning(f"sweep.{step}_rung", extra={"lead": ring.task.lead_id})
    swept.rung += len(rings)


def _ready(queues: Queues, step: Step) -> int:
    """How many messages may be those of tasks that are due. A delayed one of the refine queue is
    for a lead that still waits; in the other queue alerts that are due wait for their channel."""
    depths = queues.depths(queues.url_of(step))
    return depths["visible"] + depths["held"] + (depths["delayed"] if step is Step.NOTIFY else 0)


def _take_up_resumed(store: AwsStore, youngest: datetime, swept: Swept) -> None:
    """Look after captures that were gone on with under an id of earlier: if another of them died,
    its document may stand before the mark."""
    values = {":pk": RESUMED, ":now": due_before(youngest)}
    condition = "due_pk = :pk AND due_sk <= :now"
    for entry in store.table.query(condition, values, index="due", limit=_MOST_OVERDUE):
        key = entry["due_sk"].partition("#")[2]
        event = store.table.get((entry["pk"], entry["sk"]))
        known = store.table.get(lead_key(_lead_id(key)))
        if event is None or (known is None and _accept(store, [key], swept)):
            continue
        done = {name: value for name, value in event.items() if name not in ("due_pk", "due_sk")}
        with suppress(Stale):  # it was noted anew meanwhile
            store.table.put_if(done, "due_sk = :seen", {":seen": entry["due_sk"]})


def _recapture(
    store: AwsStore, youngest: datetime, time_is_left: Callable[[], bool], swept: Swept
) -> None:
    """Accept archived deliveries that the table does not know: those that failed before, then
    those behind the mark."""
    state = store.table.get(_STATE) or {}
    mark: str = state.get("after", "")
    again = _accept(store, state.get("again", []), swept)
    keys = _settled_keys(store, mark, youngest)
    while batch := list(islice(keys, _BATCH)):
        if not time_is_left() or len(again) >= _MOST_AGAIN:
            swept.finished = False
            break
        ids = {_lead_id(key): key for key in batch}
        known = store.table.get_all([lead_key(i) for i in ids], exact=False)
        again += _accept(store, [k for i, k in ids.items() if lead_key(i) not in known], swept)
        swept.looked_at += len(batch)
        mark = max([mark, *(key for key in batch if _is_settled(key, store.clock()))])
        _save(store, mark, again)
    if again != state.get("again", []):
        _save(store, mark, again)


def _save(store: AwsStore, mark: str, again: Sequence[str]) -> None:
    """Remember where to go on, and what to try again."""
    state = {"pk": _STATE[0], "sk": _STATE[1], "after": mark, "again": list(again)}
    store.table.put_if(state, "", {})


def _accept(store: AwsStore, keys: Sequence[str], swept: Swept) -> list[str]:
    """Bring documents in; returns the keys of those that AWS kept us from bringing in.

    A lead whose refined document is there was known once, and perhaps told: only the table is
    behind, and `leadline rebuild` brings the lead back without telling it again.
    """
    failed: list[str] = []
    for key in keys:
        lead_id = _lead_id(key)
        try:
            if any(store.bucket.keys(f"refined/{key.removeprefix('raw/')}")):
                log.error("sweep.forgotten", extra={"lead": lead_id})
                swept.unrecovered += 1
                continue
            document = store.bucket.get(key)
            if document is None:
                continue  # it was erased since it was listed
            receipt = store.take_up(read_document(document).captured())
        except (msgspec.MsgspecError, ValueError):
            log.error("sweep.unreadable", extra={"lead": lead_id})
            swept.unrecovered += 1
        except StorageFailed as error:
            log.error("sweep.failed", extra={"lead": lead_id, "error": str(error)})
            swept.unrecovered += 1
            failed.append(key)
        else:
            log.warning("sweep.recaptured", extra={"lead": lead_id, "status": receipt.fate})
            swept.recaptured += receipt.fate is not Fate.REDELIVERED
    return failed


def _settled_keys(store: AwsStore, mark: str, youngest: datetime) -> Iterator[str]:
    """The raw documents behind the mark, oldest first, up to those that are still young."""
    for day in _days(store, mark, youngest):
        for key in store.bucket.keys(day, after=mark if mark.startswith(day) else ""):
            if _captured_at(_lead_id(key)) > youngest:
                return
            yield key


def _days(store: AwsStore, mark: str, last: datetime) -> Iterator[str]:
    """The days (`raw/YYYY/MM/DD/`) from that of the mark, or of the first document, to the last."""
    end = f"raw/{last:%Y/%m/%d}/"
    if not mark:
        years = store.bucket.folders("raw/")
        months = [m for year in years for m in store.bucket.folders(year)]
        days = [d for month in months for d in store.bucket.folders(month)]
        yield from (d for d in sorted(days) if d <= end)
        return
    day = datetime.strptime(mark[4:14], "%Y/%m/%d").replace(tzinfo=UTC)
    while (name := f"raw/{day:%Y/%m/%d}/") <= end:
        yield name
        day += timedelta(days=1)


def _lead_id(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(".json")


def _is_settled(key: str, now: datetime) -> bool:
    """Whether nothing can come any more that sorts before this key: whatever its capture took, and
    its id is of version 7, which sort by time."""
    return _NO_TIME < _captured_at(_lead_id(key)) <= now - GRACE


def _captured_at(lead_id: str) -> datetime:
    """The time that an id of version 7 begins with; the beginning of time for others."""
    try:
        number = uuid.UUID(lead_id)
    except ValueError:
        return _NO_TIME
    if number.version != 7:
        return _NO_TIME
    return datetime.fromtimestamp((number.int >> 80) / 1000, UTC)
