"""Which sources believe everybody, and what says that others than this machine can reach them."""

from pathlib import Path

import pytest

from leadline import wiring
from leadline.entrypoints.embedded.watching import exposure
from leadline.entrypoints.reception import has_token
from leadline.model.errors import ConfigurationError
from leadline.model.rights import too_wide
from leadline.plugins import source_names
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

TOML = """
[sources.close]
secret = "abc"
[sources.form]
public = "yes"
[sources.typeform]
delay = "1m"
"""


def settings(toml: str) -> Settings:
    return load(environ={}, document=(toml, "settings.toml")).settings


def test_every_source_without_a_secret_counts_set_or_not_but_for_those_declared_public() -> None:
    found = settings(TOML)
    assert exposure.unauthenticated(found) == [
        n for n in source_names() if n not in ("close", "form")
    ]
    assert exposure.public(found) == ["form"]


def test_a_source_that_demands_access_tokens_is_authenticated() -> None:
    found = settings(
        'only_sources = ["close", "generic"]\n[sources.generic]\n'
        'oauth_issuer = "https://issuer.example.com"\noauth_audience = "leads"\n'
    )
    assert exposure.unauthenticated(found) == ["close"]


def test_a_source_that_is_not_taken_from_does_not_count() -> None:
    found = settings('only_sources = ["close", "form", "typeform"]' + TOML)
    assert exposure.unauthenticated(found) == ["typeform"]


def test_a_public_source_with_a_secret_still_wants_it() -> None:
    found = settings('[sources.form]\npublic = "yes"\nsecret = "abc"')
    assert exposure.public(found) == []
    assert wiring.webhook_kit(found).sources["form"].config.secret == ("abc",)


def test_webhooks_are_taken_from_named_sources_and_leads_of_others_are_still_worked_on() -> None:
    found = settings('only_sources = ["close"]')
    taken = wiring.webhook_kit(found).sources
    assert list(taken) == ["close"]
    assert "form" not in taken
    with pytest.raises(KeyError):
        taken["form"]
    assert set(wiring.capture_kit(found).sources) == set(source_names())
    assert set(wiring.webhook_kit(settings("")).sources) == set(source_names())


def test_a_source_to_take_from_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="only_sources: there is no source 'closed'"):
        settings('only_sources = ["closed"]')


@pytest.mark.parametrize("name", ["LEADLINE_ONLY_SOURCES", "LEADLINE_METRICS_TOKEN"])
def test_a_variable_that_came_out_empty_lets_nobody_in(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not empty"):
        load(environ={name: ""}, folder=tmp_path)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost"])
def test_on_loopback_only_this_machine_is_near(host: str, tmp_path: Path) -> None:
    assert exposure.exposed(Settings(data=tmp_path, host=host)) == {}


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "leads.example.com"]
)
def test_any_other_address_can_be_reached(host: str, tmp_path: Path) -> None:
    why = exposure.exposed(Settings(data=tmp_path, host=host))
    assert why == {"host": f"the server listens on {host}"}


def test_a_public_url_and_a_request_through_a_proxy_say_that_others_come(tmp_path: Path) -> None:
    url = "https://leads.example.com"
    assert set(exposure.exposed(Settings(data=tmp_path, public_url=url))) == {"public_url"}
    exposure.note_proxy(tmp_path)
    assert set(exposure.exposed(Settings(data=tmp_path))) == {"proxy"}


def test_what_is_noted_of_a_proxy_is_for_our_user_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    exposure.note_proxy(tmp_path)
    assert not too_wide(tmp_path)


def test_a_data_folder_that_is_gone_does_not_keep_requests_from_being_served(
    tmp_path: Path,
) -> None:
    exposure.note_proxy(tmp_path / "gone")
    assert exposure.exposed(Settings(data=tmp_path / "gone")) == {}


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ("Bearer new", True),
        ("bearer  old", True),
        ("Bearer ne", False),
        ("Bearer", False),
        ("new", False),
        ("Basic new", False),
        ("Bearer new old", False),
        ("Bearer \u00fc", False),
        ("", False),
    ],
)
def test_a_token_is_one_of_those_that_are_set(told: str, fits: bool) -> None:
    assert has_token({"authorization": told}, ("new", "old")) is fits
    assert has_token({}, ("new", "old")) is False


@pytest.mark.parametrize(
    "address", ["127.0.0.1:9100", "[::1]:9100", "localhost:0", "0.0.0.0:65535"]
)
def test_metrics_listen_is_an_address_and_a_port(address: str) -> None:
    assert settings(f'metrics_listen = "{address}"').metrics_listen == address


@pytest.mark.parametrize("address", ["9100", ":9100", "::1:9100", "127.0.0.1", "a:65536", "a:b"])
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="an address and a port"):
        settings(f'metrics_listen = "{address}"')
