"""The sweep on AWS: finds what was lost between two services, and puts it back.

Two things can be lost between S3, the table and the clock: an archived delivery that never reached
the table, and the wake-up of a task, which was never sent or got lost. The former are found by
listing the archive, the latter in the index of due tasks. That index also has the tasks that are
due before the next sweep and were beyond the reach of the clock when they were put.

Listing is cheap, because ids, and so the keys of a day, sort by time: each sweep lists only keys
after its mark, a thousand per request. Ten million leads a month need ten thousand requests
($0.05), 2,920 more for the sweeps themselves, and ten million half read units ($0.63) to check that
each lead is in the table.
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
from leadline.model.facts.likeness import RULES
from leadline.model.formats import from_iso
from leadline.model.lead import Fate
from leadline.model.task import Step, TaskKind
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.clocks.wakeups import StackClock
from leadline.stores.aws.keys import LIKENESSES, RESUMED, due_before, lead_key
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.sweep.overdue import OVERDUE, MissingWakeups
from leadline.stores.aws.table import Stale

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""Younger documents are ignored, since their captures may be under way: one takes at most 30 s."""
_STATE = ("S#sweep", "state")
_BATCH = 100
_MOST_RESUMED = 1000
_MOST_AGAIN = 1000
_NO_TIME = datetime.min.replace(tzinfo=UTC)


class Swept(msgspec.Struct):
    """What one sweep did: numbers of documents checked and captured, of wake-ups sent for overdue
    tasks and for tasks due soon, and of documents that could not be captured; whether there was
    time for all, and how many seconds ago the first that it has not come to was due or stored."""

    looked_at: int = 0
    recaptured: int = 0
    overdue: int = msgspec.field(default=0, name="rung")
    coming: int = 0
    unrecovered: int = 0
    finished: bool = True
    behind_s: float = 0.0

    def is_behind(self, since: datetime, now: datetime) -> None:
        """Note that there was no time for what was due or stored since then."""
        self.finished = False
        self.behind_s = max(self.behind_s, (now - since).total_seconds())


def sweep(
    store: AwsStore,
    clock: StackClock,
    kinds: Sequence[TaskKind],
    time_is_left: Callable[[], bool],
    *,
    grace: timedelta = GRACE,
    overdue: timedelta = OVERDUE,
    time_to_spare: Callable[[], bool] | None = None,
) -> Swept:
    """Put back what was lost, with wake-ups by this *clock*; the next sweep continues with what
    there was no time for.

    *kinds* are the kinds of later tasks. *time_to_spare* says whether there is time for what is
    not urgent (by default while any is left): leads of earlier versions. Raises StorageFailed if
    AWS failed, after trying everything that does not depend on the failed part.
    """
    swept = Swept()
    now = store.clock()
    missing = MissingWakeups(store, clock, now - overdue, time_is_left)
    failures: list[StorageFailed] = []
    every = ((Step.REFINE, ""), *kinds)
    for part in (
        *(partial(_send_wakeups, missing, kind, swept) for kind in every),
        partial(_take_up_resumed, store, now - grace, time_is_left, swept),
        partial(_recapture, store, now - grace, time_is_left, swept),
        *(partial(_send_further, missing, kind, swept, now) for kind in every),
        partial(_make_likenesses, store, time_to_spare or time_is_left),
    ):
        try:
            part()
        except StorageFailed as error:
            log.error("sweep.stopped", extra={"error": str(error)})
            failures.append(error)
    if failures:
        raise failures[0]
    return swept


def _send_wakeups(missing: MissingWakeups, kind: TaskKind, swept: Swept) -> None:
    """Send the missing wake-ups for tasks of one kind."""
    sent = missing.send(kind)
    swept.overdue += sent.overdue
    swept.coming += sent.coming
    swept.finished &= sent.finished


def _send_further(missing: MissingWakeups, kind: TaskKind, swept: Swept, now: datetime) -> None:
    """Send further missing wake-ups for overdue tasks of one kind, if there are very many."""
    sent = missing.send_further(kind)
    swept.overdue += sent.overdue
    if sent.behind_since:
        swept.is_behind(from_iso(sent.behind_since), now)


