"""What commands that bring leads back do about people who were erased."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from leadline.entrypoints.cli._show import say
from leadline.installations.erased import erase_returned, take_erasures
from leadline.installations.suppressed import keep_suppressed
from leadline.model.lead import RefinedLead
from leadline.operations.repair.archive import documents, read_corrections, read_raw
from leadline.ports.archive import ArchiveError
from leadline.ports.personal_data.erasing import HeldTexts
from leadline.settings.top.general import Settings


def take_along(settings: Settings, erasures: Path | None) -> None:
    """Add the tombstones of a file, if one is given, to those of the data folder."""
    if erasures is not None:
        say(f"{take_erasures(settings, erasures)} erasures from {erasures}")


def keep_away(settings: Settings) -> None:
    """Erase who came back into the data folder, and say so."""
    if erased := erase_returned(settings):
        say(f"{erased} leads of people who were erased since were erased again")


def keep_off_limits(settings: Settings, aside: Path) -> None:
    """Keep the suppression list of the data that was put aside by a restore, and say so."""
    kept = keep_suppressed(settings, aside)
    if kept is None:
        say(f"the suppression list in {aside} can't be read: import who was added since the backup")
    elif kept:
        say(f"{kept} entries of the suppression list were added since the backup, and are kept")


def archived_texts(source: Path) -> Iterator[HeldTexts]:
    """What an archive says about people, as far as it can be read."""
    for key, document in documents(source):
        try:
            if key.startswith("raw/"):
                lead = read_raw(key, document)
                yield HeldTexts(
                    lead.id, lead.id, lead.source, lead.captured_at, lead.raw, lead.body or b""
                )
            elif key.startswith("corrections/"):
                for one in read_corrections(key, document):
                    yield HeldTexts(one.joins, one.joins, one.source, one.captured_at, one.raw, b"")
            elif key.startswith("refined/"):
                refined = msgspec.json.decode(document, type=RefinedLead)
                i = refined.lead_id
                yield HeldTexts(i, i, refined.received_from, refined.captured_at, refined=refined)
        except (ArchiveError, ValueError, RecursionError):
            continue  # the import counts it as damaged
