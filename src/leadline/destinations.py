"""Which channels there are, and what each kind of them is made of.

What a kind needs is imported where it is made: most installations use one or two.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from leadline.deliver.channel import Channel, ChannelConfig, Writer
from leadline.errors import ConfigurationError
from leadline.ports import Messenger
from leadline.settings import Settings
from leadline.wiring import SLACK

_WEBHOOK = "slack-webhook"

Parts = tuple[Writer, Messenger, bool]
"""What a kind makes of its settings: the writer, the messenger, and whether it is personal."""
Maker = Callable[[str, ChannelConfig, float], Parts]
"""Makes the parts of the channel of this name; no message may take more seconds than the last."""


def channel_configs(settings: Settings) -> Mapping[str, ChannelConfig]:
    """The settings of every channel by name.

    Raises ConfigurationError where a fallback is no channel, or leads back to where it began.
    """
    found = dict(settings.channels)
    if settings.slack_webhook_url:
        found[SLACK] = _of_webhook(settings, found.get(SLACK))
    for name in found:
        _check_fallbacks(name, found)
    return found


def usual_channels(settings: Settings) -> tuple[str, ...]:
    """The channels that hear of leads about which no rule decides: not those that stand in for
    others, which would then always tell both."""
    found = channel_configs(settings)
    behind = {config.fallback for config in found.values()}
    return tuple(name for name, c in found.items() if c.leads and name not in behind)


def make_channel(name: str, config: ChannelConfig, longest: float = 3600.0) -> Channel:
    """The channel of these settings; *longest*: the seconds that one message may take.

    Raises ConfigurationError, which names the channel, where its settings are not enough.
    """
    maker = MAKERS.get(config.kind)
    if maker is None:
        kinds = ", ".join(MAKERS)
        raise ConfigurationError(f"channels.{name}.kind must be one of {kinds}")
    timeout = min(config.timeout.total_seconds(), longest)
    writer, messenger, personal = maker(name, config, timeout)
    return Channel(
        name=name,
        writer=writer,
        messenger=messenger,
        personal=personal,
        gap=timedelta(seconds=1 / config.per_second),
        digest_above=config.digest_above,
        fallback=config.fallback,
        fallback_after=config.fallback_after,
    )


def _of_webhook(settings: Settings, config: ChannelConfig | None) -> ChannelConfig:
    """What `slack_webhook_url` says; a table `[channels.slack]` stands above it."""
    if config is None:
        config = ChannelConfig(
            per_second=settings.slack_per_second,
            digest_above=settings.slack_digest_above,
            timeout=settings.slack_timeout,
        )
    kind = config.kind or _WEBHOOK
    url = config.url or (settings.slack_webhook_url if kind == _WEBHOOK else "")
    return msgspec.structs.replace(config, kind=kind, url=url)


def _check_fallbacks(name: str, configs: Mapping[str, ChannelConfig]) -> None:
    seen, at = [name], configs[name].fallback
    while at:
        if at not in configs:
            raise ConfigurationError(f"channels.{seen[-1]}.fallback: there is no channel {at!r}")
        if at in seen:
            raise ConfigurationError(f"channels.{name}.fallback leads back to {at!r}")
        seen.append(at)
        at = configs[at].fallback


def _slack_webhook(name: str, config: ChannelConfig, timeout: float) -> Parts:
    from leadline.adapters.slack import SlackWebhook
    from leadline.deliver.slack import SlackWriter

    setting = "slack_webhook_url" if name == SLACK else f"channels.{name}.url"
    return SlackWriter(), SlackWebhook(config.url, timeout, setting=setting), False


def _slack_bot(name: str, config: ChannelConfig, timeout: float) -> Parts:
    from leadline.adapters.slack_bot import API, SlackBot
    from leadline.deliver.slack import DIRECT, SlackWriter

    if not config.token or not config.room:
        missing = "room" if config.token else "token"
        raise ConfigurationError(f"channels.{name}.{missing} must be set for kind slack-bot")
    messenger = SlackBot(config.token, config.room, timeout, config.url or API)
    return SlackWriter(bot=True, room=config.room), messenger, config.room == DIRECT


MAKERS: Mapping[str, Maker] = {
    _WEBHOOK: _slack_webhook,
    "slack-bot": _slack_bot,
}
"""How each kind of channel is made."""
