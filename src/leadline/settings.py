"""Every setting, declared once: its name, default, meaning and form.

`leadline.settings_reading.load` fills one `Settings` from flags, environment, `.env` and TOML.
The page docs/reference/settings.md is generated from these declarations.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from leadline.sources import SourceConfig

PREFIX = "LEADLINE_"
_UNITS_OF_TIME = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_UNITS_OF_SIZE = {"": 1, "B": 1, "KB": 1000, "MB": 10**6, "KIB": 1 << 10, "MIB": 1 << 20}


class Form:
    """How a value is written: a reader that raises ValueError, and the words that describe it."""

    def __init__(self, words: str, read: Callable[[object], Any]) -> None:
        self.words = words
        self.read = read


def _duration(value: object) -> timedelta:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", str(value).strip())
    if found:
        return timedelta(seconds=float(found[1]) * _UNITS_OF_TIME[found[2]])
    if str(value).strip() == "0":
        return timedelta()
    raise ValueError


def _size(value: object) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", str(value).strip())
    if not found or found[2].upper() not in _UNITS_OF_SIZE:
        raise ValueError
    return int(float(found[1]) * _UNITS_OF_SIZE[found[2].upper()])


def _whole(least: int) -> Form:
    def read(value: object) -> int:
        number = int(str(value))
        if number < least:
            raise ValueError
        return number

    return Form(f"a whole number from {least}", read)


def _number(value: object) -> float:
    number = float(str(value))
    if not 0 < number < 1e9:
        raise ValueError
    return number


def _choice(*words: str) -> Form:
    def read(value: object) -> str:
        if str(value).lower() not in words:
            raise ValueError
        return str(value).lower()

    return Form("one of " + ", ".join(words), read)


def _url(value: object) -> str:
    text = str(value).strip()
    if text and not re.match(r"https?://[^\s/]", text):
        raise ValueError
    return text


def _region(value: object) -> str:
    text = str(value).strip().upper()
    if not re.fullmatch(r"([A-Z]{2})?", text):
        raise ValueError
    return text


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(v) for v in value if str(v))
    return tuple(re.split(r"[\s,]+", str(value).strip())) if str(value).strip() else ()


DURATION = Form("a duration such as 500ms, 5s, 10m, 24h or 7d", _duration)
SIZE = Form("a size such as 1048576, 500KB or 1MiB", _size)
TEXT = Form("text", lambda value: str(value).strip())
FOLDER = Form("a folder", lambda value: Path(str(value)).expanduser())
URL = Form("a URL with http:// or https://", _url)
REGION = Form("a country's two letters, such as US", _region)
NUMBER = Form("a number above 0", _number)
WORDS = Form("one or several words, separated by spaces or commas", _words)


def setting(
    default: str, meaning: str, form: Form, *, secret: bool = False, aliases: tuple[str, ...] = ()
) -> Any:
    """Declare a setting; the default is written as a user would write it."""
    metadata = {
        "default": default,
        "meaning": meaning,
        "form": form,
        "secret": secret,
        "aliases": aliases,
    }
    return field(default=form.read(default), metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; see docs/reference/settings.md."""

    data: Path = setting("leadline-data", "Where leads, tasks and alerts are kept.", FOLDER)
    host: str = setting("127.0.0.1", "The address to listen on.", TEXT)
    port: int = setting("8080", "The port to listen on; 0 takes a free one.", _whole(0))
    public_url: str = setting(
        "",
        "The URL by which senders reach this server, such as https://leads.example.com; needed "
        "behind a proxy, because some vendors sign the URL.",
        URL,
    )
    delay: timedelta = setting(
        "10m", "How long a lead waits, so that the CRM can assign an owner.", DURATION
    )
    redelivery_window: timedelta = setting(
        "7d",
        "How long the same body counts as the same delivery where the sender gives no event id.",
        DURATION,
    )
    workers: int = setting("1", "How many processes refine leads.", _whole(1))
    lease: timedelta = setting(
        "60s", "The visibility timeout: when a task of a dead worker is handed out again.", DURATION
    )
    retry_base: timedelta = setting(
        "1s", "The first pause after a failure; it doubles with each further one.", DURATION
    )
    retry_max: timedelta = setting("1h", "The longest pause between two attempts.", DURATION)
    max_attempts: int = setting(
        "25",
        "After so many failures a task becomes a dead letter; with the other defaults that is "
        "after about seven hours of outage.",
        _whole(1),
    )
    region: str = setting("", "The country of phone numbers that name none.", REGION)
    slack_webhook_url: str = setting(
        "",
        "Slack's incoming webhook; without it nobody is alerted.",
        URL,
        secret=True,
        aliases=("SLACK_WEBHOOK_URL",),
    )
    slack_per_second: float = setting(
        "1", "Messages a second to one channel (Slack allows one).", NUMBER
    )
    slack_digest_above: int = setting(
        "20", "More alerts than this due at once become one message; 0: never.", _whole(0)
    )
    slack_timeout: timedelta = setting("10s", "How long Slack may take to answer.", DURATION)
    show_url: str = setting(
        "", "A URL with {lead_id} that alerts link to, such as your own page of a lead.", TEXT
    )
    max_body: int = setting("1MiB", "The largest body that is taken.", SIZE)
    max_waiting: int = setting(
        "1024", "Deliveries held in memory for the disk before senders hear 429.", _whole(1)
    )
    receive_timeout: timedelta = setting("10s", "How long a request may take to arrive.", DURATION)
    log_level: str = setting(
        "info",
        "The least grave events that are logged.",
        _choice("debug", "info", "warning", "error"),
    )
    log_format: str = setting("json", "How log lines look.", _choice("json", "text"))
    sources: Mapping[str, SourceConfig] = field(default_factory=dict)


class SourceSetting:
    """A setting of each source; `name` is the attribute of `SourceConfig`."""

    def __init__(
        self, name: str, default: str, meaning: str, form: Form, *, secret: bool = False
    ) -> None:
        self.name = name
        self.default = default
        self.meaning = meaning
        self.form = form
        self.secret = secret


SOURCE_SETTINGS = (
    SourceSetting(
        "secret",
        "",
        "What deliveries are authenticated with; several while one is being rotated. "
        "Without it everybody is believed.",
        WORDS,
        secret=True,
    ),
    SourceSetting(
        "tolerance", "5m", "How old or new a signed time stamp may be (replay window).", DURATION
    ),
    SourceSetting("delay", "", "The wait of this source's leads, instead of `delay`.", DURATION),
    SourceSetting("hot_score", "", "A lead with at least this score skips the wait.", NUMBER),
    SourceSetting(
        "organization", "", "The account ids that deliveries may come from (Salesforce).", WORDS
    ),
    SourceSetting(
        "honeypot",
        "",
        "A form field that people can't see and leave empty; programs fill it.",
        TEXT,
    ),
    SourceSetting(
        "country", "", "The country of this source's phone numbers, instead of `region`.", REGION
    ),
)
MAPPED_FIELDS = (
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "title",
    "country",
    "website",
    "message",
    "source",
    "campaign",
    "owner",
    "score",
    "created",
    "crm_url",
    "record",
    "event_id",
)
"""What `[sources.NAME.map]` may place: fields of a lead, and the sender's id of the event."""


def declared() -> dict[str, Field[Any]]:
    """The settings by name, without `sources`, in the order of their declaration."""
    return {f.name: f for f in fields(Settings) if f.metadata}


def default_of(declaration: Field[Any]) -> Any:
    """The default value of one declared setting."""
    assert declaration.default is not MISSING  # noqa: S101 - `setting` gives one
    return declaration.default
