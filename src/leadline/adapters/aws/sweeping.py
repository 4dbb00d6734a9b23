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
from datetime import UTC, datetime, timedelta
from itertools import islice

import msgspec

from leadline.adapters.aws.bells import Queues, Ring
from leadline.adapters.aws.calls import AwsFailed
from leadline.adapters.aws.documents import read_document
from leadline.adapters.aws.items import SHARDS, due_before, due_partition, lead_key
from leadline.adapters.aws.store import AwsStore
from leadline.formats import from_iso
from leadline.lead import Step, Task

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=2)
"""What is younger may still be on its way: a capture takes 30 s at the most."""
OVERDUE = timedelta(minutes=5)
"""A task that is due for so long has no message on its way, unless the queue is full of them."""
_STATE = ("S#sweep", "state")
_BATCH = 100
_MOST_OVERDUE = 1000


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

    Raises AwsFailed.
    """
    swept = Swept()
    before = store.clock() - overdue
    _ring_overdue(store, queues, Step.REFINE, [""], before, swept)
    _ring_overdue(store, queues, Step.NOTIFY, channels, before, swept)
    _recapture(store, store.clock() - grace, time_is_left, swept)
    return swept


def _ring_overdue(
    store: AwsStore, queues: Queues, step: Step, channels: Iterable[str], at: datetime, swept: Swept
) -> None:
    """Ring for tasks that have been due for long, if the queue can't have messages for them all."""
    found: list[tuple[str, str]] = []
    before = due_before(at)
    for channel in channels:
        for shard in range(SHARDS):
            values = {":pk": due_partition(step, channel, shard), ":now": before}
            condition = "due_pk = :pk AND due_sk <= :now"
            items = store.table.query(condition, values, index="due", limit=_MOST_OVERDUE)
            found += [(item["pk"][2:], channel) for item in items]
    if not found or sum(queues.depths(queues.url_of(step)).values()) >= len(found):
        return
    leads = store.table.get_all([lead_key(lead_id) for lead_id, _ in found], exact=False)
    now = store.clock()
    rings = [
        Ring(Task(step, lead_id, channel), now, from_iso(item["captured_at"]))
        for lead_id, channel in found
        if (item := leads.get(lead_key(lead_id))) is not None
    ]
    queues.ring(rings, now)
    for ring in rings:
        log.warning(f"sweep.{step}_rung", extra={"lead": ring.task.lead_id})
    swept.rung += len(rings)


def _recapture(
    store: AwsStore, youngest: datetime, time_is_left: Callable[[], bool], swept: Swept
) -> None:
    """Accept archived deliveries that the table does not know."""
    state = store.table.get(_STATE)
    mark: str = state["after"] if state else ""
    keys = _settled_keys(store, mark, youngest)
    while batch := list(islice(keys, _BATCH)):
        if not time_is_left():
            swept.finished = False
            return
        ids = {_lead_id(key): key for key in batch}
        known = store.table.get_all([lead_key(i) for i in ids], exact=False)
        missing = [key for i, key in ids.items() if lead_key(i) not in known]
        _accept(store, missing, swept)
        swept.looked_at += len(batch)
        mark = batch[-1]
        store.table.put_if({"pk": _STATE[0], "sk": _STATE[1], "after": mark}, "", {})


def _accept(store: AwsStore, keys: Sequence[str], swept: Swept) -> None:
    for key in keys:
        lead_id = _lead_id(key)
        document = store.bucket.get(key)
        if document is None:
            continue  # it was erased since it was listed
        try:
            lead = read_document(document).captured()
            receipt = store.take_up(lead)
        except (msgspec.MsgspecError, ValueError):
            log.error("sweep.unreadable", extra={"lead": lead_id})
            swept.unrecovered += 1
        except AwsFailed as error:
            log.error("sweep.failed", extra={"lead": lead_id, "error": str(error)})
            swept.unrecovered += 1
        else:
            log.warning("sweep.recaptured", extra={"lead": lead_id, "status": receipt.fate})
            swept.recaptured += 1


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


def _captured_at(lead_id: str) -> datetime:
    """The time that an id of version 7 begins with; the beginning of time for others."""
    try:
        number = uuid.UUID(lead_id)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    if number.version != 7:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromtimestamp((number.int >> 80) / 1000, UTC)
