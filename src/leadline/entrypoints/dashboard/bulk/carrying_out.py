"""Carries out bulk actions: slice by slice, each lead noted in the audit log before it is done."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from starlette.requests import Request

from leadline.entrypoints.dashboard.actions.retrying import jobs_of
from leadline.entrypoints.dashboard.bulk.doing import BulkDone, do_all, undo_all
from leadline.entrypoints.dashboard.bulk.looking import LeadLook
from leadline.entrypoints.dashboard.bulk.plans import (
    MOST_NAMED,
    MOST_REMEMBERED,
    BulkJob,
    BulkPlan,
    oldest_of,
    parts_for,
    title_of,
)
from leadline.entrypoints.dashboard.bulk.wanted import BulkParts
from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of, note_action
from leadline.entrypoints.dashboard.guarding.roles import Who, who_asks
from leadline.entrypoints.dashboard.jobs import Jobs
from leadline.entrypoints.dashboard.showing.filters import count_of
from leadline.model.personal_data.privacy import AuditEntry
from leadline.model.task import Step, Task
from leadline.operations.repair.replay import Plan

_SHORT = 8
_undoing = threading.Lock()

Work = Callable[[BulkParts], Iterator[list[BulkDone]]]
"""Works through leads with these parts, some at a time."""


class _LeadNotes:
    """Notes in the audit log what is done with each lead, before it is, and what was not done."""

    def __init__(self, dashboard: Dashboard, who: Who, action: str, job_id: str) -> None:
        self._dashboard = dashboard
        self._who = who
        self._action = action
        self._job = f"bulk {job_id[:_SHORT]}"
        self._noted: set[str] = set()

    def before(self, lead_ids: Sequence[str]) -> None:
        """Note what is about to be done."""
        self._noted = set(lead_ids)
        self._append([(one, self._job) for one in lead_ids])

    def after(self, done: Sequence[BulkDone]) -> None:
        """Note with which of these leads it was not done."""
        missed = [one for one in done if one.why_not and one.lead_id in self._noted]
        self._append([(one.lead_id, f"{self._job}, not done") for one in missed])
        self._noted = set()

    def _append(self, notes: Sequence[tuple[str, str]]) -> None:
        at, who = self._dashboard.clock(), self._who
        entries = [
            AuditEntry(at=at, actor=who.actor, action=self._action, subject=lead_id, detail=detail)
            for lead_id, detail in notes
        ]
        if entries:
            self._dashboard.installation.audit().append(entries)


def begin_bulk(
    request: Request, plan: BulkPlan, looks: Sequence[LeadLook], surface: str = "dashboard"
) -> BulkJob:
    """Begin to carry out a plan with these of its leads. *surface* is the beginning of the codes in
    the audit log. Call it in a thread."""
    dashboard, who, wanted = dashboard_of(request), who_asks(request), plan.wanted
    detail = f"{wanted.action} {count_of(len(looks), 'lead')}, {plan.which.words}"
    note_action(dashboard, who, f"{surface}.bulk", plan.id[:_SHORT], detail)
    job = BulkJob(
        id=plan.id,
        by=who.name,
        what=f"{title_of(wanted)}: {count_of(len(looks), 'lead')}",
        total=len(looks),
        began_at=dashboard.clock(),
        wanted=wanted,
        back=plan.which.back,
    )
    if plan.is_more:
        job.next_query, job.next_before = plan.which.query, oldest_of(plan)
    notes = _LeadNotes(dashboard, who, f"{surface}.{wanted.action}", plan.id)
    tidy = _tidying(dashboard)
    _begin(
        request, job, notes, surface,
        lambda parts: do_all(parts, wanted, looks, notes.before, tidy),
    )  # fmt: skip
    return job


def begin_undo(request: Request, done: BulkJob, job_id: str) -> None:
    """Begin to undo a bulk action, unless that was begun or can't be. Call it in a thread."""
    dashboard, who = dashboard_of(request), who_asks(request)
    with _undoing:
        if not done.can_be_undone:
            return
        had, short = done.had, done.id[:_SHORT]
        detail = f"undo {done.wanted.action} {count_of(len(had), 'lead')} of {short}"
        note_action(dashboard, who, "dashboard.bulk", job_id[:_SHORT], detail)
        done.had, done.undone_by = [], job_id
    job = BulkJob(
        id=job_id,
        by=who.name,
        what=f"Undo: {done.what}",
        total=len(had),
        began_at=dashboard.clock(),
        wanted=done.wanted,
        back=done.back,
        is_undo=True,
    )
    notes = _LeadNotes(dashboard, who, f"dashboard.undo_{done.wanted.action}", job_id)

    keeper = jobs_of(request).keeper

    def leave_the_rest() -> None:
        if job.done < len(had):  # it was stopped, or broke off
            done.had, done.undone_by = had[job.done :], ""
        keeper.keep(done)

    def work(parts: BulkParts) -> Iterator[list[BulkDone]]:
        for some in undo_all(parts, had, notes.before):
            keeper.given_back(done.id, len(some))
            yield some

    _begin(request, job, notes, "dashboard", work, leave_the_rest)


def _begin(
    request: Request, job: BulkJob, notes: _LeadNotes, surface: str, work: Work,
    at_the_end: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    jobs = jobs_of(request)
    _forget_what_was(jobs, job.total)
    dashboard, who = dashboard_of(request), who_asks(request)

    def worked() -> Iterator[tuple[int, int]]:
        installation = dashboard.installation
        try:
            with closing(installation.store()) as store, closing(installation.ledger()) as ledger:
                for done in work(parts_for(request, store, ledger)):
                    notes.after(done)
                    _keep(job, done)
                    yield len(done), sum(not one.why_not for one in done)
        finally:
            at_the_end()
            skipped = sum(job.skipped.values())
            detail = f"{job.again} of {count_of(job.total, 'lead')} done, {skipped} skipped"
            note_action(dashboard, who, f"{surface}.bulk_ended", job.id[:_SHORT], detail)

    jobs.begin(job, worked)


def _keep(job: BulkJob, done: Sequence[BulkDone]) -> None:
    """Remember what became of leads: reasons, names, and what they had."""
    for one in done:
        if one.why_not:
            job.skipped[one.why_not] = job.skipped.get(one.why_not, 0) + 1
            if len(job.named) < MOST_NAMED:
                job.named.append((one.lead_id, one.why_not))
        elif one.had is not None:
            job.had.append(one.had)


def _tidying(dashboard: Dashboard) -> Callable[[Plan], None]:
    """On AWS, removes messages of what is replayed from the dead-letter queues."""

    def tidy(todo: Plan) -> None:
        if (queues := dashboard.installation.dead_letters()) is not None:
            tasks = [*todo.tasks, *(Task(Step.REFINE, lead_id) for lead_id in todo.readmit)]
            queues.tidy(tasks, dashboard.clock())

    return tidy


def _forget_what_was(jobs: Jobs, more: int) -> None:
    """Forget what leads of older jobs had, if it is too much to be remembered."""
    room = MOST_REMEMBERED - more
    for one in reversed(jobs.all()):
        if isinstance(one, BulkJob):
            room -= len(one.had)
            if room < 0 and one.had:
                one.had = []
                jobs.keeper.keep(one)
