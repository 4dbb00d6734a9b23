"""Every setting, declared once: its name, default, meaning and notation.

`leadline.settings_reading.load` fills one `Settings` from flags, environment, `.env` and TOML.
The page docs/reference/settings.md is generated from these declarations.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from leadline.lead import LeadFields
from leadline.settings_forms import (
    BASE_URL,
    DURATION,
    FILLED,
    FOLDER,
    LEAD_URL,
    PERIOD,
    REGION,
    SIZE,
    TEXT,
    URL,
    WORDS,
    Notation,
    choice,
    number_between,
    whole_number,
)
from leadline.sources import SourceConfig

PREFIX = "LEADLINE_"


class Declaration(msgspec.Struct, frozen=True):
    """What is known of a setting before anybody sets it.

    `default` is written as a user would write it; `aliases` are further environment names.
    """

    default: str
    meaning: str
    notation: Notation
    secret: bool = False
    aliases: tuple[str, ...] = ()


_declarations: list[Declaration] = []


def _setting(
    default: str,
    meaning: str,
    notation: Notation,
    *,
    secret: bool = False,
    aliases: tuple[str, ...] = (),
) -> Any:
    _declarations.append(Declaration(default, meaning, notation, secret, aliases))
    return notation.read(default)


class Settings(msgspec.Struct, frozen=True):
    """All settings; see docs/reference/settings.md. Secrets are not in its repr."""

    data: Path = _setting("leadline-data", "Where leads, tasks and alerts are kept.", FOLDER)
    host: str = _setting("127.0.0.1", "The address to listen on; `::` or `0.0.0.0`: all.", FILLED)
    port: int = _setting("8080", "The port to listen on; 0: any free one.", whole_number(0, 65_535))
    public_url: str = _setting(
        "",
        "The URL by which senders reach this server, such as `https://leads.example.com`. Needed "
        "behind a proxy, because some vendors sign the URL.",
        BASE_URL,
    )
    delay: timedelta = _setting(
        "10m", "How long a lead waits, so that the CRM can assign an owner.", DURATION
    )
    redelivery_window: timedelta = _setting(
        "7d",
        "How long the same body counts as the same delivery where the sender gives no event id.",
        DURATION,
    )
    workers: int = _setting("1", "How many processes refine leads.", whole_number(1, 1024))
    lease: timedelta = _setting(
        "60s",
        "The visibility timeout: how long a worker may hold a task before it is handed out again; "
        "keep it above `slack_timeout` where more than one worker delivers.",
        PERIOD,
    )
    retry_base: timedelta = _setting(
        "1s",
        "The first pause after a failure is a random part of this; it doubles with each one.",
        PERIOD,
    )
    retry_max: timedelta = _setting("1h", "The longest pause between two attempts.", PERIOD)
    max_attempts: int = _setting(
        "25",
        "After so many failures a task becomes a dead letter; with the other defaults that is "
        "after about seven hours of outage.",
        whole_number(1),
    )
    region: str = _setting(
        "", "The country of phone numbers of leads that name none; empty: unknown.", REGION
    )
    slack_webhook_url: str = _setting(
        "",
        "Slack's incoming webhook; without it nobody is alerted.",
        URL,
        secret=True,
        aliases=("SLACK_WEBHOOK_URL",),
    )
    slack_per_second: float = _setting(
        "1", "Messages a second to one channel (Slack allows one).", number_between(0.001, 1000)
    )
    slack_digest_above: int = _setting(
        "20",
        "When more alerts than this are due at once in a channel, one message tells of them all; "
        "0: never.",
        whole_number(0),
    )
    slack_timeout: timedelta = _setting("10s", "How long Slack may take to answer.", PERIOD)
    show_url: str = _setting(
        "",
        "Where alerts link to: a URL with `{lead_id}`, such as your own page of a lead.",
        LEAD_URL,
    )
    max_body: int = _setting("1MiB", "The largest body that is taken, in bytes.", SIZE)
    max_waiting: int = _setting(
        "1024",
        "How many deliveries wait in memory for the disk before senders hear 429.",
        whole_number(1),
    )
    receive_timeout: timedelta = _setting(
        "10s", "How long a request may take to arrive before it is answered with 408.", PERIOD
    )
    log_level: str = _setting(
        "info",
        "The least grave events that are logged.",
        choice("debug", "info", "warning", "error"),
    )
    log_format: str = _setting("json", "How log lines look.", choice("json", "text"))
    sources: Mapping[str, SourceConfig] = {}

    def __repr__(self) -> str:
        told = [n for n in self.__struct_fields__ if n == "sources" or not _DECLARED[n].secret]
        return f"Settings({', '.join(f'{name}={getattr(self, name)!r}' for name in told)})"


# In the order of the fields; `sources`, the last, is no setting but a table of them.
_DECLARED = dict(zip(Settings.__struct_fields__[:-1], _declarations, strict=True))


SOURCE_SETTINGS: Mapping[str, Declaration] = {
    "secret": Declaration(
        "",
        "What deliveries are authenticated with; several while one is being rotated. "
        "Without it everybody is believed.",
        WORDS,
        secret=True,
    ),
    "tolerance": Declaration(
        "5m", "How old or new a signed time stamp may be (the replay window).", PERIOD
    ),
    "delay": Declaration("", "The wait of this source's leads, instead of `delay`.", DURATION),
    "hot_score": Declaration(
        "", "A lead with at least this score does not wait.", number_between(-1e9, 1e9)
    ),
    "organization": Declaration(
        "", "The account ids that deliveries may come from (Salesforce).", WORDS
    ),
    "honeypot": Declaration(
        "",
        "A form field that people can't see: who fills it in is a program, and the lead is "
        "quarantined. Empty: none.",
        TEXT,
    ),
    "country": Declaration(
        "", "The country of this source's phone numbers, instead of `region`.", REGION
    ),
}
"""The settings of each source; the names are the attributes of `SourceConfig`."""

MAPPED_FIELDS = (
    *(name for name in LeadFields.__struct_fields__ if name not in ("custom", "suspicions")),
    "event_id",
)
"""What `[sources.NAME.map]` may place: fields of a lead, and the sender's id of the event."""


def declared() -> dict[str, Declaration]:
    """The settings by name, without those of sources, in the order of their declaration."""
    return dict(_DECLARED)
