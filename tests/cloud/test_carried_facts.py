"""Files of facts about leads, from this machine to the functions of a stack."""

from pathlib import Path

import pytest

from leadline.cloud.code_bucket import ensure_code_bucket, upload
from leadline.cloud.packages import carried as carrying
from leadline.cloud.packages.carried import FACTS, carried_before, carried_files, refuse_lost
from leadline.cloud.packages.modules import own_modules
from leadline.cloud.packages.packaging import WORK_HANDLERS, Package
from leadline.cloud.session import CloudError, connect
from leadline.enrichment import csv_file
from leadline.installations.settings_check import check
from leadline.model.errors import ConfigurationError
from leadline.settings.loading import load

ACCOUNTS = "domain,tier\nexample.com,gold\n"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The path of settings that name a file of facts."""
    path, accounts = tmp_path / "leadline.toml", tmp_path / "accounts of käufer.csv"
    accounts.write_text(ACCOUNTS)
    path.write_text(f'[enrich.csv]\nfile = "{accounts.as_posix()}"\n')
    return path


def accounts_of(settings: Path) -> Path:
    return settings.with_name("accounts of käufer.csv")


def test_a_deployment_carries_the_file_as_it_is(settings: Path) -> None:
    check(load(config=settings, environ={}).settings, elsewhere=True)
    ((place, content),) = carried_files(settings).items()
    assert content == ACCOUNTS.encode()
    assert place == FACTS + csv_file.carried_name(accounts_of(settings).as_posix())


def test_the_package_has_what_reads_the_file(settings: Path) -> None:
    del settings
    assert "leadline/enrichment/csv_file.py" in own_modules(WORK_HANDLERS)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "can't be read (No such file"), (b"tier\ngold\n", "has no column 'domain'")],
)
def test_a_file_of_no_use_is_told_before_it_is_deployed(
    settings: Path, content: bytes | None, words: str
) -> None:
    accounts_of(settings).unlink()
    if content is not None:
        accounts_of(settings).write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        carried_files(settings)
    assert words in caught.value.detail
    assert str(settings) in caught.value.detail
    with pytest.raises(ConfigurationError):
        check(load(config=settings, environ={}).settings, elsewhere=True)


def test_files_that_are_too_large_for_a_function_are_refused_with_their_size(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"firm-{n:05}.example,tier {n}\n" for n in range(20_000))
    accounts_of(settings).write_text("domain,tier\n" + rows)
    monkeypatch.setattr(carrying, "MOST_FACTS", 20_000_000)
    assert len(carried_files(settings)) == 1
    monkeypatch.setattr(carrying, "MOST_FACTS", 4_000_000)
    with pytest.raises(ConfigurationError, match=r"käufer\.csv would take up \d+ MB of memory"):
        carried_files(settings)


def test_settings_that_stay_keep_their_file_or_say_that_it_is_lost(
    settings: Path, moto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (
        ("AWS_ENDPOINT_URL", moto),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ):
        monkeypatch.setenv(name, value)
    cloud = connect("eu-west-1")
    ensure_code_bucket(cloud)
    files = carried_files(settings)
    before = Package("work", {**files, "a.py": b""}, None, "with facts")
    upload(cloud, before)
    assert carried_before(cloud, before.key) == files
    with pytest.raises(CloudError, match=r"käufer\.csv, which the last deployment carried"):
        refuse_lost(settings.read_text())
