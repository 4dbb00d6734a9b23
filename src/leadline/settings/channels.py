"""`[channels.NAME]`: where alerts go."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from leadline.settings.declaration import Declaration
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


class ChannelConfig(msgspec.Struct, frozen=True):
    """A channel (`[channels.NAME]`); see docs/reference/settings.md. `leads` is None where its kind
    decides."""

    kind: str = ""
    url: str = ""
    token: str = ""
    secret: tuple[str, ...] = ()
    room: str = ""
    server: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    region: str = ""
    leads: bool | None = None
    per_second: float = 1.0
    digest_above: int = 20
    timeout: timedelta = timedelta(seconds=10)
    fallback: str = ""
    fallback_after: timedelta = timedelta(minutes=5)

    def __repr__(self) -> str:
        """All but the secrets, which must not reach a log through a printed value."""
        secrets = ("url", "token", "secret")
        shown = [f"{n}={getattr(self, n)!r}" for n in self.__struct_fields__ if n not in secrets]
        return f"ChannelConfig({', '.join(shown)})"


CHANNEL_SETTINGS: Mapping[str, Declaration] = {
    "kind": Declaration(
        "",
        "What kind of destination it is.",
        choice(
            "slack-webhook", "slack-bot", "email", "ses", "webhook", "teams", "pagerduty", "apprise"
        ),
    ),
    "url": Declaration(
        "",
        "Where messages are posted: a URL, for kind apprise one of Apprise's.",
        ANY_URL,
        secret=True,
    ),
    "token": Declaration("", "A bot token, password or routing key.", TEXT, secret=True),
    "secret": Declaration("", "What outgoing webhooks are signed with.", WORDS, secret=True),
    "room": Declaration("", "The Slack channel's id; `dm`: the owner's direct messages.", TEXT),
    "server": Declaration("", "The mail server.", TEXT),
    "port": Declaration("587", "The mail server's port.", whole_number(1, 65_535)),
    "security": Declaration(
        "starttls",
        "How the connection to the mail server is kept private.",
        choice("starttls", "tls", "none"),
    ),
    "user": Declaration("", "The login at the mail server.", TEXT),
    "sender": Declaration("", "Whom e-mail is from.", TEXT),
    "to": Declaration(
        "",
        "Whom e-mail goes to; with `owner` among them: to the lead's owner, and to the others only "
        "where that one is not known.",
        WORDS,
    ),
    "region": Declaration("", "The AWS region (SES).", TEXT),
    "leads": Declaration(
        "",
        "Whether it hears of every lead that no rule decides about; empty: yes, but for kind "
        "pagerduty no.",
        YES_NO,
    ),
    "per_second": Declaration("1", "Messages a second.", number_between(0.001, 1000)),
    "digest_above": Declaration(
        "20",
        "When more alerts than this are due at once, one message tells of them; 0: never.",
        whole_number(0),
    ),
    "timeout": Declaration("10s", "How long the destination may take to answer.", PERIOD),
    "fallback": Declaration("", "The channel that is told instead while this one fails.", TEXT),
    "fallback_after": Declaration("5m", "How long it must have failed for that.", PERIOD),
}
"""The settings of each channel; the names are the attributes of
`settings.channels.ChannelConfig`."""

SLACK = "slack"
"""The channel that `slack_webhook_url` makes."""
