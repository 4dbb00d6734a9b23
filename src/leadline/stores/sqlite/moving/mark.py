"""The mark of a folder whose leads were moved or are being moved: servers refuse such a folder."""

from datetime import datetime
from pathlib import Path

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.rights import PRIVATE, Rights, new_file, sync_file, sync_folder
from leadline.ports.homes import Home
from leadline.stores.sqlite.file.folder import MOVED

_MARK = f"{MOVED}.json"


class Mark(msgspec.Struct, frozen=True):
    """Where the leads of a folder are or are being moved to, since when, and whether the move is
    finished."""

    stack: str
    region: str
    table: str
    towards: Home
    at: datetime
    done: bool = False


def read_mark(folder: Path) -> Mark | None:
    """The mark of a folder; None if its leads are here. Raises ConfigurationError if the mark
    cannot be read."""
    try:
        return msgspec.json.decode((folder / _MARK).read_bytes(), type=Mark)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationError(f"{folder / _MARK} can't be read: {error}") from None


def set_mark(folder: Path, mark: Mark, rights: Rights = PRIVATE) -> None:
    """Mark a folder durably. Raises ConfigurationError if the folder cannot be written."""
    partial = folder / f"{_MARK}.partial"
    try:
        with new_file(partial, rights) as file:
            file.write(msgspec.json.encode(mark) + b"\n")
            sync_file(file)
        partial.replace(folder / _MARK)
        sync_folder(folder)
    except OSError as error:
        raise ConfigurationError(f"{folder} can't be written ({error.strerror})") from error


def clear_mark(folder: Path) -> None:
    """Remove the mark, so that servers can use the folder again."""
    (folder / _MARK).unlink(missing_ok=True)
    sync_folder(folder)


def refuse_if_moved(folder: Path) -> None:
    """Raise ConfigurationError if the leads of this folder were moved or are being moved."""
    mark = read_mark(folder)
    if mark is None:
        return
    where = f"the stack {mark.stack} in {mark.region}"
    names = f"--stack {mark.stack} --region {mark.region}"
    back = f"`leadline move --to embedded {names}` brings them back"
    if mark.done:
        raise ConfigurationError(f"the leads of {folder} were moved to {where}; {back}")
    raise ConfigurationError(
        f"a move of the leads of {folder} to or from {where} is not finished; continue it with "
        f"`leadline move --to {mark.towards} {names}`, or {back}"
    )
