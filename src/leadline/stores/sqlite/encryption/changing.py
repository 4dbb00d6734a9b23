"""Turns encryption on and off, and changes its keys, while others work."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from leadline.model.errors import ConfigurationError
from leadline.stores.sqlite.encryption import keyring
from leadline.stores.sqlite.encryption.beginning import begin_encryption
from leadline.stores.sqlite.encryption.references import given_reference
from leadline.stores.sqlite.encryption.resealing import DONE_S, Resealing, values_by_key
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.privacy.blanking import blank_unused_space
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.values import micros

_MEANWHILE = "the keys were changed by another command meanwhile; try again"


class EncryptionStatus(NamedTuple):
    """Whether personal data is encrypted (`keyring.EncryptionState`), where the master key is, the
    number of values under each data key (0: in the clear), whether all are as they are to be, and
    the copies in the data folder that are in the clear or may be."""

    state: str
    reference: str
    values: Mapping[int, int]
    is_done: bool
    copies: tuple[str, ...]


def status(db: Database) -> EncryptionStatus:
    """How far encryption is; it reads all values."""
    with db.reading() as connection:
        state = keyring.encryption_state(connection)
        values = values_by_key(db)
    is_done = state.all_under is not None
    return EncryptionStatus(state.state, state.reference, values, is_done, copies(db.folder))


def copies(folder: Path) -> tuple[str, ...]:
    """The folders with copies of the data that a restore or an update put aside: they stay as they
    were."""
    return tuple(sorted(one.name for one in folder.glob("before-*") if one.is_dir()))


def turn_on(db: Database) -> None:
    """Seal new values from now on, under the key that the settings name. Nothing if they are.

    Raises ConfigurationError if others have the file open, or the key cannot be read."""
    if not given_reference(db.folder):
        raise ConfigurationError(
            "say in [encryption] key where the key is: file:PATH, env:NAME or kms:ARN"
        )
    with db.reading() as connection:
        state = keyring.encryption_state(connection)
    if state.state == keyring.ON:
        return
    if state.state == keyring.LEAVING:
        with db.writing() as connection:
            keyring.stay(connection)
    else:
        begin_encryption(db)


def turn_off(db: Database) -> None:
    """Leave new values in the clear from now on. Nothing if they are."""
    with db.writing() as connection:
        if keyring.encryption_state(connection).state == keyring.ON:
            keyring.end_sealing(connection)


def rotate_data_key(db: Database) -> int:
    """Seal new values under a new data key; returns its number. Raises ConfigurationError if the
    data is not encrypted."""
    key = keyring.next_data_key(_state_on(db), db.folder)  # others write while AWS KMS is asked
    with db.writing() as connection:
        if not keyring.add_data_key(connection, key, micros(datetime.now(UTC))):
            raise ConfigurationError(_MEANWHILE)
    return key.number


def rotate_master_key(db: Database, before: str) -> int:
    """Wrap the data keys under the master key that the settings name, in place of the one *before*;
    returns how many. Raises ConfigurationError if one of the two cannot be read."""
    _state_on(db)
    after = given_reference(db.folder)
    with db.reading() as connection:
        keys = keyring.rewrapped(connection, db.folder, before, after)
    with db.writing() as connection:
        if not keyring.keep_rewrapped(connection, keys, after):
            raise ConfigurationError(_MEANWHILE)
    return len(keys)


def _state_on(db: Database) -> keyring.EncryptionState:
    with db.reading() as connection:
        state = keyring.encryption_state(connection)
    if state.state != keyring.ON:
        raise ConfigurationError("the data is not encrypted: run `leadline encryption on`")
    return state


def reseal_all(store: SqliteStore, tell: Callable[[], None] = lambda: None) -> bool:
    """Bring all values to what they are to be, and overwrite what was there before; *tell* is
    called now and then. Returns False if the latter is left to a server, because a reader prevents
    it."""
    resealing = Resealing(store)
    try:
        while (pause := resealing.once()) != DONE_S:
            tell()
            time.sleep(min(pause, 1.0))
    finally:
        resealing.close()
    return blank_unused_space(store.db)
