"""The template's parameters: read from a file, checked against the template, kept in updates."""

import difflib
import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from leadline.model.errors import ConfigurationError
from leadline.settings.top.general import declared as settings_declared

OURS = ("CodeBucket", "CaptureCode", "WorkCode")
"""The parameters that `deploy aws` sets itself."""
BY_PROFILE = "by-profile"
_BEFORE_PROFILES = {"Alarms": "all", "WithDashboard": "true"}
"""The defaults of what `Profile` decides now, in templates that had no such parameter.
CloudFormation records a default as it records a choice."""


def read_parameters(path: Path) -> dict[str, str]:
    """Parameters from a TOML or JSON file of `Name = value`, as CloudFormation writes values.

    Raises ConfigurationError that names what is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(f"{path} can't be read: {why}") from None
    try:
        read = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: {error}") from None
    if not isinstance(read, dict):
        raise ConfigurationError(f"{path} must be an object of names and values")
    return {name: _written(path, name, value) for name, value in read.items()}


def _written(path: Path, name: str, value: Any) -> str:
    """A value in CloudFormation's form: text, with lists joined by commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return ",".join(map(str, value))
    raise ConfigurationError(
        f"{path}: {name} must be a text, a number, true, false or a list of texts"
    )


class Parameters:
    """The parameters of a stack: new values, else its current ones, else the template's defaults.

    *declared* is GetTemplateSummary's list, *stack* DescribeStacks' stack when there is one.
    Raises ConfigurationError for names that the template does not declare, and for values that
    would only fail once the code is packaged (a choice) or the functions run (the delay).
    """

    def __init__(
        self,
        given: Mapping[str, str],
        declared: Sequence[Mapping[str, Any]],
        stack: Mapping[str, Any] | None,
    ) -> None:
        self._defaults = {p["ParameterKey"]: str(p.get("DefaultValue", "")) for p in declared}
        refuse_unknown(given, self._defaults)
        _refuse(_out_of_choice(given, declared))
        from leadline.cloud.stacks import parameters_of  # asks for boto3, which reading does not

        self._given = dict(given)
        self._previous = {
            name: value
            for name, value in (parameters_of(stack) if stack else {}).items()
            if name in self._defaults
        }
        self._adopted = self._defaults_before_profiles() if stack else {}

    def _defaults_before_profiles(self) -> dict[str, str]:
        """What the stack has by default from before there were profiles, and nobody asks for now;
        it is as the profile says from now on."""
        if "Profile" not in self._defaults or "Profile" in self._previous:
            return {}
        return {
            name: former
            for name, former in _BEFORE_PROFILES.items()
            if self._previous.get(name) == former and name not in self._given
        }

    def adopted(self) -> list[str]:
        """Sentences about parameters whose recorded default of an earlier version gives way."""
        return [
            f"{name} was {former}, the default of earlier versions, and is {BY_PROFILE} now "
            f'(Profile is {self["Profile"]}); to keep it, put {name} = "{former}" into the file '
            "of --params"
            for name, former in self._adopted.items()
        ]

    def __getitem__(self, name: str) -> str:
        decided = dict.fromkeys(self._adopted, BY_PROFILE)
        layers = (self._given, decided, self._previous, self._defaults)
        return next((layer[name] for layer in layers if name in layer), "")

    def values(self) -> dict[str, str]:
        """All parameters that the template declares, by name."""
        return {name: self[name] for name in self._defaults}

    def request(self, ours: Mapping[str, str]) -> list[dict[str, Any]]:
        """The parameters in the form of CreateChangeSet; *ours* are the values of OURS."""
        values = {**self._given, **dict.fromkeys(self._adopted, BY_PROFILE), **ours}
        kept = [name for name in self._previous if name not in values]
        return [
            *({"ParameterKey": name, "ParameterValue": value} for name, value in values.items()),
            *({"ParameterKey": name, "UsePreviousValue": True} for name in kept),
        ]


def refuse_unknown(given: Mapping[str, str], declared: Collection[str]) -> None:
    """Raise ConfigurationError, with the nearest names, if one of the *given* parameters is not
    *declared* by the template, or is set by `deploy aws` itself."""
    _refuse(_unknown(given, declared))


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise ConfigurationError("the parameters are wrong:\n  " + "\n  ".join(problems))


def _unknown(given: Mapping[str, str], declared: Collection[str]) -> list[str]:
    problems: list[str] = []
    open_to_users = [name for name in declared if name not in OURS]
    for name in given:
        if name in OURS:
            problems.append(f"{name} is set by this command itself; remove it")
        elif name not in declared:
            folded = {n.lower(): n for n in open_to_users}
            near = difflib.get_close_matches(name.lower(), folded, 1)
            hint = f"; did you mean {folded[near[0]]}?" if near else ""
            problems.append(f"there is no parameter {name}{hint}")
    return problems


def _out_of_choice(given: Mapping[str, str], declared: Sequence[Mapping[str, Any]]) -> list[str]:
    problems: list[str] = []
    for parameter in declared:
        name = parameter["ParameterKey"]
        allowed = parameter.get("ParameterConstraints", {}).get("AllowedValues", [])
        if allowed and given.get(name, allowed[0]) not in allowed:
            problems.append(f"{name} must be one of {', '.join(allowed)}, not {given[name]!r}")
    notation = settings_declared()["delay"].notation
    try:
        notation.read(given.get("Delay", "0"))
    except ValueError:
        problems.append(f"Delay must be {notation.words}, not {given['Delay']!r}")
    return problems
