"""Capture of leads that the CRM has and we do not, because their webhooks never came.

A found record is captured like a webhook's event, with its own idempotency key: a second search
captures nothing twice, and a webhook that comes late is an update of the found lead.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from leadline.journey.receiving.capture import CaptureKit, capture_found
from leadline.kit import Kit
from leadline.model.keys import record_key
from leadline.model.lead import Fate
from leadline.ports.crm import Crm, Found, Page, crm_in_words
from leadline.ports.messenger import Busy
from leadline.ports.store import Inbox, Leads

FRESH = timedelta(days=1)
"""How old a record must be to be taken in as a known person."""

log = logging.getLogger(__name__)


class FoundLead(msgspec.Struct, frozen=True):
    """A record in the CRM for which we had no lead; `lead_id` is "" after a dry run."""

    record: str
    created_at: datetime
    lead_id: str = ""


class Reconciled(msgspec.Struct, frozen=True):
    """The result of a search: how many records the CRM listed, and those for which we had no lead.

    If the list is incomplete, `trouble` says why, `after` is the page to continue with, and `pause`
    how long the CRM wants to be left alone before that.
    """

    seen: int = 0
    found: tuple[FoundLead, ...] = ()
    trouble: str = ""
    after: str = ""
    pause: timedelta = timedelta()


class ReconcileStore(Inbox, Leads, Protocol):
    """The parts of a store that reconciling needs."""


def reconcile(
    front: CaptureKit,
    crm: Crm,
    store: ReconcileStore,
    source: str,
    since: datetime,
    now: datetime,
    *,
    after: str = "",
    dry_run: bool = False,
    known: bool = False,
    is_time: Callable[[], bool] = lambda: True,
) -> Reconciled:
    """Capture the records created *since* then for which *source* has no lead.

    The CRM is read page by page, beginning with page *after*, while *is_time* returns true. With
    *dry_run* nothing is captured. Records that are *known* are people whom new leads are compared
    with, and nobody is alerted to them; younger ones than `FRESH` are left out, because they are
    new leads whose webhooks may still come.
    """
    seen: set[str] = set()
    found: list[FoundLead] = []
    asked: set[str] = set()
    while after not in asked:  # a CRM that returns the same page again has no further one
        asked.add(after)
        if not is_time():
            return Reconciled(len(seen), tuple(found), "there was no time for more", after)
        page = crm.since(since, after)
        if not isinstance(page, Page):
            pause = page.after if isinstance(page, Busy) else timedelta()
            return Reconciled(len(seen), tuple(found), crm_in_words(page), after, pause)
        new = [one for one in page.found if one.record not in seen]
        seen.update(one.record for one in new)
        if known:
            new = [one for one in new if one.created_at < now - FRESH]
        found += _capture_missing(front, store, source, new, now, dry_run=dry_run, known=known)
        if not page.after:
            break
        after = page.after
    return Reconciled(len(seen), tuple(found))


def _capture_missing(
    front: CaptureKit,
    store: ReconcileStore,
    source: str,
    found: Iterable[Found],
    now: datetime,
    *,
    dry_run: bool,
    known: bool,
) -> list[FoundLead]:
    """The records without a lead, captured unless it is a dry run."""
    keys = {record_key(source, one.record): one for one in found}
    here = store.of_records(list(keys)) if keys else {}
    missing = [one for key, one in keys.items() if key not in here]
    if dry_run or not missing:
        return [FoundLead(one.record, one.created_at) for one in missing]
    leads = [capture_found(one, source, front, now, known=known) for one in missing]
    receipts = store.accept(leads)
    return [
        FoundLead(one.record, one.created_at, receipt.lead_id)
        for one, receipt in zip(missing, receipts, strict=True)
        if receipt.fate is Fate.CAPTURED  # otherwise its webhook has just come
    ]


def reconcile_in_turn(
    kit: Kit,
    front: CaptureKit,
    source: str,
    every: timedelta,
    back: timedelta,
    is_time: Callable[[], bool] = lambda: True,
) -> timedelta:
    """Search for missing leads of *source* created within *back*, once per *every* among all
    workers, while *is_time* returns true.

    Returns zero after a search, else how long to wait for the next one. A search covers at least
    twice *every*; after failed searches it goes back to before the first of them.
    """
    pacing_key = f"reconcile:{source}"
    if wait := kit.store.reserve(pacing_key, every):
        return wait
    now, health = kit.clock(), kit.store.health(pacing_key)
    since = (health.since or now) - max(back, 2 * every)
    crm = kit.crms[source].crm
    result = reconcile(front, crm, kit.store, source, since, now, is_time=is_time)
    extra = {"source": source, "count": len(result.found)}
    if result.trouble:
        log.warning("reconcile.stopped", extra={**extra, "error": result.trouble})
        kit.store.record_attempt(pacing_key, succeeded=False)
        kit.store.pause(pacing_key, now + result.pause)
        return timedelta()
    if health.failures:
        kit.store.record_attempt(pacing_key, succeeded=True)
    log.info("reconcile.done", extra=extra)
    return timedelta()
