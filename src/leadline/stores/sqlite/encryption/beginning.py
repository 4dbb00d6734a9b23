"""Begins to encrypt a file, if the settings say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from leadline.model.errors import ConfigurationError
from leadline.stores.sqlite.encryption import keyring
from leadline.stores.sqlite.encryption.references import given_reference
from leadline.stores.sqlite.file.sharing import InUse
from leadline.stores.sqlite.values import micros

if TYPE_CHECKING:
    from leadline.stores.sqlite.file.database import Database


def begin_if_given(db: "Database") -> None:
    """Let new values of a file be sealed, if the settings name a key and nobody has said otherwise
    (`leadline encryption off`). Note if the key is elsewhere than it was.

    Raises ConfigurationError if others have the file open, or the key cannot be read."""
    reference = given_reference(db.folder)
    if not reference:
        return
    state = keyring.encryption_state(db.connection)
    if state.state == keyring.OFF:
        begin_encryption(db)
        return
    is_other = state.is_sealed and state.reference != reference
    if is_other and keyring.is_where_given(db.connection, db.folder):
        with db.writing() as connection:
            keyring.refer(connection, reference)


@contextmanager
def _alone(db: "Database") -> Iterator[None]:
    try:
        with db.alone():
            yield
    except InUse:
        raise ConfigurationError(
            f"personal data in {db.folder} is to be encrypted ([encryption] key), but processes "
            "that began without it run: restart the server, and whatever else of Leadline runs"
        ) from None


def begin_encryption(db: "Database") -> None:
    """Seal new values of a file that is not encrypted, under the key that the settings name.

    Raises ConfigurationError if others have the file open, or the key cannot be read."""
    with _alone(db), db.writing() as connection:
        if not keyring.encryption_state(connection).is_sealed:
            now = micros(datetime.now(UTC))
            keyring.begin_sealing(connection, db.folder, given_reference(db.folder), now)
