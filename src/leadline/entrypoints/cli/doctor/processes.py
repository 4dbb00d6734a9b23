"""The check of `doctor` whether stopped processes can be noticed on this system."""

from leadline import wiring
from leadline.entrypoints.embedded import movement
from leadline.model.errors import LeadlineError
from leadline.settings.top.general import Settings

_WHAT = "stopped processes"


def check_processes(settings: Settings) -> list[tuple[str, str, str]]:
    """Whether the system names who holds the lock for writing, and tells whether a process makes
    progress. Both are read from Linux's /proc, which other systems and some containers lack."""
    try:
        kept = wiring.store(settings)
    except LeadlineError:
        return []  # reported by the check of the data folder
    from leadline.installations import data_file  # imported here: it loads the store

    try:
        holders = data_file.holders_are_named(settings.data)
    finally:
        kept.close()
    if not movement.is_measured():
        missing = "a child or lock holder"
    elif not holders:
        missing = "a lock holder"
    else:
        return [("ok", _WHAT, "children and lock holders that make no progress are noticed")]
    words = f"not checked on this system: {missing} that was stopped is noticed only when its lease"
    return [("note", _WHAT, f"{words} is over, if it has one")]
