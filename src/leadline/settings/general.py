"""Every setting, declared once: its name, default, meaning and notation.

`leadline.settings.loading.load` fills one `Settings` from flags, environment, `.env` and TOML.
The page docs/reference/settings.md is generated from these declarations.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.model.bounds import MOST_EVENTS
from leadline.settings.declaration import Declaration, SettingsStruct, setting, settings_of
from leadline.settings.notations import (
    BASE_URL,
    DURATION,
    FILLED,
    FOLDER,
    LEAD_URL,
    LISTEN,
    PERIOD,
    REGION,
    SECRETS,
    SIZE,
    TEXT,
    URL,
    WORDS,
    choice,
    number_between,
    whole_number,
)

if TYPE_CHECKING:
    from leadline.model.rights import Rights
    from leadline.settings.channels import ChannelConfig
    from leadline.settings.crm import AnyCrmConfig
    from leadline.settings.hours import HoursConfig
    from leadline.settings.people import MemberConfig
    from leadline.settings.rules import RuleConfig
    from leadline.settings.sources import SourceConfig
    from leadline.settings.targets import TargetConfig

PREFIX = "LEADLINE_"


class Settings(SettingsStruct, frozen=True):
    """All settings; see docs/reference/settings.md. Secrets are not in its repr."""

    data: Path = setting("leadline-data", "Where leads, tasks and alerts are kept.", FOLDER)
    host: str = setting("127.0.0.1", "The address to listen on; `::` or `0.0.0.0`: all.", FILLED)
    port: int = setting("8080", "The port to listen on; 0: any free one.", whole_number(0, 65_535))
    public_url: str = setting(
        "",
        "The URL by which senders reach this server, such as `https://leads.example.com`. Needed "
        "behind a proxy, because some vendors sign the URL.",
        BASE_URL,
    )
    delay: timedelta = setting(
        "10m", "How long a lead waits, so that the CRM can assign an owner.", DURATION
    )
    redelivery_window: timedelta = setting(
        "7d",
        "How long the same body counts as the same delivery where the sender gives no event id.",
        DURATION,
    )
    workers: int = setting("1", "How many processes refine leads.", whole_number(1, 1024))
    lease: timedelta = setting(
        "60s",
        "The visibility timeout: how long a worker may hold a task before it is handed out again, "
        "and the worker itself is replaced; keep it above `slack_timeout` where more than one "
        "worker delivers, and above 45s where a CRM is asked, which may take 25s to answer.",
        PERIOD,
    )
    retry_base: timedelta = setting(
        "1s",
        "The first pause after a failure is a random part of this; it doubles with each one.",
        PERIOD,
    )
    retry_max: timedelta = setting("1h", "The longest pause between two attempts.", PERIOD)
    max_attempts: int = setting(
        "25",
        "After so many failures a task becomes a dead letter; with the other defaults that is "
        "after about seven hours of outage.",
        whole_number(1),
    )
    region: str = setting(
        "", "The country of phone numbers of leads that name none; empty: unknown.", REGION
    )
    slack_webhook_url: str = setting(
        "",
        "Slack's incoming webhook; without it nobody is alerted.",
        URL,
        secret=True,
        aliases=("SLACK_WEBHOOK_URL",),
    )
    slack_per_second: float = setting(
        "1", "Messages a second to one channel (Slack allows one).", number_between(0.001, 1000)
    )
    slack_digest_above: int = setting(
        "20",
        "When more alerts than this are due at once in a channel, one message tells of them all; "
        "0: never.",
        whole_number(0),
    )
    slack_timeout: timedelta = setting("10s", "How long Slack may take to answer.", PERIOD)
    show_url: str = setting(
        "",
        "Where alerts link to: a URL with `{lead_id}`, such as your own page of a lead.",
        LEAD_URL,
    )
    max_body: int = setting("1MiB", "The largest body that is taken, in bytes.", SIZE)
    max_events: int = setting(
        "1000",
        "Of how many events a delivery may consist; more are answered 413.",
        whole_number(1, MOST_EVENTS),
    )
    max_stored: int = setting(
        "4MiB",
        "How many bytes the events of one delivery may take up together, where that is more than "
        "eight times its body; more are answered 413.",
        SIZE,
    )
    max_waiting: int = setting(
        "1024",
        "How many deliveries wait in memory for the disk before senders hear 429.",
        whole_number(1),
    )
    receive_timeout: timedelta = setting(
        "10s", "How long a request may take to arrive before it is answered with 408.", PERIOD
    )
    log_level: str = setting(
        "info",
        "The least grave events that are logged.",
        choice("debug", "info", "warning", "error"),
    )
    log_format: str = setting("json", "How log lines look.", choice("json", "text"))
    slack_signing_secret: tuple[str, ...] = setting(
        "",
        "What Slack signs the presses of buttons with; without it alerts have only buttons that "
        "open links.",
        SECRETS,
        secret=True,
    )
    look_up_for: timedelta = setting(
        "24h",
        "How long the CRM is asked again, with growing pauses, for the owner of a lead that had "
        "none.",
        DURATION,
    )
    look_up_every: timedelta = setting(
        "1m", "The first pause before the CRM is asked again for an owner.", PERIOD
    )
    unassigned_channel: str = setting(
        "",
        "The channel that hears of leads without an owner, and (unless it is the only one, or its "
        "`leads` says yes) of no others; empty: those that the rules say.",
        TEXT,
    )
    reconcile_every: timedelta = setting(
        "0",
        "How often every CRM is looked through for leads whose webhooks never came; 0: never. On "
        "AWS no oftener than every 15 minutes.",
        DURATION,
    )
    reconcile_back: timedelta = setting(
        "2h", "How old leads may be that are looked for then.", PERIOD
    )
    only_sources: tuple[str, ...] = setting(
        "",
        "The sources that webhooks are taken from, such as `close form`; any other is answered "
        "with 404. Empty: every source, also those that nothing is set of.",
        WORDS,
    )
    metrics_token: tuple[str, ...] = setting(
        "",
        "What `/metrics` is read with, as `Authorization: Bearer …`; several while one is being "
        "rotated. Without it whoever reaches the server may read it.",
        WORDS,
        secret=True,
    )
    metrics_listen: str = setting(
        "",
        "An address and a port for `/metrics` alone, such as `127.0.0.1:9100`; `port` does not "
        "have it then.",
        LISTEN,
    )
    data_group: str = setting(
        "none",
        "What the group of Leadline's user may do with the data folder, backups and exports: "
        "nothing, or `read` them, as a program that makes copies has to. Others may do nothing. "
        "In TOML also `group` in a table `[data]`, in which `path` is what `data` is without it.",
        choice("none", "read"),
    )
    sources: Mapping[str, "SourceConfig"] = {}
    crm: Mapping[str, "AnyCrmConfig"] = {}
    channels: Mapping[str, "ChannelConfig"] = {}
    rules: Mapping[str, "RuleConfig"] = {}
    people: Mapping[str, "MemberConfig"] = {}
    hours: Mapping[str, "HoursConfig"] = {}
    targets: Mapping[str, "TargetConfig"] = {}

    @property
    def rights(self) -> "Rights":
        """The rights of what is written of leads on this machine."""
        from leadline.model.rights import GROUP_READS, PRIVATE  # of no use to a function on AWS

        return GROUP_READS if self.data_group == "read" else PRIVATE


AS_TABLES: Mapping[tuple[str, ...], str] = {
    ("data", "path"): "data",
    ("data", "group"): "data_group",
}
"""Settings that may stand in a table, too: `[data] group` is `data_group`."""


def declared() -> Mapping[str, Declaration]:
    """The settings by name, without those of tables, in the order of their declaration."""
    return settings_of(Settings)
