"""Which channels can tell operators of troubles (`alerts_trouble`) and the head of the audit log
(`audit_channel`)."""

from leadline.channels.registry import channel_configs
from leadline.settings.connected.channels import ChannelConfig, MailConfig, SlackBotConfig
from leadline.settings.top.general import Settings

_ALARMS_TELL = (
    "where the alarms of the stack tell of troubles (see docs/how-to/read-the-aws-alarms.md)"
)
_ASK_FOR_IT = "where `leadline audit head --aws STACK` prints the head"
_DIRECT, _OWNER = "dm", "owner"


def trouble_faults(settings: Settings, *, on_aws: bool = False) -> list[str]:
    """What is wrong with these two settings, in words; empty if nothing is."""
    told = (
        ("alerts.trouble", settings.alerts_trouble, _ALARMS_TELL, "a trouble has no owner"),
        ("audit.channel", settings.audit_channel, _ASK_FOR_IT, "the audit log has no owner"),
    )
    return [
        fault
        for setting, name, on_stacks, why in told
        if name
        for fault in (
            [f"{setting} is not for AWS, {on_stacks}; leave it out of the settings that you deploy"]
            if on_aws
            else _faults(settings, setting, name, why)
        )
    ]


def _faults(settings: Settings, setting: str, name: str, why: str) -> list[str]:
    config = channel_configs(settings).get(name)
    if config is None:
        return [f"{setting}: the channel {name!r} is not set, so nobody would be told"]
    if _has_only_owners(config):
        return [
            f"{setting}: the channel {name!r} writes to the owners of leads only, and {why}; name "
            "another channel"
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
