"""Which channels settings make, and what they are made of."""

import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline import wiring
from leadline.channels.registry import channel_configs, usual_channels
from leadline.channels.slack.bot import SlackBot
from leadline.channels.slack.webhook import SlackWebhook
from leadline.model.errors import ConfigurationError
from leadline.settings.connected.channels import (
    ChannelConfig,
    EmailConfig,
    SlackBotConfig,
    SlackWebhookConfig,
    WebhookConfig,
)
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

URL = "https://hooks.slack.com/services/T0/B0/sEcReT"
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "deliver-alerts.md"
WEBHOOK = SlackWebhookConfig(url=URL)


def behind(fallback: str) -> ChannelConfig:
    return SlackWebhookConfig(url=URL, fallback=fallback)


def test_without_settings_there_is_no_channel() -> None:
    assert wiring.channels(Settings()) == {}
    assert [*wiring.channels_on_demand(Settings())] == []


def test_the_webhooks_own_setting_makes_the_channel_slack() -> None:
    settings = Settings(
        slack_webhook_url=URL, slack_per_second=4.0, slack_digest_above=7,
        slack_timeout=timedelta(seconds=3),
    )  # fmt: skip
    channel = wiring.channels(settings)["slack"]
    assert isinstance(channel.messenger, SlackWebhook)
    assert (channel.gap, channel.digest_above) == (timedelta(milliseconds=250), 7)
    assert (channel.name, channel.fallback, channel.personal) == ("slack", "", False)


def test_a_table_of_its_own_stands_above_it() -> None:
    table = SlackWebhookConfig(fallback="mail", fallback_after=timedelta(minutes=2))
    settings = Settings(slack_webhook_url=URL, channels={"slack": table, "mail": WEBHOOK})
    made = wiring.channels(settings)
    assert (made["slack"].fallback, made["slack"].fallback_after) == ("mail", timedelta(minutes=2))
    assert usual_channels(settings) == ("slack",)
    assert [*wiring.channels_on_demand(settings)] == ["slack", "mail"]


def test_the_channel_of_unassigned_leads_hears_of_no_others_but_where_it_is_the_only_one() -> None:
    pool = Settings(unassigned_channel="pool", channels={"pool": WEBHOOK, "sales": WEBHOOK})
    assert usual_channels(pool) == ("sales",)
    told = msgspec.structs.replace(WEBHOOK, leads=True)
    both = Settings(unassigned_channel="pool", channels={"pool": told, "sales": WEBHOOK})
    assert usual_channels(both) == ("pool", "sales")
    alone = Settings(unassigned_channel="pool", channels={"pool": WEBHOOK})
    assert usual_channels(alone) == ("pool",)


def test_who_only_schedules_alerts_makes_no_destination() -> None:
    bare = Settings(channels={"a": SlackBotConfig()})
    names = wiring.channels_on_demand(bare)
    assert ("a" in names, "b" in names, len(names), [*names]) == (True, False, 1, ["a"])
    with pytest.raises(ConfigurationError):
        names["a"]


def test_a_bot_in_a_room_and_one_for_direct_messages() -> None:
    bot = SlackBotConfig(token="xoxb-1", room="C012ABCDEF")
    direct = SlackBotConfig(token="xoxb-1", room="dm", leads=False)
    settings = Settings(channels={"sales": bot, "own": direct})
    made = wiring.channels(settings)
    assert all(isinstance(channel.messenger, SlackBot) for channel in made.values())
    assert (made["sales"].personal, made["own"].personal) == (False, True)
    assert usual_channels(settings) == ("sales",)


def test_no_message_takes_longer_than_whoever_sends_it_has_time() -> None:
    config = SlackWebhookConfig(url=URL, timeout=timedelta(seconds=60))
    channel = wiring.channels(Settings(channels={"a": config}), longest=2.5)["a"]
    assert isinstance(channel.messenger, SlackWebhook)
    assert channel.messenger._poster._http._timeout == 2.5


@pytest.mark.parametrize(
    ("channels", "says"),
    [
        ({"a": behind("b")}, "channels.a.fallback: there is no channel 'b'"),
        ({"a": behind("a")}, "channels.a.fallback leads back to 'a'"),
        ({"a": behind("b"), "b": behind("a")}, "channels.a.fallback leads back to 'a'"),
        (
            {"a": behind("b"), "b": behind("c"), "c": behind("b")},
            "channels.a.fallback leads back to 'b'",
        ),
    ],
)
def test_a_fallback_must_be_a_channel_and_lead_to_an_end(
    channels: dict[str, ChannelConfig], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(says)):
        channel_configs(Settings(channels=channels))


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (ChannelConfig(), "channels.a.kind must be one of slack-webhook, slack-bot"),
        (ChannelConfig(kind="pigeon"), "channels.a.kind must be one of"),
        (SlackWebhookConfig(), "[channels.a] url must be set for kind slack-webhook"),
        (SlackWebhookConfig(url="https://"), "channels.a.url must be a complete URL"),
        (SlackBotConfig(), "[channels.a] token, room must be set for kind slack-bot"),
        (WebhookConfig(url=URL), "[channels.a] secret must be set for kind webhook"),
        (
            EmailConfig(server="s", sender="a@example.com", to=("owner",), user="u"),
            "[channels.a] token must be set for kind email",
        ),
        (SlackBotConfig(room="C0"), "[channels.a] token must be set"),
        (SlackBotConfig(token="xoxb-sEcReT"), "[channels.a] room must be set"),
    ],
)
def test_what_a_channel_lacks_is_said_by_its_name(config: ChannelConfig, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        wiring.channels(Settings(channels={"a": config}))
    assert says in caught.value.detail
    assert "sEcReT" not in caught.value.detail


def test_buttons_call_back_only_where_presses_are_signed() -> None:
    settings = Settings(slack_webhook_url=URL)
    assert not wiring.in_memory(settings).interactive
    signed = Settings(slack_webhook_url=URL, slack_signing_secret=("s",))
    assert wiring.in_memory(signed).interactive
    assert wiring.in_memory(signed).routes.usual == ("slack",)


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", HOW_TO.read_text(), re.S))
def test_the_settings_of_the_how_to_are_right(block: str) -> None:
    settings = load(environ={}, document=(block, "the how-to")).settings
    made = wiring.channels(settings)
    assert made or settings.people
