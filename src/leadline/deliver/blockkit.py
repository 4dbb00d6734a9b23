"""The pieces of a Block Kit message as plain dicts, each within Slack's limits.

Slack docs, "Block Kit reference": a text has 1 to 3000 characters (150 in a header, 75 in a button,
2000 in a field), a section 10 fields, a context 10 elements, a message 50 blocks, a URL 3000.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leadline.deliver.mrkdwn import clamped, units
from leadline.formats import iso

Block = dict[str, Any]

HEADER_LIMIT = 150
SECTION_LIMIT = 3000
URL_LIMIT = 3000
BUTTON_LIMIT = 75

# Slack refuses the whole message for a button whose URL it can't read, so what we pass on is
# strictly RFC 3986; and no user name in it, which is how a link pretends to lead elsewhere.
_LINK = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?(?::([0-9]{1,5}))?"
    r"(?:[/?#](?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)


def headline(text: str) -> Block:
    """A headline in plain text."""
    shown = clamped(text, HEADER_LIMIT)
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": True}}


def mrkdwn(text: str) -> Block:
    """A text object; *text* is markup already, not empty and not too long for its place."""
    # verbatim: Slack then links nothing and mentions nobody by itself.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    """A paragraph of markup."""
    return {"type": "section", "text": mrkdwn(text)}


def context(*texts: str) -> Block:
    """Small grey text, each piece of markup an element."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts]}


def quote(text: str) -> Block:
    """A quotation; rich text is shown as it is, nothing in it is interpreted."""
    quoted = {"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [quoted]}


def link_buttons(buttons: Sequence[tuple[str, str, str]]) -> list[Block]:
    """One row of buttons that open links, of (action id, label, URL); those that are no link
    are left out. Such buttons need no interactivity: nobody is called when one is pressed."""
    elements = [
        {
            "type": "button",
            "action_id": action,
            "text": {"type": "plain_text", "text": clamped(label, BUTTON_LIMIT), "emoji": True},
            "url": url,
        }
        for action, label, url in buttons
        if is_link(url)
    ]
    return [{"type": "actions", "elements": elements}] if elements else []


def is_link(url: str) -> bool:
    """Whether Slack takes this for a link: http or https, a host, and nothing unusual."""
    if len(url) > URL_LIMIT or not (found := _LINK.fullmatch(url)):
        return False
    return found[1] is None or int(found[1]) <= 65535


def linked(url: str, label: str) -> str:
    """Markup for a link with a label that is markup already; just the label if *url* is none."""
    if not is_link(url):
        return label
    return f"<{url.replace('&', '&amp;')}|{label}>"


def date(at: datetime, form: str) -> str:
    """Markup for a time in the reader's own time zone; *form* is Slack's, such as "{time}"."""
    return f"<!date^{max(0, int(at.timestamp()))}^{form}|{iso(at)[:19]}Z>"


def in_sections(texts: Sequence[str], budget: int) -> tuple[list[Block], int]:
    """Lines of markup packed into sections, as many as *budget* units allow, and how many."""
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
