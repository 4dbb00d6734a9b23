"""The names of the salespeople whom a lead's story mentions by other means."""

from collections.abc import Mapping

import msgspec

from leadline.model.handling import UNHANDLED
from leadline.model.lead import RefinedLead
from leadline.model.staff.people import owner_in
from leadline.ports.reading.ledger import LeadStory


def people_named_in(story: LeadStory) -> Mapping[str, str]:
    """The name of each salesperson of the story by their Slack id, e-mail address in small letters
    and user id in the CRM, such as a note of the timeline has; only of those whose name the story
    tells."""
    handling = story.handling or UNHANDLED
    people = [handling.owner, handling.ended_by, handling.claimed_by]
    if story.refined is not None:
        lead = msgspec.json.decode(bytes(story.refined), type=RefinedLead)
        people.insert(0, owner_in(lead.lead_details))
    return {
        key: one.name
        for one in people
        if one is not None and one.name
        for key in (one.slack, one.email.lower(), one.id)
        if key
    }
