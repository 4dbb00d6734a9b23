"""Whole messages for Slack as plain dicts, valid for every possible lead.

Beside the limits of each element (`channels.slack.blockkit`), Slack refuses messages that are too
long as a whole, from about 11,000 characters of text in all blocks (bolt-js, issues 2509 and 2867:
`msg_blocks_too_long`). The limits of the elements keep every message below 9,500.
"""

from collections.abc import Sequence
from typing import Any

from leadline.alerts.wording import words
from leadline.alerts.wording.consent_words import short_consent
from leadline.alerts.wording.phrases import is_named_by_crm
from leadline.alerts.wording.trouble_story import MOST_TOLD, story_of_troubles
from leadline.alerts.wording.words import clamped, on_one_line
from leadline.channels.slack import blockkit, buttons, pieces
from leadline.channels.slack.mrkdwn import harmless
from leadline.channels.slack.seen_before import doubts_about_person, story_of_duplicate
from leadline.model.monitoring.trouble import KnownTrouble
from leadline.model.staff.people import Person, key_of_person
from leadline.ports.channel import Notice

Message = dict[str, Any]

_DIGEST = 8000
_DIGEST_LINES = 60
_KEY = 200
_LEVELS = {1: "reminder/1", 2: "escalated/1", 3: "reassigned/1"}


def alert(notice: Notice, *, by_email: bool = False) -> Message:
    """The alert about one lead, new or seen before. *by_email*: see `pieces.mention`."""
    make = seen_before if notice.lead.duplicate_of else new_lead
    return make(notice, by_email=by_email)


def calling_all(message: Message) -> Message:
    """The message with a mention of everybody who is active in the room."""
    return {
        **message,
        "text": f"<!here> {message['text']}",
        "blocks": [blockkit.section("<!here>"), *message["blocks"]],
    }


def new_lead(notice: Notice, *, by_email: bool = False) -> Message:
    """The alert about a lead that duplicates no other."""
    lead = notice.lead
    return _message(
        notice,
        f"{_begin(notice, '🎯 New lead')}: {pieces.summary(notice, by_email=by_email)}",
        [
            _headline(notice, "🔥 Hot Lead Captured" if notice.is_hot else "🎯 New Lead Captured"),
            *pieces.opening(notice),
            *pieces.refusals(notice.lead),
            *pieces.standing(notice, by_email=by_email),
            *pieces.facts(notice, by_email=by_email),
            *pieces.why(notice, by_email=by_email),
            *pieces.score_reasons(notice.lead),
            *_more(notice),
        ],
        "lead_captured",
        {"lead_id": pieces.lead_id(lead.lead_id), "template": "new_lead/1"},
    )


def seen_before(notice: Notice, *, by_email: bool = False) -> Message:
    """The alert about a duplicate: it also tells the person's history, and why it is the same.

    Raises ValueError for a lead that duplicates no other.
    """
    lead = notice.lead
    first = lead.duplicate_of
    if first is None:
        raise ValueError("this lead duplicates no other: use new_lead")
    first_id = pieces.lead_id(first.lead_id)
    extra = ((buttons.OPEN_FIRST, "Show first lead", notice.links.to(first_id)),)
    return _message(
        notice,
        f"{_begin(notice, '♻️ Seen before')}: {pieces.summary(notice, by_email=by_email)}",
        [
            _headline(notice, f"{'🔥 Hot' if notice.is_hot else '♻️'} Lead Seen Before"),
            *pieces.opening(notice),
            *pieces.refusals(notice.lead),
            *pieces.standing(notice, by_email=by_email),
            story_of_duplicate(notice, first),
            *pieces.facts(notice, by_email=by_email),
            *pieces.why(notice, by_email=by_email),
            *pieces.score_reasons(notice.lead),
            *_more(notice, extra),
        ],
        "lead_duplicate",
        {
            "lead_id": pieces.lead_id(lead.lead_id),
            "duplicate_of": first_id,
            "template": "seen_before/1",
        },
    )


