"""What is promised: by stores, channels, sources, CRMs, clocks and archives."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:  # whoever checks types is to hear of it

    def __getattr__(name: str) -> object:
        """What packages that add a CRM imported from here before (`leadline.FORMER_NAMES`)."""
        from leadline import FORMER_NAMES, former

        if f"{__name__}.{name}" not in FORMER_NAMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return former(__name__, name)
