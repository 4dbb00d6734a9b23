"""Who may read what Leadline writes of leads: its user alone, or its group, too.

The rights are set on what is made. The umask is not relied on: it is the user's, and it is one for
the whole process.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec


class Rights(msgspec.Struct, frozen=True):
    """The modes of folders and of files."""

    folder: int
    file: int


PRIVATE = Rights(0o700, 0o600)
"""For Leadline's user alone."""
GROUP_READS = Rights(0o750, 0o640)
"""Its group may read, too."""


class Wide(msgspec.Struct, frozen=True):
    """How many folders and files somebody may read or change who should not."""

    folders: int = 0
    files: int = 0

    def __bool__(self) -> bool:
        return bool(self.folders or self.files)

    def __str__(self) -> str:
        counts = ((self.folders, "folder"), (self.files, "file"))
        return " and ".join(f"{n} {what}{'s' * (n != 1)}" for n, what in counts if n)


# --- making -----------------------------------------------------------------------------------


def make_folder(path: Path, rights: Rights = PRIVATE) -> None:
    """Make a folder, and those above it that are missing; one that is there stays as it is."""
    try:
        path.mkdir(rights.folder)
    except FileNotFoundError:
        make_folder(path.parent, rights)
        make_folder(path, rights)
    except OSError:  # systems differ in what they say of one that is there
        if not path.is_dir():
            raise
    else:
        set_mode(path, rights.folder)


def make_file(path: Path, rights: Rights = PRIVATE) -> None:
    """Make an empty file unless there is one, which stays as it is."""
    try:
        # The file that a link means, as who opens the path afterwards would make it.
        os.close(_create(Path(os.path.realpath(path)), rights))
    except FileExistsError:
        return


def new_file(path: Path, rights: Rights = PRIVATE) -> BinaryIO:
    """An empty file to write to, in the place of whatever had that name."""
    path.unlink(missing_ok=True)
    return os.fdopen(_create(path, rights), "wb")


def open_file(path: Path, flags: int, rights: Rights = PRIVATE) -> int:
    """The descriptor of a file that is made where it is missing."""
    make_file(path, rights)
    return os.open(path, flags | os.O_CLOEXEC)


def write_file(path: Path, content: bytes, rights: Rights = PRIVATE) -> None:
    """Write a file, also in the place of another one, of which nobody sees half."""
    partial = path.with_name(path.name + ".partial")
    with new_file(partial, rights) as file:
        file.write(content)
    partial.replace(path)


def _create(path: Path, rights: Rights) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, rights.file)
    set_mode(handle, rights.file)
    return handle


def set_mode(path: Path | int, mode: int) -> None:
    """Set who may do what, unless that can't be: the file belongs to another user, or lies in a
    file system without modes. `too_wide` tells of those."""
    try:
        now = stat.S_IMODE(os.stat(path).st_mode)  # noqa: PTH116 - of descriptors, too
        special = now & ~0o777
        if now != special | mode:
            os.chmod(path, special | mode)  # noqa: PTH101
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EROFS):
            raise


# --- what is there already --------------------------------------------------------------------


def too_wide(folder: Path, rights: Rights = PRIVATE) -> Wide:
    """What in a folder, itself included, gives others or the group more than *rights* do."""
    folders = files = 0
    for _, _, mode in _wide(folder, rights):
        if stat.S_ISDIR(mode):
            folders += 1
        else:
            files += 1
    return Wide(folders, files)


def narrow(folder: Path, rights: Rights = PRIVATE) -> Wide:
    """Take from others and the group what *rights* don't give them; the owner's rights stay.

    Returns what was narrowed; what could not be is what `too_wide` still finds. Links are not
    followed out of the folder, and a folder that all users share, such as /tmp, stays as it is.
    """
    before = too_wide(folder, rights)
    if not before:
        return before
    for parent, name, mode in _wide(folder, rights):
        if not is_shared(folder):
            _narrow_one(parent, name, mode & ~_excess(mode, rights))
    after = too_wide(folder, rights)
    return Wide(max(0, before.folders - after.folders), max(0, before.files - after.files))


def _narrow_one(parent: int, name: str, mode: int) -> None:
    try:
        # Nobody can put a link in the place of what was looked at: the folder that holds it was
        # narrowed before it.
        os.chmod(name, stat.S_IMODE(mode), dir_fd=parent)
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EROFS):
            raise


def _wide(folder: Path, rights: Rights) -> Iterator[tuple[int, str, int]]:
    """What is too wide, each before what it holds: the folder it is in, its name, its mode."""
    for at, (_, folders, files, parent) in enumerate(os.fwalk(os.path.realpath(folder))):
        if at == 0:
            mode = os.fstat(parent).st_mode
            if _excess(mode, rights):
                yield parent, ".", mode
            if is_shared(folder):
                return
        for name in (*folders, *files):
            try:
                mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
            except FileNotFoundError:  # SQLite's files come and go
                continue
            if (stat.S_ISDIR(mode) or stat.S_ISREG(mode)) and _excess(mode, rights):
                yield parent, name, mode


def _excess(mode: int, rights: Rights) -> int:
    """Which of the group's and others' rights are not given."""
    return mode & 0o077 & ~(rights.folder if stat.S_ISDIR(mode) else rights.file)


def is_shared(folder: Path) -> bool:
    """Whether a folder can't be Leadline's alone: the root, or one like /tmp."""
    return os.path.realpath(folder) == "/" or bool(folder.stat().st_mode & stat.S_ISVTX)
