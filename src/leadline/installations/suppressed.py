"""The suppression list of an installation when its leads are restored, moved or rebuilt."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from leadline import wiring
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.operations.personal_data.suppressing import require_key_of_list, unite_suppressions
from leadline.privacy.hashes import key_of_text
from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.cloud.connecting import ConnectedStack


def keep_suppressed(settings: Settings, aside: Path) -> int | None:
    """Keep on the list of a restored data folder who is on that of the data that was put *aside*,
    so that nobody who was added since the backup is contacted. Returns how many were added; None
    if that list can't be read."""
    from leadline.stores.sqlite.store import SqliteStore

    try:
        with closing(SqliteStore(aside, read_only=True)) as before:
            entries = list(before.suppressions())
    except LeadlineError:
        return None
    if not entries:
        return 0
    with closing(wiring.store(settings)) as store:
        return store.suppress(entries)


def carry_suppressions(settings: Settings, stack: "ConnectedStack") -> int:
    """Give a data folder and a stack all entries of both lists, before leads move between them;
    returns how many there are. Raises ConfigurationError if the stack has no key to read them, or
    another one."""
    remote = stack.store()
    with closing(wiring.store(settings)) as here:
        count = unite_suppressions(here, remote)
    if not count:
        return 0
    if not stack.settings.privacy_key:
        raise ConfigurationError(
            "set privacy_key in the stack, to the privacy key of the data folder: without it the "
            "stack can't read the suppression list"
        )
    require_key_of_list(remote, key_of_text(stack.settings.privacy_key))
    return count
