"""Lead-written text in Slack: shown as it is, never interpreted, never too long.

Slack docs, "Formatting text for app surfaces": `&`, `<` and `>` are escaped; everything else that
means something in mrkdwn is made harmless with a zero-width space. Lengths are counted in UTF-16
units, of which there are never fewer than the characters that Slack counts.
"""

import re
import unicodedata
from collections.abc import Callable

_BREAK = "\u200b"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MEANS_SOMETHING = re.compile(r"[*_~`]|:(?=[A-Za-z0-9_+'-]+:)|@(?=(?:here|channel|everyone)\b)")
_HARMLESS = re.compile(r"[A-Za-z0-9 .,;/()+'\"-]*")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_BLANKS = re.compile(r"\s+")


def line(text: str) -> str:
    """The text on one line, without control characters."""
    return _BLANKS.sub(" ", _CONTROLS.sub(" ", text)).strip()


def lines(text: str) -> str:
    """The text with its lines, without other control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped(text: str) -> str:
    """The text with `&`, `<` and `>` escaped, and nothing else done to it."""
    return text.translate(_ESCAPES)


def harmless(text: str, limit: int) -> str:
    """The text for a mrkdwn object, at most *limit* units long after all escaping."""
    if len(text) <= limit and _HARMLESS.fullmatch(text):
        return text
    return clamped(text, limit, _harmless)


def clamped(text: str, limit: int, escape: Callable[[str], str]) -> str:
    """*text* escaped; cut before a character that would make it longer than *limit* units."""
    whole = escape(text)
    if units(whole) <= limit:
        return whole
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if units(escape(text[:middle])) < limit:
            low = middle
        else:
            high = middle - 1
    # Never between a letter and its accents, or inside a joined emoji.
    while low > 0 and (unicodedata.combining(text[low]) or "\u200d" in text[low - 1 : low + 1]):
        low -= 1
    return escape(text[:low].rstrip()) + "…"


def _harmless(text: str) -> str:
    return _MEANS_SOMETHING.sub(_broken, text).translate(_ESCAPES)


def _broken(found: re.Match[str]) -> str:
    return found[0] + _BREAK if found[0] in ":@" else _BREAK + found[0]
