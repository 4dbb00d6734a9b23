"""Accounting for every accepted event on AWS: the table's items are compared with the archive.

Both are read as wholes, since reading each lead would cost a hundred times as much. They change
meanwhile, so each lead that seems lost is checked again by itself. It needs about 500 bytes of
memory per lead.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from leadline.model.batches import batched
from leadline.model.lead import Fate
from leadline.model.task import Step
from leadline.ports.reading.ledger import Account, Progress, Unaccounted, unseen
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.days import days_between
from leadline.stores.aws.items import LeadItem, further_of, holds_a_task, lead_of
from leadline.stores.aws.keys import AGAIN, HANDLING, LEAD, lead_key
from leadline.stores.aws.reading.damage import (
    damage_of_raw,
    damage_of_refined,
    document_key,
    is_young,
    refined_that_counts,
)
from leadline.stores.aws.reading.queues import QueueCheck
from leadline.stores.aws.reading.standing import Standing, category_of, standing_of
from leadline.stores.aws.table import Table
from leadline.stores.aws.values import Item

_CHUNK = 64


class Archive:
    """The ids of leads with a raw, and with a refined document in the bucket."""

    def __init__(self, bucket: Bucket, pool: ThreadPoolExecutor) -> None:
        self.bucket = bucket
        days = [day.replace("-", "/") for day in days_between(bucket)]
        self.raw = _by_id(pool.map(lambda day: list(bucket.keys(f"raw/{day}/")), days))
        self.refined = _by_id(pool.map(lambda day: list(bucket.keys(f"refined/{day}/")), days))


class _Seen(NamedTuple):
    """A lead as it is when it is checked by itself."""

    items: Sequence[Item]
    has_raw: bool
    has_refined: bool
    head: Item | None
    is_young: bool


class EventAccounts:
    """What was found of every lead. Raw documents of leads captured before *missed_since* may be
    missing."""

    def __init__(self, table: Table, archive: Archive, missed_since: str) -> None:
        self._table = table
        self._archive = archive
        self._missed_since = missed_since
        self._standings: dict[str, Standing] = {}
        self._shared: dict[Standing, Standing] = {}
        self._heads: dict[str, str] = {}
        self._alerts: dict[str, dict[str, bool]] = {}
        self._mentioned: set[str] = set()
        self._damaged: dict[str, str] = {}
        self._queues = QueueCheck(table)

    def read(self, *, deep: bool, progress: Progress = unseen) -> None:
        """Read the whole table, and with *deep* the documents of every lead; *progress* is told of
        the items that were read."""
        done = 0
        for some in batched(self._table.scan(), _CHUNK):
            done += len(some)
            progress("items of the table", done, 0)
            leads = [lead for item in some if (lead := self._note(item)) is not None]
            if deep:
                self._read_documents(leads)

    def _note(self, item: Item) -> LeadItem | None:
        pk, sk = item["pk"], item["sk"]
        if sk == LEAD:
            lead = lead_of(item)
            standing = standing_of(lead, self._missed_since)
            self._standings[lead.lead_id] = self._shared.setdefault(standing, standing)
            if lead.fate == Fate.FOLDED and lead.joined:
                self._heads[lead.lead_id] = lead.joined
            self._mention(*lead.related)
            return lead
        if holds_a_task(item):
            further = further_of(item)
            if further.step is Step.NOTIFY:
                dead = bool(further.task.dead_at)
                self._alerts.setdefault(further.lead_id, {})[further.channel] = dead
            self._mention(further.lead_id)
        elif sk == HANDLING:
            self._mention(item["lead_id"])
            self._queues.note(item)
        elif sk.startswith(AGAIN):
            self._mention(pk[2:], sk.partition("#")[2])
        elif pk.startswith(("R#", "M#")):
            self._mention(item["lead_id"])
        elif pk.startswith("W#"):
            self._queues.note(item)
        return None

    def _mention(self, *lead_ids: str) -> None:
        """Note ids of leads that must exist; most of them are in the archive's list already."""
        self._mentioned.update(i for i in lead_ids if i not in self._archive.raw)

    def _read_documents(self, leads: Sequence[LeadItem]) -> None:
        """Read the documents that the archive should have of these leads, in the valid version."""
        refined = [lead for lead in leads if lead.summary is not None]
        found = self._archive.bucket.get_all(
            [(document_key("raw", lead), "") for lead in leads]
            + [refined_that_counts(lead) for lead in refined]
        )
        for lead, document in zip(leads, found[: len(leads)], strict=True):
            self._judge(self._archive.raw, lead, document, damage_of_raw)
        for lead, document in zip(refined, found[len(leads) :], strict=True):
            self._judge(self._archive.refined, lead, document, damage_of_refined)

    def _judge(
        self,
        there: dict[str, str],
        lead: LeadItem,
        document: bytes | None,
        damage_of: Callable[[str, bytes], str],
    ) -> None:
        if document is None:
            there.pop(lead.lead_id, None)
            return
        there.setdefault(lead.lead_id, _day(lead))
        if damage := damage_of(lead.lead_id, document):
            self._damaged[lead.lead_id] = damage

    def look_again(self, pool: ThreadPoolExecutor, now: datetime) -> None:
        """Check each lead that seems lost once more, by itself."""
        suspects = [i for i in self._known() if self._category(i).startswith("!")]
        for lead_id, seen in zip(
            suspects, pool.map(lambda i: self._look(i, now), suspects), strict=True
        ):
            for by_id in (self._standings, self._alerts, self._archive.raw, self._archive.refined):
                by_id.pop(lead_id, None)
            for item in (*seen.items, *([seen.head] if seen.head else [])):
                self._note(item)
            if seen.has_raw and not seen.is_young:
                self._archive.raw[lead_id] = ""
            if seen.has_refined:
                self._archive.refined[lead_id] = ""

    def _look(self, lead_id: str, now: datetime) -> _Seen:
        get = self._archive.bucket.get
        items = list(self._table.query("pk = :pk", {":pk": f"L#{lead_id}"}))
        lead = next((lead_of(item) for item in items if item["sk"] == LEAD), None)
        if lead is None:
            raw = refined = None
            if day := self._archive.raw.get(lead_id):
                raw = get(f"raw/{day}/{lead_id}.json")
            if day := self._archive.refined.get(lead_id):
                refined = get(f"refined/{day}/{lead_id}.json")
            return _Seen(items, raw is not None, refined is not None, None, is_young(raw, now))
        has_raw = get(document_key("raw", lead)) is not None
        # A valid version that is not the newest is kept only as long as deleted objects.
        versions = (refined_that_counts(lead), (document_key("refined", lead), ""))
        has_refined = all(get(*version) is not None for version in versions)
        head = self._table.get(lead_key(lead.joined)) if lead.joined else None
        return _Seen(items, has_raw, has_refined, head, False)

    def _known(self) -> Iterator[str]:
        """The ids of all leads of which anything was found, each once."""
        yield from self._standings
        others = (self._alerts, self._archive.raw, self._archive.refined, self._mentioned)
        yield from {i for some in others for i in some if i not in self._standings}

    def _category(self, lead_id: str) -> str:
        """The place of a lead in the account; "!" and the problem if it has none."""
        standing = self._standings.get(lead_id)
        has_raw, has_refined = lead_id in self._archive.raw, lead_id in self._archive.refined
        alerts = self._alerts.get(lead_id, {})
        if standing is None:
            if alerts:
                return "!a task without its lead"
            if has_raw:
                return "!raw words without their lead"
            if has_refined:
                return "!a refined lead without its capture"
            return "!other leads or keys speak of it, but nothing of it is there"
        if not has_raw and not standing.is_expired:
            return "!its raw words are missing"
        if standing.fate == Fate.FOLDED and self._heads.get(lead_id) not in self._standings:
            return "!the lead that it was folded into is missing"
        if standing.fate != Fate.CAPTURED:
            return standing.fate
        if standing.refined and not has_refined:
            return "!its refined document is missing"
        return category_of(standing, alerts)

    def account(self) -> Account:
        """The account by what was found."""
        counts: Counter[str] = Counter()
        lost: dict[str, str] = self._damaged | dict(self._queues.faults())
        for lead_id in self._known():
            place = self._category(lead_id)
            if place.startswith("!"):
                lost[lead_id] = place[1:]
            else:
                counts[place] += 1
        standings = self._standings.values()
        return Account(
            accepted=len(standings),
            waiting=counts["waiting"],
            alerted=counts["alerted"],
            alerting=counts["alerting"],
            alert_dead=counts["alert_dead"],
            untold=counts["untold"],
            quarantined=counts["quarantined"],
            filtered=counts["filtered"],
            folded=counts["folded"],
            dead=counts["dead"],
            redelivered=sum(one.redelivered for one in standings),
            duplicates=sum(one.duplicate for one in standings),
            unaccounted=tuple(Unaccounted(*one) for one in sorted(lost.items())),
            retired=counts["retired"],
        )


def _by_id(days: Iterable[Sequence[str]]) -> dict[str, str]:
    """The day (YYYY/MM/DD) of each document's key, by the id of its lead."""
    found: dict[str, str] = {}
    for keys in days:
        day = "/".join(keys[0].split("/")[1:4]) if keys else ""
        found.update((key.rpartition("/")[2].removesuffix(".json"), day) for key in keys)
    return found


def _day(lead: LeadItem) -> str:
    return lead.captured_at[:10].replace("-", "/")
