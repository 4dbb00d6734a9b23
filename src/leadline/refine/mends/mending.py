"""Mends what programs between a visitor and Leadline did to text, where the mend is certain.

Character references of HTML (`text.entities`), WordPress's slashes before quotation marks
(`text.slashes`), percent-encoding (`text.percent`), and UTF-8 that was read as windows-1252
(`text.charset`). Every mend is recorded, mending again changes nothing, and it takes time linear in
the length of the text.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from urllib.parse import unquote_to_bytes

from leadline.model.texts.patterns import late
from leadline.refine.mends.entities import without_references
from leadline.refine.mends.mojibake import DOUBTFUL, restored

Step = tuple[str, str, str]
"""The rule of an alteration, and the text before and after it."""
Mend = tuple[str, Callable[[str], str]]

_MOST_ROUNDS = 5
"""Text that is still not settled then was made to be so; it stays as it is."""

_UNTOUCHED = frozenset({"crm_url", "crm_record"})
_CODES = frozenset({"email", "phone"})

_SLASHED = late(r"\\([\\'\"])")
_LONE = late(r"(?<!\\)['\"]|\\(?![\\'\"])")
_IN_A_WORD = late(r"[^\W\d_]\\'[^\W\d_]")
_ESCAPED = late(r"[A-Za-z0-9._~!*'()+-]*(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~!*'()+-]*)+")
_LETTERS = late(r"(?:%[89A-Fa-f][0-9A-Fa-f]){2,}|(?<=[^\W\d_])%20(?=[^\W\d_])")
_IN_LINKS = late("[/=?]")
_NOT_IN_TEXT = late("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\\\\<>{}|^`=\\[\\]]")
_NOT_IN_CODES = late(r"[^\w@.+()\- ]")


def is_doubtful(text: str) -> bool:
    """Whether the text has anything that may have to be mended. Cheap."""
    if "\\" in text or "%" in text or ("&" in text and ";" in text):
        return True
    return not text.isascii() and DOUBTFUL.search(text) is not None


def mend(field: str, text: str, how: Callable[[str], str]) -> list[Step]:
    """The steps by which the text of a field is mended and put into the form of *how*; none, if
    nothing has to be done. The result needs no more mending.
    """
    steps = _until_settled(_mends(field), text, how)
    if steps is not None:
        return steps
    kept = how(text)
    first = [("text.clean", text, kept)] if kept != text else []
    return [*first, *(_until_settled(_mends(field), kept, how) or ())]


def mended(field: str, text: str) -> str:
    """The text of a field, mended."""
    steps = _until_settled(_mends(field), text, str) if is_doubtful(text) else None
    return steps[-1][2] if steps else text


def _until_settled(
    mends: tuple[Mend, ...], text: str, how: Callable[[str], str]
) -> list[Step] | None:
    """The steps to a text that no mend and not *how* alters; None if there may be none."""
    steps: list[Step] = []
    now = text
    for _ in range(_MOST_ROUNDS):
        known = len(steps)
        for rule, mending in (*mends, ("text.clean", how)):
            after = mending(now)
            if after != now:
                steps.append((rule, now, after))
                now = after
        if len(steps) == known:
            return steps
    return None


@cache
def _mends(field: str) -> tuple[Mend, ...]:
    """The mends of a field, in their order. Links and ids of records stay as they are, and of other
    links only character references are decoded, because the rest may be meant there."""
    if field in _UNTOUCHED:
        return ()
    code = field in _CODES
    entities: Mend = ("text.entities", partial(without_references, breaks=not code))
    if field == "website":
        return (entities,)
    slashes: Mend = ("text.slashes", partial(_without_slashes, prose=field == "message"))
    percent: Mend = ("text.percent", partial(_without_percent, code=code))
    if code or field == "message":
        return entities, slashes, percent, ("text.charset", restored)
    letters: Mend = ("text.percent", _without_escaped_letters)
    return entities, slashes, percent, letters, ("text.charset", restored)


def _without_slashes(text: str, *, prose: bool) -> str:
    """The text without the slashes of WordPress (PHP's `addslashes`), if it has them before every
    quotation mark and every backslash. In a message, which may be about slashes, there must be an
    apostrophe within a word, or quotation marks in pairs."""
    if "\\" not in text or ("\\'" not in text and '\\"' not in text):
        return text
    if _LONE.search(_SLASHED.sub("", text)):
        return text
    if prose and not _IN_A_WORD.search(text) and text.count('\\"') % 2:
        return text
    return _SLASHED.sub(r"\1", text)


def _without_percent(text: str, *, code: bool) -> str:
    """The text without percent-encoding, if it is encoded as a whole: it has neither blanks nor
    letters that had to be encoded, and what it becomes is text. A plus becomes a blank where other
    characters are encoded, but no blank is."""
    if "%" not in text or not _ESCAPED.fullmatch(text):
        return text
    plain = text.replace("+", " ") if "%20" not in text and not code else text
    try:
        decoded = unquote_to_bytes(plain).decode()
    except UnicodeDecodeError:
        return text
    unusual = _NOT_IN_CODES if code else _NOT_IN_TEXT
    if unusual.search(decoded) or not any(map(str.isalnum, decoded)):
        return text
    return decoded


def _without_escaped_letters(text: str) -> str:
    """The text with escaped letters beyond ASCII, and escaped blanks between letters, decoded where
    only they are encoded ("Anna M%C3%BCller"); not in links."""
    if "%" not in text or _IN_LINKS.search(text):
        return text
    return _LETTERS.sub(_decoded, text)


def _decoded(match: re.Match[str]) -> str:
    try:
        decoded = unquote_to_bytes(match[0]).decode()
    except UnicodeDecodeError:
        return match[0]
    return decoded if decoded.replace(" ", "").isprintable() else match[0]
