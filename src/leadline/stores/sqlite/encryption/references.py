"""Where this process finds the master key of a data folder."""

from pathlib import Path

_given: dict[Path, str] = {}
_opened: set[Path] = set()


def absolute(reference: str) -> str:
    """A reference that means the same in every working directory."""
    kind, _, place = reference.partition(":")
    return f"file:{Path(place).expanduser().absolute()}" if kind == "file" else reference


def give_reference(folder: Path, reference: str) -> None:
    """Say where the master key of a data folder is: what the settings say goes before what the file
    remembers. "": the settings say nothing."""
    new = absolute(reference) if reference else ""
    if new != given_reference(folder):
        _opened.discard(folder.absolute())
    _given[folder.absolute()] = new


def given_reference(folder: Path) -> str:
    """Where the settings say that the master key is; "": nothing."""
    return _given.get(folder.absolute(), "")


def note_opened(folder: Path) -> None:
    """Note that the master key of a data folder was where the settings of this process say."""
    _opened.add(folder.absolute())


def was_opened(folder: Path) -> bool:
    """Whether that was so: if it is so no more, the master key was changed since, and the file says
    where it is."""
    return folder.absolute() in _opened
