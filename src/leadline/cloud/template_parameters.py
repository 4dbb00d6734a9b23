"""The parameters of the template, and the values that it allows for them, read from its text.

The template is YAML, which Python's library does not read: names stand at one depth, and the
lists that are asked for on one line, which a test holds them to. So no account is asked and no
extra needed.
"""

import re

from leadline.infra import template
from leadline.model.errors import ConfigurationError


def parameter_names() -> tuple[str, ...]:
    """The names of all parameters of the template, in its order."""
    found = re.search(r"^Parameters:\n((?:(?:  .*)?\n)*)", template(), re.MULTILINE)
    return tuple(re.findall(r"^  (\w+):$", found[1], re.MULTILINE)) if found else ()


def choices_of(name: str) -> tuple[str, ...]:
    """The AllowedValues of a parameter of the template. Raises KeyError if it has none."""
    found = re.search(
        rf"^  {re.escape(name)}:\n(?:    .*\n)*?    AllowedValues: \[([^\]]*)\]$",
        template(),
        re.MULTILINE,
    )
    if found is None:
        raise KeyError(name)
    return tuple(value.strip().strip('"') for value in found[1].split(","))


def refuse_other(name: str, value: str) -> None:
    """Raise ConfigurationError if the template does not allow this value of a parameter."""
    if value not in (choices := choices_of(name)):
        raise ConfigurationError(f"{name} must be one of {', '.join(choices)}, not {value}")
