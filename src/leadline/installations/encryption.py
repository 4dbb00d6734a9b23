"""Encryption of the data folder, as commands change it."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from leadline import wiring
from leadline.installations.data_folder import for_reading, note_key_place
from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.stores.sqlite.encryption.changing import EncryptionStatus


def encryption_status(settings: Settings) -> "EncryptionStatus":
    """How far encryption is, also while a server runs."""
    from leadline.stores.sqlite.encryption import changing

    with closing(for_reading(settings)) as store:
        return changing.status(store.db)


def encrypt(settings: Settings, tell: Callable[[], None]) -> bool:
    """Turn encryption on, and encrypt what is there; *tell* is called now and then. Returns False
    if a running server has to end it.

    Raises ConfigurationError if a server or another command runs that began without encryption, or
    the key cannot be read."""
    from leadline.stores.sqlite.encryption import changing

    with closing(wiring.store(settings)) as store:
        changing.turn_on(store.db)
    with closing(wiring.store(settings)) as store:
        return changing.reseal_all(store, tell)


def decrypt(settings: Settings, tell: Callable[[], None]) -> bool:
    """Turn encryption off, and decrypt what is there, also while a server runs; otherwise as
    `encrypt`."""
    from leadline.stores.sqlite.encryption import changing

    with closing(wiring.store(settings)) as store:
        changing.turn_off(store.db)
        return changing.reseal_all(store, tell)


def rotate(settings: Settings, tell: Callable[[], None]) -> int:
    """Encrypt under a new data key from now on, and what is there, too, also while a server runs;
    returns the number of the key."""
    from leadline.stores.sqlite.encryption import changing

    with closing(wiring.store(settings)) as store:
        number = changing.rotate_data_key(store.db)
        changing.reseal_all(store, tell)
        return number


def rotate_master(settings: Settings, before: str) -> int:
    """Wrap the data keys under the key that the settings name, in place of the one *before*;
    returns how many."""
    from leadline.stores.sqlite.encryption import changing
    from leadline.stores.sqlite.encryption.references import give_reference
    from leadline.stores.sqlite.store import SqliteStore

    give_reference(settings.data, before)
    with closing(SqliteStore(settings.data, rights=settings.rights)) as store:
        note_key_place(settings)
        return changing.rotate_master_key(store.db, before)
