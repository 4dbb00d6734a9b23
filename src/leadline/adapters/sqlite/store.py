"""The embedded store as one object."""

from datetime import timedelta
from pathlib import Path

from leadline.adapters.clock import wall_clock
from leadline.adapters.sqlite.channels import SqliteChannels
from leadline.adapters.sqlite.database import Database
from leadline.adapters.sqlite.desk import SqliteDesk
from leadline.adapters.sqlite.inbox import SqliteInbox
from leadline.adapters.sqlite.keys import KeyIndex
from leadline.adapters.sqlite.leads import SqliteLeads
from leadline.adapters.sqlite.queue import SqliteQueue
from leadline.ports import Clock
from leadline.rights import PRIVATE, Rights


class SqliteStore(SqliteInbox, SqliteQueue, SqliteLeads, SqliteChannels, SqliteDesk):
    """`ports.Store` in one SQLite file below *folder*.

    Any number of stores, in any number of processes of one machine, may share a folder. What is
    missing is made with these *rights*.
    Raises ConfigurationError when the folder can't be used.
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
    ) -> None:
        self.db = Database(
            folder, read_only=read_only, checkpoint_pages=checkpoint_pages, rights=rights
        )
        self.keys = KeyIndex()
        self.clock = clock
        self.redelivery_window = redelivery_window

    def close(self) -> None:
        """Close the file."""
        self.db.close()
