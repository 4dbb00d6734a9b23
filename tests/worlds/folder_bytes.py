"""What the files of a folder hold."""

from contextlib import suppress
from pathlib import Path


def folder_bytes(folder: Path, pattern: str = "*") -> bytes:
    """The contents of all files of a folder and of those below it that match the pattern. Files
    that SQLite deletes meanwhile, because its last connection ends, have none."""
    found: list[bytes] = []
    for one in folder.rglob(pattern):
        with suppress(FileNotFoundError):
            if one.is_file():
                found.append(one.read_bytes())
    return b"\n".join(found)
