"""Tombstones of people who were erased: in a table, and in a file beside the data file.

A restore replaces the data file and leaves `erasures.jsonl`, so that a tombstone made after the
backup is applied to what came back with it.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.model.personal_data.privacy import Tombstone
from leadline.model.rights import PRIVATE, make_folder, open_file, sync_folder
from leadline.stores.erasure_file import ERASURES
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment

_sql = Queries(__name__)
_decoder = msgspec.json.Decoder(Tombstone)


class SqliteErasures:
    """`ports.personal_data.erasures.Erasures` on SQLite and the file."""

    db: Database

    def bury(self, tombstone: Tombstone) -> bool:
        """See `ports.personal_data.erasures.Erasures.bury`."""
        hashes = tuple(sorted(tombstone.hashes))
        tombstone = msgspec.structs.replace(tombstone, hashes=hashes)
        known = {one.hashes: one for one in self.tombstones()}.get(hashes)
        if known is None or known.at < tombstone.at:
            append(self.db.folder, [tombstone])
        with self.db.writing() as db:
            bulk.insert(db, _sql.keep, [_row(tombstone, applied=False)])
        return known is None

    def tombstones(self) -> Sequence[Tombstone]:
        """See `ports.personal_data.erasures.Erasures.tombstones`."""
        table = [one for one, _ in self._table()]
        return united([*table, *read_erasures(self.db.folder / ERASURES)])

    def pending(self) -> Sequence[Tombstone]:
        """See `ports.personal_data.erasures.Erasures.pending`."""
        done = {one.hashes: one.at for one, applied in self._table() if applied}
        return [
            one for one in self.tombstones()
            if one.hashes not in done or done[one.hashes] < one.at
        ]  # fmt: skip

    def applied(self, tombstones: Sequence[Tombstone]) -> None:
        """See `ports.personal_data.erasures.Erasures.applied`."""
        lacking = _lacking(self.db.folder, tombstones)
        if lacking:
            append(self.db.folder, lacking)
        with self.db.writing() as db:
            bulk.insert(db, _sql.keep, [_row(one, applied=False) for one in tombstones])
            bulk.select(db, _sql.applied, [_text(one) for one in tombstones])

    def _table(self) -> list[tuple[Tombstone, bool]]:
        return [
            (Tombstone(tuple(msgspec.json.decode(hashes)), key_id, moment(at)), bool(applied))
            for hashes, key_id, at, applied in self.db.rows(_sql.all)
        ]


def read_erasures(path: Path) -> list[Tombstone]:
    """The tombstones in a file; none if it does not exist. A last line without its end, which a
    power cut leaves, is left out. Raises ConfigurationError if another line is damaged."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}") from error
    found = []
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                found.append(_decoder.decode(line))
        except msgspec.MsgspecError:
            if number < len(lines):
                raise ConfigurationError(
                    f"line {number} of {path} is damaged; put the file back from a copy, so that "
                    "nobody who was erased comes back"
                ) from None
    return found


def add_erasures(folder: Path, path: Path) -> int:
    """Add the tombstones of another file to those of a data folder; returns how many are new.
    Raises ConfigurationError, StorageFailed."""
    if not path.is_file():
        raise ConfigurationError(f"{path} is no file of erasures")
    lacking = _lacking(folder, read_erasures(path))
    if lacking:
        append(folder, lacking)
    return len(lacking)


def append(folder: Path, tombstones: Sequence[Tombstone]) -> None:
    """Add tombstones to the file, durably. Raises StorageFailed."""
    path = folder / ERASURES
    try:
        make_folder(folder)
        file = open_file(path, os.O_RDWR | os.O_APPEND, PRIVATE)
        try:
            size = os.fstat(file).st_size
            whole = not size or os.pread(file, 1, size - 1) == b"\n"
            lines = b"".join(msgspec.json.encode(one) + b"\n" for one in tombstones)
            if not whole:
                _cut_unfinished(file, size)
            os.write(file, lines)
            os.fsync(file)
        finally:
            os.close(file)
        sync_folder(folder)
    except OSError as error:
        raise StorageFailed(f"{path} can't be written: {error.strerror}") from error


def _cut_unfinished(file: int, size: int) -> None:
    """Remove a last line that was not written to its end."""
    content = os.pread(file, size, 0)
    os.ftruncate(file, content.rfind(b"\n") + 1)


def _lacking(folder: Path, tombstones: Sequence[Tombstone]) -> list[Tombstone]:
    """Those of these that the file of the folder lacks, or has with an earlier time."""
    there: dict[tuple[str, ...], Tombstone] = {
        one.hashes: one for one in united(read_erasures(folder / ERASURES))
    }
    return [
        one for one in tombstones if one.hashes not in there or there[one.hashes].at < one.at
    ]  # fmt: skip


def united(tombstones: Sequence[Tombstone]) -> list[Tombstone]:
    """Each tombstone once, with its latest time, oldest first."""
    latest: dict[tuple[str, ...], Tombstone] = {}
    for one in tombstones:
        known = latest.get(one.hashes)
        if known is None or known.at < one.at:
            latest[one.hashes] = one
    return sorted(latest.values(), key=lambda one: one.at)


def _text(tombstone: Tombstone) -> str:
    return msgspec.json.encode(tombstone.hashes).decode()


def _row(tombstone: Tombstone, *, applied: bool) -> tuple[str, str, int, int]:
    return _text(tombstone), tombstone.key_id, micros(tombstone.at), int(applied)
