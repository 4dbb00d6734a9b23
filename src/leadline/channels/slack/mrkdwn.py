"""Lead-written text in Slack: shown as it is, never interpreted, never too long.

`&`, `<` and `>` are escaped (Slack docs, "Formatting message text"). For the other characters that
mean something in mrkdwn there is no escape, and a zero-width space beside one makes Slack format
all the more (jsx-slack, "About escape and exact mode"); so they give way to characters that look
the same and mean nothing. `*` and `_` format only at the edge of a word and stay inside of one.

Lengths are UTF-16 units, of which there are never fewer than of the characters that Slack counts.
"""

import re

from leadline.alerts.words import clamped

_BREAK = "\u200b"
_SOFT_HYPHEN = "\xad"
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


def escaped(text: str) -> str:
    """The text with `&`, `<` and `>` escaped, and nothing else done to it."""
    return text.translate(_ESCAPES)


def harmless(text: str, limit: int) -> str:
    """The text for a mrkdwn object, at most *limit* units long after all escaping."""
    if 2 * len(text) <= limit and not _SUSPECT.search(text):
        return text
    return clamped(text, limit, _harmless)


def _harmless(text: str) -> str:
    return _MEANS_SOMETHING.sub(_defused, text).translate(_ESCAPES)


def _defused(found: re.Match[str]) -> str:
    if found[0] in ":@":
        return found[0] + _BREAK
    return _LOOKALIKES.get(found[0]) or _SOFT_HYPHEN + found[0]
