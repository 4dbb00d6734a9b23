"""The servers that channels speak to, so that an operator can see whether they can be reached."""

from leadline.net.aws.calls import host_of
from leadline.net.reaching import Server, server_of_url
from leadline.settings.connected.channels import (
    ChannelConfig,
    EmailConfig,
    PagerDutyConfig,
    SesConfig,
    SlackBotConfig,
)

_HTTPS = 443


def server_of_channel(config: ChannelConfig, region: str) -> Server | None:
    """The server of a channel, for SES in the AWS region of the environment if it names none; None
    for Apprise, whose services have their own."""
    match config:
        case EmailConfig():
            return Server(config.server, config.port, config.security == "tls")
        case SesConfig():
            return Server(host_of("email", config.region or region), _HTTPS, True)
        case SlackBotConfig(url=""):
            return Server("slack.com", _HTTPS, True)
        case PagerDutyConfig(url=""):
            return Server("events.pagerduty.com", _HTTPS, True)
    return server_of_url(getattr(config, "url", ""))
