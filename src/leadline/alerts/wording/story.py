"""The messages about leads in plain words, for every kind of channel but Slack.

A `Story` holds what one message says; the channel's writer gives it its form (HTML, a card, JSON).
"""

from collections.abc import Callable, Sequence

import msgspec

from leadline.alerts.wording.consent_words import consent_remarks, short_consent
from leadline.alerts.wording.phrases import (
    doubts_of,
    facts_of,
    fallback_remarks,
    footer_of,
    former_remarks,
    line_of,
    links_of,
    message_of,
    opening_remarks,
    person_name,
    score_remarks,
    short_id,
    standing_remarks,
    who_of,
    why_remarks,
)
from leadline.alerts.wording.seen_before import possible_remarks, seen_before_remarks
from leadline.alerts.wording.words import clamped, is_link, name, span
from leadline.ports.channel import Notice

NEW_LEAD = "new_lead/1"
SEEN_BEFORE = "seen_before/1"
DIGEST = "digest/1"
OWNER = "owner/1"
LEVELS = {1: "reminder/1", 2: "escalated/1", 3: "reassigned/1"}
"""The templates of reminders, by how many steps of its target a lead has passed."""

_HEADLINE_LIMIT = 150
_MOST_ENTRIES = 60
_ENTRY_PART_LIMIT = 50


