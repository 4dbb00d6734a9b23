"""The protocol by which jobs of the dashboard outlive its process."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class KeptJob(msgspec.Struct, frozen=True):
    """A job as it is kept: `process` is the id of the process that does it, 0 when it has ended;
    `body` what it is, and `had` what each of its leads had before, both in JSON."""

    id: str
    at: datetime
    process: int
    body: str
    had: Sequence[str] = ()


class KeptJobs(Protocol):
    """Keeps jobs. All methods raise StorageFull or StorageFailed, and return when what they change
    is on the disk."""

    def keep(self, job: KeptJob, after: int = 0) -> None:
        """Keep a job over an earlier state of it; of what its leads had, the first *after* stay as
        they are kept, and `had` are those that follow them."""

    def drop_first(self, job_id: str, number: int) -> None:
        """Forget what the first leads of a job had, because they have it again."""

    def all(self) -> Sequence[KeptJob]:
        """All jobs that are kept, the oldest first."""

    def forget(self, before: datetime, most: int) -> None:
        """Forget jobs that began before a time, and all but the newest *most*; not those that a
        process does."""
