"""Importing what people corrected of leads."""

from leadline.entrypoints.cli._show import say
from leadline.model.lead import CapturedLead, Fate
from leadline.operations.repair.archive import read_corrections
from leadline.ports.archive import ArchiveError
from leadline.ports.installation import Intake


def take_corrections(
    intake: Intake, batch: list[tuple[str, bytes]], counts: dict[str, int]
) -> None:
    """Import the corrections of leads that are here, and count them."""
    events: list[CapturedLead] = []
    for key, document in batch:
        try:
            events += read_corrections(key, document)
        except ArchiveError as error:
            say(error.detail)
            counts["damaged"] += 1
    there = intake.known([event.joins for event in events])
    events = [event for event in events if event.joins in there]
    new = sum(one.fate is not Fate.REDELIVERED for one in intake.accept(events))
    counts["corrected"] = counts.get("corrected", 0) + new
