"""The check of `doctor` for the privacy key of a data folder."""

from contextlib import closing

from leadline import wiring
from leadline.entrypoints.cli._state import Check
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.settings.general import Settings
from leadline.stores.key_file import key_path, may_make_key, read_key, refuse_lost_key

_NAME = "privacy key"


def check_privacy_key(settings: Settings) -> list[Check]:
    """WRONG if the key can't be read, or is lost; a note if it can't be made at the first use."""
    try:
        if settings.privacy_key or read_key(settings.data) is not None:
            return []
    except ConfigurationError as error:
        return [("WRONG", _NAME, error.detail)]
    try:
        store = wiring.store(settings)
    except LeadlineError:
        return []  # reported by the check of the data folder
    try:
        with closing(store):
            refuse_lost_key(settings.data, store, store)
    except ConfigurationError as error:
        return [("WRONG", _NAME, error.detail)]
    if may_make_key(settings.data):
        return []
    path = key_path(settings.data)
    return [("note", _NAME, f"this user may not make {path}: until privacy_key is set, nobody can "
             "be erased by command or put on the suppression list")]  # fmt: skip
