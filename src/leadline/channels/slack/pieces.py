"""Parts of messages about leads: fields, people, buttons, footers.

Texts from leads are always shown literally, never interpreted (`channels.slack.mrkdwn`).
"""
# Long because the parts of one message are written and read together.

from collections.abc import Sequence

from leadline.alerts.wording.consent_words import consent_remarks, short_consent
from leadline.alerts.wording.decision_words import because, decision_of, yours_because
from leadline.alerts.wording.likeness import origin_in_words
from leadline.alerts.wording.problems import problems_in_words
from leadline.alerts.wording.words import (
    OWNER_CLAIMED,
    clamped,
    name,
    on_lines,
    on_one_line,
    score,
    span,
)
from leadline.channels.slack import blockkit, buttons
from leadline.channels.slack.mrkdwn import escaped, harmless
from leadline.journey.responding.claiming import CLAIM, JUNK, SNOOZE
from leadline.model.facts.scored_leads import reasons_for
from leadline.model.handling import Ending
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.people import SLACK_ID, Person
from leadline.model.texts.patterns import late
from leadline.ports.channel import Notice

_FIELD = 400
_FALLBACK = 300
_QUOTE = 2000
_PROBLEMS = 600
_WHY = 600
_REFUSAL = 200
_ID = 80
_PERSON = 100
_DIGEST_NAME = 60
_DIGEST_PART = 50

