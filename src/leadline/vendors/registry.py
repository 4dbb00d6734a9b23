"""Finds sources by name, and creates CRM clients by kind.

`vendors/NAME/webhook.py` defines `SOURCE`, a subclass of `Source`; `vendors/NAME/api.py` defines
`CRM`, which is called with the settings of its kind (`leadline.settings.connected.crm_kinds`).
`leadline.plugins` lists the names. Other packages add sources and CRMs by entry points.
"""

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, cast

from leadline.model.errors import ConfigurationError, UnknownSource
from leadline.plugins import (
    CRMS,
    SOURCES,
    crm_kinds,
    extensions,
    own_crms,
    own_sources,
    source_names,
)
from leadline.ports.source import Source

if TYPE_CHECKING:
    from leadline.ports.crm import Crm  # a function that captures webhooks makes no CRM
    from leadline.settings.connected.crm import AnyCrmConfig


@cache
def find(name: str) -> type[Source]:
    """The source with this name. Raises UnknownSource, whose message lists the known names."""
    if name in own_sources():
        source = importlib.import_module(f"leadline.vendors.{name}.webhook").SOURCE
    elif name in extensions(SOURCES):
        source = extensions(SOURCES)[name].load()
    else:
        raise UnknownSource(f"there is no source {name!r} (there are: {', '.join(source_names())})")
    assert issubclass(source, Source)  # noqa: S101 - stop a plug-in that is not a source
    return source  # type: ignore[no-any-return]


def make_crm(source: str, config: "AnyCrmConfig") -> "Crm":
    """The CRM of this source (`config.kind`, else the one called like the source), as set.

    Raises ConfigurationError if the kind does not exist or a setting is missing; the message names
    the kind or the setting.
    """
    kind = config.kind or source
    if kind in own_crms():
        make = importlib.import_module(f"leadline.vendors.{kind}.api").CRM
    elif kind in extensions(CRMS):
        make = extensions(CRMS)[kind].load()
    else:
        raise ConfigurationError(
            f"[crm.{source}]: there is no kind {kind!r} (there are: {', '.join(crm_kinds())})"
        )
    if missing := config.missing():
        raise ConfigurationError(
            f"[crm.{source}]: {', '.join(missing)} must be set for kind {kind}"
        )
    try:
        return cast("Callable[[AnyCrmConfig], Crm]", make)(config)
    except ConfigurationError as error:
        raise ConfigurationError(f"[crm.{source}]: {error.detail}") from None
