"""Leadline: capture a lead, wait for its owner, refine it, tell the right person."""

import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING
from warnings import warn

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

__version__ = "0.1.0"

FORMER_MODULES = frozenset(
    f"leadline.{name}" for name in ("sources", "lead", "errors", "crm", "handling")
)
"""What plug-ins imported before there was `leadline.plugin_api`, which has their names now."""
FORMER_NAMES = frozenset(f"leadline.ports.{name}" for name in ("Busy", "Refused", "Unreachable"))
"""What plug-ins imported from a module that there still is."""


def former(module: str, name: str) -> object:
    """What a plug-in gets by a name from where it was before; with a DeprecationWarning at the line
    that imports it. Raises AttributeError where `leadline.plugin_api` has no such name."""
    # By its name, because a line that imports it would make all of it a part of everything.
    api = import_module("leadline.plugin_api")
    if name not in api.__all__:
        raise AttributeError(f"{module} is gone, and leadline.plugin_api has no {name}")
    text = f"import {name} from leadline.plugin_api: {module} goes with version 0.3"
    warn(text, DeprecationWarning, stacklevel=3)
    return getattr(api, name)


class _FormerModules:
    """Finds the former modules, which are asked for only where nothing else is called so."""

    @classmethod
    def find_spec(
        cls, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> "ModuleSpec | None":
        if name not in FORMER_MODULES:
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, cls)  # type: ignore[arg-type]  # classes load as well

    @staticmethod
    def create_module(_spec: "ModuleSpec") -> None:
        """Python's own kind of module will do."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        old = module.__name__
        module.__getattr__ = lambda name: former(old, name)  # type: ignore[method-assign]


sys.meta_path.append(_FormerModules)
