"""Settings of access tokens: what fits together, and what is refused in words."""

from datetime import timedelta
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.loading import load

ISSUER = 'oauth_issuer = "https://issuer.example.com/"\n'
AUDIENCE = 'oauth_audience = "leads"\n'


def source(text: str) -> SourceConfig:
    document = (f"[sources.generic]\n{text}", "leadline.toml")
    return load(environ={}, folder=Path("/"), document=document).settings.sources["generic"]


def refused(text: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        source(text)
    return error.value.detail


def test_an_issuer_and_an_audience_are_enough() -> None:
    config = source(ISSUER + AUDIENCE)
    assert config.oauth_issuer == "https://issuer.example.com/"  # to the last character
    assert config.oauth_audience == ("leads",)
    assert config.oauth_skew == timedelta(seconds=60)
    assert config.authenticated
    assert not config.is_signed


def test_everything_may_be_said() -> None:
    config = source(
        ISSUER + 'oauth_audience = ["a", "b"]\noauth_scope = "leads:write"\noauth_clients = "x y"\n'
        'oauth_jwks_url = "https://issuer.example.com/keys"\noauth_skew = "0"\n'
        'secret = "form-and-function"\noauth_with_secret = "either"\n'
    )
    assert (config.oauth_audience, config.oauth_scope) == (("a", "b"), ("leads:write",))
    assert config.oauth_clients == ("x", "y")
    assert not config.is_signed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ISSUER, "it needs an `oauth_audience`"),
        (AUDIENCE, "it needs an `oauth_issuer`"),
        ('oauth_scope = "leads:write"', "it needs an `oauth_issuer`"),
        ('oauth_clients = "partner"', "it needs an `oauth_issuer`"),
        ('oauth_jwks_url = "https://issuer.example.com/keys"', "it needs an `oauth_issuer`"),
        ('oauth_issuer = "http://issuer.example.com"', "https://"),
        ('oauth_issuer = "issuer.example.com"', "https://"),
        ('oauth_issuer = "https://"', "https://"),
        (ISSUER + AUDIENCE + 'oauth_jwks_url = "http://issuer.example.com/keys"', "https://"),
        (ISSUER + AUDIENCE + 'oauth_skew = "11m"', "at most 10m"),
        (ISSUER + AUDIENCE + 'public = "yes"', "not both"),
        (ISSUER + AUDIENCE + 'oauth_with_secret = "neither"', "one of both, either"),
    ],
)
def test_what_does_not_fit_is_refused(text: str, words: str) -> None:
    assert words in refused(text)
    assert "leadline.toml line" in refused(text)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80"])
def test_an_issuer_on_this_machine_may_do_without_https(host: str) -> None:
    assert source(f'oauth_issuer = "http://{host}"\n{AUDIENCE}').authenticated