def digest(notices: Sequence[Notice], *, by_email: bool = False) -> Message:
    """One message about several leads, one line each while they fit: for a burst, or for a person
    who wants digests.

    The metadata has the ids of the listed leads, as objects, because Slack allows only objects in a
    list there.
    """
    total = len(notices)
    title = f"🎯 {total} New Lead{'' if total == 1 else 's'} Captured"
    lines = [pieces.digest_line(notice) for notice in notices[:_DIGEST_LINES]]
    sections, listed = blockkit.in_sections(lines, _DIGEST)
    hidden = total - listed
    note = f"{hidden} more {'is' if hidden == 1 else 'are'} not listed here. " if hidden else ""
    whose = next((n.holder for n in notices if n.for_digest), None)
    if whose is not None:
        sections.insert(0, blockkit.section(f"For {pieces.mention(whose, by_email=by_email)}"))
        note += "They were gathered for the set digest times; "
    else:
        note += "They came faster than single messages may be sent; "
    note += "`leadline leads` lists them all."
    return {
        **_frame(title),
        "metadata": {
            "event_type": "lead_digest",
            "event_payload": {
                "leads": [{"lead_id": pieces.lead_id(n.lead.lead_id)} for n in notices[:listed]],
                "total": total,
                "template": "digest/1",
            },
        },
        "blocks": [blockkit.headline(title), *sections, blockkit.context(note)],
    }


def news_of_owner(notice: Notice, *, by_email: bool = False, in_thread: bool = False) -> Message:
    """The message that the lead has a new owner or was claimed; without the lead's fields if it is
    in the thread of the alert.

    Raises ValueError for a lead without a holder.
    """
    handled, holder = notice.handling, notice.holder
    if holder is None:
        raise ValueError("a lead without a holder has no news of an owner")
    who = pieces.mention(holder, by_email=by_email)
    lead = pieces.linked_name(notice)
    if handled.claimed_by is not None:
        after = words.span((handled.claimed_at or notice.now) - notice.alerted_at)
        text = f"✅ {lead} is claimed by {who} after {after}."
    else:
        text = f"👤 {who}, {lead} is yours."
        if notice.former is not None:
            text += f" {_handed_over(notice, notice.former, by_email=by_email)}"
    blocks = [blockkit.section(text), *pieces.refusals(notice.lead)]
    blocks += pieces.why(notice, by_email=by_email)
    if not in_thread:
        blocks += [*pieces.facts(notice, by_email=by_email), *pieces.actions(notice)]
        blocks.append(pieces.footer(notice))
    return _message(
        notice,
        text,
        blocks,
        "lead_owner",
        {
            "lead_id": pieces.lead_id(notice.lead.lead_id),
            "owner": clamped(on_one_line(key_of_person(holder)), _KEY) or "unknown",
            "claimed": handled.claimed_by is not None,
            "template": "owner/1",
        },
    )


def reminder(notice: Notice, *, by_email: bool = False) -> Message:
    """The reminder that the lead waits for its first touch, worded by `handling.level`."""
    level = min(max(notice.handling.level, 1), 3)
    waited = words.span(notice.now - notice.lead.captured_at)
    late = notice.now - notice.due if notice.due is not None else None
    title = {
        1: "⏰ Still Waiting for a First Touch",
        2: f"🚨 No First Touch for {waited}",
        3: "🔁 Lead Reassigned",
    }[level]
    story = _plight(notice, level, waited, by_email=by_email)
    if late is not None and late.total_seconds() >= 60:
        story += f", {words.span(late)} over target."
    elif notice.due is not None and late is not None and late.total_seconds() < 0:
        story += f". First touch due by {blockkit.date(notice.due, '{time}')}."
    else:
        story += "."
    return _message(
        notice,
        f"{title.split(' ', 1)[0]} {pieces.summary(notice, by_email=by_email)}. Waited {waited}.",
        [
            _headline(notice, title),
            *pieces.refusals(notice.lead),
            blockkit.section(story),
            *pieces.facts(notice, by_email=by_email),
            *pieces.quotation(notice.lead),
            *pieces.actions(notice, claim="I'm on it"),
            pieces.footer(notice),
        ],
        {1: "lead_reminder", 2: "lead_escalated", 3: "lead_reassigned"}[level],
        {
            "lead_id": pieces.lead_id(notice.lead.lead_id),
            "level": notice.handling.level,
            "template": _LEVELS[level],
        },
    )


