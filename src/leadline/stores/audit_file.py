"""The audit log of an embedded installation: `audit.jsonl` in the data folder.

It is a file of its own, so that the restore of an older backup takes nothing out of it, and so that
nothing of it waits for the writers of the data file. Lines are only appended, each made durable
before the call returns; a line that a power cut left unfinished was never answered for and is
removed by the next append.
"""

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from leadline.model.errors import StorageFailed, StorageFull
from leadline.model.personal_data.privacy import AuditCut, AuditEntry, ChainedEntry
from leadline.model.rights import (
    PRIVATE,
    Rights,
    make_folder,
    open_file,
    sync_folder,
    write_file,
)
from leadline.ports.personal_data.audit import Sign
from leadline.privacy.chain import audit_entry_in, audit_line, chained, head_before, unreadable
from leadline.stores.erasure_file import AUDIT

_CUT = b'{"cut":'
_BLOCK = 1 << 16


class _CutLine(msgspec.Struct, frozen=True):
    cut: AuditCut


class AuditFile:
    """`ports.personal_data.audit.AuditLog` in a data folder, which is made if it is missing, unless
    it *makes* none; any number of processes may share it."""

    def __init__(self, folder: Path, rights: Rights = PRIVATE, *, makes: bool = True) -> None:
        self.path = folder / AUDIT
        self._rights = rights
        self._makes = makes

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """See `ports.personal_data.audit.AuditLog.append`."""
        if not entries:
            return
        with self._alone() as file:
            end = _end_of_lines(file)
            new = chained(head_before(_last(file, end), self.cut()), entries)
            lines = b"".join(audit_line(one) + b"\n" for one in new)
            if end < os.fstat(file).st_size:  # a power cut left it unfinished
                os.ftruncate(file, end)
            try:
                _write_all(file, lines, end)
                os.fsync(file)
            except OSError:
                os.ftruncate(file, end)
                raise

    def entries(self, since: datetime | None = None) -> Iterator[ChainedEntry]:
        """See `ports.personal_data.audit.AuditLog.entries`."""
        n = 0
        for at, line in enumerate(self._lines()):
            if at == 0 and (cut := _cut_in(line)) is not None:
                n = cut.n
                continue
            one = _read(line, n + 1)
            n = one.n
            if since is None or one.entry.at >= since or not one.hash:
                yield one

    def head(self) -> ChainedEntry | None:
        """See `ports.personal_data.audit.AuditLog.head`."""
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self._refuse_if_gone()
            return None
        except OSError as error:
            raise _failed(self.path, error) from error
        try:
            return _last(file, _end_of_lines(file))
        finally:
            os.close(file)

    def cut(self) -> AuditCut | None:
        """See `ports.personal_data.audit.AuditLog.cut`."""
        return _cut_in(next(self._lines(), b""))

    def cut_before(self, before: datetime, sign: Sign) -> AuditCut | None:
        """See `ports.personal_data.audit.AuditLog.cut_before`."""
        with self._alone():
            found = list(self.entries())
            keep = next(
                (at for at, one in enumerate(found) if one.hash and one.entry.at >= before),
                len(found) - 1,
            )
            if keep < 1 or not found[keep - 1].hash:
                return None
            cut = sign(found[keep - 1])
            lines = [msgspec.json.encode(_CutLine(cut)), *map(audit_line, found[keep:])]
            write_file(self.path, b"\n".join(lines) + b"\n", self._rights)
            _give_to_owner(self.path)
            sync_folder(self.path.parent)
            return cut

    def _lines(self) -> Iterator[bytes]:
        """The complete lines of the file."""
        try:
            with self.path.open("rb") as file:
                for line in file:
                    if line.endswith(b"\n"):
                        yield line[:-1]
        except FileNotFoundError:
            self._refuse_if_gone()
        except OSError as error:
            raise _failed(self.path, error) from error

    def _refuse_if_gone(self) -> None:
        """Raise StorageFailed if the folder, which others made, is gone: that is no empty log."""
        if not self._makes and not self.path.parent.exists():
            raise StorageFailed(f"the data folder {self.path.parent} was moved or deleted")

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """The file, made if it is missing, while no other process writes to it."""
        try:
            file = self._locked()
            try:
                yield file
            finally:
                os.close(file)
        except OSError as error:
            raise _failed(self.path, error) from error

    def _locked(self) -> int:
        while True:
            if not self.path.exists():
                if self._makes:
                    make_folder(self.path.parent, self._rights)
                os.close(open_file(self.path, os.O_RDWR, self._rights))
                _give_to_owner(self.path)
                sync_folder(self.path.parent)
            file = open_file(self.path, os.O_RDWR, self._rights)
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                if os.fstat(file).st_ino == self.path.stat().st_ino:
                    return file
            except FileNotFoundError:
                pass
            os.close(file)  # its old end was cut meanwhile, which made another file


def copy_audit(folder: Path, target: Path, rights: Rights = PRIVATE) -> None:
    """Copy the audit log of a data folder to another folder, unless that has one or there is none
    to copy. Raises StorageFull, StorageFailed."""
    source, copy = folder / AUDIT, target / AUDIT
    try:
        if source.is_file() and not copy.exists():
            write_file(copy, source.read_bytes(), rights)
            sync_folder(target)
    except OSError as error:
        raise _failed(copy, error) from error


def _give_to_owner(path: Path) -> None:
    """Let a file that the superuser made belong to whom its folder belongs to, since the server
    must write to it, too."""
    folder = path.parent.stat()
    if os.geteuid() == 0 and folder.st_uid != 0:
        with suppress(PermissionError):  # a file system without owners
            os.chown(path, folder.st_uid, folder.st_gid)


def _write_all(file: int, content: bytes, at: int) -> None:
    while content:
        written = os.pwrite(file, content, at)
        content, at = content[written:], at + written


def _end_of_lines(file: int) -> int:
    """The size of the file without an unfinished last line."""
    size = os.fstat(file).st_size
    at = size
    while at > 0:
        start = max(0, at - _BLOCK)
        found = os.pread(file, at - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0


def _last(file: int, end: int) -> ChainedEntry | None:
    """The last entry that can be read before this place."""
    start, text = end, b""
    while start > 0:
        at = max(0, start - _BLOCK)
        text = os.pread(file, start - at, at) + text
        start = at
        lines = text.split(b"\n")
        for line in reversed(lines if start == 0 else lines[1:]):
            if line and not line.startswith(_CUT):
                try:
                    return audit_entry_in(line)
                except ValueError:
                    continue
    return None


def _cut_in(line: bytes) -> AuditCut | None:
    """The cut that the first line of a file holds; None for any other line."""
    try:
        return msgspec.json.decode(line, type=_CutLine).cut
    except msgspec.MsgspecError:
        return None


def _read(line: bytes, n: int) -> ChainedEntry:
    try:
        return audit_entry_in(line)
    except ValueError:
        return unreadable(n)


def _failed(path: Path, error: OSError) -> StorageFailed | StorageFull:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageFull(f"{path} can't be written: the disk is full")
    if error.errno in (errno.EACCES, errno.EPERM):
        return StorageFailed(
            f"this user may not write {path}, where every look at leads is noted; run it as the "
            "user of `leadline serve`"
        )
    return StorageFailed(f"{path} can't be written: {error.strerror}")
