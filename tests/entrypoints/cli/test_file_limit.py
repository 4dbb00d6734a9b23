"""What `status` says of a limit on the size of files."""

import os
import sys
from pathlib import Path

import pytest

from leadline.entrypoints.cli.run._file_limit import LEAST, words_of_file_limit

resource = pytest.importorskip("resource")


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> int:
    """The bytes that a file may have here."""
    most = LEAST + 5000
    monkeypatch.setattr(resource, "getrlimit", lambda _of: (most, resource.RLIM_INFINITY))
    return most


def test_a_limit_that_the_database_comes_near_is_told(tmp_path: Path, limited: int) -> None:
    (tmp_path / "leads.db").write_bytes(bytes(5000))
    assert words_of_file_limit(tmp_path, None) == ""
    (tmp_path / "leads.db").write_bytes(bytes(5001))
    assert words_of_file_limit(tmp_path, None) == (
        f"no file here may be larger than {limited:,} bytes (ulimit -f), and the largest has "
        "5,001: start `leadline serve` with `ulimit -f unlimited`"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell it")
def test_the_limit_of_the_server_counts_where_one_runs(tmp_path: Path, limited: int) -> None:
    (tmp_path / "leads.db").write_bytes(bytes(5001))
    soft = resource.prlimit(os.getpid(), resource.RLIMIT_FSIZE)[0]
    told = words_of_file_limit(tmp_path, os.getpid())
    assert (told == "") is (soft == resource.RLIM_INFINITY or soft > limited)


def test_without_a_limit_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    none = resource.RLIM_INFINITY
    monkeypatch.setattr(resource, "getrlimit", lambda _of: (none, none))
    (tmp_path / "leads.db").write_bytes(bytes(1 << 20))
    assert words_of_file_limit(tmp_path, None) == ""
