"""Google is told by a service account: its key signs, and only Google's endpoints are called."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from leadline.conversions.registry import make_ad_network
from leadline.model.errors import ConfigurationError
from leadline.ports.ad_network import AdNetwork
from leadline.ports.messenger import Refused
from leadline.settings.connected.outcomes import GoogleOutcomes
from tests.conversions.test_answers import conversion
from tests.standins.ad_networks import AdNetworkServer, account_json
from tests.worlds.ad_office import config_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NO_APP = {"client_id": "", "client_secret": "", "refresh_token": ""}
KEY = rsa.generate_private_key(65537, 2048)


@pytest.fixture
def server() -> Iterator[AdNetworkServer]:
    with AdNetworkServer(NOW) as made:
        made.account = KEY
        yield made


def google(server: AdNetworkServer, key: str, **more: Any) -> AdNetwork:
    settings = {**NO_APP, "service_account": key, **more}
    return make_ad_network("ads", config_of("google", server.url, **settings))


def test_a_token_is_fetched_by_a_signed_assertion_and_used_until_it_ends(
    server: AdNetworkServer,
) -> None:
    network = google(server, account_json(KEY))
    for n in range(3):
        assert isinstance(network.send([conversion(n)]), list)
    assert (len(server.assertions), len(server.taken)) == (1, 3)
    server.token_life = 0  # of the next one, which ends within a minute
    server.replies = [(401, {}, {})]
    assert isinstance(network.send([conversion(3)]), list)
    assert len(server.assertions) == 2


def test_the_key_may_be_in_a_file(server: AdNetworkServer, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(account_json(KEY))
    assert isinstance(google(server, path.as_posix()).send([conversion()]), list)
    with pytest.raises(ConfigurationError, match=r"can't be read: No such file .*; on AWS, put"):
        google(server, (tmp_path / "other.json").as_posix())
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ConfigurationError, match="has more than 20000 bytes"):
        google(server, path.as_posix())
    with pytest.raises(ConfigurationError, match="can't be read: it is no path"):
        google(server, "~nobody-has-this-name/key.json")


def test_an_assertion_of_another_key_is_refused_without_a_word_of_it(
    server: AdNetworkServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stranger = rsa.generate_private_key(65537, 2048)
    answer = google(server, account_json(stranger)).send([conversion()])
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.words) == ("google.unauthorized", "Invalid JWT Signature.")
    assert "PRIVATE" not in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "https://oauth2.googleapis.com.example.com/token",
        "https://oauth2.googleapis.com@127.0.0.1/token",
        "http://oauth2.googleapis.com/token",
        "https://127.0.0.1/token",
        "https://user@oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com:8443/token",
        "https://oauth2.googleapis.com./token",
        "https://oauth2.googleapis.com\\@127.0.0.1/token",
        "https://:@oauth2.googleapis.com/token",
        "https://[oauth2.googleapis.com/token",
        "",
    ],
)
def test_a_key_cannot_name_an_endpoint_that_is_not_googles(
    server: AdNetworkServer, url: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"that is not one of Google's"):
        google(server, account_json(KEY, token_uri=url), token_url="")
    assert not server.assertions


def test_what_is_no_key_is_refused_without_a_word_of_it(server: AdNetworkServer) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    pem = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    weak = rsa.generate_private_key(65537, 1024)
    for text, words in (
        ("{}", "is not the JSON of a service account's key"),
        (account_json(KEY, type="authorized_user"), 'not of the type "service_account"'),
        (account_json(KEY, private_key="secret words"), "its private_key can't be read"),
        (account_json(KEY, private_key=pem), "is no RSA key of 2048 bits or more"),
        (account_json(weak), "is no RSA key of 2048 bits or more"),
    ):
        with pytest.raises(ConfigurationError, match=words) as failed:
            google(server, text)
        assert "secret words" not in str(failed.value)
        assert "PRIVATE KEY" not in str(failed.value)


def test_the_key_is_in_no_representation_of_the_settings(server: AdNetworkServer) -> None:
    config = config_of("google", server.url, **NO_APP, service_account=account_json(KEY))
    assert isinstance(config, GoogleOutcomes)
    assert "PRIVATE" not in repr(config)
    assert config.missing() == ()
