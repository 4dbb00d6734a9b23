"""People who were erased stay away: what comes back from copies is erased before it is served."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from leadline import wiring
from leadline.installations.embedded import Embedded
from leadline.journey.personal_data.erasing_people import erase_again, returned
from leadline.kit import Kit
from leadline.ports.clock import Clock
from leadline.ports.installation import Installation, OpenStore
from leadline.ports.personal_data.erasing import HeldTexts
from leadline.settings.top.general import Settings
from leadline.stores.erasure_file import ERASURES
from leadline.stores.key_file import find_key, remembering_erased

if TYPE_CHECKING:
    from leadline.installations.on_aws import OnAws
    from leadline.privacy.hashes import PrivacyKey
    from leadline.stores.sqlite.store import SqliteStore


def erasing_kit(installation: Installation, store: OpenStore) -> Kit:
    """The parts for erasing people from an installation whose *store* is open."""
    settings = installation.loaded().settings
    kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
    return msgspec.structs.replace(
        kit,
        erasures=installation.erasures(store),
        audit=installation.audit(),
        privacy_key=lambda: privacy_key_of(installation, store),
    )


def privacy_key_of(installation: Installation, store: OpenStore) -> "PrivacyKey":
    """The privacy key of an installation. Raises ConfigurationError if there is none."""
    erasures = installation.erasures(store)
    has_file = isinstance(installation, Embedded)
    return find_key(installation.loaded().settings, erasures if has_file else None, store)


def previewing_kit(installation: Installation, store: OpenStore, clock: Clock) -> Kit:
    """The parts for a look at what refinement would make of leads, whose *store* is open; as a
    worker does, it asks the suppression list."""
    settings = installation.loaded().settings
    kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings), clock)
    return msgspec.structs.replace(kit, privacy_key=lambda: privacy_key_of(installation, store))


def erase_returned(settings: Settings) -> int:
    """Erase who was erased before and is in the data folder again, such as after a restore; returns
    how many leads were erased. Call it before the data is served.

    Raises ConfigurationError if that needs a key that is missing, or the folder can't be used.
    """
    if not (settings.data / ERASURES).exists():
        return 0
    with closing(wiring.store(settings)) as store:
        return _erase_pending(settings, store) if store.pending() else 0


def _erase_pending(settings: Settings, store: "SqliteStore") -> int:
    kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
    kit = msgspec.structs.replace(kit, audit=wiring.audit(settings))
    return erase_again(remembering_erased(kit, settings, store, store))


def take_erasures(settings: Settings, path: Path) -> int:
    """Add the tombstones of a file to those of the data folder; returns how many are new."""
    from leadline.stores.sqlite.privacy.erasures import add_erasures

    return add_erasures(settings.data, path)


def erased_among(installation: Installation, texts: Iterable[HeldTexts]) -> set[str]:
    """The ids of those of these leads about people who were erased after they were captured.
    *texts* is only read if anybody was erased."""
    with closing(installation.store()) as store:
        tombstones = installation.erasures(store).tombstones()
        if not tombstones:
            return set()
        found, _ = returned(privacy_key_of(installation, store), tombstones, texts)
        return {held.head for held in found}


@contextmanager
def rebuilding_without_erased(stack: "OnAws") -> Iterator[None]:
    """Erase in the archive, before the block rebuilds the table from it, who was erased before; and
    whatever comes back with it, after the block."""
    with closing(stack.store()) as store:
        tombstones = stack.erasures(store).tombstones()
        if not tombstones:
            yield
            return
        from leadline.stores.aws.privacy.erased_documents import erase_body, erase_documents

        key = privacy_key_of(stack, store)
        found, bystanders = returned(key, tombstones, store.held_texts())
        for held in found:
            erase_documents(store.bucket, held.lead_id, held.captured_at)
        for held in bystanders:
            erase_body(store.bucket, held.lead_id, held.captured_at)
        yield
        erase_again(erasing_kit(stack, store), tombstones)
