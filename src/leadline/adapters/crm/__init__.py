"""The CRMs that Leadline reads and writes: one module each, found by its name.

A module of this package without a leading underscore is a CRM and defines `CRM`, which is made with
a `CrmConfig`. Other packages add CRMs through the entry point group `leadline.crms`.
"""

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from leadline.crm import Crm, CrmConfig
from leadline.errors import ConfigurationError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["crm_kinds", "make_crm"]

CRM_ENTRY_POINTS = "leadline.crms"


@cache
def _own_kinds() -> frozenset[str]:
    files = [path for folder in __path__ for path in Path(folder).glob("*.py")]
    return frozenset(path.stem for path in files if not path.stem.startswith("_"))


@cache
def crm_kinds() -> tuple[str, ...]:
    """What `CrmConfig.kind` may be, sorted; each is also the name of a source, if there is one."""
    return tuple(sorted(_own_kinds() | _plugged_in_crms().keys()))


def make_crm(source: str, config: CrmConfig) -> Crm:
    """The CRM of this source (`config.kind`, else the one called like the source), as set.

    Raises ConfigurationError for a kind that there is not, and for a setting that is missing; the
    text names both.
    """
    kind = config.kind or source
    if kind in _own_kinds():
        make = importlib.import_module(f"{__name__}.{kind}").CRM
    elif kind in _plugged_in_crms():
        make = _plugged_in_crms()[kind].load()
    else:
        raise ConfigurationError(
            f"[crm.{source}]: no CRM is called {kind!r}; there are: {', '.join(crm_kinds())}"
        )
    try:
        return cast(Callable[[CrmConfig], Crm], make)(config)
    except ConfigurationError as error:
        raise ConfigurationError(f"[crm.{source}]: {error.detail}") from None


@cache
def _plugged_in_crms() -> Mapping[str, "EntryPoint"]:
    """The CRMs of other packages."""
    from importlib.metadata import entry_points  # 17 ms, and most look for our own

    return {e.name: e for e in entry_points(group=CRM_ENTRY_POINTS)}
