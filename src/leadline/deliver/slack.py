"""What Slack is told of a lead: messages as plain dicts, valid for every possible lead.

Beside the limits of each piece (`deliver.blockkit`), Slack refuses messages that are too long as a
whole, at some 11,000 characters of text in all blocks (bolt-js, issues 2509 and 2867:
`msg_blocks_too_long`). The limits here keep every message below 9,000.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

from leadline.deliver import blockkit
from leadline.deliver.links import Links
from leadline.deliver.mrkdwn import clamped, escaped, harmless, on_lines, on_one_line
from leadline.deliver.problems import in_words
from leadline.lead import RefinedLead

Message = dict[str, Any]

_FIELD = 400
_FALLBACK = 300
_QUOTE = 2000
_PROBLEMS = 600
_ID = 80
_DIGEST = 8000
_DIGEST_LINES = 60
_DIGEST_NAME = 60
_DIGEST_PART = 50

# Plain enough that the address is its own URL (RFC 6068) and no character of it is markup.
_PLAIN_EMAIL = re.compile(
    r"(?:[A-Za-z0-9.+'-]|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])){1,64}@[A-Za-z0-9.-]{1,190}"
)
_NUMBER = re.compile(r"\+[0-9]{6,18}")
_MATCHED = {"email": "e-mail address", "phone": "phone number"}


def alert(lead: RefinedLead, links: Links) -> Message:
    """The message for one lead: new, or seen before."""
    return seen_before(lead, links) if lead.duplicate_of else new_lead(lead, links)


def new_lead(lead: RefinedLead, links: Links) -> Message:
    """A lead that nobody has seen before."""
    blocks = [blockkit.headline("🎯 New Lead Captured"), _fields(lead), *_more(lead, links)]
    return _message(
        f"🎯 New lead: {_summary(lead)}",
        blocks,
        "lead_captured",
        {"lead_id": _id(lead.lead_id), "template": "new_lead/1"},
    )


def seen_before(lead: RefinedLead, links: Links) -> Message:
    """A person who came before: says as which lead, when, and what matched.

    Raises ValueError for a lead that repeats no other.
    """
    first = lead.duplicate_of
    if first is None:
        raise ValueError("this lead repeats no other: use new_lead")
    first_id = _id(first.lead_id)
    when = blockkit.date(first.captured_at, "{date_short_pretty} at {time}")
    matched = harmless(on_one_line(" and ".join(_MATCHED.get(m, m) for m in first.matched)), 200)
    same = f" with the same {matched}" if matched else ""
    story = blockkit.section(f"First seen {when}{same}, as lead `{first_id}`.")
    extra = (("open.first", "Show first lead", links.to(first_id)),)
    return _message(
        f"♻️ Seen before: {_summary(lead)}",
        [blockkit.headline("♻️ Lead Seen Before"), story, _fields(lead), *_more(lead, links, extra)],
        "lead_duplicate",
        {
            "lead_id": _id(lead.lead_id),
            "duplicate_of": first_id,
            "template": "seen_before/1",
        },
    )


def digest(leads: Sequence[RefinedLead], links: Links, *, total: int) -> Message:
    """One message for a burst of leads, a line each as far as they fit.

    *total* counts those too that are not among *leads*. The ids of those with a line are in the
    metadata, as objects, because that is what Slack's types allow in a list.
    """
    total = max(total, len(leads))
    title = f"🎯 {total} New Lead{'' if total == 1 else 's'} Captured"
    sections, shown = blockkit.in_sections(
        [_line(lead, links) for lead in leads[:_DIGEST_LINES]], _DIGEST
    )
    hidden = total - shown
    note = f"{hidden} more {'is' if hidden == 1 else 'are'} not listed here. " if hidden else ""
    note += "They came faster than a message each may be sent; `leadline leads` lists them all."
    return _message(
        title,
        [blockkit.headline(title), *sections, blockkit.context(note)],
        "lead_digest",
        {
            "leads": [{"lead_id": _id(lead.lead_id)} for lead in leads[:shown]],
            "total": total,
            "template": "digest/1",
        },
    )


def template_of(message: Message) -> str:
    """Which template a message was made from, such as "new_lead/1"."""
    return str(message["metadata"]["event_payload"]["template"])


def _message(fallback: str, blocks: list[blockkit.Block], event: str, payload: Message) -> Message:
    return {
        "text": fallback,
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": event, "event_payload": payload},
        "blocks": blocks,
    }


def _fields(lead: RefinedLead) -> blockkit.Block:
    contact, details = lead.contact, lead.lead_details
    fields = [
        _field("Name", _shown(_name(lead))),
        _field("Company", _shown(contact.company)),
        _field("Email", _email(contact.email)),
        _field("Phone", _phone(contact.phone, contact.phone_e164)),
        _field("Source", _shown(details.source)),
        _field("Owner", _shown(details.owner, "Unassigned")),
    ]
    more = (
        ("Title", contact.title),
        ("Campaign", details.campaign),
        ("Country", contact.country),
        ("Score", _score(lead)),
    )
    fields += [_field(label, shown) for label, value in more if (shown := _shown(value, ""))]
    return {"type": "section", "fields": fields}


def _field(label: str, value: str) -> blockkit.Block:
    return blockkit.mrkdwn(f"*{label}:*\n{value}")


def _shown(value: str | None, nothing: str = "—", limit: int = _FIELD) -> str:
    return (harmless(on_one_line(value), limit) if value else "") or nothing


def _name(lead: RefinedLead) -> str | None:
    """The name; a lead of which there is only a record in the CRM is called by that."""
    contact, record = lead.contact, lead.lead_details.crm_record
    if contact.name or contact.email or contact.phone or not record:
        return contact.name
    return f"see {record}"


def _email(email: str | None) -> str:
    if not email:
        return _shown(email)
    if _PLAIN_EMAIL.fullmatch(email):
        return f"<mailto:{email}|{email}>"
    if email.isascii() and email.isprintable() and len(email) <= 64 and not {" ", "`"} & {*email}:
        return f"`{escaped(email)}`"  # as code: nothing in it is markup, and it can be copied
    return _shown(email)


def _phone(phone: str | None, e164: str | None) -> str:
    label = _shown(phone, limit=100)
    return f"<tel:{e164}|{label}>" if phone and e164 and _NUMBER.fullmatch(e164) else label


def _score(lead: RefinedLead) -> str | None:
    score = lead.lead_details.lead_score
    return f"{score:g}" if score is not None and math.isfinite(score) else None


def _summary(lead: RefinedLead) -> str:
    """For notifications and screen readers: who, of which company, whose it is."""
    name = on_one_line(_name(lead) or "") or on_one_line(lead.contact.email or "") or "somebody"
    score = _score(lead)
    parts = [name, on_one_line(lead.contact.company or ""), f"score {score}" if score else ""]
    who = harmless(", ".join(part for part in parts if part), _FALLBACK)
    return f"{who}. Owner: {_shown(lead.lead_details.owner, 'Unassigned', _FALLBACK)}"


def _more(
    lead: RefinedLead, links: Links, extra: Sequence[tuple[str, str, str]] = ()
) -> list[blockkit.Block]:
    """What the lead wrote, where to open it, what is doubtful, and the footer."""
    blocks: list[blockkit.Block] = []
    words = on_lines(lead.lead_details.message or "")
    if words:
        blocks.append(blockkit.quote(clamped(words, _QUOTE)))
    lead_id = _id(lead.lead_id)
    buttons = [
        ("open.crm", "Open in CRM", lead.lead_details.crm_url or ""),
        ("open.lead", "Show in Leadline", links.to(lead_id)),
    ]
    blocks += blockkit.link_buttons([*buttons, *extra])
    if lead.problems:
        problems = "; ".join(in_words(code) for code in lead.problems)
        if shown := harmless(on_one_line(problems), _PROBLEMS):
            blocks.append(blockkit.context(f"⚠️ Please check: {shown}"))
    footer = [_footer(lead)]
    if not links.show:
        footer.append(f"All that is known of it: `leadline show {lead_id}`")
    blocks.append(blockkit.context(*footer))
    return blocks


def _footer(lead: RefinedLead) -> str:
    waited = int((lead.processed_at - lead.captured_at).total_seconds())
    after = f" | {waited // 60} min {waited % 60:02d} s after capture" if waited >= 0 else ""
    when = blockkit.date(lead.processed_at, "{date_short} {time_secs}")
    return f"Lead ID: `{_id(lead.lead_id)}` | Processed: {when}{after}"


def _id(lead_id: str) -> str:
    """A lead's id, whole: ours are UUIDs, so nothing is ever cut off them."""
    return harmless(on_one_line(lead_id), _ID) or "unknown"


def _line(lead: RefinedLead, links: Links) -> str:
    """One lead in a digest."""
    contact, details = lead.contact, lead.lead_details
    mark = "♻️" if lead.duplicate_of else "•"
    name = _shown(_name(lead) or contact.email, "somebody", _DIGEST_NAME)
    known = (contact.company, contact.email, contact.phone, details.source, details.owner)
    parts = [part for value in known if (part := _shown(value, "", _DIGEST_PART))]
    url = links.to(_id(lead.lead_id))
    return f"{mark} {' · '.join([blockkit.linked(url, name), *parts])}"
