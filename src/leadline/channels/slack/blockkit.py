"""The elements of a Block Kit message as plain dicts, each within Slack's limits.

Slack docs, "Block Kit reference": a text has 1 to 3000 characters (150 in a header, 75 in a button
or an option, 2000 in a field), a section 10 fields, a context 10 elements, a message 50 blocks, a
URL 3000.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leadline.alerts.wording.words import clamped, is_link, units
from leadline.model.formats import iso

Block = dict[str, Any]

HEADER_LIMIT = 150
SECTION_LIMIT = 3000
BUTTON_LIMIT = 75
OPTION_LIMIT = 75


def headline(text: str) -> Block:
    """A headline in plain text."""
    return {"type": "header", "text": plain_text(text, HEADER_LIMIT)}


def mrkdwn(text: str) -> Block:
    """A text object; *text* is valid markup, not empty and not too long for its place."""
    # With verbatim, Slack does not turn parts of the text into links and mentions.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    """A paragraph of markup."""
    return {"type": "section", "text": mrkdwn(text)}


def context(*texts: str) -> Block:
    """Small grey text; each text is markup and becomes one element."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts]}


def quote(text: str) -> Block:
    """A quotation as rich text, in which no markup is interpreted."""
    quoted = {"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [quoted]}


def button_row(elements: Sequence[Block]) -> list[Block]:
    """One row of buttons and menus; no block if there are none."""
    return [{"type": "actions", "elements": [*elements]}] if elements else []


def button(action: str, label: str, value: str, style: str = "") -> Block:
    """A button that calls our interactivity URL; *style* is "primary", "danger" or "" (plain)."""
    made: Block = {"type": "button", "action_id": action, "text": plain_text(label, BUTTON_LIMIT)}
    return {**made, "value": value, **({"style": style} if style else {})}


def menu(action: str, label: str, choices: Sequence[tuple[str, str]]) -> Block:
    """A menu of (label, value) pairs that calls our interactivity URL when one is chosen."""
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain_text(label, OPTION_LIMIT),
        "options": [
            {"text": plain_text(text, OPTION_LIMIT), "value": value} for text, value in choices
        ],
    }


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """A dialog that asks for confirmation."""
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
        "style": "danger",
    }


def plain_text(text: str, limit: int) -> Block:
    """A text object without markup."""
    return {"type": "plain_text", "text": clamped(text, limit), "emoji": True}


def link_buttons(buttons: Sequence[tuple[str, str, str]]) -> list[Block]:
    """Buttons that open links, from (action id, label, URL); those whose URL is not safe are left
    out. Such buttons need no interactivity URL."""
    return [
        {"type": "button", "action_id": action, "text": plain_text(label, BUTTON_LIMIT), "url": url}
        for action, label, url in buttons
        if is_link(url)
    ]


def linked(url: str, label: str) -> str:
    """Markup for a link; *label* is markup and returned alone if *url* is not safe as a link."""
    if not is_link(url):
        return label
    return f"<{url.replace('&', '&amp;')}|{label}>"


def date(at: datetime, form: str) -> str:
    """Markup for a time in the reader's own time zone; *form* is Slack's format, as "{time}"."""
    return f"<!date^{max(0, int(at.timestamp()))}^{form}|{iso(at)[:19]}Z>"


def in_sections(texts: Sequence[str], budget: int) -> tuple[list[Block], int]:
    """Lines of markup packed into sections, as many as fit *budget* UTF-16 units; returns the
    sections and the number of lines in them."""
    packed: list[list[str]] = [[]]
    room, used = SECTION_LIMIT, 0
    for number, text in enumerate(texts):
        size = units(text) + 1
        used += size
        if used > budget:
            texts = texts[:number]
            break
        if size > room:
            packed.append([])
            room = SECTION_LIMIT
        packed[-1].append(text)
        room -= size
    return [section("\n".join(some)) for some in packed if some], len(texts)
