"""`[outcomes.NAME]`: an ad network that is told what became of leads; a struct for each kind."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from leadline.model.facts.consent import PURPOSES
from leadline.model.facts.conversions import Stage
from leadline.settings.declaration import SettingsStruct, inner_table, optional, setting
from leadline.settings.notation.notations import (
    BASE_URL,
    FILLED,
    PERIOD,
    TEXT,
    WORDS,
    YES_NO,
    Notation,
    NotationError,
    choice,
    number_between,
)

STAGES = tuple(map(str, Stage))
"""The names allowed in `[outcomes.NAME.stages]`."""
_CURRENCY = re.compile("[A-Z]{3}")


def _digits(value: object) -> str:
    """Digits, which people write with hyphens ("123-456-7890")."""
    text = str(value).strip().replace("-", "")
    if text and not (text.isascii() and text.isdecimal()):
        raise ValueError
    return text


def _currency(value: object) -> str:
    text = str(value).strip().upper()
    if text and not _CURRENCY.fullmatch(text):
        raise ValueError
    return text


def _consent(value: object) -> str:
    """What must be consented to: no other purpose stands for advertising."""
    text = str(value).strip()
    if text != "ads" and text in PURPOSES:
        raise NotationError(f"a consent to {text} is none to advertising; write ads, or a field")
    return text


CONSENT = Notation("`ads`, or the name of a further field of the lead", _consent)
DIGITS = Notation("digits, such as 1234567890 or 123-456-7890", _digits)
CURRENCY = Notation("a currency of ISO 4217 such as EUR", _currency)


class OutcomesConfig(SettingsStruct, frozen=True):
    """The settings of every ad network (`[outcomes.NAME]`).

    `automatic` is whether it is told of stages as soon as they are reached. `consent` names the
    consent without which nothing is sent. `stages` maps our stages to the network's names of
    events; a stage that it lacks is not sent.
    """

    kind: str = optional("The ad network.", choice("meta", "google", "linkedin"), "")
    automatic: bool = setting(
        "no",
        "Whether stages are sent as leads reach them; otherwise only by `leadline outcomes push "
        "--send`.",
        YES_NO,
    )
    consent: str = setting(
        "",
        "The consent to advertising use without which nothing is sent: `ads`, or the name of a "
        "further field of the lead, whose value must be understood as yes.",
        CONSENT,
        needed=True,
    )
    sources: tuple[str, ...] = setting(
        "", "The sources whose leads are sent; empty: all of them.", WORDS
    )
    currency: str = setting("", "The currency of the values; empty: no value is sent.", CURRENCY)
    value: str = setting(
        "",
        "The further field of the lead with its value; empty: the value that the CRM names "
        "(`value` in `[crm.NAME.read]`). It is sent with the stage won alone.",
        TEXT,
    )
    per_second: float = setting(
        "1", "Requests per second; one holds many leads.", number_between(0.001, 100)
    )
    timeout: timedelta = setting("10s", "The timeout of one request.", PERIOD)
    url: str = setting("", "The base URL of its API; empty: the network's own.", BASE_URL)
    stages: Mapping[str, str] = inner_table(
        STAGES,
        "The network's own name for the stage: with Meta the name of an event, with Google the "
        "number of a conversion action, with LinkedIn the number of a conversion rule.",
        FILLED,
    )

    def missing(self) -> tuple[str, ...]:
        """See `SettingsStruct.missing`; without stages nothing would ever be sent."""
        return (*super().missing(), *([] if self.stages else ["stages"]))


class MetaOutcomes(OutcomesConfig, frozen=True):
    """Meta, by the Conversions API for CRM."""

    kind: str = "meta"
    dataset: str = setting("", "The id of the dataset (pixel).", DIGITS, needed=True)
    token: str = setting(
        "", "An access token of the dataset's Conversions API.", TEXT, secret=True, needed=True
    )
    lead_id: str = setting(
        "",
        "The further field with Meta's lead id, for leads that come by way of a CRM; leads of the "
        "source `meta` have it anyway.",
        TEXT,
    )
    crm_name: str = setting("Leadline", "The name of the CRM, as Meta shows it.", FILLED)
    test_event_code: str = setting(
        "", "The code of Meta's test events, which `--test` needs.", TEXT
    )
    version: str = setting("", "The version of the API; empty: the tested one.", TEXT)


class AdOAuthConfig(OutcomesConfig, frozen=True):
    """An ad network with authentication by an OAuth app, or otherwise. `ways` are the sets of
    settings, one of which must be complete."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = ()

    client_id: str = setting("", "The client id of an OAuth app.", TEXT)
    client_secret: str = setting("", "The client secret of an OAuth app.", TEXT, secret=True)
    refresh_token: str = setting("", "The refresh token of an OAuth app.", TEXT, secret=True)
    token_url: str = setting(
        "", "The URL of the token endpoint; empty: the network's own.", BASE_URL
    )

    def missing(self) -> tuple[str, ...]:
        """See `SettingsStruct.missing`; one of the `ways` must be complete."""
        if any(all(getattr(self, n) for n in way) for way in self.ways):
            return super().missing()
        return (*super().missing(), " or ".join(" with ".join(way) for way in self.ways))


class GoogleOutcomes(AdOAuthConfig, frozen=True):
    """Google Ads, by the Data Manager API."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("service_account",),
        ("client_id", "client_secret", "refresh_token"),
    )

    kind: str = "google"
    account: str = setting("", "The Google Ads account, ten digits.", DIGITS, needed=True)
    login_account: str = setting(
        "", "The manager account by which `account` is reached; empty: none.", DIGITS
    )
    service_account: str = setting(
        "",
        "The JSON key of a service account that may use the account, or on one machine the path of "
        "its file; with it, no OAuth app is needed.",
        TEXT,
        secret=True,
    )
    refresh_token: str = setting(
        "", "A refresh token with the scope `datamanager`.", TEXT, secret=True
    )


class LinkedInOutcomes(AdOAuthConfig, frozen=True):
    """LinkedIn, by the Conversions API."""

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("token",),
        ("client_id", "client_secret", "refresh_token"),
    )

    kind: str = "linkedin"
    token: str = setting(
        "",
        "An access token with `rw_conversions`, which ends after 60 days; with a refresh token "
        "none is needed.",
        TEXT,
        secret=True,
    )
    version: str = setting("", "The version of the API; empty: the tested one.", TEXT)


OUTCOMES: Mapping[str, type[OutcomesConfig]] = {
    "": OutcomesConfig,
    "meta": MetaOutcomes,
    "google": GoogleOutcomes,
    "linkedin": LinkedInOutcomes,
}
"""The settings of an ad network, by its kind."""

SIGNS_IN_PACKAGE = "leadline/conversions/signing_of_the_stack"
"""What stands in the package of functions that sign for a service account."""


def signing_faults(networks: Mapping[str, OutcomesConfig]) -> tuple[bool, str]:
    """Whether a network needs what signs for a service account; and the network whose key is in a
    file, which functions on AWS do not have ("": none)."""
    keys = {n: c.service_account for n, c in networks.items() if isinstance(c, GoogleOutcomes)}
    in_files = (name for name, key in keys.items() if key and not key.startswith("{"))
    return any(keys.values()), next(in_files, "")
