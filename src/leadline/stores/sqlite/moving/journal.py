"""The journal of a move, in the data folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import apsw

from leadline.model.rights import PRIVATE, Rights, make_file
from leadline.ports.homes import Home, MoveNote
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.folder import MOVED
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, text_of

_sql = Queries(__name__)


class MoveJournal:
    """`ports.homes.Journal` in a file of the folder; one file for each table on AWS."""

    def __init__(self, folder: Path, table: str, rights: Rights = PRIVATE) -> None:
        path = folder / f"{MOVED}-{table}.db"
        make_file(path, rights)
        self._db = apsw.Connection(str(path))
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(_sql.create_notes)

    def notes(self, ids: Sequence[str]) -> Mapping[str, MoveNote]:
        """See `ports.homes.Journal.notes`."""
        rows = bulk.select(self._db, _sql.notes, [bytes_of(i) for i in ids])
        return {
            text_of(lead): MoveNote(agreed, copying, Home(towards) if towards else None)
            for lead, agreed, copying, towards in rows
        }

    def begin(self, digests: Mapping[str, bytes], towards: Home) -> None:
        """See `ports.homes.Journal.begin`."""
        rows = [(bytes_of(i), None, digest, str(towards)) for i, digest in digests.items()]
        with self._db:
            bulk.insert(self._db, _sql.begin, rows)

    def agree(self, digests: Mapping[str, bytes]) -> None:
        """See `ports.homes.Journal.agree`."""
        rows = [(bytes_of(i), digest, None, None) for i, digest in digests.items()]
        with self._db:
            bulk.insert(self._db, _sql.agree, rows)

    def close(self) -> None:
        """Close the file."""
        self._db.close()
