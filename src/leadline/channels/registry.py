"""The configured channels, and how each kind of channel is made from its settings.

The modules of a kind are imported only when a channel of that kind is made: most installations use
one or two kinds.
"""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.ports.channel import Channel, Writer
from leadline.ports.messenger import Messenger
from leadline.settings.connected.channels import (
    CHANNELS,
    AppriseConfig,
    ChannelConfig,
    EmailConfig,
    MailConfig,
    PagerDutyConfig,
    SesConfig,
    SlackBotConfig,
    SlackWebhookConfig,
    TeamsConfig,
    WebhookConfig,
)
from leadline.settings.tables import SLACK
from leadline.settings.top.general import Settings

Parts = tuple[Writer, Messenger, bool]
"""What is made from a kind's settings: the writer, the messenger, and whether the channel is
personal (`Channel.personal`)."""


class ChannelContext(msgspec.Struct, frozen=True):
    """What a channel is made with beside its own settings: its name, the longest time that one
    message may take (`timeout`, in seconds), and all settings."""

    name: str
    timeout: float
    settings: Settings

    @property
    def setting(self) -> str:
        """The name of its settings, for messages."""
        return f"channels.{self.name}"


def channel_configs(settings: Settings) -> Mapping[str, ChannelConfig]:
    """The settings of every channel by name.

    Raises ConfigurationError if a fallback is not a channel, or fallbacks form a circle.
    """
    found = dict(settings.channels)
    if settings.slack_webhook_url:
        found[SLACK] = _of_webhook(settings, found.get(SLACK))
    for name in found:
        _check_fallbacks(name, found)
    return found


def usual_channels(settings: Settings) -> tuple[str, ...]:
    """The channels that alert about leads for which no rule chooses channels.

    Fallbacks are left out, since they would send every alert twice. The channel for unassigned
    leads is left out if there is another channel, unless its `leads` is set.
    """
    found = channel_configs(settings)
    behind = {config.fallback for config in found.values()}
    hearing = {n: c for n, c in found.items() if _hears_all(c) and n not in behind}
    pool = settings.unassigned_channel
    others = tuple(n for n, c in hearing.items() if n != pool or c.leads)
    return others or tuple(hearing)


def _hears_all(config: ChannelConfig) -> bool:
    """Whether a channel wants every lead for which no rule chooses channels."""
    return config.hears_all if config.leads is None else config.leads


def make_channel(
    name: str, config: ChannelConfig, settings: Settings, longest: float = 3600.0
) -> Channel:
    """The channel of this name and *config*; one message may take *longest* seconds, or less by
    the `timeout` setting.

    Raises ConfigurationError, which names the channel, if its settings are incomplete or wrong.
    """
    maker = MAKERS.get(type(config))
    if maker is None:
        kinds = ", ".join(kind for kind in CHANNELS if kind)
        raise ConfigurationError(f"channels.{name}.kind must be one of {kinds}")
    if missing := config.missing():
        raise ConfigurationError(
            f"[channels.{name}] {', '.join(missing)} must be set for kind {config.kind}"
        )
    timeout = min(config.timeout.total_seconds(), longest)
    writer, messenger, personal = maker(config, ChannelContext(name, timeout, settings))
    return Channel(
        name=name,
        writer=writer,
        messenger=messenger,
        personal=personal,
        gap=timedelta(seconds=1 / config.per_second),
        digest_above=config.digest_above,
        fallback=config.fallback,
        fallback_after=config.fallback_after,
        hot=config.hot,
    )


def _of_webhook(settings: Settings, config: ChannelConfig | None) -> ChannelConfig:
    """The channel that `slack_webhook_url` defines; a table `[channels.slack]` takes precedence."""
    if config is None:
        return SlackWebhookConfig(
            url=settings.slack_webhook_url,
            per_second=settings.slack_per_second,
            digest_above=settings.slack_digest_above,
            timeout=settings.slack_timeout,
        )
    if isinstance(config, SlackWebhookConfig) and not config.url:
        return msgspec.structs.replace(config, url=settings.slack_webhook_url)
    return config


