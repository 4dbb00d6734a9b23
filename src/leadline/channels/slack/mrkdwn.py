"""Texts from leads in Slack's markup: shown literally, never interpreted, never too long.

`&`, `<` and `>` are escaped (Slack docs, "Formatting message text"). The other special characters
of mrkdwn have no escape, and a zero-width space beside one makes Slack format even more (jsx-slack,
"About escape and exact mode"), so they are replaced by characters that look the same and are not
special. `*` and `_` format only at the edge of a word, so inside a word they are kept.

Lengths are in UTF-16 units, which are never fewer than the characters that Slack counts.
"""

import re

from leadline.alerts.wording.words import clamped
from leadline.model.texts.patterns import late

_BREAK = "\u200b"
_SOFT_HYPHEN = "\xad"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOKALIKES = {
    "*": "\u2217", "＊": "\ufe61", "_": "\u02cd", "＿": "\u02cd", "`": "\u02cb", "｀": "\u02cb",
    "~": "\u223c",
}  # fmt: skip
_SUSPECT = late(r"[&<>*_~`:@＊＿｀＞]")
_MEANS_SOMETHING = late(
    r"(?<![A-Za-z0-9])[*_]|[*_](?![A-Za-z0-9])|[~`＊＿｀]"  # bold, italic, struck out, code
    r"|:(?=[^\s:]+:)"  # an emoji by name
    r"|@(?=(?i:here|channel|everyone|group)\b)"
    r"|(?m:^)[>＞]"  # a quotation
)


def escaped(text: str) -> str:
    """The text with only `&`, `<` and `>` escaped."""
    return text.translate(_ESCAPES)


def harmless(text: str, limit: int) -> str:
    """The text as literal mrkdwn, at most *limit* UTF-16 units long after escaping."""
    if 2 * len(text) <= limit and not _SUSPECT.search(text):
        return text
    return clamped(text, limit, _harmless)


def _harmless(text: str) -> str:
    return _MEANS_SOMETHING.sub(_defused, text).translate(_ESCAPES)


def _defused(match: re.Match[str]) -> str:
    if match[0] in ":@":
        return match[0] + _BREAK
    return _LOOKALIKES.get(match[0]) or _SOFT_HYPHEN + match[0]
