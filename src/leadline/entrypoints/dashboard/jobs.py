"""Work that goes on after its form was answered: who began it, how far it is, and its end."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from leadline.model.errors import LeadlineError

log = logging.getLogger(__name__)

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


class Jobs:
    """The jobs of this process, which end with it: what they have not done is left as it is."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._closed = False

    def get(self, job_id: str) -> Job | None:
        """A job; None if it is not known, or not any more."""
        return self._jobs.get(job_id)

    def all(self) -> list[Job]:
        """All jobs that are remembered, the oldest first."""
        return list(self._jobs.values())

    def begin(self, job: Job, work: Callable[[], Iterator[tuple[int, int]]]) -> Job:
        """Begin a job. *work* yields how many more leads are done, and of how many of these it came
        to something; it is left when somebody stops the job."""
        self._forget()
        self._jobs[job.id] = job
        name = f"job {job.id[:8]}"
        threading.Thread(target=self._run, args=(job, work), name=name, daemon=True).start()
        return job

    def stop(self, job_id: str) -> None:
        """Let a job do no more than it is doing."""
        if (job := self._jobs.get(job_id)) is not None and job.ended_at is None:
            job.is_stopped = True

    def close(self) -> None:
        """Stop all jobs."""
        self._closed = True

    def _run(self, job: Job, work: Callable[[], Iterator[tuple[int, int]]]) -> None:
        try:
            for done, again in work():
                job.done += done
                job.again += again
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

    def _forget(self) -> None:
        """Forget the oldest jobs that have ended."""
        ended = [one.id for one in self._jobs.values() if one.ended_at is not None]
        for job_id in ended[: max(0, len(self._jobs) - MOST + 1)]:
            del self._jobs[job_id]
