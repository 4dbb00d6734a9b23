"""The privacy key: the setting, or of an embedded installation a file outside the data folder.

No copy, backup, export or move of the data folder has it, so that hashes of erased people in a copy
say nothing without it.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.model.rights import make_folder, sync_folder, write_file

if TYPE_CHECKING:  # a function that captures webhooks needs none
    from leadline.kit import Kit
    from leadline.ports.personal_data.erasures import Erasures
    from leadline.ports.personal_data.suppressions import Suppressions
    from leadline.privacy.hashes import PrivacyKey
    from leadline.settings.top.general import Settings

_FILE = "privacy.key"
_BYTES = 32
_FROM_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def remembering_erased(
    kit: "Kit", settings: "Settings", erasures: "Erasures", embedded: "Erasures | None" = None
) -> "Kit":
    """The kit with the tombstones of people who are erased, and their key, which is read or made
    when it is first needed (`find_key`)."""
    return msgspec.structs.replace(
        kit,
        erasures=erasures,
        privacy_key=lambda: find_key(settings, embedded, kit.store),
    )


def find_key(
    settings: "Settings",
    embedded: "Erasures | None" = None,
    suppressions: "Suppressions | None" = None,
) -> "PrivacyKey":
    """The key of the hashes of people who were erased: the setting, or for an embedded installation
    (whose tombstones are given) its file, which is made if nobody was erased or suppressed yet.

    Raises ConfigurationError if there is none.
    """
    from leadline.privacy.hashes import key_of_text

    if settings.privacy_key:
        return key_of_text(settings.privacy_key)
    if embedded is None:
        raise ConfigurationError("set privacy_key: without it nothing remembers who was erased")
    if (found := read_key(settings.data)) is not None:
        return found
    refuse_lost_key(settings.data, embedded, suppressions)
    return read_or_make_key(settings.data)


def refuse_lost_key(
    data: Path, embedded: "Erasures", suppressions: "Suppressions | None" = None
) -> None:
    """Raise ConfigurationError if somebody was erased or suppressed, so that there was a key. Call
    it where there is none."""
    listed = suppressions is not None and suppressions.may_suppress()
    if listed or embedded.tombstones():
        what = "the suppression list was written" if listed else "people were erased"
        raise ConfigurationError(
            f"{what} with a privacy key that is missing: put {key_path(data)} back from its copy, "
            "or set privacy_key"
        )


def may_make_key(data: Path) -> bool:
    """Whether this user has the right to make the file of the key."""
    folder = next(one for one in key_path(data).parents if one.exists())
    return os.access(folder, os.W_OK | os.X_OK)


def key_path(data: Path) -> Path:
    """Where the key of a data folder is."""
    folder = data.absolute()
    return folder.with_name(f"{folder.name}.keys") / _FILE


def read_key(data: Path) -> "PrivacyKey | None":
    """The key of a data folder; None if none was made yet. Raises ConfigurationError."""
    from leadline.privacy.hashes import key_of_text

    path = key_path(data)
    try:
        return key_of_text(path.read_text())
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} can't be read: {error}") from error


def read_or_make_key(data: Path) -> "PrivacyKey":
    """The key of a data folder, which is made at first use.

    Raises ConfigurationError if this user may not write there, as in a container that has only the
    data folder, and StorageFailed if the disk fails.
    """
    if (found := read_key(data)) is not None:
        return found
    from secrets import token_hex

    path = key_path(data)
    try:
        make_folder(path.parent)
        made = path.with_name(f"{_FILE}.{os.getpid()}")
        write_file(made, f"{token_hex(_BYTES)}\n".encode())
        with suppress(FileExistsError):  # another process made one meanwhile, which counts
            os.link(made, path)
        made.unlink()
        sync_folder(path.parent)
    except OSError as error:
        words = f"{path} can't be written: {error.strerror}"
        if error.errno in _FROM_THE_DISK:
            raise StorageFailed(words) from error
        raise ConfigurationError(
            f"{words}; set privacy_key, or make its folder for the user of `leadline serve`"
        ) from error
    made_key = read_key(data)
    assert made_key is not None  # noqa: S101 - it is there now
    return made_key
