"""The `leadline.toml` of a stack, where its functions read it: an SSM parameter, or a secret."""

import tempfile
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

from botocore.exceptions import ClientError

from leadline.cloud.session import Cloud, error_code
from leadline.model.errors import ConfigurationError
from leadline.settings.loading import load
from leadline.settings.notation.public_holidays import days_off, regions_in
from leadline.settings.top.general import Settings

STANDARD_LIMIT, ADVANCED_LIMIT = 4096, 8192
"""The largest parameter by tier, in bytes (Systems Manager, "Managing parameter tiers")."""

SECRET_LIMIT = 65_536
"""The largest secret, in bytes (Secrets Manager quotas)."""

_HEARD = "the functions read changes within five minutes"
_EMPTY = "# Settings of Leadline: see leadline.example.toml. Empty: every default, no secrets.\n"


def read_settings(path: Path, check: Callable[[Settings], None]) -> str:
    """The text of a settings file, checked as `checked_settings` does.

    Raises ConfigurationError, which lists all problems.
    """
    checked_settings(path, check)
    text = path.read_text(encoding="utf-8")
    if len(text.encode()) > SECRET_LIMIT:
        raise ConfigurationError(
            f"{path} is too large: {SECRET_LIMIT} bytes are the most that a stack can store, and "
            f"it takes {len(text.encode())}"
        )
    return text


def checked_settings(path: Path, check: Callable[[Settings], None]) -> Settings:
    """The settings of a file, checked as Leadline reads it, for functions on AWS, and by *check*,
    which creates what the settings configure and raises ConfigurationError if that fails.

    Raises ConfigurationError, which lists all problems.
    """
    with tempfile.TemporaryDirectory() as empty:
        loaded = load(config=path.absolute(), environ={}, folder=Path(empty))
    check(loaded.settings)
    _refuse_regions(path, path.read_text(encoding="utf-8"))
    return loaded.settings


def _refuse_regions(path: Path, text: str) -> None:
    """Raise ConfigurationError if holidays are given by region: functions lack the package for
    that, which is larger than all of their code."""
    tables = tomllib.loads(text)
    for table in ("hours", "people"):
        for name, entry in tables.get(table, {}).items():
            for region in regions_in(entry.get("holidays", "")):
                this = date.today().year
                days = sorted(d for d in days_off(region) if this <= d.year <= this + 2)
                raise ConfigurationError(
                    f"{path}: {table}.{name}.holidays: functions on AWS cannot look up {region}; "
                    f"write its dates instead, until {this + 2}: {' '.join(map(str, days))}"
                )


def without_effect(text: str) -> list[str]:
    """What of these settings has no effect on AWS, in words."""
    tables = tomllib.loads(text).get("sources", {})
    named = [name for name, table in tables.items() if "watch_silence" in table]
    return [
        f"sources.{name}.watch_silence has no effect on AWS: the silence of a source is told by "
        "`leadline serve` alone"
        for name in named
    ]


def refuse_too_long(text: str) -> None:
    """Raise ConfigurationError if the text is too long for an SSM parameter."""
    size = len(text.encode())
    if size > ADVANCED_LIMIT:
        raise ConfigurationError(
            f"the settings have {size} bytes, but an SSM parameter can store {ADVANCED_LIMIT}"
            ": put them into a Secrets Manager secret and set the "
            "parameter SettingsSecretArn to its ARN"
        )


def needs_advanced_tier(text: str) -> bool:
    """Whether the text is too long for a free parameter."""
    return len(text.encode()) > STANDARD_LIMIT


def put_settings(cloud: Cloud, reference: str, text: str | None, key_arn: str = "") -> str:
    """Write the settings; without *text*, only create missing ones, as an empty file.

    *reference* is `ssm:NAME` or `secretsmanager:ARN`; *key_arn* is the customer's KMS key, or "".
    Returns what was done, in words. A missing secret is not created; that is its owner's task.
    """
    kind, _, name = reference.partition(":")
    if kind == "secretsmanager":
        if text is None:
            return f"the settings are in the secret {name}"
        cloud.client("secretsmanager").put_secret_value(SecretId=name, SecretString=text)
        return f"the secret {name} holds the settings; {_HEARD}"
    ssm = cloud.client("ssm")
    key = {"KeyId": key_arn} if key_arn else {}
    wanted = {"Name": name, "Type": "SecureString", **key}
    if text is not None:
        refuse_too_long(text)
        tier = "Advanced" if needs_advanced_tier(text) else "Intelligent-Tiering"
        ssm.put_parameter(**wanted, Value=text, Overwrite=True, Tier=tier)
        return f"the SSM parameter {name} holds the settings; {_HEARD}"
    try:
        ssm.put_parameter(**wanted, Value=_EMPTY, Overwrite=False, Tier="Standard")
    except ClientError as error:
        if error_code(error) != "ParameterAlreadyExists":
            raise
        return f"the settings in the SSM parameter {name} are unchanged"
    return f"the SSM parameter {name} is new and empty; fill it with --settings FILE"


def stored_settings(cloud: Cloud, reference: str) -> str:
    """The text of the settings that a stack has (*reference* as in `put_settings`); "" if they are
    not there yet."""
    kind, _, name = reference.partition(":")
    try:
        if kind == "secretsmanager":
            kept = cloud.client("secretsmanager").get_secret_value(SecretId=name)
            return str(kept["SecretString"])
        found = cloud.client("ssm").get_parameter(Name=name, WithDecryption=True)
    except ClientError as error:
        if error_code(error) in ("ParameterNotFound", "ResourceNotFoundException"):
            return ""
        raise
    return str(found["Parameter"]["Value"])


def settings_reference(stack: str, parameter: str, secret_arn: str) -> str:
    """Where a stack's functions read their settings, from its parameters SettingsParameter and
    SettingsSecretArn."""
    if secret_arn:
        return f"secretsmanager:{secret_arn}"
    return f"ssm:{parameter or f'/leadline/{stack}/settings'}"
