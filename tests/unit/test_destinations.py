"""Channels of every kind from their settings, and what is said when something is missing."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.deliver.channel import ChannelConfig
from leadline.destinations import MAKERS, channel_configs, make_channel, usual_channels
from leadline.errors import ConfigurationError
from leadline.settings import Settings
from leadline.settings_reading import load
from leadline.settings_tables import CHANNEL_SETTINGS

WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
MAIL: dict[str, Any] = {"sender": "leads@example.com", "to": ("owner", "sales@example.com")}
WHOLE: dict[str, dict[str, Any]] = {
    "slack-webhook": {"url": "https://hooks.slack.example/services/T/B/x"},
    "slack-bot": {"token": "xoxb-1", "room": "C012ABCDEF"},
    "email": {"server": "mail.example.com", "user": "leads", "token": "pw", **MAIL},
    "ses": {"region": "eu-west-1", **MAIL},
    "webhook": {"url": "https://x.example/hook", "secret": (WHSEC,)},
    "teams": {"url": "https://x.example/workflows/1"},
    "pagerduty": {"token": "0123456789abcdef0123456789abcdef"},
    "apprise": {"url": "json://127.0.0.1:9/x"},
}
NEEDED = [(kind, name) for kind, whole in WHOLE.items() for name in whole if name != "user"]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def config(kind: str, **changes: Any) -> ChannelConfig:
    return ChannelConfig(kind=kind, **{**WHOLE[kind], **changes})


def test_every_kind_that_settings_may_name_is_made() -> None:
    assert list(MAKERS) == list(WHOLE)
    for kind in MAKERS:
        assert CHANNEL_SETTINGS["kind"].notation.read(kind) == kind
        channel = make_channel("c", config(kind, per_second=4.0), Settings())
        assert (channel.name, channel.gap.total_seconds()) == ("c", 0.25)


@pytest.mark.parametrize(("kind", "name"), NEEDED)
def test_what_is_missing_is_named_with_its_channel(kind: str, name: str) -> None:
    empty: object = () if name in ("to", "secret") else ""
    with pytest.raises(ConfigurationError) as caught:
        make_channel("desk", config(kind, **{name: empty}), Settings())
    assert "channels.desk" in caught.value.detail
    assert name in caught.value.detail


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("webhook", "secret", ("s3cret-too-plain",)),
        ("webhook", "url", "slack://s3cret"),
        ("teams", "url", "ftp://s3cret.example/"),
        ("pagerduty", "token", "s3cret"),
        ("pagerduty", "url", "s3cret"),
        ("apprise", "url", "nothing://s3cret"),
        ("email", "sender", "nobody"),
        ("email", "to", ("nobody",)),
        ("email", "security", "none"),
        ("ses", "region", "Frankfurt"),
    ],
)
def test_what_can_not_be_right_is_named_and_no_secret_is(kind: str, name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make_channel("desk", config(kind, **{name: value}), Settings())
    assert f"channels.desk.{name}" in caught.value.detail
    assert "s3cret" not in caught.value.detail


def test_mail_for_owners_is_personal_and_other_mail_is_not() -> None:
    assert make_channel("mail", config("email"), Settings()).personal
    assert not make_channel("mail", config("email", to=("a@example.com",)), Settings()).personal
    assert not make_channel("hook", config("webhook"), Settings()).personal


def test_ses_takes_its_region_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert make_channel("mail", config("ses", region=""), Settings()).name == "mail"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(ConfigurationError, match="AWS_ACCESS_KEY_ID"):
        make_channel("mail", config("ses"), Settings())


def test_pagerduty_hears_of_leads_only_when_it_is_told_to() -> None:
    channels = {"ops": config("pagerduty"), "desk": config("teams")}
    assert usual_channels(msgspec.structs.replace(Settings(), channels=channels)) == ("desk",)
    channels = {
        "ops": config("pagerduty", leads=True),
        "desk": config("teams", leads=False),
    }
    assert usual_channels(msgspec.structs.replace(Settings(), channels=channels)) == ("ops",)


def test_a_url_of_apprise_is_a_url_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text(
        '[channels.phone]\nkind = "apprise"\nurl = "ntfys://leads-of-ours"\n'
    )
    found = channel_configs(load(environ={}, folder=tmp_path).settings)
    assert found["phone"].url == "ntfys://leads-of-ours"
    assert "leads-of-ours" not in repr(found["phone"])
