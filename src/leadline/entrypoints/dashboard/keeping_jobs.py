"""Keeps jobs in the file of accounts, so that they are known, and can be undone, after the
dashboard was started again. Nothing is kept of what was searched, or of the people of leads."""

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from leadline.entrypoints.dashboard.bulk.doing import Before
from leadline.entrypoints.dashboard.bulk.handled import HandlingBefore
from leadline.entrypoints.dashboard.bulk.plans import BulkJob
from leadline.entrypoints.dashboard.jobs import MOST, Job, JobKeeper
from leadline.model.errors import LeadlineError
from leadline.ports.dashboard.kept_jobs import KeptJob, KeptJobs

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=7)
CUT = "The dashboard ended before it was done."
_had = msgspec.json.Decoder(Before)


class _Kept(msgspec.Struct):
    """The body of a kept job; `started` tells its process from a later one of the same id."""

    started: str
    job: Job | None = None
    bulk: BulkJob | None = None


_body = msgspec.json.Decoder(_Kept)


class KeepingJobs(JobKeeper):
    """`jobs.JobKeeper` in the file of accounts. A job goes on if it can't be kept."""

    def __init__(self, book: KeptJobs) -> None:
        self._book = book
        self._had: dict[str, int] = {}

    def load(self, now: datetime) -> list[Job]:
        """The jobs that are kept, the oldest first, but for those that another process does."""
        try:
            self._book.forget(now - KEPT_FOR, MOST)
            kept = self._book.all()
        except LeadlineError as error:
            log.error("job.not_kept", extra={"error": error.detail})
            return []
        return [job for one in kept if (job := self._loaded(one, now)) is not None]

    def keep(self, job: Job) -> None:
        """See `JobKeeper.keep`."""
        had = job.had if isinstance(job, BulkJob) else []
        there = self._had.get(job.id, 0)
        after = there if len(had) >= there else 0
        new = [_encoded(one) for one in had[after:]]
        process = os.getpid() if job.ended_at is None else 0
        body = msgspec.json.encode(_without_words(job)).decode()
        try:
            self._book.keep(KeptJob(job.id, job.began_at, process, body, new), after)
            self._had[job.id] = len(had)
            if job.ended_at is not None:
                self._book.forget(job.ended_at - KEPT_FOR, MOST)
        except LeadlineError as error:
            log.error("job.not_kept", extra={"error": error.detail})

    def given_back(self, job_id: str, number: int) -> None:
        """See `JobKeeper.given_back`."""
        try:
            self._book.drop_first(job_id, number)
        except LeadlineError as error:
            log.error("job.not_kept", extra={"error": error.detail})

    def _loaded(self, one: KeptJob, now: datetime) -> Job | None:
        try:
            body = _body.decode(one.body)
            had = [_had.decode(text) for text in one.had]
        except msgspec.MsgspecError:  # a newer version wrote it
            return None
        job = body.bulk or body.job
        if job is None or (one.process and _is_alive(one.process, body.started)):
            return None
        if isinstance(job, BulkJob):
            job.had = had
        self._had[job.id] = len(had)
        if job.ended_at is None:
            job.ended_at, job.error = now, CUT
        return job


def _without_words(job: Job) -> _Kept:
    """A job as it is kept: without the filters by which its leads were found, which may be what
    somebody searched for."""
    started = _started(os.getpid())
    if not isinstance(job, BulkJob):
        return _Kept(started, job=job)
    bare = msgspec.structs.replace(job, had=[], back="/leads", next_query=None, next_before="")
    return _Kept(started, bulk=bare)


def _encoded(one: Before) -> str:
    """What a lead had before, without what it says of the person."""
    if isinstance(one, HandlingBefore):
        before = msgspec.structs.replace(one.before, written={}, borrowed={}, reply_url="")
        one = msgspec.structs.replace(one, before=before)
    return msgspec.json.encode(one).decode()


def _is_alive(process: int, started: str) -> bool:
    """Whether a process other than this one is still there."""
    return process != os.getpid() and bool(started) and _started(process) == started


def _started(process: int) -> str:
    """When a process started, in ticks since the machine did (proc(5), "stat"); "" if it is not
    there, or where the system does not say."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
