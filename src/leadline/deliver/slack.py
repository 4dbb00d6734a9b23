"""What Slack is told of a lead: Block Kit messages as plain dicts, valid for every possible lead.

Limits are those of Slack's docs ("Block Kit", "Composition objects"): header 150, field 2000, text
3000, 10 fields, 50 blocks, URL 3000.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from leadline.deliver.mrkdwn import harmless, line, lines, units
from leadline.deliver.problems import in_words
from leadline.formats import iso
from leadline.lead import RefinedLead

Message = dict[str, Any]
Block = dict[str, Any]

_FIELD = 2000
_FALLBACK = 300
_QUOTE = 2500
_URL = 3000
_DIGEST_LINES = 60
_LINES_IN_SECTION = 10
_LINE = 290
_PLAIN_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,250}")
_PLAIN_PHONE = re.compile(r"\+[0-9]{6,18}")


class Links(msgspec.Struct, frozen=True):
    """Where a message leads: `show` is a URL with `{lead_id}` that opens the lead, or ""."""

    show: str = ""


def alert(lead: RefinedLead, links: Links) -> Message:
    """The message for one lead: new, or seen before."""
    return seen_before(lead, links) if lead.duplicate_of else new_lead(lead, links)


def new_lead(lead: RefinedLead, links: Links) -> Message:
    """A lead that nobody has seen before."""
    fallback = f"🎯 New lead: {_who(lead)}. Owner: {_owner(lead)}"
    blocks = [_header("🎯 New Lead Captured"), _fields(lead), *_more(lead, links)]
    return _message(fallback, blocks, "lead_captured", "new_lead/1", {"lead_id": lead.lead_id})


def seen_before(lead: RefinedLead, links: Links) -> Message:
    """A person who came before: links to the first lead instead of alerting as new."""
    first = lead.duplicate_of
    assert first is not None  # noqa: S101 - `alert` looked
    matched = harmless(line(" and ".join(first.matched)) or "contact", 200)
    text = (
        f"This person was first seen {_date(first.captured_at, '{date_short_pretty} {time}')} "
        f"as lead `{first.lead_id}` (same {matched})."
    )
    fallback = f"♻️ Seen before: {_who(lead)}. Owner: {_owner(lead)}"
    section = {"type": "section", "text": _mrkdwn(text)}
    blocks = [_header("♻️ Lead Seen Before"), section, _fields(lead), *_more(lead, links)]
    ids = {"lead_id": lead.lead_id, "duplicate_of": first.lead_id}
    return _message(fallback, blocks, "lead_duplicate", "seen_before/1", ids)


def digest(leads: Sequence[RefinedLead], links: Links, *, total: int) -> Message:
    """One message for a burst of leads; *total* counts those too that are not among *leads*."""
    title = f"🎯 {total} New Leads Captured"
    shown = leads[:_DIGEST_LINES]
    blocks = [_header(title)]
    for start in range(0, len(shown), _LINES_IN_SECTION):
        text = "\n".join(_line(lead, links) for lead in shown[start : start + _LINES_IN_SECTION])
        blocks.append({"type": "section", "text": _mrkdwn(text)})
    left = total - len(shown)
    note = f"{left} more are not listed here. " if left > 0 else ""
    note += "They came faster than one message each may be sent; `leadline leads` lists them all."
    blocks.append({"type": "context", "elements": [_mrkdwn(note)]})
    ids = {"lead_ids": [lead.lead_id for lead in leads[:100]], "total": total}
    return _message(title, blocks, "lead_digest", "digest/1", ids)


def template_of(message: Message) -> str:
    """Which template a message was made from, such as "new_lead/1"."""
    return str(message["metadata"]["event_payload"]["template"])


def _message(
    fallback: str, blocks: list[Block], event: str, template: str, payload: dict[str, Any]
) -> Message:
    return {
        "text": fallback,
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": event, "event_payload": {**payload, "template": template}},
        "blocks": blocks,
    }


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": True}}


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack then links nothing and mentions nobody by itself.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _fields(lead: RefinedLead) -> Block:
    contact, details = lead.contact, lead.lead_details
    fields = [
        _field("Name", _shown(_name(lead))),
        _field("Company", _shown(contact.company)),
        _field("Email", _email(contact.email)),
        _field("Phone", _phone(contact.phone, contact.phone_e164)),
        _field("Source", _shown(details.source)),
        _field("Owner", _shown(details.owner, "Unassigned")),
    ]
    more = {
        "Title": contact.title,
        "Campaign": details.campaign,
        "Country": contact.country,
        "Score": None if details.lead_score is None else f"{details.lead_score:g}",
    }
    fields += [_field(name, _shown(value)) for name, value in more.items() if _said(value)]
    return {"type": "section", "fields": fields}


def _field(name: str, value: str) -> Block:
    return _mrkdwn(f"*{name}:*\n{value}")


def _said(value: str | None) -> str:
    return line(value) if value else ""


def _shown(value: str | None, nothing: str = "—") -> str:
    return harmless(_said(value), _FIELD - 50) or nothing


def _name(lead: RefinedLead) -> str | None:
    contact = lead.contact
    if contact.name:
        return contact.name
    if lead.lead_details.crm_record and not contact.email and not contact.phone:
        return f"see {lead.lead_details.crm_record}"
    return None


def _email(email: str | None) -> str:
    if email and _PLAIN_EMAIL.fullmatch(email):
        return f"<mailto:{email}|{email}>"
    return _shown(email)


def _phone(phone: str | None, e164: str | None) -> str:
    if phone and e164 and _PLAIN_PHONE.fullmatch(e164):
        return f"<tel:{e164}|{harmless(line(phone), 200) or e164}>"
    return _shown(phone)


def _who(lead: RefinedLead) -> str:
    parts = [
        _said(_name(lead)) or _said(lead.contact.email) or "somebody",
        _said(lead.contact.company),
    ]
    return harmless(", ".join(p for p in parts if p), _FALLBACK)


def _owner(lead: RefinedLead) -> str:
    return harmless(_said(lead.lead_details.owner), _FALLBACK) or "Unassigned"


def _more(lead: RefinedLead, links: Links) -> list[Block]:
    """What the lead wrote, where to open it, what is doubtful, and the footer."""
    blocks: list[Block] = []
    words = lines(lead.lead_details.message or "")
    if words:
        cut = words if units(words) <= _QUOTE else words[: _QUOTE // 2].rstrip() + "…"
        quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": cut}]}
        blocks.append({"type": "rich_text", "elements": [quote]})
    buttons = [
        _button(label, url)
        for label, url in (
            ("Open in CRM", lead.lead_details.crm_url),
            ("Show in Leadline", _show_url(lead, links)),
        )
        if url and _is_link(url)
    ]
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    if lead.problems:
        words = "; ".join(in_words(code) for code in lead.problems)
        blocks.append({"type": "context", "elements": [_mrkdwn("⚠️ " + harmless(words, 1500))]})
    blocks.append({"type": "context", "elements": [_mrkdwn(_footer(lead))]})
    return blocks


def _button(label: str, url: str) -> Block:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label, "emoji": True},
        "url": url,
        "action_id": "open." + label.rpartition(" ")[2].lower(),
    }


def _is_link(url: str) -> bool:
    return len(url) <= _URL and re.fullmatch(r"https?://[\x21-\x7e]+", url) is not None


def _show_url(lead: RefinedLead, links: Links) -> str:
    return links.show.replace("{lead_id}", lead.lead_id) if links.show else ""


def _footer(lead: RefinedLead) -> str:
    waited = int((lead.processed_at - lead.captured_at).total_seconds())
    after = f" | {waited // 60} min {waited % 60:02d} s after capture" if waited >= 0 else ""
    lead_id = harmless(line(lead.lead_id), 100)
    when = _date(lead.processed_at, "{date_short} {time_secs}")
    return f"Lead ID: `{lead_id}` | Processed: {when}{after}"


def _date(at: datetime, form: str) -> str:
    shown = iso(at)[:19] + "Z"
    return f"<!date^{max(0, int(at.timestamp()))}^{form}|{shown}>"


def _line(lead: RefinedLead, links: Links) -> str:
    contact, details = lead.contact, lead.lead_details
    mark = "♻️" if lead.duplicate_of else "•"
    name = harmless(_said(_name(lead)) or _said(contact.email) or "somebody", 60)
    url = _show_url(lead, links)
    if url and _is_link(url) and units(url) < 120 and not re.search("[<>|&]", url):
        name = f"<{url}|{name}>"
    rest = (contact.company, contact.email, contact.phone, details.source, details.owner)
    room = _LINE - units(name)
    parts = [harmless(_said(value), max(10, room // 6)) for value in rest if _said(value)]
    return f"{mark} {' · '.join([f'*{name}*', *parts])}"
