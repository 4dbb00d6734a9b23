"""Retention and legal holds in the store on AWS.

What is deleted is overwritten: the bucket keeps former versions for `NoncurrentDays`. A lead's own
item says what was deleted of it. A legal hold is an item beside the lead, found by an index.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import chain

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso
from leadline.model.keys import match_keys
from leadline.model.lead import Fate, Kind
from leadline.model.personal_data.retiring import (
    RETIRED,
    RETIRED_WORDS,
    DataKind,
    handling_retired,
    note_on,
    outlasts,
    person_retired,
)
from leadline.model.task import Step
from leadline.ports.personal_data.retention import MOST, Aged, AgedPage
from leadline.ports.store import Among
from leadline.stores.aws.base import changed
from leadline.stores.aws.capture.days import days_between
from leadline.stores.aws.capture.quotas import give_back
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import (
    DEAD,
    due_before,
    lead_key,
    sent_key,
    task_key,
)
from leadline.stores.aws.parallel import in_parallel
from leadline.stores.aws.privacy.erasing import AwsErasing
from leadline.stores.aws.privacy.holds import AwsHolds, Beside, is_dead_since
from leadline.stores.aws.privacy.retired_documents import (
    body_size,
    put_refined,
    raw_of,
    refined_of,
    retire_raw_document,
)
from leadline.stores.aws.shards.counts import due_partitions
from leadline.stores.aws.table import Delete, Put, Stale, Write
from leadline.stores.aws.work.handling import handling_writes

_LOOKED_AT = 1000
"""So many leads are looked at in one call, in ten requests to the table at least."""
_AT_ONCE = 100


class AwsRetention(AwsHolds, AwsErasing):
    """`ports.personal_data.retention.Retention` on S3 and DynamoDB."""

    def too_old(
        self, kind: DataKind, before: datetime, among: Among, after: str = "", limit: int = MOST
    ) -> AgedPage:
        """See `ports.personal_data.retention.Retention.too_old`."""
        ids = self._dead_ids(before, after) if kind is DataKind.DEAD else self._ids(before, after)
        found: list[Aged] = []
        seen, looked_at = "", 0
        for some in batched(ids, _AT_ONCE):
            items = self.table.get_all([lead_key(i) for i in some], exact=False)
            leads = sorted((lead_of(item) for item in items.values()), key=lambda one: one.lead_id)
            mine = [one for one in leads if among.has(one.source)]
            found += self._too_old(kind, before, mine)
            seen, looked_at = some[-1], looked_at + len(some)
            if len(found) > limit:
                return AgedPage(tuple(found[:limit]), found[limit - 1].lead_id)
            if looked_at >= _LOOKED_AT:
                return AgedPage(tuple(found), seen)
        return AgedPage(tuple(found))

    def retire(self, kind: DataKind, before: datetime, lead_ids: Sequence[str]) -> Sequence[str]:
        """See `ports.personal_data.retention.Retention.retire`."""
        self.recent.clear()
        leads = self._leads(lead_ids)
        fit = {one.lead_id for one in self._too_old(kind, before, list(leads.values()))}
        done = [i for i in lead_ids if i in fit and self._retire(kind, before, leads[i])]
        self.recent.clear()
        return done

    def _ids(self, before: datetime, after: str) -> Iterator[str]:
        """The ids of events in the archive after one, by day and then in order, as far as they may
        have been captured before a time."""
        for day in days_between(self.bucket, None, before):
            folder = day.replace("-", "/")
            yield from _without_repeats(
                merge(*(self._ids_of(f"{kind}/{folder}/", after) for kind in ("raw", "refined")))
            )

    def _ids_of(self, folder: str, after: str) -> Iterator[str]:
        start = f"{folder}{after}.json" if after else ""
        for key in self.bucket.keys(folder, after=start):
            yield key.removeprefix(folder).removesuffix(".json")

    def _dead_ids(self, before: datetime, after: str) -> Iterator[str]:
        """The ids of leads after one with a dead letter from before a time, in order."""
        entries = chain.from_iterable(
            self.table.query(
                "due_pk = :pk AND due_sk < :at",
                {":pk": place, ":at": due_before(before)},
                index="due",
            )
            for place in due_partitions(self.table, DEAD)
        )
        yield from sorted({i for one in entries if (i := one["pk"][2:]) > after})

    def _too_old(self, kind: DataKind, before: datetime, leads: Sequence[LeadItem]) -> list[Aged]:
        """Those of these leads of which something may be deleted."""
        some = [one for one in leads if _may_go(kind, before, one)]
        beside = in_parallel(lambda place: self._besides(some[place]), range(len(some)))
        return [
            Aged(one.lead_id, one.source, from_iso(one.captured_at))
            for one, items in zip(some, beside, strict=True)
            if _lets_go(kind, before, items)
        ]

    def _besides(self, lead: LeadItem) -> list[Beside]:
        """What is beside a lead, and beside the one that it belongs to."""
        ids = [lead.lead_id, *([lead.joined] if lead.joined else [])]
        return [self._all_beside(lead_id) for lead_id in ids]

    def _retire(self, kind: DataKind, before: datetime, lead: LeadItem) -> bool:
        """Delete what is kept of this kind of one lead; False if somebody changed it meanwhile, so
        that another run deletes the rest."""
        now = self.clock()
        writes: list[Write] = []
        match kind:
            case DataKind.RAW:
                new = self._retire_raw(lead)
            case DataKind.REFINED:
                new, writes = self._retire_refined(lead)
            case DataKind.TIMELINE:
                new, writes = _without_lines(lead), [Delete(sent_key(lead.lead_id), None)]
            case DataKind.DEAD:
                new, writes = self._retire_dead(lead, before)
        try:
            self.table.write_all([Put(new.note(now, note_on(kind)).item(), lead.rev), *writes])
        except Stale:
            return False
        return True

    def _retire_raw(self, lead: LeadItem) -> LeadItem:
        retire_raw_document(self.bucket, lead)
        if lead.summary is not None:  # its document has the words, too
            refined = refined_of(self.bucket, lead)
            lead = _with_version(lead, put_refined(self.bucket, lead, refined, RETIRED_WORDS))
        return changed(lead, retired=(*lead.retired, DataKind.RAW))

    def _retire_refined(self, lead: LeadItem) -> tuple[LeadItem, list[Write]]:
        refined = refined_of(self.bucket, lead)
        for match_key in match_keys(refined).values():
            self.leave_key(match_key, lead.lead_id)
        raw = raw_of(self.bucket, lead)
        version = put_refined(self.bucket, lead, person_retired(refined), raw)
        self._forget_duplicates(lead.lead_id)
        handling = self.handling([lead.lead_id]).get(lead.lead_id)
        writes: list[Write] = [Delete(sent_key(lead.lead_id), None)]
        if handling is not None:
            writes += handling_writes(lead.lead_id, handling, handling_retired(handling))
        lead = _without_person(_with_version(lead, version))
        return changed(lead, retired=(*lead.retired, DataKind.REFINED)), writes

    def _retire_dead(self, lead: LeadItem, before: datetime) -> tuple[LeadItem, list[Write]]:
        """Delete dead letters; a lead that was never refined loses everything."""
        old = [
            one for one in self._all_beside(lead.lead_id).tasks if is_dead_since(one.task, before)
        ]
        writes: list[Write] = [Delete(task_key(one.what), one.rev) for one in old]
        if is_dead_since(lead.task, before):
            lead = changed(lead, task=None)
        untold = {o.channel for o in old if o.step is Step.NOTIFY}
        told = {alert.channel for alert in lead.alerts if alert.step == Step.NOTIFY}
        lead = changed(lead, dead_channels=tuple(c for c in lead.dead_channels if c not in untold))
        if lead.summary is not None:
            fewer = max(0, lead.summary.channel_count - len(untold - told))
            summary = msgspec.structs.replace(lead.summary, channel_count=fewer)
            return changed(lead, summary=summary), writes
        if lead.task is None and lead.fate == Fate.CAPTURED:
            lead = self._ended(lead)
        return lead, writes

    def _ended(self, lead: LeadItem) -> LeadItem:
        """A lead that was never refined, without what was sent; it is an event that is no lead."""
        if lead.kind == Kind.UNREADABLE:
            give_back(self.table, lead.source, body_size(self.bucket, lead))
        for other in self._leads(lead.related).values():
            self._change(other, self._retire_raw)
        return changed(self._retire_raw(lead), fate=str(Fate.FILTERED), why=RETIRED)


def _may_go(kind: DataKind, before: datetime, lead: LeadItem) -> bool:
    """Whether something of a kind is left of a lead, and it is old enough, by its item alone."""
    if kind is DataKind.DEAD:
        return lead.task is None or bool(lead.task.dead_at)
    if lead.task is not None or from_iso(lead.captured_at) >= before:
        return False
    if kind is DataKind.TIMELINE:
        # Of others only what stands beside them says whether attempts are kept.
        asked = lead.summary is not None and DataKind.TIMELINE not in lead.retired
        return asked or _has_lines(lead)
    there = kind is DataKind.RAW or lead.summary is not None
    return there and kind not in lead.retired


def _has_lines(lead: LeadItem) -> bool:
    """Whether the timeline says more than counts, or messages can be found."""
    lines = any(not outlasts(line.what) for line in lead.timeline)
    return lines or any(alert.ref for alert in lead.alerts)


def _lets_go(kind: DataKind, before: datetime, besides: Sequence[Beside]) -> bool:
    """Whether tasks and holds of a lead, and of the one that it belongs to, let something go."""
    if any(one.is_held for one in besides):
        return False
    lead = besides[0].lead
    if kind is DataKind.TIMELINE and not (besides[0].has_attempts or (lead and _has_lines(lead))):
        return False
    tasks = [task for one in besides for task in one.all_tasks]
    if kind is not DataKind.DEAD:
        return not tasks
    alive = any(not task.dead_at for task in tasks)
    return not alive and any(is_dead_since(task, before) for task in besides[0].all_tasks)


def _without_repeats(ids: Iterable[str]) -> Iterator[str]:
    """Sorted ids, each once."""
    last = ""
    for one in ids:
        if one != last:
            yield one
        last = one


def _without_lines(lead: LeadItem) -> LeadItem:
    """A lead without its timeline, but for lines that only count, and without the references of
    its messages."""
    return changed(
        lead,
        retired=(*(k for k in lead.retired if k != DataKind.TIMELINE), DataKind.TIMELINE),
        timeline=tuple(line for line in lead.timeline if outlasts(line.what)),
        alerts=tuple(msgspec.structs.replace(alert, ref="") for alert in lead.alerts),
    )


def _without_person(lead: LeadItem) -> LeadItem:
    if lead.summary is None:
        return lead
    summary = msgspec.structs.replace(
        lead.summary, name=None, email=None, phone=None, company=None, unit=""
    )
    return changed(lead, summary=summary)


def _with_version(lead: LeadItem, version: str) -> LeadItem:
    """The lead with another version of its refined document."""
    if lead.summary is None:
        return lead
    return changed(lead, summary=msgspec.structs.replace(lead.summary, version=version))
