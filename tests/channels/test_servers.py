"""The servers that channels speak to."""

import pytest

from leadline.channels.servers import server_of_channel
from leadline.net.reaching import Server
from leadline.settings.connected import channels


@pytest.mark.parametrize(
    ("config", "server"),
    [
        (
            channels.SlackWebhookConfig(url="https://hooks.slack.com/services/T0/B0/x"),
            Server("hooks.slack.com", 443, True),
        ),
        (channels.SlackBotConfig(token="t", room="C1"), Server("slack.com", 443, True)),
        (
            channels.SlackBotConfig(token="t", room="C1", url="http://127.0.0.1:9/api"),
            Server("127.0.0.1", 9, False),
        ),
        (
            channels.EmailConfig(sender="a@example.com", to=("b@example.com",), server="mx"),
            Server("mx", 587, False),
        ),
        (
            channels.EmailConfig(
                sender="a@example.com", to=("b@example.com",), server="mx", port=465,
                security="tls",
            ),
            Server("mx", 465, True),
        ),
        (
            channels.SesConfig(sender="a@example.com", to=("b@example.com",)),
            Server("email.eu-west-1.amazonaws.com", 443, True),
        ),
        (
            channels.SesConfig(sender="a@example.com", to=("b@example.com",), region="us-east-1"),
            Server("email.us-east-1.amazonaws.com", 443, True),
        ),
        (
            channels.WebhookConfig(url="https://example.com:8443/x", secret=("s",)),
            Server("example.com", 8443, True),
        ),
        (
            channels.TeamsConfig(url="https://teams.example.com/x"),
            Server("teams.example.com", 443, True),
        ),
        (channels.PagerDutyConfig(token="t"), Server("events.pagerduty.com", 443, True)),
        (channels.AppriseConfig(url="ntfy://example.com/leads"), None),
    ],
)  # fmt: skip
def test_each_kind_of_channel_has_a_server_but_apprise(
    config: channels.ChannelConfig, server: Server | None
) -> None:
    assert server_of_channel(config, "eu-west-1") == server


def test_every_kind_of_channel_is_tried_here() -> None:
    assert channels.CHANNELS.keys() - {""} == {
        "slack-webhook", "slack-bot", "email", "ses", "webhook", "teams", "pagerduty", "apprise"
    }  # fmt: skip
