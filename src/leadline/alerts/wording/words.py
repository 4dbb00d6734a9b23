"""Cleaning, shortening and wording of texts, for messages of every kind."""

import math
import unicodedata
from collections.abc import Callable
from datetime import timedelta

from leadline.model.facts.scored_leads import score_of
from leadline.model.lead import RefinedLead
from leadline.model.texts.patterns import late
from leadline.model.texts.record_links import read_link

URL_LIMIT = 3000


def is_link(url: str) -> bool:
    """Whether the URL is safe as a link: http or https, a host, nothing unusual, and at most
    `URL_LIMIT` characters. Slack refuses a whole message for one button whose URL it cannot read.
    """
    return len(url) <= URL_LIMIT and read_link(url) is not None


_JOINER = "\u200d"

# Control characters, lone surrogates, and marks that change the direction of the text after them.
_CONTROLS = late("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LINE_END = late("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = late("[\\s\xad\u034f\u115f-\u1160\u180b-\u180f\u200b-\u200f\u2060-\u206f\ufeff]*")


def on_one_line(text: str) -> str:
    """The text on one line, without control characters; "" if nothing visible is left."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    one = " ".join(_CONTROLS.sub("", _LINE_END.sub(" ", text)).split())
    return "" if _UNSEEN.fullmatch(one) else one


def on_lines(text: str) -> str:
    """The text with its line breaks, without other control characters; "" if nothing visible is
    left."""
    kept = _CONTROLS.sub("", _LINE_END.sub("\n", text)).strip()
    return "" if _UNSEEN.fullmatch(kept) else kept


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clamped(text: str, limit: int, escape: Callable[[str], str] = str) -> str:
    """*text* escaped by *escape*, at most *limit* UTF-16 units long; a shortened text ends with an
    ellipsis.

    The text is cut before it is escaped, and never between a letter and its accents or within an
    emoji.
    """
    if len(text) <= limit and units(whole := escape(text)) <= limit:
        return whole
    low, high = 0, min(len(text) - 1, limit)
    while low < high:
        middle = (low + high + 1) // 2
        if units(escape(text[:middle])) < limit:
            low = middle
        else:
            high = middle - 1
    while low > 0 and _belong_together(text, low):
        low -= 1
    return escape(text[:low].rstrip()) + "…"


def _belong_together(text: str, at: int) -> bool:
    """Whether `text[at - 1]` and `text[at]` are drawn as one character."""
    before, after = text[at - 1], text[at]
    if _is_half_flag(before) and _is_half_flag(after):
        start = at
        while start > 0 and _is_half_flag(text[start - 1]):
            start -= 1
        return (at - start) % 2 == 1
    skin_tone = "\U0001f3fb" <= after <= "\U0001f3ff"
    marks = unicodedata.category(after).startswith("M")
    return marks or skin_tone or _JOINER in (before, after)


def _is_half_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


OWNER_CLAIMED = "Owner named by the sender"
"""The label of an owner named by a sender that is not trusted to name owners."""


def span(time: timedelta) -> str:
    """A span of time in words: "45 s", "2 min", "1 h 5 min", "3 days"."""
    seconds = max(0, int(time.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def name(lead: RefinedLead) -> str | None:
    """The lead's name; if only its CRM record is known, "see" and the record's id."""
    contact, record = lead.contact, lead.lead_details.crm_record
    if contact.name or contact.email or contact.phone or not record:
        return contact.name
    return f"see {record}"


def score(lead: RefinedLead) -> str | None:
    """The score without superfluous digits; None if there is none, or it is not finite."""
    found = score_of(lead)
    return f"{found:g}" if found is not None and math.isfinite(found) else None