class Entry(msgspec.Struct, frozen=True):
    """One lead of a digest; `url` is its page in Leadline, or ""."""

    name: str
    rest: str
    url: str = ""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One message: `title` says what happened, `headline` also to which lead, in one line each.

    `remarks` are sentences on the lead's state, `facts` labels with values, `words` what the lead
    wrote (may have several lines), `doubts` its problems, `entries` the leads of a digest, `ways`
    labels with URLs that are safe to be links. No text is markup: writers escape it.
    """

    title: str
    headline: str
    template: str
    remarks: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    quotation: str = ""
    warnings: str = ""
    entries: tuple[Entry, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    footer: tuple[str, ...] = ()


def story_of_lead(notice: Notice) -> Story:
    """The alert about one lead, new or seen before."""
    first = notice.lead.duplicate_of
    title = "Lead seen before" if first else "New lead captured"
    begin = "Seen before" if first else "New lead"
    if notice.is_hot:
        title, begin = "Hot lead seen before" if first else "Hot lead captured", "Hot lead"
    return Story(
        title=_marked(notice, title),
        headline=_marked(notice, f"{begin}{_refusal(notice)}: {who_of(notice.lead)}"),
        template=SEEN_BEFORE if first else NEW_LEAD,
        remarks=(
            *opening_remarks(notice),
            *consent_remarks(notice.lead),
            *fallback_remarks(notice),
            *seen_before_remarks(notice),
            *possible_remarks(notice),
            *standing_remarks(notice),
            *why_remarks(notice),
            *score_remarks(notice.lead),
        ),
        facts=facts_of(notice),
        quotation=message_of(notice.lead),
        warnings=doubts_of(notice.lead),
        links=links_of(notice),
        footer=footer_of(notice),
    )


def story_of_owner(notice: Notice) -> Story | None:
    """The message that a lead has a new owner or was claimed; None if it has no holder."""
    holder = notice.holder
    if holder is None:
        return None
    who, lead = person_name(holder), who_of(notice.lead)
    claimed = notice.handling.claimed_by is not None
    text = f"{lead}: claimed by {who}" if claimed else f"{lead}: the owner is {who}"
    return Story(
        title=_marked(notice, "Lead claimed" if claimed else "Lead has an owner"),
        headline=_marked(notice, text),
        template=OWNER,
        remarks=(
            *consent_remarks(notice.lead),
            *former_remarks(notice),
            *standing_remarks(notice),
            *why_remarks(notice),
            *score_remarks(notice.lead),
        ),
        facts=facts_of(notice),
        quotation=message_of(notice.lead),
        warnings=doubts_of(notice.lead),
        links=links_of(notice),
        footer=footer_of(notice),
    )


def story_of_waiting(notice: Notice) -> Story:
    """The reminder that a lead still waits for its first response."""
    level = level_of(notice)
    waited = span(notice.now - notice.lead.captured_at)
    title = {
        1: "Still waiting for a first response",
        2: f"No first response for {waited}",
        3: "Lead reassigned",
    }[level]
    holder = notice.holder
    whose = f"It is {person_name(holder)}'s." if holder else "Nobody owns it."
    late = span(notice.now - notice.due) if notice.due and notice.due < notice.now else ""
    over = f", {late} over its target" if late else ""
    if notice.escalated_to is not None:
        whose += f" This is for {person_name(notice.escalated_to)} to take over."
    return Story(
        title=_marked(notice, title),
        headline=_marked(notice, f"Still waiting{_refusal(notice)}: {who_of(notice.lead)}"),
        template=LEVELS[level],
        remarks=(
            *consent_remarks(notice.lead),
            f"It has waited {waited}{over}. {whose}",
            *standing_remarks(notice),
        ),
        facts=facts_of(notice),
        quotation=message_of(notice.lead),
        warnings=doubts_of(notice.lead),
        links=links_of(notice),
        footer=footer_of(notice),
    )


def story_of_many(notices: Sequence[Notice]) -> Story:
    """The digest about several leads, with one entry for each of the first 60."""
    total = len(notices)
    title = f"{total} new lead{'' if total == 1 else 's'} captured"
    hidden = max(0, total - _MOST_ENTRIES)
    note = f"{hidden} more {'is' if hidden == 1 else 'are'} not listed here. " if hidden else ""
    why = (
        "They were gathered for the set digest times"
        if any(notice.for_digest for notice in notices)
        else "They came faster than single messages may be sent"
    )
    return Story(
        title=title,
        headline=title,
        template=DIGEST,
        entries=tuple(map(_entry, notices[:_MOST_ENTRIES])),
        footer=(f"{note}{why}; `leadline leads` lists them all.",),
    )


def level_of(notice: Notice) -> int:
    """The level of a reminder: 1 reminder, 2 escalation, 3 reassignment."""
    return min(max(notice.handling.level, 1), max(LEVELS))


def fitting(story: Story, size: Callable[[Story], int], most: int) -> Story:
    """The story shortened until its *size* is at most *most*, if that is possible. First entries
    are left out, then the lead's words are shortened, then the doubts and the longest links go."""
    while size(story) > most:
        if story.entries:
            kept = story.entries[: len(story.entries) * 3 // 4]
            note = "Not all of them are listed here."
            footer = story.footer if note in story.footer else (note, *story.footer)
            story = msgspec.structs.replace(story, entries=kept, footer=footer)
        elif story.quotation:
            cut = len(story.quotation) // 2
            words = clamped(story.quotation, cut) if cut > 20 else ""
            story = msgspec.structs.replace(story, quotation=words)
        elif story.warnings:
            story = msgspec.structs.replace(story, warnings="")
        elif story.links:
            longest = max(story.links, key=lambda way: len(way[1]))
            ways = tuple(way for way in story.links if way is not longest)
            story = msgspec.structs.replace(story, links=ways)
        else:
            break
    return story


def _marked(notice: Notice, text: str) -> str:
    return clamped(f"Test: {text}" if notice.test else text, _HEADLINE_LIMIT)


def _refusal(notice: Notice) -> str:
    """How nobody may get in touch, for a headline."""
    refusal = short_consent(notice.lead)
    return f" ({refusal})" if refusal else ""


def _entry(notice: Notice) -> Entry:
    lead = notice.lead
    contact, details = lead.contact, lead.lead_details
    who = line_of(name(lead), "", _ENTRY_PART_LIMIT) or line_of(
        contact.email, "somebody", _ENTRY_PART_LIMIT
    )
    owner = notice.owner.shown if notice.owner else None
    known = (contact.company, contact.email, contact.phone, details.source, owner)
    parts = [part for value in known if (part := line_of(value, "", _ENTRY_PART_LIMIT))]
    if lead.duplicate_of is not None:
        parts.append("seen before")
    if refusal := short_consent(lead):
        parts.insert(0, refusal)
    url = notice.links.to(short_id(lead.lead_id))
    return Entry(who, " · ".join(parts), url if is_link(url) else "")
