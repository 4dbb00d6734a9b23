"""`[channels.NAME]`: where alerts go. Each kind of channel has a struct with its settings."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from leadline.settings.declaration import SettingsStruct, optional, setting
from leadline.settings.notation.notations import (
    ANY_URL,
    PERIOD,
    TEXT,
    WORDS,
    YES_NO,
    choice,
    number_between,
    whole_number,
)

_HOT_HERE = "Whether alerts of hot leads mention everybody in the room who is active (`@here`)."


class ChannelConfig(SettingsStruct, frozen=True):
    """The settings of every channel (`[channels.NAME]`). If `leads` is None, the kind decides:
    `hears_all` is whether channels of this kind get every lead by default."""

    hears_all: ClassVar[bool] = True

    kind: str = optional(
        "The kind of destination.",
        choice(
            "slack-webhook", "slack-bot", "email", "ses", "webhook", "teams", "pagerduty", "apprise"
        ),
        "",
    )
    leads: bool | None = optional(
        "Whether it gets every lead for which no rule names channels; empty: no for kind "
        "pagerduty, yes for all others.",
        YES_NO,
    )
    per_second: float = setting("1", "Messages per second.", number_between(0.001, 1000))
    digest_above: int = setting(
        "20",
        "If more alerts than this are due at once, they are sent as one digest; 0 for never.",
        whole_number(0),
    )
    timeout: timedelta = setting("10s", "The timeout of a request to the destination.", PERIOD)
    hot: str = setting(
        "now",
        "How alerts of hot leads are sent: each in a message of its own (`now`), also in the quiet "
        "hours of its holder (`always`), or like all others (`usual`).",
        choice("now", "always", "usual"),
    )
    fallback: str = setting("", "The channel that gets the alerts while this one fails.", TEXT)
    fallback_after: timedelta = setting(
        "5m", "How long this channel must have failed before `fallback` is used.", PERIOD
    )


class SlackWebhookConfig(ChannelConfig, frozen=True):
    """A Slack incoming webhook, which posts to one Slack channel."""

    kind: str = "slack-webhook"
    url: str = setting("", "The URL of the incoming webhook.", ANY_URL, secret=True, needed=True)
    hot_here: bool = setting("no", _HOT_HERE, YES_NO)


class SlackBotConfig(ChannelConfig, frozen=True):
    """A Slack bot, which can mention people and edit its messages."""

    kind: str = "slack-bot"
    token: str = setting("", "The bot's token, `xoxb-…`.", TEXT, secret=True, needed=True)
    room: str = setting(
        "", "The Slack channel's id, or `dm` for direct messages to the owner.", TEXT, needed=True
    )
    url: str = setting("", "The URL of the Slack API; empty: Slack's own.", ANY_URL, secret=True)
    hot_here: bool = setting("no", _HOT_HERE, YES_NO)


class MailConfig(ChannelConfig, frozen=True):
    """The settings of both kinds of e-mail, SMTP and Amazon SES."""

    sender: str = setting("", "The From address.", TEXT, needed=True)
    to: tuple[str, ...] = setting(
        "",
        "The recipients. `owner` sends to the lead's owner; the others are then used only if "
        "that address is unknown.",
        WORDS,
        needed=True,
    )


class EmailConfig(MailConfig, frozen=True):
    """E-mail by SMTP."""

    kind: str = "email"
    server: str = setting("", "The host name of the mail server.", TEXT, needed=True)
    port: int = setting("587", "The mail server's port.", whole_number(1, 65_535))
    security: str = setting(
        "starttls",
        "How the connection to the mail server is encrypted.",
        choice("starttls", "tls", "none"),
    )
    user: str = setting("", "The user name at the mail server; set `token` too.", TEXT)
    token: str = setting("", "The password of `user`.", TEXT, secret=True)

    def missing(self) -> tuple[str, ...]:
        """See `SettingsStruct.missing`; `user` also requires `token`."""
        return (*super().missing(), *(["token"] if self.user and not self.token else []))


class SesConfig(MailConfig, frozen=True):
    """E-mail by Amazon SES."""

    kind: str = "ses"
    region: str = setting("", "The AWS region; empty: the one of the environment.", TEXT)


class WebhookConfig(ChannelConfig, frozen=True):
    """A program that receives signed events by HTTP POST."""

    kind: str = "webhook"
    url: str = setting("", "The URL to which events are posted.", ANY_URL, secret=True, needed=True)
    secret: tuple[str, ...] = setting(
        "", "The secrets with which events are signed.", WORDS, secret=True, needed=True
    )


class TeamsConfig(ChannelConfig, frozen=True):
    """A Microsoft Teams workflow."""

    kind: str = "teams"
    url: str = setting("", "The workflow's URL.", ANY_URL, secret=True, needed=True)


class PagerDutyConfig(ChannelConfig, frozen=True):
    """A PagerDuty integration. It pages people, so it does not get every lead by default."""

    hears_all: ClassVar[bool] = False

    kind: str = "pagerduty"
    token: str = setting("", "The integration's routing key.", TEXT, secret=True, needed=True)
    url: str = setting(
        "", "The URL of PagerDuty's Events API; empty: the US one.", ANY_URL, secret=True
    )


class AppriseConfig(ChannelConfig, frozen=True):
    """Any service that Apprise supports."""

    kind: str = "apprise"
    url: str = setting("", "The Apprise URL of the service.", ANY_URL, secret=True, needed=True)


CHANNELS: Mapping[str, type[ChannelConfig]] = {
    "": ChannelConfig,
    "slack-webhook": SlackWebhookConfig,
    "slack-bot": SlackBotConfig,
    "email": EmailConfig,
    "ses": SesConfig,
    "webhook": WebhookConfig,
    "teams": TeamsConfig,
    "pagerduty": PagerDutyConfig,
    "apprise": AppriseConfig,
}
"""The settings of a channel, by its kind."""
