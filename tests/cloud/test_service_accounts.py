"""Functions of a stack have what signs for a service account, and only where one is set."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from leadline.cloud.packages.carried import carried_files
from leadline.cloud.packages.packaging import work_package
from leadline.model.errors import ConfigurationError
from tests.cloud.test_token_checks import LOCAL
from tests.standins.ad_networks import account_json

SETTINGS = """
[outcomes.google]
kind = "google"
consent = "ads"
account = "1234567890"
service_account = '''{key}'''
[outcomes.google.stages]
won = "13"
"""


def carried(folder: Path, key: str) -> dict[str, bytes]:
    path = folder / "leadline.toml"
    path.write_text(SETTINGS.format(key=key))
    return dict(carried_files(path))


def test_the_package_of_the_work_signs_if_a_network_has_a_service_account(tmp_path: Path) -> None:
    key = account_json(rsa.generate_private_key(65537, 2048))
    files = work_package(LOCAL, carried(tmp_path, key)).files
    assert any(path.startswith("cryptography/") for path in files)
    assert not any(b"PRIVATE KEY" in content for content in carried(tmp_path, key).values())
    plain = work_package(LOCAL, carried(tmp_path, "")).files
    assert not any(path.startswith("cryptography/") for path in plain)


def test_a_key_in_a_file_is_not_deployed(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"outcomes.google.service_account names a file"):
        carried(tmp_path, "/etc/leadline/key.json")
