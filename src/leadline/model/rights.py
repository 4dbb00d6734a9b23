"""Permissions of files and folders with leads: for Leadline's user alone, or for its group too.

The permissions are set explicitly, because the umask is the user's choice and applies to the whole
process.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec


class Rights(msgspec.Struct, frozen=True):
    """The permission bits of folders and of files."""

    folder: int
    file: int


PRIVATE = Rights(0o700, 0o600)
"""Access for Leadline's user alone."""
GROUP_READS = Rights(0o750, 0o640)
"""Read access for the group too."""


class WidePermissions(msgspec.Struct, frozen=True):
    """The numbers of folders and files whose permissions are too wide."""

    folders: int = 0
    files: int = 0

    def __bool__(self) -> bool:
        return bool(self.folders or self.files)

    def __str__(self) -> str:
        counts = ((self.folders, "folder"), (self.files, "file"))
        return " and ".join(f"{n} {what}{'s' * (n != 1)}" for n, what in counts if n)


# --- making -----------------------------------------------------------------------------------


def make_folder(path: Path, rights: Rights = PRIVATE) -> None:
    """Create a folder and its missing parents; an existing folder is left unchanged. A new
    folder survives a power cut. Raises OSError where none can be made."""
    try:
        _make_last(path, rights)
    except FileNotFoundError:
        if path.parent == path:
            raise
        make_folder(path.parent, rights)
        # Some folders take none, though they exist: /proc, or one that was deleted meanwhile.
        _make_last(path, rights)


def _make_last(path: Path, rights: Rights) -> None:
    try:
        path.mkdir(rights.folder)
    except OSError:  # systems raise different errors for an existing folder
        if not path.is_dir():
            raise
    else:
        set_mode(path, rights.folder)
        sync_folder(path.parent)


def make_file(path: Path, rights: Rights = PRIVATE) -> bool:
    """Create an empty file unless it exists; returns whether it was created."""
    try:
        # Symlinks are followed, as by whoever opens the path afterwards.
        os.close(_create(Path(os.path.realpath(path)), rights))
    except FileExistsError:
        return False
    return True


def new_file(path: Path, rights: Rights = PRIVATE) -> BinaryIO:
    """An empty file to write to; a file with that name is deleted first."""
    path.unlink(missing_ok=True)
    return os.fdopen(_create(path, rights), "wb")


def open_file(path: Path, flags: int, rights: Rights = PRIVATE) -> int:
    """The descriptor of a file, which is created if it is missing."""
    make_file(path, rights)
    return os.open(path, flags | os.O_CLOEXEC)


def write_file(path: Path, content: bytes, rights: Rights = PRIVATE) -> None:
    """Write a file atomically, replacing an existing one; the content survives a power cut. The
    caller must sync the folder to make the name durable, too."""
    partial = path.with_name(path.name + ".partial")
    with new_file(partial, rights) as file:
        file.write(content)
        sync_file(file)
    partial.replace(path)


def sync_file(file: BinaryIO) -> None:
    """Sync the content of an open file to the disk; raises OSError."""
    file.flush()
    os.fsync(file.fileno())


def sync_path(path: Path) -> None:
    """Sync the content of a closed file to the disk; raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to the disk, so that files created, renamed or removed there stay
    so after a power cut. Raises OSError if the disk fails."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:  # a folder that is writable but not readable cannot be synced
        return
    try:
        os.fsync(handle)
    except OSError as error:
        # Some file systems cannot sync a folder, because they write names at once.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def _create(path: Path, rights: Rights) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, rights.file)
    set_mode(handle, rights.file)
    return handle


def set_mode(path: Path | int, mode: int) -> None:
    """Set the permission bits. Does nothing if the file belongs to another user, or if its file
    system has no permissions or is read-only; `too_wide` reports such files."""
    try:
        now = stat.S_IMODE(os.stat(path).st_mode)  # noqa: PTH116 - of descriptors, too
        special = now & ~0o777
        if now != special | mode:
            os.chmod(path, special | mode)  # noqa: PTH101
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EROFS):
            raise


# --- checking and narrowing existing files ----------------------------------------------------


def too_wide(folder: Path, rights: Rights = PRIVATE) -> WidePermissions:
    """The folders and files below a folder, itself included, that give the group or others more
    than *rights*."""
    folders = files = 0
    for _, _, mode in _wide(folder, rights):
        if stat.S_ISDIR(mode):
            folders += 1
        else:
            files += 1
    return WidePermissions(folders, files)


def narrow(folder: Path, rights: Rights = PRIVATE) -> WidePermissions:
    """Take permissions beyond *rights* from the group and others; the owner's stay.

    Returns the numbers of what was narrowed; `too_wide` still finds what could not be. Symlinks are
    not followed, and a folder that all users share, such as /tmp, is left unchanged.
    """
    before = too_wide(folder, rights)
    if not before:
        return before
    for parent, name, mode in _wide(folder, rights):
        if not is_shared(folder):
            _narrow_one(parent, name, mode & ~_excess(mode, rights))
    after = too_wide(folder, rights)
    return WidePermissions(
        max(0, before.folders - after.folders), max(0, before.files - after.files)
    )


def _narrow_one(parent: int, name: str, mode: int) -> None:
    try:
        # Nobody can replace the file by a symlink meanwhile: its folder was narrowed first.
        os.chmod(name, stat.S_IMODE(mode), dir_fd=parent)
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EROFS):
            raise


def _wide(folder: Path, rights: Rights) -> Iterator[tuple[int, str, int]]:
    """Everything with too wide permissions, folders before their content: the descriptor of its
    folder, its name and its mode."""
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
            except FileNotFoundError:  # SQLite creates and deletes files
                continue
            if (stat.S_ISDIR(mode) or stat.S_ISREG(mode)) and _excess(mode, rights):
                yield parent, name, mode


def _excess(mode: int, rights: Rights) -> int:
    """The permission bits of the group and others beyond *rights*."""
    return mode & 0o077 & ~(rights.folder if stat.S_ISDIR(mode) else rights.file)


def is_shared(folder: Path) -> bool:
    """Whether all users share the folder: the root, or a sticky folder such as /tmp."""
    return os.path.realpath(folder) == "/" or bool(folder.stat().st_mode & stat.S_ISVTX)
