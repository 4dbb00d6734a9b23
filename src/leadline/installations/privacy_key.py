"""What is wrong with the privacy key of a data folder, before somebody needs it."""

from contextlib import closing

import msgspec

from leadline import wiring
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.settings.top.general import Settings
from leadline.stores.key_file import key_path, may_make_key, read_key, refuse_lost_key


class KeyTrouble(msgspec.Struct, frozen=True):
    """Why the key can't be used, in words; `was_used`: hashes may have been made with it."""

    words: str
    was_used: bool


def trouble_with_key(settings: Settings) -> KeyTrouble | None:
    """The trouble if the key can't be read, is lost, or can't be made by this user; None if it can
    be used, or if the data folder can't be opened."""
    try:
        if settings.privacy_key or read_key(settings.data) is not None:
            return None
    except ConfigurationError as error:
        return KeyTrouble(error.detail, was_used=True)
    try:
        store = wiring.store(settings)
    except LeadlineError:
        return None
    try:
        with closing(store):
            refuse_lost_key(settings.data, store, store)
    except ConfigurationError as error:
        return KeyTrouble(error.detail, was_used=True)
    if may_make_key(settings.data):
        return None
    words = (
        f"this user may not make {key_path(settings.data)}: until privacy_key is set, nobody can "
        "be erased by command or put on the suppression list"
    )
    return KeyTrouble(words, was_used=False)