def _take_up_resumed(
    store: AwsStore, youngest: datetime, time_is_left: Callable[[], bool], swept: Swept
) -> None:
    """Finish captures that were continued under an earlier id: if such a capture died again, its
    document may be before the mark."""
    values = {":pk": RESUMED, ":now": due_before(youngest)}
    condition = "due_pk = :pk AND due_sk <= :now"
    for entry in store.table.query(condition, values, index="due", limit=_MOST_RESUMED):
        if not time_is_left():
            swept.finished = False
            return
        key = entry["due_sk"].partition("#")[2]
        event = store.table.get((entry["pk"], entry["sk"]))
        known = store.table.get(lead_key(_lead_id(key)))
        if event is None or (known is None and _accept(store, [key], swept)):
            continue
        done = {name: value for name, value in event.items() if name not in ("due_pk", "due_sk")}
        with suppress(Stale):  # it was noted again meanwhile
            store.table.put_if(done, "due_sk = :seen", {":seen": entry["due_sk"]})


def _recapture(
    store: AwsStore, youngest: datetime, time_is_left: Callable[[], bool], swept: Swept
) -> None:
    """Accept archived deliveries that the table lacks: first those that failed before, then those
    after the mark."""
    state = store.table.get(_STATE) or {}
    mark: str = state.get("after", "")
    again: list[str] = []
    for some in batched(state.get("again", []), _BATCH):
        again += _accept(store, some, swept) if time_is_left() else some
    for batch in batched(_settled_keys(store, mark, youngest), _BATCH):
        if not time_is_left() or len(again) >= _MOST_AGAIN:
            _note_behind(swept, batch[0], store.clock())
            break
        ids = {_lead_id(key): key for key in batch}
        known = store.table.get_all([lead_key(i) for i in ids], exact=False)
        again += _accept(store, [k for i, k in ids.items() if lead_key(i) not in known], swept)
        swept.looked_at += len(batch)
        mark = max([mark, *(key for key in batch if _is_settled(key, store.clock()))])
        _save(store, mark, again)
    if again != state.get("again", []):
        _save(store, mark, again)


def _note_behind(swept: Swept, first: str, now: datetime) -> None:
    """Note that the archive was listed only up to this key."""
    swept.finished = False
    if (since := _captured_at(_lead_id(first))) > _NO_TIME:
        swept.is_behind(since, now)
    log.warning("sweep.behind", extra={"step": "capture", "count": swept.looked_at})


def _make_likenesses(store: AwsStore, time_is_left: Callable[[], bool]) -> None:
    """Put leads that an earlier version refined under their candidate keys, until all are."""
    state = store.table.get(LIKENESSES) or {}
    if not (state.get("done") and state.get("rules") == RULES):
        # Not needed once all is done.
        from leadline.stores.aws.sweep.likenesses import make_likenesses

        make_likenesses(store, state, time_is_left)


def _save(store: AwsStore, mark: str, again: Sequence[str]) -> None:
    """Store the mark, and the keys to try again."""
    state = {"pk": _STATE[0], "sk": _STATE[1], "after": mark, "again": list(again)}
    store.table.put_if(state, "", {})


def _accept(store: AwsStore, keys: Sequence[str], swept: Swept) -> list[str]:
    """Capture documents; returns the keys of those for which AWS failed.

    A lead with a refined document was in the table before, and perhaps alerted: it is left to
    `leadline rebuild`, which restores it without alerting again.
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
    """The keys of raw documents after the mark, oldest first, without those that are too young."""
    for day in _days(store, mark, youngest):
        for key in store.bucket.keys(day, after=mark if mark.startswith(day) else ""):
            if _captured_at(_lead_id(key)) > youngest:
                return
            yield key


def _days(store: AwsStore, mark: str, last: datetime) -> Iterator[str]:
    """The days (`raw/YYYY/MM/DD/`) from that of the mark, or of the first document, to *last*."""
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
    """Whether no key can appear any more that sorts before this one: its capture must be over, and
    its id of version 7, which sorts by time."""
    return _NO_TIME < _captured_at(_lead_id(key)) <= now - GRACE


def _captured_at(lead_id: str) -> datetime:
    """The time in an id of version 7; the earliest possible time for other ids."""
    try:
        number = uuid.UUID(lead_id)
    except ValueError:
        return _NO_TIME
    if number.version != 7:
        return _NO_TIME
    return datetime.fromtimestamp((number.int >> 80) / 1000, UTC)
