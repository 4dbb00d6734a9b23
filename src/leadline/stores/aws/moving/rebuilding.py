"""Rebuilding the ledger from the archive, after a table was lost or a bucket was copied to another
region: S3 has every accepted event and every refined document.

What only the table had is lost: alerts, retries, timelines, handlings. Therefore leads that were
refined are not alerted again, and the others are refined now.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import refined_head
from leadline.model.keys import match_keys
from leadline.model.lead import CapturedLead, RefinedLead
from leadline.model.task import Task
from leadline.ports.installation import Rebuilt
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.days import days_between
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.clocks.wakeups import Wakeup, Wakeups
from leadline.stores.aws.keys import lead_key
from leadline.stores.aws.moving.transfer import AwsIntake
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Table

_BATCH = 200
_PARALLEL = 8
_ASIDE = timedelta(hours=12)
"""The wait of leads with a refined document, so that no worker refines them before it is imported.
"""


def rebuild(
    table: Table,
    bucket: Bucket,
    wakeups: Wakeups,
    redelivery_window: timedelta,
    watch: Callable[[int], None] = lambda _count: None,
) -> Rebuilt:
    """Add all archived leads that are missing in the table; an interrupted call may be repeated.
    *watch* is called with the number of documents just seen. Raises AwsFailed."""
    rebuilt = Rebuilt()

    def make_store() -> AwsStore:
        return AwsStore(table, bucket, _FirstWakeups(wakeups), redelivery_window=redelivery_window)

    intake = AwsIntake(table, bucket, wakeups, redelivery_window)
    with closing(intake), ThreadPoolExecutor(_PARALLEL) as pool:
        for day in days_between(bucket, None):
            folder = day.replace("-", "/")
            refined = {_lead_id(key): key for key in bucket.keys(f"refined/{folder}/")}
            for keys in batched(bucket.keys(f"raw/{folder}/"), _BATCH):
                events = _missing(make_store(), keys, rebuilt)
                later = datetime.now(UTC) + _ASIDE
                events = [msgspec.structs.replace(e, due_at=later) if e.id in refined else e
                          for e in events]  # fmt: skip
                list(pool.map(lambda part: _take_up(make_store(), part), _by_record(events)))
                rebuilt.events += len(events)
                rebuilt.seen += len(keys)
                watch(len(keys))
            for keys in batched(refined.values(), _BATCH):
                _adopt(bucket, intake, keys, rebuilt)
    return rebuilt


class _FirstWakeups:
    """Wake-ups, except for leads whose refined document will be imported."""

    def __init__(self, wakeups: Wakeups) -> None:
        self._wakeups = wakeups

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        self._wakeups.send([wakeup for wakeup in wakeups if wakeup.due_at < now + _ASIDE / 2], now)

    def dead_letter(self, task: Task, captured_at: datetime, reason: str) -> None:
        self._wakeups.dead_letter(task, captured_at, reason)


def _missing(store: AwsStore, keys: Sequence[str], rebuilt: Rebuilt) -> list[CapturedLead]:
    """The events of these documents that the table lacks, in order of capture."""
    known = store.table.get_all([lead_key(_lead_id(key)) for key in keys])
    unknown = [key for key in keys if lead_key(_lead_id(key)) not in known]
    events: list[CapturedLead] = []
    for document in store.bucket.get_all([(key, "") for key in unknown]):
        if document is None:
            continue
        try:
            events.append(read_document(document).captured())
        except (msgspec.MsgspecError, ValueError):
            rebuilt.damaged += 1
    return events


def _take_up(store: AwsStore, events: Sequence[CapturedLead]) -> None:
    for event in events:
        store.take_up(event)


def _by_record(events: Sequence[CapturedLead]) -> list[list[CapturedLead]]:
    """The events in independent groups: those of one record are in one group, in order."""
    parts: list[list[CapturedLead]] = [[] for _ in range(_PARALLEL)]
    for event in events:
        parts[(event.record_key or event.event_key)[0] % _PARALLEL].append(event)
    return parts


def _adopt(bucket: Bucket, intake: AwsIntake, keys: Sequence[str], rebuilt: Rebuilt) -> None:
    wanted = intake.unrefined([_lead_id(key) for key in keys])
    asked = [key for key in keys if _lead_id(key) in wanted]
    leads: list[RefinedLead] = []
    for document in bucket.get_all([(key, "") for key in asked]):
        try:
            if document is not None:
                leads.append(msgspec.json.decode(document, type=RefinedLead))
        except msgspec.MsgspecError:
            rebuilt.damaged += 1
    found = {lead.lead_id: tuple(match_keys(lead).values()) for lead in leads}
    rebuilt.refined += intake.adopt([(lead, refined_head(lead)) for lead in leads], found)


def _lead_id(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(".json")
