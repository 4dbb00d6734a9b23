"""Which channel can tell operators of troubles (`alerts_trouble`)."""

from leadline.channels.registry import channel_configs
from leadline.settings.channels import ChannelConfig, MailConfig, SlackBotConfig
from leadline.settings.general import Settings

_SETTING = "alerts.trouble"
_DIRECT, _OWNER = "dm", "owner"


def trouble_faults(settings: Settings, *, on_aws: bool = False) -> list[str]:
    """What is wrong with `alerts_trouble`, in words; empty if nothing is."""
    name = settings.alerts_trouble
    if not name:
        return []
    if on_aws:
        return [
            f"{_SETTING} is not for AWS, where the alarms of the stack tell of troubles (see "
            "docs/how-to/read-the-aws-alarms.md); leave it out of the settings that you deploy"
        ]
    config = channel_configs(settings).get(name)
    if config is None:
        return [f"{_SETTING}: the channel {name!r} is not set, so nobody would be told"]
    if _has_only_owners(config):
        return [
            f"{_SETTING}: the channel {name!r} writes to the owners of leads only, and a trouble "
            "has no owner; name another channel"
        ]
    return []


def _has_only_owners(config: ChannelConfig) -> bool:
    """Whether a channel has no recipients but the owners of leads."""
    match config:
        case SlackBotConfig():
            return config.room == _DIRECT
        case MailConfig():
            return all(one.lower() == _OWNER for one in config.to)
        case _:
            return False
