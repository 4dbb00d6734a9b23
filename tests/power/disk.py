"""A disk that is written down: what the product does to files, and what a power cut leaves of it.

SQLite's calls are recorded by a VFS of APSW's, the product's own `fsync` and `rename` beside it. A
file keeps what was written before its last sync. Of each sector that was written since, a cut
leaves any version: so writes are dropped, torn and reordered. Names survive as folders are synced.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import pytest

SECTOR = 512


class DiskCall(NamedTuple):
    """One thing that was done: `what`, to which file, at which place, with what."""

    what: str
    path: str
    offset: int = 0
    data: bytes = b""
    target: str = ""


class RecordedDisk(apsw.VFS):
    """The default disk as long as it is registered. `fails` is asked before each call whether it
    fails instead; a sync that failed forgets what it should have written."""

    def __init__(self, fails: Callable[[DiskCall], bool] = lambda _call: False) -> None:
        self.calls: list[DiskCall] = []
        self.fails = fails
        self.is_full = False
        super().__init__("recorded", "unix", makedefault=True)

    def note(self, call: DiskCall, code: int = 0) -> None:
        """Write down a call, or raise the error with this code where it fails."""
        if code and self.fails(call):
            if call.what == "sync":
                self.calls.append(call._replace(what="forget"))
            raise apsw.exception_for(code)
        self.calls.append(call)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.note(DiskCall("delete", filename))
        super().xDelete(filename, syncdir)

    def xGetLastError(self) -> tuple[int, str]:
        return 0, ""


class _File(apsw.VFSFile):
    def __init__(
        self, disk: RecordedDisk, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        super().__init__("unix", name, flags)
        if self._path:
            disk.note(DiskCall("open", self._path))

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._path:
            self._disk.note(
                DiskCall("write", self._path, offset, bytes(data)), apsw.SQLITE_IOERR_WRITE
            )
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        if self._path:
            self._disk.note(DiskCall("truncate", self._path, newsize), apsw.SQLITE_IOERR_TRUNCATE)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        if self._path:
            self._disk.note(DiskCall("sync", self._path), apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)


@contextmanager
def recorded(
    patch: pytest.MonkeyPatch, fails: Callable[[DiskCall], bool] = lambda _call: False
) -> Iterator[RecordedDisk]:
    """Such a disk, as long as the block runs."""
    disk = RecordedDisk(fails)
    fsync, rename = os.fsync, os.rename

    def synced(handle: int) -> None:
        disk.note(DiskCall("sync", str(Path(f"/proc/self/fd/{handle}").readlink())))
        fsync(handle)

    def renamed(source: Any, target: Any, **more: Any) -> None:
        disk.note(DiskCall("rename", str(source), target=str(target)))
        rename(source, target, **more)

    with patch.context() as patched:
        patched.setattr(os, "fsync", synced)
        patched.setattr(os, "rename", renamed)
        try:
            yield disk
        finally:
            disk.unregister()


class _Content:
    """A file: what a cut leaves for sure, and what was written since the last sync."""

    def __init__(self, durable: bytes = b"") -> None:
        self.durable = bytearray(durable)
        self.later: list[DiskCall] = []

    def sync(self) -> None:
        for call in self.later:
            _apply(self.durable, call)
        self.later.clear()


class Model:
    """What is on the disk after some calls; *lies* says that syncs do nothing."""

    def __init__(self, initial: dict[str, bytes], *, lies: bool = False) -> None:
        self._lies = lies
        self._names = {path: _Content(content) for path, content in initial.items()}
        self._kept = dict(self._names)
        self._pending: list[tuple[str, _Content | None]] = []

    def do(self, call: DiskCall) -> None:
        """Carry out one call."""
        match call.what:
            case "open":
                if call.path not in self._names:
                    self._name(call.path, _Content())
            case "delete":
                if call.path in self._names:
                    self._name(call.path, None)
            case "rename":
                if (content := self._names.get(call.path)) is not None:
                    self._name(call.path, None)
                    self._name(call.target, content)
            case "sync" if not self._lies:
                self._sync(call.path)
            case "forget":
                self._names[call.path].later.clear()
            case "write" | "truncate":
                self._names[call.path].later.append(call)

    def _name(self, path: str, content: _Content | None) -> None:
        if content is None:
            del self._names[path]
        else:
            self._names[path] = content
        self._pending.append((path, content))

    def _sync(self, path: str) -> None:
        """Of a file: its content; where it is a new log or journal, SQLite syncs the folder, too.
        Of a folder: all names in it."""
        folder = path
        if (content := self._names.get(path)) is not None:
            content.sync()
            is_new = any(one is content for _, one in self._pending)
            if not is_new or not path.endswith(("-wal", "-journal")):
                return
            folder = str(Path(path).parent)
        for name, target in self._pending:
            if str(Path(name).parent) == folder:
                self._keep(name, target)
        self._pending = [one for one in self._pending if str(Path(one[0]).parent) != folder]

    def _keep(self, path: str, content: _Content | None) -> None:
        if content is None:
            self._kept.pop(path, None)
        else:
            self._kept[path] = content

    def cut(self, by: random.Random) -> dict[str, bytes]:
        """The files after a power cut now."""
        how = by.choice((_dropped, _whole, _torn, _torn))
        names = dict(self._kept)
        for path, content in self._pending:
            if by.random() < 0.5:
                break  # names come to the disk in order
            if content is None:
                names.pop(path, None)
            else:
                names[path] = content
        return {path: bytes(how(content, by)) for path, content in names.items()}


def _dropped(content: _Content, by: random.Random) -> bytearray:
    del by
    return bytearray(content.durable)


def _whole(content: _Content, by: random.Random) -> bytearray:
    """Each write is there, or is not."""
    left = bytearray(content.durable)
    for call in content.later:
        if by.random() < 0.7:
            _apply(left, call)
    return left


def _torn(content: _Content, by: random.Random) -> bytearray:
    """Of each sector any version is there."""
    left = bytearray(content.durable)
    chance = by.random()
    for call in content.later:
        if call.what == "truncate":
            if by.random() < chance:
                _apply(left, call)
            continue
        for start in range(0, len(call.data), SECTOR):
            if by.random() < chance:
                piece = call.data[start : start + SECTOR]
                _apply(left, call._replace(offset=call.offset + start, data=piece))
    return left


def _apply(content: bytearray, call: DiskCall) -> None:
    if call.what == "truncate":
        del content[call.offset :]
        return
    if len(content) < call.offset:
        content.extend(bytes(call.offset - len(content)))
    content[call.offset : call.offset + len(call.data)] = call.data
