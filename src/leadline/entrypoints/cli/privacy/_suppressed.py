"""How commands show an entry of the suppression list."""

from leadline.entrypoints.cli._show import when
from leadline.model.personal_data.suppression import Suppressed


def entry_words(one: Suppressed) -> str:
    """An entry in words."""
    reason = f": {one.reason}" if one.reason else ""
    return f"by {one.by} since {when(one.at)}{reason}"


def entry_data(one: Suppressed) -> dict[str, object]:
    """An entry for JSON, without its hash."""
    return {"by": one.by, "since": one.at, "reason": one.reason}
