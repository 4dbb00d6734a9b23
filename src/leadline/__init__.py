"""Leadline: capture a lead, wait for its owner, refine it, alert the right person."""

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
"""The modules that plug-ins imported before `leadline.plugin_api` existed, which now has their
names."""
FORMER_NAMES = frozenset(f"leadline.ports.{name}" for name in ("Busy", "Refused", "Unreachable"))
"""Names that plug-ins imported from a module that still exists."""


def former(module: str, name: str) -> object:
    """The object that a plug-in imports by a former path, with a DeprecationWarning at the import.
    Raises AttributeError if `leadline.plugin_api` has no such name."""
    # By name, because an import statement would make every module depend on `plugin_api`.
    api = import_module("leadline.plugin_api")
    if name not in api.__all__:
        raise AttributeError(f"{module} was removed, and leadline.plugin_api has no {name}")
    text = f"import {name} from leadline.plugin_api instead: version 0.3 removes {module}"
    warn(text, DeprecationWarning, stacklevel=3)
    return getattr(api, name)


class _FormerModules:
    """Finds the former modules. Python asks it last, if no other finder knows the name."""

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
        """None: Python creates an ordinary module."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        old = module.__name__
        module.__getattr__ = lambda name: former(old, name)  # type: ignore[method-assign]


sys.meta_path.append(_FormerModules)
