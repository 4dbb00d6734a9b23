"""The master key: in AWS KMS, in the environment, in a file."""

import os
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import boto3
import pytest

from leadline.model.errors import ConfigurationError
from leadline.stores.sqlite.encryption.master import master_key
from leadline.stores.sqlite.encryption.references import give_reference
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured

REGION = "eu-central-1"


@pytest.fixture
def arn(moto: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ARN of a key in the stand-in of KMS."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key-of-this-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    kms = boto3.client("kms", region_name=REGION, endpoint_url=moto)
    return str(kms.create_key()["KeyMetadata"]["Arn"])


def test_kms_wraps_the_data_keys_and_is_asked_for_them(
    arn: str, tmp_path: Path, clock: HandClock
) -> None:
    folder = tmp_path / "data"
    give_reference(folder, f"kms:{arn}")
    lead = captured(clock, "kinsella")
    with closing(SqliteStore(folder, clock=clock)) as store:
        store.accept([lead])
        assert store.encrypts
    assert b"kinsella" not in (folder / "leadline.db").read_bytes()
    with closing(SqliteStore(folder, clock=clock)) as store:
        assert store.archived([lead.id])[lead.id].raw == lead.raw


def test_what_kms_refuses_is_said_with_its_code(arn: str) -> None:
    key = master_key(f"kms:{arn}")
    wrapped = key.wrap(bytes(32), "one purpose")
    assert key.unwrap(wrapped, "one purpose") == bytes(32)
    with pytest.raises(ConfigurationError, match="AWS KMS does not decrypt with arn:aws:kms"):
        key.unwrap(wrapped, "another purpose")


def test_without_credentials_kms_is_not_asked(arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(ConfigurationError, match="AWS_ACCESS_KEY_ID"):
        master_key(f"kms:{arn}").wrap(bytes(32), "")


def test_a_key_from_the_environment_is_base64_or_hex(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = os.urandom(32)
    monkeypatch.setenv("ONE", b64encode(raw).decode())
    monkeypatch.setenv("OTHER", raw.hex())
    one, other = master_key("env:ONE"), master_key("env:OTHER")
    assert one.id == other.id
    assert other.unwrap(one.wrap(bytes(32), "a"), "a") == bytes(32)
    with pytest.raises(ConfigurationError, match="under another key"):
        other.unwrap(one.wrap(bytes(32), "a"), "b")
    monkeypatch.delenv("ONE")
    with pytest.raises(ConfigurationError, match="not in the environment variable ONE"):
        master_key("env:ONE")
