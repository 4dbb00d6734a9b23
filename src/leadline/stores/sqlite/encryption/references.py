"""Where this process finds the master key of a data folder."""

from pathlib import Path

_given: dict[Path, str] = {}


def absolute(reference: str) -> str:
    """A reference that means the same in every working directory."""
    kind, _, place = reference.partition(":")
    return f"file:{Path(place).expanduser().absolute()}" if kind == "file" else reference


def give_reference(folder: Path, reference: str) -> None:
    """Say where the master key of a data folder is: what the settings say goes before what the file
    remembers. "": the settings say nothing."""
    _given[folder.absolute()] = absolute(reference) if reference else ""


def given_reference(folder: Path) -> str:
    """Where the settings say that the master key is; "": nothing."""
    return _given.get(folder.absolute(), "")