# Addresses that need no encoding in a mailto URL (RFC 6068) and contain no markup.
_PLAIN_EMAIL = late(
    r"(?:[A-Za-z0-9.+'-]|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])){1,64}@[A-Za-z0-9.-]{1,190}"
)
_NUMBER = late(r"\+[0-9]{6,18}")
_SLACK_ID = late(SLACK_ID)
_OUR_ID = late(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ENDED = {
    Ending.WON: "🏆 Won",
    Ending.LOST: "Lost",
    Ending.DISQUALIFIED: "Disqualified",
    Ending.JUNK: "🗑️ Marked as junk",
}


def mention(who: Person, *, by_email: bool) -> str:
    """Markup that mentions a person by their Slack id if it is known, and else names them.

    With *by_email*, a person without a known id becomes the token `<@mailto:ADDRESS|NAME>`; the
    messenger looks the id up and replaces the token by a mention or the name.
    """
    if _SLACK_ID.fullmatch(who.slack):
        return f"<@{who.slack}>"
    name = shown(who.shown, "somebody", _PERSON)
    if by_email and _PLAIN_EMAIL.fullmatch(who.email):
        return f"<@mailto:{who.email}|{name}>"
    return name


def owner(notice: Notice, *, by_email: bool) -> str:
    """The lead's owner in markup."""
    if notice.owner is not None:
        return mention(notice.owner, by_email=by_email)
    if notice.ownership is Ownership.UNKNOWN:
        return "The CRM did not answer: owner unknown"
    return "Unassigned"


def refusals(lead: RefinedLead) -> list[blockkit.Block]:
    """How the person is not to be contacted; no block if they refused nothing."""
    told = [f"🚫 *{harmless(line, _REFUSAL)}*" for line in consent_remarks(lead)]
    return [blockkit.section("\n".join(told))] if told else []


def opening(notice: Notice) -> list[blockkit.Block]:
    """The line with which the alert begins, as it is."""
    line = harmless(notice.opening, blockkit.SECTION_LIMIT)
    return [blockkit.section(line)] if line else []


def standing(notice: Notice, *, by_email: bool) -> list[blockkit.Block]:
    """The state of the lead: sent in place of another channel, claimed, ended, snoozed, due."""
    lines = [*_instead(notice), *_handled(notice, by_email=by_email)]
    return [blockkit.section("\n".join(lines))] if lines else []


def _instead(notice: Notice) -> list[str]:
    if not notice.instead_of:
        return []
    name = harmless(on_one_line(notice.instead_of), _PERSON)
    if notice.failing_since is None:
        return [f"↪️ Instead of {name}, which rejected this message."]
    since = blockkit.date(notice.failing_since, "{date_short_pretty} at {time}")
    return [f"↪️ Instead of {name}, which has been failing since {since}."]


def _handled(notice: Notice, *, by_email: bool) -> list[str]:
    handled = notice.handling
    lines: list[str] = []
    if handled.claimed_by is not None:
        after = (handled.claimed_at or notice.now) - notice.alerted_at
        who = mention(handled.claimed_by, by_email=by_email)
        lines.append(f"✅ Claimed by {who} after {span(after)}")
    if handled.ending is not Ending.OPEN:
        by = f" by {mention(handled.ended_by, by_email=by_email)}" if handled.ended_by else ""
        return [*lines, f"{_ENDED[handled.ending]}{by}"]
    if handled.snoozed_until is not None and handled.snoozed_until > notice.now:
        until = blockkit.date(handled.snoozed_until, "{date_short_pretty} at {time}")
        lines.append(f"💤 Snoozed until {until}")
    if notice.due is not None and not (handled.touched_at or handled.claimed_by):
        lines.append(f"⏱️ First touch due by {blockkit.date(notice.due, '{time}')}")
    return lines


def facts(notice: Notice, *, by_email: bool) -> list[blockkit.Block]:
    """The fields of the lead. An owner named by an untrusted sender is shown below them (Slack
    takes ten fields in a section), as text without a mention."""
    named = shown(notice.lead.lead_details.owner_claimed, "", _PERSON)
    below = [blockkit.context(f"{OWNER_CLAIMED}: {named}")] if named else []
    return [_fields(notice, by_email=by_email), *below]


def why(notice: Notice, *, by_email: bool) -> list[blockkit.Block]:
    """Why the lead is its owner's, or nobody's; no block if that was not decided here, or somebody
    else has the lead by now."""
    decision = decision_of(notice.lead, notice.handling)
    if decision is None:
        return []
    if notice.owner is None or not decision.person:
        return [blockkit.context(f"👉 {harmless(on_one_line(because(decision)), _WHY)}")]
    told = harmless(on_one_line(yours_because(decision)), _WHY)
    return [blockkit.context(f"👉 {mention(notice.owner, by_email=by_email)}: {told}")]


def score_reasons(lead: RefinedLead) -> list[blockkit.Block]:
    """Why our score of the lead is what it is; no block without reasons."""
    if lead.score is None or not lead.score.reasons:
        return []
    told = harmless(on_one_line(reasons_for(lead.score)), _WHY)
    return [blockkit.context(f"📈 Score {lead.score.value}: {told}")]


def _fields(notice: Notice, *, by_email: bool) -> blockkit.Block:
    """Six fields always, four more if they have a value."""
    lead = notice.lead
    contact, details = lead.contact, lead.lead_details
    found = [
        _field("Name", shown(name(lead)) + filled_mark(lead, "name")),
        _field("Company", shown(contact.company) + filled_mark(lead, "company")),
        _field("Email", _email(contact.email) + filled_mark(lead, "email")),
        _field("Phone", _phone(contact.phone, contact.phone_e164) + filled_mark(lead, "phone")),
        _field("Source", shown(details.source)),
        _field("Owner", owner(notice, by_email=by_email)),
    ]
    more = (
        ("Title", contact.title),
        ("Campaign", details.campaign),
        ("Country", contact.country),
        ("Score", score(lead)),
    )
    found += [
        _field(label, text + filled_mark(lead, label.lower()))
        for label, value in more
        if (text := shown(value, ""))
    ]
    return {"type": "section", "fields": found}


def filled_mark(lead: RefinedLead, field: str) -> str:
    """The remark behind a value that fills a blank of the lead: where it came from; else ""."""
    origin = lead.filled.get(field)
    return f" ({origin_in_words(origin)})" if origin is not None else ""


def _field(label: str, value: str) -> blockkit.Block:
    return blockkit.mrkdwn(f"*{label}:*\n{value}")


def shown(value: str | None, nothing: str = "—", limit: int = _FIELD) -> str:
    """A value on one line, harmless; *nothing* where there is nothing to be seen."""
    return (harmless(on_one_line(value), limit) if value else "") or nothing


def linked_name(notice: Notice) -> str:
    """Name and company in markup; the name links to the lead's page, if there is one."""
    lead = notice.lead
    who = shown(name(lead) or lead.contact.email, "somebody", _PERSON)
    company = shown(lead.contact.company, "", _PERSON)
    link = blockkit.linked(notice.links.to(lead_id(lead.lead_id)), who)
    return f"{link} of {company}" if company else link


def _email(email: str | None) -> str:
    if not email:
        return shown(email)
    if _PLAIN_EMAIL.fullmatch(email):
        return f"<mailto:{email}|{email}>"
    if email.isascii() and email.isprintable() and len(email) <= 64 and not {" ", "`"} & {*email}:
        return f"`{escaped(email)}`"  # as code: no markup is interpreted, and it can be copied
    return shown(email)


def _phone(phone: str | None, e164: str | None) -> str:
    label = shown(phone, limit=100)
    return f"<tel:{e164}|{label}>" if phone and e164 and _NUMBER.fullmatch(e164) else label


def summary(notice: Notice, *, by_email: bool) -> str:
    """The text for notifications and screen readers: name, company, score and owner."""
    lead = notice.lead
    called = on_one_line(name(lead) or "") or on_one_line(lead.contact.email or "") or "somebody"
    points = score(lead)
    parts = [called, on_one_line(lead.contact.company or ""), f"score {points}" if points else ""]
    who = harmless(", ".join(part for part in parts if part), _FALLBACK)
    return f"{who}. Owner: {owner(notice, by_email=by_email)}"


def quotation(lead: RefinedLead) -> list[blockkit.Block]:
    """What the lead wrote, as a quotation; no block if it wrote nothing."""
    written = on_lines(lead.lead_details.message or "")
    return [blockkit.quote(clamped(written, _QUOTE))] if written else []


def actions(
    notice: Notice, claim: str = "Claim", extra: Sequence[tuple[str, str, str]] = ()
) -> list[blockkit.Block]:
    """One row of buttons: claim, snooze and junk if `notice.interactive`, then links. *claim* is
    the label of the claim button; *extra* are further links (action id, label, URL)."""
    called = lead_id(notice.lead.lead_id)
    links = [
        (buttons.OPEN_CRM, "Open in CRM", notice.links.record(notice.lead)),
        (buttons.OPEN_LEAD, "Show in Leadline", notice.links.to(called)),
        *extra,
    ]
    elements: list[blockkit.Block] = []
    if notice.interactive and _OUR_ID.fullmatch(called) and not notice.handling.ending:
        if notice.handling.claimed_by is None:
            elements.append(blockkit.button(CLAIM, claim, called, style="primary"))
        choices = [(label, buttons.snooze_value(s, called)) for s, label in buttons.SNOOZES]
        elements.append(blockkit.menu(SNOOZE, "Snooze", choices))
        junk = blockkit.button(JUNK, "Junk", called, style="danger")
        elements.append({**junk, "confirm": _sure_of_junk()})
    return blockkit.button_row([*elements, *blockkit.link_buttons(links)])


def _sure_of_junk() -> blockkit.Block:
    return blockkit.confirm(
        "Mark this lead as junk?",
        "Reminders stop, and the lead is removed from all lists.",
        yes="Mark as junk",
        no="Keep lead",
    )


def doubts(lead: RefinedLead) -> list[blockkit.Block]:
    """The problems of the lead in words; no block if there are none."""
    found = harmless(on_one_line(problems_in_words(lead)), _PROBLEMS)
    return [blockkit.context(f"⚠️ Please check: {found}")] if found else []


def footer(notice: Notice) -> blockkit.Block:
    """The lead's id, the time of its refinement, and where to read more."""
    lead = notice.lead
    called = lead_id(lead.lead_id)
    waited = int((lead.processed_at - lead.captured_at).total_seconds())
    after = f" | {waited // 60} min {waited % 60:02d} s after capture" if waited >= 0 else ""
    when = blockkit.date(lead.processed_at, "{date_short} {time_secs}")
    told = [f"Lead ID: `{called}` | Processed: {when}{after}"]
    if not notice.links.show:
        told.append(f"Full details: `leadline show {called}`")
    if notice.test:
        told.append("🧪 This is a test. No action is needed.")
    return blockkit.context(*told)


def lead_id(found: str) -> str:
    """A lead's id in markup. Ids made here are UUIDs, which are never shortened."""
    return harmless(on_one_line(found), _ID) or "unknown"


def digest_line(notice: Notice) -> str:
    """One lead of a digest, without mentions."""
    lead = notice.lead
    contact, details = lead.contact, lead.lead_details
    mark = "♻️" if lead.duplicate_of else "•"
    called = shown(name(lead) or contact.email, "somebody", _DIGEST_NAME)
    whose = notice.owner.shown if notice.owner else None
    known = (contact.company, contact.email, contact.phone, details.source, whose)
    parts = [part for value in known if (part := shown(value, "", _DIGEST_PART))]
    if refusal := short_consent(lead):
        parts.insert(0, f"🚫 {refusal}")
    url = notice.links.to(lead_id(lead.lead_id))
    return f"{mark} {' · '.join([blockkit.linked(url, called), *parts])}"
