"""`[channels.NAME]`: where alerts go. Each kind has a struct of the settings that it knows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from leadline.settings.declaration import SettingsStruct, optional, setting
from leadline.settings.notations import (
    ANY_URL,
    PERIOD,
    TEXT,
    WORDS,
    YES_NO,
    choice,
    number_between,
    whole_number,
)


class ChannelConfig(SettingsStruct, frozen=True):
    """What every channel has (`[channels.NAME]`). `leads` is None where its kind decides:
    `hears_all` is whether a kind hears of every lead then."""

    hears_all: ClassVar[bool] = True

    kind: str = optional(
        "What kind of destination it is.",
        choice(
            "slack-webhook", "slack-bot", "email", "ses", "webhook", "teams", "pagerduty", "apprise"
        ),
        "",
    )
    leads: bool | None = optional(
        "Whether it hears of every lead that no rule decides about; empty: yes, but for kind "
        "pagerduty no.",
        YES_NO,
    )
    per_second: float = setting("1", "Messages a second.", number_between(0.001, 1000))
    digest_above: int = setting(
        "20",
        "When more alerts than this are due at once, one message tells of them; 0: never.",
        whole_number(0),
    )
    timeout: timedelta = setting("10s", "How long the destination may take to answer.", PERIOD)
    fallback: str = setting("", "The channel that is told instead while this one fails.", TEXT)
    fallback_after: timedelta = setting("5m", "How long it must have failed for that.", PERIOD)


class SlackWebhookConfig(ChannelConfig, frozen=True):
    """An incoming webhook of Slack, which posts to one room."""

    kind: str = "slack-webhook"
    url: str = setting("", "The incoming webhook.", ANY_URL, secret=True, needed=True)


class SlackBotConfig(ChannelConfig, frozen=True):
    """A bot of Slack, which can mention people and change its messages."""

    kind: str = "slack-bot"
    token: str = setting("", "The bot's token, `xoxb-…`.", TEXT, secret=True, needed=True)
    room: str = setting(
        "", "The Slack channel's id; `dm`: the owner's direct messages.", TEXT, needed=True
    )
    url: str = setting("", "Slack's API; empty: Slack's own.", ANY_URL, secret=True)


class MailConfig(ChannelConfig, frozen=True):
    """What mail needs, whichever way it is sent."""

    sender: str = setting("", "The From address.", TEXT, needed=True)
    to: tuple[str, ...] = setting(
        "",
        "The recipients. `owner` sends to the lead's owner; the others are then used only if "
        "that address is unknown.",
        WORDS,
        needed=True,
    )


class EmailConfig(MailConfig, frozen=True):
    """Mail by SMTP."""

    kind: str = "email"
    server: str = setting("", "The mail server.", TEXT, needed=True)
    port: int = setting("587", "The mail server's port.", whole_number(1, 65_535))
    security: str = setting(
        "starttls",
        "How the connection to the mail server is kept private.",
        choice("starttls", "tls", "none"),
    )
    user: str = setting("", "The login at the mail server; it needs `token`.", TEXT)
    token: str = setting("", "The password of `user`.", TEXT, secret=True)

    def missing(self) -> tuple[str, ...]:
        """See `SettingsStruct.missing`; a user has a password."""
        return (*super().missing(), *(["token"] if self.user and not self.token else []))


class SesConfig(MailConfig, frozen=True):
    """Mail by Amazon SES."""

    kind: str = "ses"
    region: str = setting("", "The AWS region; empty: that of the environment.", TEXT)


class WebhookConfig(ChannelConfig, frozen=True):
    """Events for a program, signed."""

    kind: str = "webhook"
    url: str = setting("", "Where events are posted.", ANY_URL, secret=True, needed=True)
    secret: tuple[str, ...] = setting(
        "", "What they are signed with.", WORDS, secret=True, needed=True
    )


class TeamsConfig(ChannelConfig, frozen=True):
    """A workflow of Microsoft Teams."""

    kind: str = "teams"
    url: str = setting("", "The workflow's URL.", ANY_URL, secret=True, needed=True)


class PagerDutyConfig(ChannelConfig, frozen=True):
    """An integration of PagerDuty. It wakes people up: not for every lead, unless the settings
    say so."""

    hears_all: ClassVar[bool] = False

    kind: str = "pagerduty"
    token: str = setting("", "The integration's routing key.", TEXT, secret=True, needed=True)
    url: str = setting("", "PagerDuty's Events API; empty: that of the US.", ANY_URL, secret=True)


class AppriseConfig(ChannelConfig, frozen=True):
    """Whatever Apprise reaches."""

    kind: str = "apprise"
    url: str = setting("", "One of Apprise's URLs.", ANY_URL, secret=True, needed=True)


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
"""What a channel becomes, by its kind."""
