"""`[enrich.NAME]`: where facts about leads are looked up, in the order of the settings; and
`[enrichment]`, how long an alert waits for that."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from leadline.model.texts.patterns import late
from leadline.settings.declaration import SettingsStruct, inner_table, optional, setting
from leadline.settings.notation.lists import LINES
from leadline.settings.notation.notations import (
    DURATION,
    FILLED,
    PERIOD,
    TEXT,
    Notation,
    choice,
    number_between,
)
from leadline.settings.top.personal_data import PersonalDataSettings

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_FIELD = late(r"[a-z][a-z0-9_]{0,59}")
PLACEHOLDER = late(r"\{([a-z_]+)\}")
"""A field of a lead, or `{key}`, in a URL, a header or a body."""


def _provider_url(value: object) -> str:
    text = str(TEXT.read(value))
    parts = urlsplit(PLACEHOLDER.sub("x", text))
    if text and not (
        parts.hostname
        and "@" not in parts.netloc
        and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))
        and PLACEHOLDER.search(f"{urlsplit(text).scheme}{urlsplit(text).netloc}") is None
    ):
        raise ValueError
    return text


PROVIDER_URL = Notation(
    "a URL with https:// (http:// on this machine alone), without a password, and with fields of a "
    "lead such as {domain} behind the host only",
    _provider_url,
)


class AnyEnrichConfig(SettingsStruct, frozen=True):
    """The settings of every provider (`[enrich.NAME]` in leadline.toml).

    `kind` is what it is; by default that of the name (`domain`, `phone`, `csv`), else `http`.
    """

    kind: str = setting(
        "",
        "What it is: `domain` (a company's domain says its name and website), `phone` (a number "
        "says its country, time zones and line type), `csv` (a file of your own) or `http` (any "
        "service). Empty: as it is named, else `http`.",
        choice("", "domain", "phone", "csv", "http"),
    )
    when: tuple[str, ...] = setting(
        "",
        "It is asked only about leads that meet all these conditions, each a line "
        "`field op value` as in rules.",
        LINES,
    )
    confidence: float | None = optional(
        "How sure its values are, 0 to 1, if it does not say so itself.", number_between(0, 1)
    )
    timeout: timedelta = setting("5s", "The timeout of one request.", PERIOD)
    cost: float = setting(
        "0", "What one call or hit costs, in your currency.", number_between(0, 1_000_000)
    )
    charge: str = setting(
        "call",
        "What is charged: each `call`, or only a `hit`, an answer that knows something.",
        choice("call", "hit"),
    )
    per_day: float | None = optional(
        "The most that may be spent in a day (UTC), in the same currency. Empty: no limit; a "
        "provider with a `cost` needs one.",
        number_between(0, 1_000_000_000),
    )
    cache: timedelta = setting(
        "30d",
        "How long an answer about a company is kept and used for other leads of it; 0: not. "
        "Answers about people are never kept but with the lead.",
        DURATION,
    )


class LocalEnrichConfig(AnyEnrichConfig, frozen=True):
    """A provider of kind `domain` or `phone`."""


class CsvEnrichConfig(AnyEnrichConfig, frozen=True):
    """A provider of kind `csv`."""

    file: str = setting(
        "", "The CSV file, by its path from the folder of the settings.", TEXT, needed=True
    )
    by: str = setting(
        "domain", "The column by which leads are found, and the field of leads: `domain` or "
        "`email`.", choice("domain", "email"),
    )  # fmt: skip
    map: Mapping[str, str] = inner_table(
        None, "The column that has the field. Without this table: all columns, by their names.",
        FILLED,
    )  # fmt: skip


class HttpEnrichConfig(AnyEnrichConfig, frozen=True):
    """A provider of kind `http`. `{FIELD}` in `url` and `body` is the field of the lead, escaped;
    nothing else of the lead leaves."""

    url: str = setting(
        "",
        "What is asked, such as `https://api.example.com/company?domain={domain}`. Fields of a "
        "lead: `{domain}`, `{email}`, `{phone}`, `{name}`, `{first_name}`, `{last_name}`, "
        "`{company}`, `{website}`, `{country}`, `{title}`, and what providers before it give.",
        PROVIDER_URL,
        needed=True,
    )
    method: str = setting("GET", "The method: `GET` or `POST`.", choice("get", "post"))
    body: str = setting(
        "", "The JSON of a POST, with fields as in `url` inside of its texts.", TEXT
    )
    key: str = setting("", "The API key, for `{key}` in `headers`.", TEXT, secret=True)
    headers: Mapping[str, str] = inner_table(
        None, "The value of the header; `{key}` is the API key.", FILLED
    )
    map: Mapping[str, str] = inner_table(
        None,
        "Where the answer has the field: a dotted path or a JSON Pointer. `company`, `website`, "
        "`country` and `title` fill blanks of the lead; any other name is a field `enriched.NAME`. "
        "`confidence` is how sure it is.",
        FILLED,
    )


ENRICH: Mapping[str, type[AnyEnrichConfig]] = {
    "": HttpEnrichConfig,
    "domain": LocalEnrichConfig,
    "phone": LocalEnrichConfig,
    "csv": CsvEnrichConfig,
    "http": HttpEnrichConfig,
}
"""The struct of each kind of provider."""


def is_field(name: str) -> bool:
    """Whether a value may have this name."""
    return _FIELD.fullmatch(name) is not None


class EnrichmentSettings(PersonalDataSettings, frozen=True):
    """The part of `Settings` about looking up facts."""

    enrichment_wait: timedelta = setting(
        "2s",
        "How long the alert of a lead waits for providers (`[enrich.NAME]`) at most, all together. "
        "What they say later completes it. In TOML, you can also write `wait` in a table "
        "`[enrichment]`.",
        DURATION,
    )
    enrich: Mapping[str, AnyEnrichConfig] = {}


ENRICHMENT_AS_TABLE: Mapping[tuple[str, ...], str] = {("enrichment", "wait"): "enrichment_wait"}
"""The settings of this part that can also be written in a table."""
