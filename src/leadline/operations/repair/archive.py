"""Archives as files: documents under the same keys as in S3, in a folder or a gzip'd tar.

Beside its documented keys, a raw document in an archive has what its import needs: `source`,
`event_key` (hex), `lasting_key` and `record`; of a delivery that could not be read also its bytes.
A lead with a handling has a third document, and one that people corrected another.
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, cast

import msgspec

from leadline.model.facts.corrected_events import event_of_correction
from leadline.model.facts.correcting import Correction, read_correction
from leadline.model.formats import from_iso
from leadline.model.handling import Handling
from leadline.model.ids import is_lead_id
from leadline.model.keys import key_digest
from leadline.model.lead import CapturedLead, Kind
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.model.rights import (
    PRIVATE,
    Rights,
    make_folder,
    new_file,
    sync_file,
    sync_folder,
    write_file,
)
from leadline.ports.archive import ArchiveError

_BLOCK = 512
_END = bytes(2 * _BLOCK)
_UNFINISHED = "unfinished"
"""The file that marks a folder as incomplete while documents are written to it."""


class RawDocument(msgspec.Struct, frozen=True):
    """A raw document as an import reads it; all fields after `raw_data` may be missing."""

    lead_id: str
    timestamp: str
    raw_data: msgspec.Raw
    source: str = "generic"
    event_key: str = ""
    lasting_key: bool = False
    record: str | None = None
    kind: str = Kind.CREATED
    media_type: str = ""
    why: str = ""
    body: bytes | None = None  # base64 in JSON
    joins: str = ""

    def captured(self) -> CapturedLead:
        """The lead of this document, due at once; or the dead letter that could not be read.

        Where the document has no key it is a lead of its own, even if others have the same words:
        whether it was a redelivery was judged when it came.
        """
        at = from_iso(self.timestamp)
        raw = bytes(self.raw_data)
        record = self.record
        unread = self.body if self.kind == Kind.UNREADABLE else None
        correction = read_correction(raw) if self.kind == Kind.CORRECTED else None
        if correction is not None and is_lead_id(self.joins):
            return event_of_correction(self.joins.lower(), self.source, correction)
        return CapturedLead(
            id=self.lead_id.lower(),
            source=self.source,
            kind=Kind.CREATED if unread is None else Kind.UNREADABLE,
            captured_at=at,
            due_at=at,
            raw=raw,
            event_key=bytes.fromhex(self.event_key) or self._digest(raw, unread),
            lasting_key=self.lasting_key,
            record=record,
            record_key=key_digest("record", self.source, record.encode()) if record else None,
            why="" if unread is None else self.why,
            body=unread,
            media_type="application/json" if unread is None else self.media_type,
            window=None if self.event_key else timedelta(),
        )

    def _digest(self, raw: bytes, unread: bytes | None) -> bytes:
        """The key where the document names none. Erased words are the same for all."""
        if unread is not None:
            return key_digest("unreadable", self.source, unread)
        if raw in (ERASED_WORDS, RETIRED_WORDS):
            return key_digest("erased", self.source, self.lead_id.lower().encode())
        return key_digest("digest", self.source, raw)


_document = msgspec.json.Decoder(RawDocument)


def read_raw(key: str, document: bytes) -> CapturedLead:
    """The lead of one raw document.

    Raises ArchiveError, which names the *key*, if it is not a valid one.
    """
    try:
        found = _document.decode(document)
        if not is_lead_id(found.lead_id):
            raise ValueError("lead_id is not a UUID")
        return found.captured()
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{key} is not a valid raw document: {error}") from None


class _HandlingDocument(msgspec.Struct, frozen=True):
    lead_id: str
    handling: Handling


_handling = msgspec.json.Decoder(_HandlingDocument)


def handling_document(lead_id: str, handling: Handling) -> bytes:
    """The JSON document of a lead's handling, without Slack's `reply_url`, which is a secret."""
    stored = msgspec.structs.replace(handling, reply_url="", reply_until=None)
    return msgspec.json.encode(_HandlingDocument(lead_id, stored))


def read_handling(key: str, document: bytes) -> tuple[str, Handling]:
    """The reverse of `handling_document`: lead id and handling. Rosters are in no archive, so
    nobody has paid for the lead where it is imported, and it waits in no queue there.

    Raises ArchiveError, which names the *key*, if it is not a valid one.
    """
    try:
        found = _handling.decode(document)
        if not is_lead_id(found.lead_id):
            raise ValueError("lead_id is not a UUID")
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{key} is not a valid handling document: {error}") from None
    handling = msgspec.structs.replace(found.handling, charge=None, queued=None)
    return found.lead_id.lower(), handling


class _CorrectionsDocument(msgspec.Struct, frozen=True):
    lead_id: str
    source: str
    corrections: tuple[Correction, ...]


_corrections = msgspec.json.Decoder(_CorrectionsDocument)


def corrections_document(lead_id: str, source: str, corrections: Sequence[bytes]) -> bytes:
    """The JSON document of what people corrected of a lead, the oldest first; what was erased or
    deleted of it is left out."""
    there = tuple(filter(None, map(read_correction, corrections)))
    return msgspec.json.encode(_CorrectionsDocument(lead_id, source, there))


def read_corrections(key: str, document: bytes) -> list[CapturedLead]:
    """The reverse of `corrections_document`: the events that correct the lead.

    Raises ArchiveError, which names the *key*, if it is not a valid one.
    """
    try:
        found = _corrections.decode(document)
        if not is_lead_id(found.lead_id):
            raise ValueError("lead_id is not a UUID")
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{key} is not a valid document of corrections: {error}") from None
    lead_id = found.lead_id.lower()
    return [event_of_correction(lead_id, found.source, one) for one in found.corrections]


class FolderWriter:
    """Writes documents as files below a folder; imports refuse it until `close` is called."""

    def __init__(self, folder: Path, rights: Rights = PRIVATE) -> None:
        self._folder = folder
        self._rights = rights
        make_folder(folder, rights)
        write_file(folder / _UNFINISHED, b"", rights)
        self._written: set[Path] = set()

    def write(self, key: str, document: bytes, at: datetime) -> None:  # noqa: ARG002
        """See `DocumentWriter.write`."""
        path = self._folder / key
        if path.parent not in self._written:
            make_folder(path.parent, self._rights)
            self._written.add(path.parent)
        write_file(path, document, self._rights)

    def close(self) -> None:
        """See `DocumentWriter.close`."""
        for folder in self._written:
            sync_folder(folder)
        (self._folder / _UNFINISHED).unlink()
        sync_folder(self._folder)


class TarWriter:
    """Writes documents into a gzip'd tar, which gets its name only when it is complete. Unpacked
    files have the same *rights*."""

    def __init__(self, path: Path, rights: Rights = PRIVATE) -> None:
        self._path = path
        self._partial = path.with_name(path.name + ".partial")
        self._rights = rights
        self._file = new_file(self._partial, rights)
        self._tar = tarfile.open(fileobj=self._file, mode="w:gz", compresslevel=6)  # noqa: SIM115

    def write(self, key: str, document: bytes, at: datetime) -> None:
        """See `DocumentWriter.write`."""
        info = tarfile.TarInfo(key)
        info.size, info.mtime = len(document), int(at.timestamp())
        info.mode = self._rights.file
        self._tar.addfile(info, io.BytesIO(document))

    def close(self) -> None:
        """See `DocumentWriter.close`."""
        self._tar.close()
        sync_file(self._file)
        self._file.close()
        self._partial.replace(self._path)
        sync_folder(self._path.parent)


def is_tar(path: Path) -> bool:
    """Whether the path names a tar rather than a folder."""
    return path.name.endswith((".tar.gz", ".tgz"))


class _Tail:
    """The stream that a tar is read from; it keeps the last bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._last = b""

    def read(self, size: int) -> bytes:
        """Read like a file."""
        read = self._file.read(size)
        self._last = (self._last + read)[-len(_END) :]
        return read

    def check_end(self) -> None:
        """Read the rest; raises EOFError unless it ends as a complete tar does (POSIX ustar: two
        blocks of zeros). `tarfile` takes a truncated archive for a complete one."""
        while self.read(_BLOCK * 128):
            pass
        if self._last != _END:
            raise EOFError("it was cut short")


def documents(path: Path) -> Iterator[tuple[str, bytes]]:
    """The key and content of every document of an archive; raises ArchiveError if the archive
    cannot be read; for a damaged or truncated one, at its end at the latest."""
    if path.is_dir():
        if (path / _UNFINISHED).exists():
            raise ArchiveError(f"{path} is not whole: the export into it did not end; export again")
        for file in sorted(path.glob("*/*/*/*/*.json")):
            yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    try:
        # `tarfile` itself checks neither gzip's checksum nor that the stream is complete.
        with gzip.open(path) as unpacked:
            whole = _Tail(cast("IO[bytes]", unpacked))
            with tarfile.open(fileobj=cast("IO[bytes]", whole), mode="r|") as tar:
                for member in tar:
                    file_in_tar = tar.extractfile(member) if member.isfile() else None
                    if file_in_tar is not None and member.name.endswith(".json"):
                        yield member.name.removeprefix("./"), file_in_tar.read()
            whole.check_end()
    except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
        raise ArchiveError(f"{path} can't be read: {error}") from None
