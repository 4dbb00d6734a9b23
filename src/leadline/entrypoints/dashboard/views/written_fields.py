"""What was written to the CRM of a lead: what it had before, and what was written."""

from collections.abc import Iterator

import msgspec

from leadline.model.lead import RefinedLead
from leadline.operations.watching.attempts import before_in_words, fields_before
from leadline.ports.reading.ledger import LeadStory
from leadline.settings.top.general import Settings


class WrittenField(msgspec.Struct, frozen=True):
    """A field that was written to the CRM: its name there, the value that the lead came with if
    refinement changed it, what the CRM had before ("": that is not kept), the value that was
    written, and whether that is an earlier lead's."""

    name: str
    before: str
    there: str
    value: str
    has_changed: bool
    is_borrowed: bool


def written_fields(
    story: LeadStory, lead: RefinedLead | None, known: Settings | None
) -> Iterator[WrittenField]:
    """The fields that were written to the CRM, by the CRM's names. *known* are the settings, if
    they can be read."""
    handling, crm = story.handling, known.crm.get(story.row.source) if known else None
    if handling is None:
        return
    ours_by_name = {name: ours for ours, name in (crm.write if crm else {}).items()}
    before = {one.field: one.before for one in lead.changes} if lead else {}
    there = fields_before(story)
    for name, value in handling.written.items():
        ours = ours_by_name.get(name, "")
        has_changed = ours in before
        yield WrittenField(
            name,
            (before[ours] or "") if has_changed else "",
            before_in_words(there[name]) if name in there else "",
            str(value),
            has_changed,
            ours in handling.borrowed,
        )
