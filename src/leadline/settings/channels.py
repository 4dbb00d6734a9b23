"""`[channels.NAME]`: where alerts go."""

from datetime import timedelta

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
    """A channel (`[channels.NAME]`); see docs/reference/settings.md. `leads` is None where its kind
    decides."""

    kind: str = optional(
        "What kind of destination it is.",
        choice(
            "slack-webhook", "slack-bot", "email", "ses", "webhook", "teams", "pagerduty", "apprise"
        ),
        "",
    )
    url: str = setting(
        "",
        "Where messages are posted: a URL, for kind apprise one of Apprise's.",
        ANY_URL,
        secret=True,
    )
    token: str = setting("", "A bot token, password or routing key.", TEXT, secret=True)
    secret: tuple[str, ...] = setting(
        "", "What outgoing webhooks are signed with.", WORDS, secret=True
    )
    room: str = setting("", "The Slack channel's id; `dm`: the owner's direct messages.", TEXT)
    server: str = setting("", "The mail server.", TEXT)
    port: int = setting("587", "The mail server's port.", whole_number(1, 65_535))
    security: str = setting(
        "starttls",
        "How the connection to the mail server is kept private.",
        choice("starttls", "tls", "none"),
    )
    user: str = setting("", "The login at the mail server.", TEXT)
    sender: str = setting("", "Whom e-mail is from.", TEXT)
    to: tuple[str, ...] = setting(
        "",
        "Whom e-mail goes to; with `owner` among them: to the lead's owner, and to the others only "
        "where that one is not known.",
        WORDS,
    )
    region: str = setting("", "The AWS region (SES).", TEXT)
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


SLACK = "slack"
"""The channel that `slack_webhook_url` makes."""
