"""What was left behind on AWS, found and put back: the net under every arrow between two services.

Two things can be lost between S3, the table and SQS: an archived delivery that never reached the
table, and the message of a task, which was never sent or got lost. The first are found by listing
the archive, the others in the index of due tasks. There too are tasks that are due before the next
sweep and were too far off for a message when they were put.

Listing stays cheap, because ids sort by time and so a day's keys do: each sweep lists only what is
behind its mark, a thousand keys a request. Ten million leads a month are ten thousand requests
($0.05), 2,920 more for the sweeps themselves, and ten million half read units ($0.63) to see that
each is in the table.
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec

from leadline.model.batches import batched
from leadline.model.errors import StorageFailed
from leadline.model.lead import Fate
from leadline.model.task import Step, TaskKind
from leadline.stores.aws.documents import read_document
from leadline.stores.aws.keys import RESUMED, due_before, lead_key
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.sweep.overdue import OVERDUE, Ringing
from leadline.stores.aws.table import Stale
from leadline.stores.aws.wakeups import Queues

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""What is younger may still be on its way: a capture takes 30 s at the most."""
_STATE = ("S#sweep", "state")
_BATCH = 100
_MOST_RESUMED = 1000
_MOST_AGAIN = 1000
_NO_TIME = datetime.min.replace(tzinfo=UTC)


class Swept(msgspec.Struct):
    """What one sweep did: documents looked at, of them brought in; messages of overdue tasks and of
    those that are coming; documents that could not be brought in; whether there was time for all.
    """

    looked_at: int = 0
    recaptured: int = 0
    rung: int = 0
    coming: int = 0
    unrecovered: int = 0
    finished: bool = True


def sweep(
    store: AwsStore,
    queues: Queues,
    kinds: Sequence[TaskKind],
    time_is_left: Callable[[], bool],
    *,
    grace: timedelta = GRACE,
    overdue: timedelta = OVERDUE,
) -> Swept:
    """Put back what was left behind; what there was no time for is the next sweep's.

    *kinds* are the steps after refinement with their channels. Raises StorageFailed, after
    everything has been tried that does not need what failed.
    """
    swept = Swept()
    now = store.clock()
    ringing = Ringing(store, queues, now - overdue, time_is_left)
    failures: list[StorageFailed] = []
    for part in (
        *(partial(_ring, ringing, kind, swept) for kind in ((Step.REFINE, ""), *kinds)),
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


def _ring(ringing: Ringing, kind: TaskKind, swept: Swept) -> None:
    """Ring for tasks of one kind that have no message."""
    rung = ringing.ring(kind)
    swept.rung += rung.overdue
    swept.coming += rung.coming
    swept.finished &= rung.finished


def _take_up_resumed(store: AwsStore, youngest: datetime, swept: Swept) -> None:
    """Look after captures that were gone on with under an id of earlier: if another of them died,
    its document may stand before the mark."""
    values = {":pk": RESUMED, ":now": due_before(youngest)}
    condition = "due_pk = :pk AND due_sk <= :now"
    for entry in store.table.query(condition, values, index="due", limit=_MOST_RESUMED):
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
    for batch in batched(_settled_keys(store, mark, youngest), _BATCH):
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
