"""Whom a lead is about that is not refined yet, read from its event as `preview` reads it."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from leadline import wiring
from leadline.model.errors import LeadlineError
from leadline.model.lead import Contact
from leadline.operations.lists.listing import ContactReader
from leadline.ports.reading.ledger import LeadRow
from leadline.ports.reading.listing import Wait
from leadline.ports.store import Waiting
from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.kit import Kit
    from leadline.model.lead import RefinedLead


def waiting_contacts(load: Callable[[], Settings], tell: Callable[[str], None]) -> ContactReader:
    """Reads the contact data of waiting leads with the settings that *load* returns, which are read
    when the first such lead is met. Without them, and from events that can't be read, it reads
    nothing; *tell* is told why."""

    @cache
    def kit() -> "Kit | None":
        try:
            return _kit_that_reads(load())
        except LeadlineError as error:
            tell(f"waiting leads are listed without names: {error.detail or error.title}")
            return None

    def read(row: LeadRow, wait: Wait) -> Contact | None:
        known = kit()
        if known is None or row.source not in known.sources:
            return None
        whys = (wait.why,) if wait.why else ()
        event = Waiting(row.lead_id, row.source, row.captured_at, wait.raw, wait.record, whys=whys)
        try:
            return _preview()(known, event).contact
        except LeadlineError:
            return None  # it will be a dead letter, and say why then

    return read


@cache
def _preview() -> "Callable[[Kit, Waiting], RefinedLead]":
    from leadline.journey.refinement.refining import (
        preview,  # all of refinement, for waiting leads alone
    )

    return preview


def _kit_that_reads(settings: Settings) -> "Kit":
    """A kit without channels, whose secrets this process may not have."""
    bare = msgspec.structs.replace(settings, slack_webhook_url="", channels={}, rules={})
    return wiring.in_memory(bare)
