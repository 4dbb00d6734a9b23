"""The top-level settings, each declared once with its name, default, meaning and notation.

`leadline.settings.loading.load` builds one `Settings` from flags, environment, `.env` and TOML.
The page docs/reference/settings.md is generated from these declarations.
"""

# Long because every setting of no table is declared here.

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.model.bounds import MOST_EVENTS
from leadline.settings.declaration import Declaration, setting, settings_of
from leadline.settings.notation.notations import (
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
from leadline.settings.top.first_look import PARTS_AS_TABLE, FirstLookSettings

if TYPE_CHECKING:
    from leadline.model.rights import Rights
    from leadline.settings.connected.channels import ChannelConfig
    from leadline.settings.connected.crm import AnyCrmConfig
    from leadline.settings.connected.outcomes import OutcomesConfig
    from leadline.settings.connected.sources import SourceConfig
    from leadline.settings.team.hours import HoursConfig
    from leadline.settings.team.people import MemberConfig
    from leadline.settings.team.rules import RuleConfig
    from leadline.settings.team.targets import TargetConfig
    from leadline.settings.team.teams import TeamConfig
    from leadline.settings.top.experiments import ExperimentConfig

PREFIX = "LEADLINE_"


class Settings(FirstLookSettings, frozen=True):
    """All settings; see docs/reference/settings.md. `repr` leaves secrets out."""

    data: Path = setting(
        "leadline-data", "The folder in which leads, tasks and alerts are stored.", FOLDER
    )
    host: str = setting("127.0.0.1", "The address to listen on; `::` or `0.0.0.0` for all.", FILLED)
    port: int = setting(
        "8080", "The port to listen on; 0 for any free port.", whole_number(0, 65_535)
    )
    public_url: str = setting(
        "",
        "The URL at which senders reach this server, such as `https://leads.example.com`. Required "
        "behind a proxy, because some vendors sign the URL.",
        BASE_URL,
    )
    delay: timedelta = setting(
        "10m", "How long a lead waits so that the CRM can assign an owner.", DURATION
    )
    redelivery_window: timedelta = setting(
        "7d",
        "How long an identical body counts as a redelivery if the sender gives no event id; "
        "not for posts from browsers (`[sources.NAME]`).",
        DURATION,
    )
    workers: int = setting("1", "The number of worker processes.", whole_number(1, 1024))
    lease: timedelta = setting(
        "60s",
        "How long a worker may hold a task. When it expires, the task goes to another worker and "
        "the stuck worker process is replaced; requests to send a message end before that. Keep it "
        "above 45s if you use a CRM, whose answer may take 25s.",
        PERIOD,
    )
    retry_base: timedelta = setting(
        "1s",
        "The upper limit of the first pause after a failure; it doubles with each further failure. "
        "The pause itself is chosen at random below the limit.",
        PERIOD,
    )
    retry_max: timedelta = setting("1h", "The longest pause between attempts at a task.", PERIOD)
    max_attempts: int = setting(
        "25",
        "The number of failures after which a task becomes a dead letter. With the other defaults, "
        "that takes an outage of about seven hours.",
        whole_number(1),
    )
    region: str = setting(
        "",
        "The country of phone numbers if a lead names no country; empty for unknown. A country "
        "that is named but not understood stays unknown.",
        REGION,
    )
    slack_webhook_url: str = setting(
        "",
        "The URL of a Slack incoming webhook. It adds the channel `slack`; without it and without "
        "`[channels]`, nobody is alerted.",
        URL,
        secret=True,
        aliases=("SLACK_WEBHOOK_URL",),
    )
    slack_per_second: float = setting(
        "1", "Messages per second to that channel (Slack allows 1).", number_between(0.001, 1000)
    )
    slack_digest_above: int = setting(
        "20",
        "If more alerts than this are due at once in that channel, they are sent as one digest; "
        "0 for never.",
        whole_number(0),
    )
    slack_timeout: timedelta = setting("10s", "The timeout of a request to Slack.", PERIOD)
    show_url: str = setting(
        "",
        "The link in alerts: a URL that contains `{lead_id}`, such as your own page about a lead.",
        LEAD_URL,
    )
    max_body: int = setting(
        "1MiB",
        "The largest request body accepted, in bytes; larger ones are answered with 413.",
        SIZE,
    )
    max_events: int = setting(
        "1000",
        "The largest number of events in one delivery; more are answered with 413.",
        whole_number(1, MOST_EVENTS),
    )
    max_stored: int = setting(
        "4MiB",
        "The largest total size of the events of one delivery, in bytes, or eight times the size "
        "of its body if that is more. Larger deliveries are answered with 413.",
        SIZE,
    )
    max_waiting: int = setting(
        "1024",
        "How many deliveries may wait in memory to be written; further ones are answered with 429.",
        whole_number(1),
    )
    receive_timeout: timedelta = setting(
        "10s", "How long a request may take to arrive; after that it is answered with 408.", PERIOD
    )
    log_level: str = setting(
        "info",
        "The lowest severity that is logged.",
        choice("debug", "info", "warning", "error"),
    )
    log_format: str = setting("json", "The format of log lines.", choice("json", "text"))
    log_sender: str = setting(
        "network",
        "What log lines say of the sender of a refused delivery: its `network` (/24, of IPv6 /48), "
        "or the whole `address`, which is personal data.",
        choice("network", "address"),
    )
    slack_signing_secret: tuple[str, ...] = setting(
        "",
        "The signing secret of your Slack app, with which Slack signs button presses. Without it, "
        "alerts have only buttons that open links.",
        SECRETS,
        secret=True,
    )
    privacy_key: str = setting(
        "",
        "The key of the hashes that remain of people who were erased, at least 16 random "
        "characters. Without it, an embedded installation makes one outside the data folder, in "
        "`<data>.keys/privacy.key`. Keep a copy elsewhere: restored backups need it.",
        TEXT,
        secret=True,
    )
    look_up_for: timedelta = setting(
        "24h",
        "How long an unassigned lead is looked up in the CRM again for an owner, with growing "
        "pauses.",
        DURATION,
    )
    look_up_every: timedelta = setting(
        "1m", "The first pause before an unassigned lead is looked up again.", PERIOD
    )
    unassigned_channel: str = setting(
        "",
        "The channel that is alerted to leads without an owner. It gets no other leads, unless it "
        "is the only channel or its `leads` is yes. Empty: unassigned leads go to the channels "
        "that all other leads go to. Rules come first.",
        TEXT,
    )
    reconcile_every: timedelta = setting(
        "0",
        "How often each CRM is searched for leads whose webhook never arrived; 0 for never. On AWS "
        "at most every 15 minutes.",
        DURATION,
    )
    reconcile_back: timedelta = setting("2h", "How far back each of these searches goes.", PERIOD)
    only_sources: tuple[str, ...] = setting(
        "",
        "The sources whose webhooks are accepted, such as `close form`; all others are answered "
        "with 404. Empty: every source, including those without settings.",
        WORDS,
    )
    alerts_trouble: str = setting(
        "",
        "The channel that tells operators what is wrong with the installation: dead letters, a "
        "channel that fails, a full or damaged disk. At most one message a minute. Empty: only the "
        "log says so. Not for AWS, whose alarms do that. In TOML, you can also write `trouble` in "
        "a table `[alerts]`.",
        TEXT,
    )
    metrics_token: tuple[str, ...] = setting(
        "",
        "The token required to read `/metrics`, sent as `Authorization: Bearer …`. Set both tokens "
        "while you rotate one. Without it, anybody who reaches the server can read `/metrics`.",
        WORDS,
        secret=True,
    )
    metrics_listen: str = setting(
        "",
        "A separate address and port for `/metrics`, such as `127.0.0.1:9100`. `/metrics` is then "
        "not served on `port`.",
        LISTEN,
    )
    data_group: str = setting(
        "none",
        "What the Unix group may do with the data folder, backups and exports: nothing (`none`), "
        "or `read` them, which a backup program needs. Other users can never read them. In TOML, "
        "you can also write `group` in a table `[data]`, with `path` for what `data` is otherwise.",
        choice("none", "read"),
    )
    duplicates_link: float = setting(
        "0.95",
        "The probability from which two leads are taken for one person: the later one is linked to "
        "the first. In TOML, you can also write `link` in a table `[duplicates]`, and so for the "
        "other settings of that name.",
        number_between(0.01, 0.9999),
    )
    duplicates_review: float = setting(
        "0.5",
        "The probability from which a possible duplicate is listed by `leadline duplicates "
        "review`; at most that of a link.",
        number_between(0.01, 0.9999),
    )
    duplicates_alert: str = setting(
        "yes",
        "Whether duplicates are alerted, as seen before; with `no` they are only linked. Rules can "
        "decide it for some leads (`seen` in `[rules.NAME]`).",
        choice("yes", "no"),
    )
    duplicates_write_back: str = setting(
        "no",
        "Whether values that fill blanks of a duplicate, and come from an earlier lead, are "
        "written to the CRM, too. Anybody can write somebody's address into a public form, so "
        "that `yes` may put one person's data into the record of another.",
        choice("yes", "no"),
    )
    duplicates_weights: str = setting(
        "",
        "A file with the weights of the comparisons, as `leadline duplicates fit` writes it; empty "
        "for those that come with Leadline. A deployment on AWS carries it along.",
        TEXT,
    )
    sources: Mapping[str, "SourceConfig"] = {}
    crm: Mapping[str, "AnyCrmConfig"] = {}
    channels: Mapping[str, "ChannelConfig"] = {}
    rules: Mapping[str, "RuleConfig"] = {}
    people: Mapping[str, "MemberConfig"] = {}
    hours: Mapping[str, "HoursConfig"] = {}
    targets: Mapping[str, "TargetConfig"] = {}
    teams: Mapping[str, "TeamConfig"] = {}
    outcomes: Mapping[str, "OutcomesConfig"] = {}
    experiments: Mapping[str, "ExperimentConfig"] = {}

    @property
    def looks_first(self) -> bool:
        """Whether new leads are looked at before their wait is over: to end the wait of hot ones,
        or because an experiment is about waits."""
        tries = any(one.change == "wait" for one in self.experiments.values())
        return bool(self.score_first_look) or tries

    @property
    def rights(self) -> "Rights":
        """The permissions of files and folders that hold leads on this machine."""
        from leadline.model.rights import GROUP_READS, PRIVATE  # functions on AWS don't need it

        return GROUP_READS if self.data_group == "read" else PRIVATE


AS_TABLES: Mapping[tuple[str, ...], str] = {
    ("data", "path"): "data",
    ("data", "group"): "data_group",
    ("alerts", "trouble"): "alerts_trouble",
    ("duplicates", "link"): "duplicates_link",
    ("duplicates", "review"): "duplicates_review",
    ("duplicates", "alert"): "duplicates_alert",
    ("duplicates", "write_back"): "duplicates_write_back",
    ("duplicates", "weights"): "duplicates_weights",
    **PARTS_AS_TABLE,
}
"""Top-level settings that can also be written in a table: `[data] group` is `data_group`."""


def declared() -> Mapping[str, Declaration]:
    """The top-level settings by name (not those in tables), in the order of declaration; those
    about personal data, the dashboard and scores come last."""
    last = settings_of(FirstLookSettings)
    return {n: d for n, d in settings_of(Settings).items() if n not in last} | dict(last)
