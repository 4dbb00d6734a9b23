"""Retention: deletes what is older than its term, in small steps, once a day.

A pass goes through the terms one after the other, and through leads in the order of their ids. How
far it has come is a small document of the store, so that a pass continues after a stop wherever
it was. A pass on most days begins where leads were too young on the day before; one a week, and
the first with changed terms, looks at all leads again, because some waited or were held.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from leadline.model.ids import lowest_id
from leadline.model.personal_data.privacy import AuditEntry, DataHold
from leadline.model.personal_data.retiring import DataKind
from leadline.model.staff.assigning import Kept as Document
from leadline.model.staff.assigning import Rewrite
from leadline.ports.personal_data.audit import AuditLog
from leadline.ports.personal_data.retention import MOST, Aged, Retention
from leadline.ports.store import Among
from leadline.ports.store_parts.assigning import Assigning
from leadline.privacy.terms import Term

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
WHOLE_EVERY = timedelta(days=7)
PAUSE = timedelta(milliseconds=500)
"""The pause between two steps, in which captures and workers have the store for themselves."""
_APART = timedelta(hours=1)
"""An id may contain another time than that of its capture, for instance after a clock was set
back."""
_ALL = Among(frozenset(), others=True)
_DOCUMENT = "retention"
_LOST = timedelta(seconds=5)


class RetentionStore(Retention, Assigning, Protocol):
    """The parts of a store that retention needs."""


class Passing(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a pass has come: since when it lasts, the term that is next, and the id after which
    it goes on. `earlier` is when the pass before it began, where it begins; None: it looks at all
    leads. `deleted` are counts by kind."""

    since: datetime
    earlier: datetime | None = None
    term: int = 0
    after: str = ""
    deleted: dict[str, int] = {}


