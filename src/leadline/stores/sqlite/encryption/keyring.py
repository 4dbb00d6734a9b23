"""The data keys of a file, and whether it is encrypted."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import apsw

from leadline.model.errors import ConfigurationError
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.encryption.blinding import BLIND_RULES
from leadline.stores.sqlite.encryption.master import (
    KEY_BYTES,
    MasterKey,
    aes_gcm,
    master_key,
)
from leadline.stores.sqlite.encryption.references import (
    absolute,
    given_reference,
    note_opened,
    was_opened,
)
from leadline.stores.sqlite.encryption.sealing import TAG_SIZE, Ring
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)
_INDEX = 0
"""The number of the key of blind indexes."""
OFF, ON, LEAVING, LEFT = "off", "on", "leaving", "left"
"""Never encrypted; encrypted; being decrypted; decrypted on somebody's word, so that the settings
alone do not encrypt it again."""


class EncryptionState(NamedTuple):
    """Whether a file is encrypted (`state`), where its master key is, what sealed values begin
    with, the data key under which all values are (None: not all are under one yet), and the newest
    data key."""

    state: str
    reference: str
    tag: bytes
    all_under: int | None
    newest: int

    @property
    def is_sealed(self) -> bool:
        """Whether there may be sealed values."""
        return self.state in (ON, LEAVING)

    @property
    def current(self) -> int:
        """The data key for new values; 0: they are not sealed."""
        return self.newest if self.state == ON else 0


def encryption_state(db: apsw.Connection) -> EncryptionState:
    """Whether the file is encrypted; one of an earlier version is not."""
    if not bulk.query(db, _sql.is_there):
        return EncryptionState(OFF, "", b"", 0, 0)
    return EncryptionState(*bulk.query(db, _sql.state)[0])


def ring_of(db: apsw.Connection, folder: Path, *, again: bool = False) -> Ring:
    """The data keys, unwrapped. Raises ConfigurationError if the master key is missing or another
    one. When a process asks *again*, or has opened the folder before, the master key may be another
    one than its settings say: it was changed meanwhile."""
    state = encryption_state(db)
    again = again or was_opened(folder)
    keys = _keys_of_any(db, folder) if again else _keys(db, _named(folder, state))
    note_opened(folder)
    index_key = keys.pop(_INDEX)
    gcms = {number: aes_gcm()(key) for number, key in keys.items()}
    return Ring(state.tag, gcms, state.current, index_key, state.all_under is None)


def _keys(db: apsw.Connection, master: "_Master") -> dict[int, bytes]:
    tag = encryption_state(db).tag
    return {
        number: _unwrapped(master, text, name, tag, number)
        for number, text, name in bulk.query(db, _sql.keys)
    }


def is_where_given(db: apsw.Connection, folder: Path) -> bool:
    """Whether the master key is where the settings say. Raises ConfigurationError if it is not, and
    never was since this process began."""
    try:
        _keys(db, _named(folder, encryption_state(db)))
    except ConfigurationError:
        if was_opened(folder):
            return False
        raise
    return True


def refuse_without_key(db: apsw.Connection, folder: Path) -> None:
    """Raise ConfigurationError if the file is encrypted, and neither the settings nor the file name
    a key that opens it. The settings may name a newer key than that of a backup."""
    if encryption_state(db).is_sealed:
        _keys_of_any(db, folder)


def _named(folder: Path, state: EncryptionState) -> "_Master":
    return _Master(given_reference(folder) or state.reference, folder)


def _keys_of_any(db: apsw.Connection, folder: Path) -> dict[int, bytes]:
    """The data keys, under the master key of the settings or under that which the file names."""
    state = encryption_state(db)
    try:
        return _keys(db, _named(folder, state))
    except ConfigurationError:
        if state.reference in ("", given_reference(folder)):
            raise
        return _keys(db, _Master(state.reference, folder))


class _Master:
    """The master key, read when it is needed."""

    def __init__(self, reference: str, folder: Path) -> None:
        self.reference, self.folder = reference, folder

    def key(self) -> MasterKey:
        return master_key(self.reference, self.folder)


_unwrapped_before: dict[tuple[str, bytes], bytes] = {}


def _unwrapped(master: _Master, wrapped: bytes, name: str, tag: bytes, number: int) -> bytes:
    """A data key. The master key is read each time, so that a process that has lost it is refused;
    AWS KMS is asked once for each."""
    key = master.key()
    if key.id != name:
        raise ConfigurationError(
            f"{master.reference} is not the key of the data in {master.folder}, which is {name}: "
            "say in [encryption] key where that is; if you want another key from now on, run "
            "`leadline encryption rotate --from OLD` with the new one in the settings"
        )
    asked = (key.id, wrapped)
    if asked not in _unwrapped_before:
        _unwrapped_before[asked] = key.unwrap(wrapped, purpose_of(tag, number))
    return _unwrapped_before[asked]


def purpose_of(tag: bytes, number: int) -> str:
    """What a wrapped data key is bound to."""
    return f"data key {number} of {tag.hex()}"


def begin_sealing(db: apsw.Connection, folder: Path, reference: str, now: int) -> None:
    """Seal values from now on, in a write transaction while nobody else has the file open.

    Raises ConfigurationError if the key cannot be read."""
    reference = absolute(reference)
    master = master_key(reference, folder)
    tag = os.urandom(TAG_SIZE)
    for number in (_INDEX, 1):
        wrapped = master.wrap(os.urandom(KEY_BYTES), purpose_of(tag, number))
        db.execute(_sql.add_key, (number, wrapped, master.id, now))
    db.execute(_sql.begin, (reference, tag))
    db.execute(_sql.nothing_to_make_anew, (BLIND_RULES,))


def end_sealing(db: apsw.Connection) -> None:
    """Open all values for good, from now on, in a write transaction."""
    db.execute(_sql.leave)


def stay(db: apsw.Connection) -> None:
    """Seal values after all that were to be opened for good, in a write transaction."""
    db.execute(_sql.stay)


class WrappedKey(NamedTuple):
    """A data key as it is stored: its number, itself under a master key, and the id of that."""

    number: int
    wrapped: bytes
    master: str


def next_data_key(state: EncryptionState, folder: Path) -> WrappedKey:
    """A new data key. Raises ConfigurationError if the master key cannot be read."""
    master = _named(folder, state).key()
    number = state.newest + 1
    wrapped = master.wrap(os.urandom(KEY_BYTES), purpose_of(state.tag, number))
    return WrappedKey(number, wrapped, master.id)


def add_data_key(db: apsw.Connection, key: WrappedKey, now: int) -> bool:
    """Seal new values under a new data key, in a write transaction. False if another one was made
    meanwhile."""
    state = encryption_state(db)
    if state.state != ON or state.newest + 1 != key.number:
        return False
    db.execute(_sql.add_key, (*key, now))
    db.execute(_sql.reseal_again)
    return True


def rewrapped(db: apsw.Connection, folder: Path, before: str, after: str) -> list[WrappedKey]:
    """All data keys under another master key.

    Raises ConfigurationError if one of the two cannot be read, or *before* is not their key."""
    tag = encryption_state(db).tag
    old, new = _Master(absolute(before), folder), master_key(absolute(after), folder)
    return [
        WrappedKey(number, new.wrap(key, purpose_of(tag, number)), new.id)
        for number, key in _keys(db, old).items()
    ]


def keep_rewrapped(db: apsw.Connection, keys: Sequence[WrappedKey], after: str) -> bool:
    """Keep all data keys under another master key, in a write transaction. False if there are
    others by now."""
    if {number for number, *_ in bulk.query(db, _sql.keys)} != {key.number for key in keys}:
        return False
    for key in keys:
        db.execute(_sql.rewrap, (key.wrapped, key.master, key.number))
    db.execute(_sql.refer, (absolute(after),))
    return True


def refer(db: apsw.Connection, reference: str) -> None:
    """Note where the master key is now, in a write transaction."""
    db.execute(_sql.refer, (reference,))


def note_all_under(db: apsw.Connection, number: int) -> None:
    """Note that all values are under a data key (0: none is sealed), in a write transaction; keys
    that nothing is under are removed."""
    if number:
        db.execute(_sql.note_all_under, (number,))
        db.execute(_sql.drop_earlier_keys, (number,))
    else:
        db.execute(_sql.end)
        db.execute(_sql.drop_keys)
