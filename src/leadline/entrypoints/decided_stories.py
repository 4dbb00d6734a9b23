"""Stories of leads as commands and programs get them."""

from contextlib import closing

import msgspec

from leadline.model.formats import refined_head
from leadline.model.lead import RefinedLead
from leadline.ports.installation import Installation
from leadline.ports.reading.ledger import LeadStory


def as_decided(installation: Installation, story: LeadStory) -> LeadStory:
    """The story by what people decided about duplicates, also before the lead is refined again."""
    if story.refined is None or "refined" in story.damaged:
        return story
    lead = msgspec.json.decode(bytes(story.refined), type=RefinedLead)
    if not (lead.duplicate_of or story.repeated_by or lead.possible):
        return story
    from leadline.journey.same_person.decided import person_of  # most leads have no duplicates

    with closing(installation.past()) as store:
        person = person_of(store, lead)
    repeated_by = tuple(one for one in story.repeated_by if one not in person.gone)
    story = msgspec.structs.replace(story, repeated_by=repeated_by)
    if (now := person.of(lead)) == lead:
        return story
    row = story.row
    if now.duplicate_of is None:
        row = msgspec.structs.replace(row, duplicate_of=None)
    return msgspec.structs.replace(story, row=row, refined=msgspec.Raw(refined_head(now)))


def without_keys(story: LeadStory) -> LeadStory:
    """The story without Slack's `reply_url`, by which anybody could change the message."""
    if story.handling is None:
        return story
    handling = msgspec.structs.replace(story.handling, reply_url="")
    return msgspec.structs.replace(story, handling=handling)
