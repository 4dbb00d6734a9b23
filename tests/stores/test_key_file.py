"""The file of the privacy key."""

import errno
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError, LeadlineError, StorageFailed
from leadline.stores.key_file import key_path, read_or_make_key


def test_a_key_is_made_once_for_its_user_alone(tmp_path: Path) -> None:
    key = read_or_make_key(tmp_path / "data")
    assert read_or_make_key(tmp_path / "data").id == key.id
    assert key_path(tmp_path / "data").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("number", "raised", "remedy"),
    [
        (errno.EACCES, ConfigurationError, "set privacy_key, or make its folder"),
        (errno.EROFS, ConfigurationError, "set privacy_key, or make its folder"),
        (errno.ENOSPC, StorageFailed, "can't be written"),
    ],
)
def test_a_key_that_cannot_be_made_is_named_with_what_mends_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    raised: type[LeadlineError],
    remedy: str,
) -> None:
    def fails(_: Path) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("leadline.stores.key_file.make_folder", fails)
    with pytest.raises(raised, match=remedy):
        read_or_make_key(tmp_path / "data")
