"""`ports.dashboard.kept_jobs.KeptJobs` in the file of accounts."""

from collections.abc import Sequence
from datetime import datetime

from leadline.ports.dashboard.kept_jobs import KeptJob
from leadline.stores.accounts.file import AccountsFile
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)


class SqliteJobs:
    """See `ports.dashboard.kept_jobs.KeptJobs`; raises what `AccountsFile` raises."""

    def __init__(self, file: AccountsFile) -> None:
        self._file = file

    def keep(self, job: KeptJob, after: int = 0) -> None:
        """See `KeptJobs.keep`."""
        with self._file.writing() as connection:
            connection.execute(_sql.keep, (job.id, micros(job.at), job.process, job.body))
            connection.execute(_sql.forget_rest, (job.id, after))
            connection.executemany(_sql.keep_had, ((job.id, one) for one in job.had))

    def drop_first(self, job_id: str, number: int) -> None:
        """See `KeptJobs.drop_first`."""
        self._file.change(_sql.drop_first, job_id, number)

    def all(self) -> Sequence[KeptJob]:
        """See `KeptJobs.all`."""
        return [
            KeptJob(
                job_id,
                moment(at),
                process,
                body,
                [had for (had,) in self._file.rows(_sql.had, job_id)],
            )
            for job_id, at, process, body in self._file.rows(_sql.jobs)
        ]

    def forget(self, before: datetime, most: int) -> None:
        """See `KeptJobs.forget`."""
        with self._file.writing() as connection:
            old = connection.execute(_sql.old, (micros(before), most)).fetchall()
            for (job_id,) in old:
                connection.execute(_sql.forget_had, (job_id,))
                connection.execute(_sql.forget, (job_id,))
