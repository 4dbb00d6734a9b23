"""Lead-written text in Slack: shown as it is, never interpreted, never too long.

`&`, `<` and `>` are escaped (Slack docs, "Formatting message text"). For the other characters that
mean something in mrkdwn there is no escape, and a zero-width space beside one makes Slack format
all the more (jsx-slack, "About escape and exact mode"); so they give way to characters that look
the same and mean nothing. `*` and `_` format only at the edge of a word and stay inside of one.

Lengths are UTF-16 units, of which there are never fewer than of the characters that Slack counts.
"""

import re
import unicodedata
from collections.abc import Callable

_BREAK = "\u200b"
_SOFT_HYPHEN = "\xad"
_JOINER = "\u200d"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOKALIKES = {
    "*": "\u2217", "＊": "\ufe61", "_": "\u02cd", "＿": "\u02cd", "`": "\u02cb", "｀": "\u02cb",
    "~": "\u223c",
}  # fmt: skip
_SUSPECT = re.compile(r"[&<>*_~`:@＊＿｀＞]")
_MEANS_SOMETHING = re.compile(
    r"(?<![A-Za-z0-9])[*_]|[*_](?![A-Za-z0-9])|[~`＊＿｀]"  # bold, italic, struck out, code
    r"|:(?=[^\s:]+:)"  # an emoji by name
    r"|@(?=(?i:here|channel|everyone|group)\b)"
    r"|(?m:^)[>＞]"  # a quotation
)
# Controls, lone surrogates, and the marks that turn the direction of what stands after them.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile("[\\s\xad\u034f\u115f-\u1160\u180b-\u180f\u200b-\u200f\u2060-\u206f\ufeff]*")


def on_one_line(text: str) -> str:
    """The text on one line, without control characters; "" where nothing of it can be seen."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    one = " ".join(_CONTROLS.sub("", _LINE_END.sub(" ", text)).split())
    return "" if _UNSEEN.fullmatch(one) else one


def on_lines(text: str) -> str:
    """The text with its lines, without other controls; "" where nothing of it can be seen."""
    kept = _CONTROLS.sub("", _LINE_END.sub("\n", text)).strip()
    return "" if _UNSEEN.fullmatch(kept) else kept


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped(text: str) -> str:
    """The text with `&`, `<` and `>` escaped, and nothing else done to it."""
    return text.translate(_ESCAPES)


def harmless(text: str, limit: int) -> str:
    """The text for a mrkdwn object, at most *limit* units long after all escaping."""
    if 2 * len(text) <= limit and not _SUSPECT.search(text):
        return text
    return clamped(text, limit, _harmless)


def clamped(text: str, limit: int, escape: Callable[[str], str] = str) -> str:
    """*text* escaped, at most *limit* units long; what is cut off is shown by an ellipsis.

    It is cut before the escaping, and never between a letter and its accents or inside an emoji.
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
    """Whether a cut before `text[at]` would part a character from what is drawn with it."""
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


def _harmless(text: str) -> str:
    return _MEANS_SOMETHING.sub(_defused, text).translate(_ESCAPES)


def _defused(found: re.Match[str]) -> str:
    if found[0] in ":@":
        return found[0] + _BREAK
    return _LOOKALIKES.get(found[0]) or _SOFT_HYPHEN + found[0]
