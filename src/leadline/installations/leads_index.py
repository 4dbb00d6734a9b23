"""The index of the leads of a data folder, for commands.

The store is imported where it is needed: commands that need none start without SQLite.
"""

from contextlib import closing
from datetime import datetime

from leadline import wiring
from leadline.installations.data_folder import note_key_place
from leadline.ports.reading.questions import Behind
from leadline.settings.top.general import Settings


def index_anew(settings: Settings) -> int:
    """Make the index anew; returns how many events are in it. Raises ConfigurationError,
    StorageFull, StorageFailed."""
    from leadline.stores.sqlite.index.making import rebuild_index

    with closing(wiring.store(settings)) as store:
        return rebuild_index(store)


def index_differences(settings: Settings) -> list[str]:
    """How the index differs from the data file, in words. Raises ConfigurationError if there is no
    data."""
    from leadline.stores.sqlite.file.database import Database
    from leadline.stores.sqlite.index.making import index_faults

    note_key_place(settings)
    with closing(Database(settings.data, read_only=True)) as db:
        return index_faults(db)


def index_behind(settings: Settings, now: datetime) -> Behind:
    """How far the index is behind the data file. Raises ConfigurationError if there is no data."""
    from leadline.stores.sqlite.index.asking import SqliteQuestions

    note_key_place(settings)
    with closing(SqliteQuestions(settings.data)) as questions:
        return questions.behind(now)