class Passes(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of passes: the one that is under way, when the last one began, when the
    last whole one did, and the terms of the last one."""

    passing: Passing | None = None
    last: datetime | None = None
    last_whole: datetime | None = None
    terms: str = ""


_decoder = msgspec.json.Decoder(Passes)


def retain_in_turn(
    store: RetentionStore,
    terms: Sequence[Term],
    now: datetime,
    audit: AuditLog | None = None,
    limit: int = MOST,
) -> timedelta:
    """Do the next step of the day's pass, if it is due; returns how long to wait before the next
    call. One step deletes of at most *limit* leads. *audit* notes each pass that has deleted
    something."""
    seen, progress = _progress(store)
    written = _in_words(terms)
    passing = progress.passing if progress.terms == written else None
    if passing is not None and passing.since > now:
        passing = None  # it began while the clock was ahead, and would delete what is not too old
    if passing is None:
        wait = _until_due(progress, written, now)
        if wait > timedelta():
            return wait
        passing = Passing(now, None if _is_whole(progress, written, now) else progress.last)
    after = _stepped(store, terms, passing, limit)
    kept = msgspec.structs.replace(progress, terms=written, passing=after)
    if after.term >= len(terms):
        kept = _ended(kept, after)
    body = msgspec.json.encode(kept)
    if not store.keep({_DOCUMENT: Rewrite(seen, body)}):
        return _LOST  # another process is faster
    if kept.passing is None:
        _note(audit, now, after.deleted, "system")
    return PAUSE


def last_pass(store: Assigning) -> datetime | None:
    """When the last pass that has ended began; None if there was none."""
    return _progress(store)[1].last


def candidates(
    store: Retention, terms: Sequence[Term], now: datetime
) -> Iterator[tuple[Term, Sequence[Aged]]]:
    """What a whole pass would delete now, by term, in pages; nothing is deleted."""
    for term in terms:
        after = ""
        while True:
            page = store.too_old(term.kind, term.cutoff(now), _among(term), after)
            yield term, page.leads
            if not page.seen:
                break
            after = page.seen


def retain_all(
    store: Retention,
    terms: Sequence[Term],
    now: datetime,
    audit: AuditLog | None = None,
    by: str = "system",
) -> list[tuple[Term, Sequence[Aged]]]:
    """Delete all that is too old now, whatever passes have done; returns what was deleted, by term,
    in pages. *by* is who does it (`AuditEntry.actor`)."""
    deleted: list[tuple[Term, Sequence[Aged]]] = []
    for term, leads in candidates(store, terms, now):
        done = set(store.retire(term.kind, term.cutoff(now), [one.lead_id for one in leads]))
        deleted.append((term, [one for one in leads if one.lead_id in done]))
    counts = Counter(str(term.kind) for term, leads in deleted for _ in leads)
    _note(audit, now, counts, by)
    return deleted


def counted(pages: Iterable[tuple[Term, Sequence[Aged]]]) -> dict[tuple[DataKind, str], int]:
    """Numbers of leads by kind and source."""
    counts = Counter((term.kind, one.source) for term, leads in pages for one in leads)
    return dict(sorted(counts.items()))


def oldest_kept(store: Retention, now: datetime) -> dict[DataKind, datetime]:
    """When the oldest lead was captured of which something of each kind is left, without those of
    which nothing may be deleted."""
    found: dict[DataKind, datetime] = {}
    for kind in DataKind:
        page = store.too_old(kind, now, _ALL, limit=1)
        while not page.leads and page.seen:
            page = store.too_old(kind, now, _ALL, page.seen, 1)
        if page.leads:
            found[kind] = page.leads[0].captured_at
    return found


def _stepped(store: Retention, terms: Sequence[Term], passing: Passing, limit: int) -> Passing:
    """The pass after one step: a page of leads of one term."""
    term = terms[passing.term]
    before = term.cutoff(passing.since)
    after = passing.after or _start(term, passing)
    page = store.too_old(term.kind, before, _among(term), after, limit)
    done = store.retire(term.kind, before, [one.lead_id for one in page.leads])
    if done:
        log.info("retention.deleted", extra={"kind": str(term.kind), "count": len(done)})
    count = passing.deleted.get(term.kind, 0) + len(done)
    deleted = {**passing.deleted, term.kind: count} if count else passing.deleted
    last = not page.seen
    return msgspec.structs.replace(
        passing,
        term=passing.term + last,
        after="" if last else page.seen,
        deleted=deleted,
    )


def _start(term: Term, passing: Passing) -> str:
    """The id after which a pass begins with a term."""
    if passing.earlier is None or term.kind is DataKind.DEAD:
        return ""
    return lowest_id(term.cutoff(passing.earlier) - _APART)


def _until_due(progress: Passes, terms: str, now: datetime) -> timedelta:
    """How long until the next pass begins; with other terms than those of the last one, it begins
    at once."""
    if progress.last is None or progress.terms != terms or progress.last > now:
        return timedelta()
    return max(progress.last + EVERY - now, timedelta())


def _is_whole(progress: Passes, terms: str, now: datetime) -> bool:
    last = progress.last_whole
    return last is None or progress.terms != terms or not last <= now < last + WHOLE_EVERY


def _ended(progress: Passes, passing: Passing) -> Passes:
    whole = passing.since if passing.earlier is None else progress.last_whole
    return msgspec.structs.replace(progress, passing=None, last=passing.since, last_whole=whole)


def _progress(store: Assigning) -> tuple[Document, Passes]:
    seen = store.kept([_DOCUMENT])[_DOCUMENT]
    return seen, _decoder.decode(seen.body) if seen.body else Passes()


def _in_words(terms: Sequence[Term]) -> str:
    """The terms as a text, by which changed ones are noticed."""
    return "; ".join(
        f"{term.kind} {term.age} {'all but ' * term.others}{' '.join(sorted(term.sources))}"
        for term in terms
    )


def _among(term: Term) -> Among:
    return Among(term.sources, term.others)


def _note(audit: AuditLog | None, at: datetime, deleted: Mapping[str, int], actor: str) -> None:
    """Note in the audit log how much was deleted, if anything was."""
    detail = " ".join(f"{kind}={count}" for kind, count in sorted(deleted.items()) if count)
    if audit is not None and detail:
        audit.append([AuditEntry(at=at, actor=actor, action="retention.deleted", detail=detail)])


def hold_data(store: Retention, audit: AuditLog | None, hold: DataHold) -> bool:
    """Put a lead under a legal hold; False if there is no such lead. The audit log has no reason,
    which may name people."""
    if not store.hold_data(hold):
        return False
    _note_hold(audit, hold.since, hold.by, "data.held", hold.lead_id)
    return True


def release_data(
    store: Retention, audit: AuditLog | None, lead_id: str, at: datetime, by: str
) -> bool:
    """End the legal hold on a lead; False if it is under none."""
    if not store.release_data(lead_id):
        return False
    _note_hold(audit, at, by, "data.released", lead_id)
    return True


def _note_hold(audit: AuditLog | None, at: datetime, by: str, action: str, lead_id: str) -> None:
    if audit is not None:
        audit.append([AuditEntry(at=at, actor=by, action=action, subject=lead_id)])