def troubles(known: Sequence[KnownTrouble]) -> Message:
    """The message to operators about troubles of the installation."""
    story = story_of_troubles(known)
    lines = [harmless(remark, _DIGEST // MOST_TOLD - 1) for remark in story.remarks]
    sections, _ = blockkit.in_sections(lines, _DIGEST)
    footer = harmless(" ".join(story.footer), blockkit.SECTION_LIMIT)
    return {
        **_frame(harmless(f"⚠️ {story.headline}", blockkit.SECTION_LIMIT)),
        "metadata": {"event_type": "trouble", "event_payload": {"template": story.template}},
        "blocks": [blockkit.headline(f"⚠️ {story.title}"), *sections, blockkit.context(footer)],
    }


def _plight(notice: Notice, level: int, waited: str, *, by_email: bool) -> str:
    lead = pieces.linked_name(notice)
    who = pieces.mention(notice.holder, by_email=by_email) if notice.holder else ""
    if level == 3 and who:
        return f"{who}, {lead} is yours now: nobody got in touch in {waited}"
    if notice.escalated_to is not None:
        other = pieces.mention(notice.escalated_to, by_email=by_email)
        silence = f"{who} has not responded" if who else "nobody has responded"
        return f"{other}, can you take {lead}? It has waited {waited}, and {silence}"
    points = words.score(notice.lead)
    scored = f" (score {points})" if points else ""
    return f"{who}{', ' if who else 'Nobody owns this lead: '}{lead}{scored} has waited {waited}"


def template_of(message: Message) -> str:
    """The template that a message was made from, such as "new_lead/1"."""
    return str(message["metadata"]["event_payload"]["template"])


def _more(notice: Notice, extra: Sequence[tuple[str, str, str]] = ()) -> list[blockkit.Block]:
    """What the lead wrote, the buttons, the problems, and the footer."""
    return [
        *pieces.quotation(notice.lead),
        *pieces.actions(notice, extra=extra),
        *doubts_about_person(notice.lead),
        *pieces.doubts(notice.lead),
        pieces.footer(notice),
    ]


def _begin(notice: Notice, usual: str) -> str:
    """How the line begins that a phone shows."""
    return "🔥 Hot lead" if notice.is_hot else usual


def _handed_over(notice: Notice, former: Person, *, by_email: bool) -> str:
    """What the former owner is told in the message to the new one."""
    why = "the CRM names another owner" if is_named_by_crm(notice) else "it was handed on"
    return f"{pieces.mention(former, by_email=by_email)}, it is not yours any more: {why}."


def _headline(notice: Notice, title: str) -> blockkit.Block:
    return blockkit.headline(f"🧪 Test: {title}" if notice.test else title)


def _message(
    notice: Notice,
    fallback: str,
    blocks: Sequence[blockkit.Block],
    event: str,
    payload: Message,
) -> Message:
    if refusal := short_consent(notice.lead):  # a phone shows this line alone
        fallback = f"🚫 {refusal[:1].upper()}{refusal[1:]}! {fallback}"
    return {
        **_frame(f"🧪 Test: {fallback}" if notice.test else fallback),
        "metadata": {"event_type": event, "event_payload": payload},
        "blocks": [*blocks],
    }


def _frame(fallback: str) -> Message:
    return {"text": fallback, "unfurl_links": False, "unfurl_media": False}
