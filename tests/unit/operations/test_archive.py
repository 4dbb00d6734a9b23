"""Archives are read whole or not at all."""

import gzip
import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.model.handling import Handling
from leadline.model.staff.assigning import Charge, Queued
from leadline.model.staff.people import Person
from leadline.operations.repair.archive import (
    FolderWriter,
    TarWriter,
    documents,
    handling_document,
    read_handling,
)
from leadline.ports.archive import ArchiveError

AT = datetime(2026, 3, 2, tzinfo=UTC)


def write(path: Path, count: int) -> list[tuple[str, bytes]]:
    """An archive of so many documents."""
    made = [(f"raw/2026/03/02/{i}.json", b'{"lead_id": "%d"}' % i) for i in range(count)]
    writer = TarWriter(path)
    for key, document in made:
        writer.write(key, document, AT)
    writer.close()
    return made


def test_a_whole_archive_gives_every_document(tmp_path: Path) -> None:
    path = tmp_path / "whole.tar.gz"
    for count in (0, 1, 40):
        assert write(path, count) == list(documents(path))


def test_wherever_an_archive_is_cut_short_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.tar.gz"
    write(path, 12)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ArchiveError, match="can't be read"):
            list(documents(path))


def test_a_tar_that_was_cut_before_it_was_compressed_is_refused(tmp_path: Path) -> None:
    """As a disk that was full leaves it: the gzip is whole, and what it holds is not."""
    path = tmp_path / "cut.tar.gz"
    write(path, 3)
    tar = gzip.decompress(path.read_bytes())
    for blocks in range(len(tar.rstrip(b"\0")) // 512 + 2):
        path.write_bytes(gzip.compress(tar[: blocks * 512]))
        with pytest.raises(ArchiveError, match="can't be read"):
            list(documents(path))


def test_a_bit_that_flipped_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "flipped.tar.gz"
    made = write(path, 3)
    whole = path.read_bytes()
    for at in range(10, len(whole), 7):  # behind the head, which holds a time and a name
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        try:
            assert list(documents(path)) == made, at
        except ArchiveError:
            continue


def test_archives_of_other_programs_are_read(tmp_path: Path) -> None:
    path = tmp_path / "other.tar.gz"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("./raw/2026/03/02/1.json")
        info.size = 2
        tar.addfile(info, io.BytesIO(b"{}"))
    path.write_bytes(gzip.compress(packed.getvalue()))
    assert list(documents(path)) == [("raw/2026/03/02/1.json", b"{}")]


def test_a_folder_into_which_an_export_did_not_end_is_refused(tmp_path: Path) -> None:
    writer = FolderWriter(tmp_path / "leads")
    writer.write("raw/2026/03/02/1.json", b"{}", AT)
    with pytest.raises(ArchiveError, match="is not whole"):
        list(documents(tmp_path / "leads"))
    writer.close()
    assert list(documents(tmp_path / "leads")) == [("raw/2026/03/02/1.json", b"{}")]


def test_an_imported_lead_has_paid_in_no_team_and_waits_in_no_queue() -> None:
    """No archive has the roster of a team, so nobody would ever get back what was paid."""
    lead_id = "0193a5b2-0000-7000-8000-000000000001"
    owned = Handling(owner=Person(slack="U01ADA"))
    handled = Handling(
        owner=owned.owner, charge=Charge("sales", "ada", AT), queued=Queued("sales", 1.0, AT)
    )
    document = handling_document(lead_id, handled)
    assert b'"charge"' in document
    assert read_handling("any", document) == (lead_id, owned)
