"""The embedded store as one object."""

from datetime import timedelta
from pathlib import Path

from leadline.model.rights import PRIVATE, Rights
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.store import TellApart, by_record
from leadline.stores.sqlite.capture.arrivals import SqliteArrivals
from leadline.stores.sqlite.capture.inbox import SqliteInbox
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import refuse_if_gone
from leadline.stores.sqlite.leads import SqliteLeads
from leadline.stores.sqlite.persons.candidates import CandidateIndex
from leadline.stores.sqlite.persons.duplicates import SqliteDuplicates
from leadline.stores.sqlite.privacy.erasing import SqliteErasing
from leadline.stores.sqlite.privacy.erasures import SqliteErasures
from leadline.stores.sqlite.privacy.found_texts import SqliteTexts
from leadline.stores.sqlite.privacy.retention import SqliteRetention
from leadline.stores.sqlite.privacy.suppressions import SqliteSuppressions
from leadline.stores.sqlite.work.assigning import SqliteAssigning
from leadline.stores.sqlite.work.first_look import SqliteFirstLooks
from leadline.stores.sqlite.work.handling import SqliteHandlings
from leadline.stores.sqlite.work.pacing import SqlitePacing
from leadline.stores.sqlite.work.queue import SqliteQueue
from leadline.stores.sqlite.work.trial_waits import SqliteTrialWaits
from leadline.stores.sqlite.work.troubles import SqliteTroubles


class SqliteStore(
    SqliteInbox, SqliteQueue, SqliteLeads, SqlitePacing, SqliteHandlings, SqliteErasing,
    SqliteTroubles, SqliteArrivals, SqliteDuplicates, SqliteAssigning,
    SqliteErasures, SqliteTexts, SqliteRetention, SqliteSuppressions, SqliteFirstLooks,
    SqliteTrialWaits,
):  # fmt: skip
    """`ports.store.Store` in one SQLite file below *folder*,
    `ports.store_parts.troubles.TroubleBook`, `ports.reading.arrivals.ArrivalBook` and
    `ports.personal_data.erasures.Erasures`.

    Any number of stores, in any number of processes of one machine, may share a folder. Missing
    files are made with these *rights*, unless the store *makes* none. On a slow disk, stores that
    are *first* have priority.
    Raises ConfigurationError if the folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock = wall_clock,
        redelivery_window: timedelta = timedelta(days=7),
        read_only: bool = False,
        checkpoint_pages: int = 4000,
        rights: Rights = PRIVATE,
        apart: TellApart = by_record,
        first: bool = False,
        makes: bool = True,
    ) -> None:
        if not makes:
            refuse_if_gone(folder)
        self.db = Database(
            folder,
            read_only=read_only,
            checkpoint_pages=checkpoint_pages,
            rights=rights,
            first=first,
        )
        self.rights = rights
        self.keys = KeyIndex()
        self.candidate_index = CandidateIndex()
        self.clock = clock
        self.redelivery_window = redelivery_window
        self.apart = apart
        if self.db.was_mended:
            self.report_mended()

    @property
    def encrypts(self) -> bool:
        """Whether personal data in the file is encrypted: what else is written of it must not hold
        people's words in the clear."""
        return self.db.connection.sealer is not None

    def close(self) -> None:
        """Close the file."""
        self.db.close()