def _check_fallbacks(name: str, configs: Mapping[str, ChannelConfig]) -> None:
    seen, at = [name], configs[name].fallback
    while at:
        if at not in configs:
            raise ConfigurationError(f"channels.{seen[-1]}.fallback: there is no channel {at!r}")
        if at in seen:
            raise ConfigurationError(f"channels.{name}.fallback leads back to {at!r}")
        seen.append(at)
        at = configs[at].fallback


def _slack_webhook(config: SlackWebhookConfig, context: ChannelContext) -> Parts:
    from leadline.channels.slack.webhook import SlackWebhook
    from leadline.channels.slack.writer import SlackWriter

    setting = "slack_webhook_url" if context.name == SLACK else f"{context.setting}.url"
    messenger = SlackWebhook(config.url, context.timeout, setting=setting)
    return SlackWriter(hot_here=config.hot_here), messenger, False


def _slack_bot(config: SlackBotConfig, context: ChannelContext) -> Parts:
    from leadline.channels.slack.bot import API, SlackBot
    from leadline.channels.slack.writer import DIRECT, SlackWriter

    messenger = SlackBot(config.token, config.room, context.timeout, config.url or API)
    writer = SlackWriter(bot=True, room=config.room, hot_here=config.hot_here)
    return writer, messenger, config.room == DIRECT


def _email(config: EmailConfig, context: ChannelContext) -> Parts:
    from leadline.channels.email.smtp import MailServer, SmtpMessenger

    server = MailServer(config.server, config.port, config.security, config.user, config.token)
    messenger = SmtpMessenger(server, context.timeout, setting=context.setting)
    return _mail(config, context, messenger)


def _ses(config: SesConfig, context: ChannelContext) -> Parts:
    from leadline.channels.email.ses import SesMessenger, keys_in

    region = config.region or os.environ.get("AWS_REGION", "")
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    keys_in()  # so that missing credentials are reported at once
    messenger = SesMessenger(region, keys_in, endpoint, context.timeout, setting=context.setting)
    return _mail(config, context, messenger)


def _webhook(config: WebhookConfig, context: ChannelContext) -> Parts:
    from leadline.channels.webhook.events import EventWriter
    from leadline.channels.webhook.post import WebhookMessenger

    setting = context.setting
    messenger = WebhookMessenger(config.url, config.secret, context.timeout, setting=setting)
    return EventWriter(context.name, context.settings.public_url), messenger, False


def _teams(config: TeamsConfig, context: ChannelContext) -> Parts:
    from leadline.channels.teams.card import TeamsWriter
    from leadline.channels.teams.post import TeamsWorkflow

    messenger = TeamsWorkflow(config.url, context.timeout, setting=context.setting)
    return TeamsWriter(), messenger, False


def _pagerduty(config: PagerDutyConfig, context: ChannelContext) -> Parts:
    from leadline.channels.pagerduty.events import PagerDutyWriter
    from leadline.channels.pagerduty.post import PagerDutyEvents

    setting = context.setting
    messenger = PagerDutyEvents(config.token, config.url, context.timeout, setting=setting)
    return PagerDutyWriter(), messenger, False


def _apprise(config: AppriseConfig, context: ChannelContext) -> Parts:
    from leadline.channels.apprise.plain import PlainWriter
    from leadline.channels.apprise.send import AppriseMessenger

    messenger = AppriseMessenger(config.url, context.timeout, setting=context.setting)
    return PlainWriter(), messenger, False


def _mail(config: MailConfig, context: ChannelContext, messenger: Messenger) -> Parts:
    """The parts of an e-mail channel; *messenger* is that for SMTP or SES."""
    from leadline.channels.email.message import EmailWriter

    team = [member.email for member in context.settings.people.values()]
    writer = EmailWriter(context.name, config.sender, config.to, team, setting=context.setting)
    return writer, messenger, writer.asks_for_owner


MAKERS: Mapping[type[ChannelConfig], Callable[[Any, ChannelContext], Parts]] = {
    SlackWebhookConfig: _slack_webhook,
    SlackBotConfig: _slack_bot,
    EmailConfig: _email,
    SesConfig: _ses,
    WebhookConfig: _webhook,
    TeamsConfig: _teams,
    PagerDutyConfig: _pagerduty,
    AppriseConfig: _apprise,
}
"""The function that makes each kind of channel from its settings."""
