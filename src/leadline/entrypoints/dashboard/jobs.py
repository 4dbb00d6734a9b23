"""Work that goes on after its form was answered: who began it, how far it is, and its end."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from leadline.model.errors import LeadlineError

log = logging.getLogger(__name__)


def _keep_nothing(job: "Job") -> None:
    """The keeping of a job that ends with its process."""


MOST = 20
"""How many jobs are remembered."""


class Job(msgspec.Struct):
    """A job on `total` leads: how many of them are `done`, and of how many it came to something
    (`again`). `ended_at` is None while it goes on. `error` says why it broke off."""

    id: str
    by: str
    what: str
    total: int
    began_at: datetime
    done: int = 0
    again: int = 0
    is_stopped: bool = False
    ended_at: datetime | None = None
    error: str = ""


class JobKeeper:
    """Keeps jobs longer than their process lives; this one keeps none."""

    def load(self, now: datetime) -> list[Job]:
        """The jobs that are kept, the oldest first. Those that did not end, because their process
        did, have ended *now*, and say so."""
        del now
        return []

    def keep(self, job: Job) -> None:
        """Keep a job as it is."""

    def given_back(self, job_id: str, number: int) -> None:
        """Note that the first leads of a job have again what they had."""


class Jobs:
    """The jobs of this process, which end with it: what they have not done is left as it is; and
    those of earlier ones that are kept."""

    def __init__(self, clock: Callable[[], datetime], keeper: JobKeeper | None = None) -> None:
        self._clock = clock
        self.keeper = keeper or JobKeeper()
        self._jobs: dict[str, Job] = {one.id: one for one in self.keeper.load(clock())}
        self._closed = False

    def get(self, job_id: str) -> Job | None:
        """A job; None if it is not known, or not any more."""
        return self._jobs.get(job_id)

    def all(self) -> list[Job]:
        """All jobs that are remembered, the oldest first."""
        return list(self._jobs.values())

    def begin(
        self, job: Job, work: Callable[[], Iterator[tuple[int, int]]], *, is_kept: bool = True
    ) -> Job:
        """Begin a job. *work* yields how many more leads are done, and of how many of these it came
        to something; it is left when somebody stops the job. One that *is_kept* outlives the
        process."""
        self._forget()
        self._jobs[job.id] = job
        keep = self.keeper.keep if is_kept else _keep_nothing
        keep(job)
        name = f"job {job.id[:8]}"
        threading.Thread(target=self._run, args=(job, work, keep), name=name, daemon=True).start()
        return job

    def stop(self, job_id: str) -> None:
        """Let a job do no more than it is doing."""
        if (job := self._jobs.get(job_id)) is not None and job.ended_at is None:
            job.is_stopped = True

    def close(self) -> None:
        """Stop all jobs."""
        self._closed = True

    def _run(
        self,
        job: Job,
        work: Callable[[], Iterator[tuple[int, int]]],
        keep: Callable[[Job], None],
    ) -> None:
        try:
            for done, again in work():
                job.done += done
                job.again += again
                keep(job)
                if self._closed and job.done < job.total:
                    job.error = "The dashboard was stopped before it was done."
                if job.is_stopped or self._closed:
                    break
            else:
                job.is_stopped = False
        except LeadlineError as error:
            job.error = error.detail or error.title
        except Exception as error:
            job.error = "The log of the dashboard says why."
            log.error("dashboard.failed", exc_info=error, extra={"path": "job"})
        finally:
            job.ended_at = self._clock()
            keep(job)

    def _forget(self) -> None:
        """Forget the oldest jobs that have ended."""
        ended = [one.id for one in self._jobs.values() if one.ended_at is not None]
        for job_id in ended[: max(0, len(self._jobs) - MOST + 1)]:
            del self._jobs[job_id]
