"""The protocols of stores, channels, sources, CRMs, clocks and archives."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:  # so that type checkers report the old names

    def __getattr__(name: str) -> object:
        """Names that packages with a CRM used to import from here (`leadline.FORMER_NAMES`)."""
        from leadline import FORMER_NAMES, former

        if f"{__name__}.{name}" not in FORMER_NAMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return former(__name__, name)
