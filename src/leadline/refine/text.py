"""Normalises whitespace and Unicode, and removes invisible characters.

Text that needs no change is returned as the same object, in a fraction of a microsecond.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from leadline.model.lead import Change
from leadline.model.texts.patterns import late
from leadline.refine.limits import CHANGE_LIMIT, LIMITS, SHORT, altered, cut, stream_safe
from leadline.refine.mends.blank import MAY_BE_BLANK, is_blank
from leadline.refine.mends.mending import is_doubtful, mend

__all__ = [
    "CHANGE_LIMIT",
    "altered",
    "bare",
    "clean",
    "code",
    "encodable",
    "line",
    "lines",
    "words",
]

_SURROGATE = late("[\ud800-\udfff]")

# Control characters that are not whitespace, soft hyphens, zero-width and bidirectional marks,
# invisible operators, interlinear annotation, language tags and noncharacters (Unicode 16,
# chapter 23). Bidi overrides can make one text look like another.
_INVISIBLE = late(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]+"
)
# Joiners are needed after letters in Persian, Indic and Mongolian, and after emoji.
_STRAY_JOINER = late(
    "(?<![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdcf\ufe70-\ufefc"
    "\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
# Characters of category letter that look blank; people type them into required fields.
_BLANK = late("[\u2800\u3164\uffa0]")
# Folded even in names: full-width and half-width forms, ligatures from PDF files, and bold or
# script "letters" of mathematics. Anything else (², ™, ㈱) may be intended.
_FOLDED = late("[\uff01-\uff9f\uffe0-\uffe2\uffe4-\uffe6\ufb00-\ufb06\U0001d400-\U0001d7ff]+")
_SPACES = late(r"[^\S\n\t]")
_LINE_END = late(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_EMPTY_LINES = late(r"\n{3,}")


NO_CHANGES: tuple[Change, ...] = ()


def line(text: str) -> str:
    """The text as one line in NFC, without invisible characters, and double or outer spaces.

    For names, companies and all other text for people.
    """
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        if text.isascii():
            return text
        if _is_settled(text):
            return text
    elif text.isascii() and text.isprintable():
        return " ".join(text.split())
    folded = _FOLDED.sub(_compatible, stream_safe(_visible(text)))
    return " ".join(_normal("NFC", folded).split())


def code(text: str) -> str:
    """Like `line`, but in NFKC: for e-mail addresses, phone numbers and codes, where ＠ means @."""
    if text.isascii():
        return line(text)
    return " ".join(_normal("NFKC", _visible(text)).split())


def bare(text: str) -> str:
    """Like `line`, but visible characters are not normalised: for links and ids."""
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip(" "):
        return text
    return " ".join(_visible(text).split())


def lines(text: str) -> str:
    """Text of several lines in NFC, without invisible characters; lines end in \\n, and there is at
    most one empty line in a row."""
    if (
        text.isascii()
        and text[:1] not in " \n"
        and text[-1:] not in " \n"
        and text.replace("\n", "").isprintable()
        and " \n" not in text
        and "\n\n\n" not in text
    ):
        return text
    whole = text
    if not (text.isascii() and text.replace("\n", "").isprintable()):
        whole = _SPACES.sub(" ", _normal("NFC", _visible(_LINE_END.sub("\n", text))))
    tight = "\n".join([one.rstrip(" \t") for one in whole.split("\n")])
    return _EMPTY_LINES.sub("\n\n", tight).strip()


def clean(
    field: str, written: str | None, how: Callable[[str], str] = line
) -> tuple[str | None, tuple[Change, ...]]:
    """The field, mended (`refine.mends.mending`) and after *how*, and the changes. None if nothing
    visible is left, or only what says nothing (`refine.mends.blank`). A field longer than its limit
    (`limits.LIMITS`) is cut."""
    if not written:
        return None, NO_CHANGES
    kept, changes = written, NO_CHANGES
    if len(written) <= SHORT and _is_plain(written):
        pass  # as most are: no *how* alters it, and nothing is to be mended
    elif len(written) > SHORT and len(written) > LIMITS[field]:
        kept, changes = _clean_long(field, written, how)
    else:
        kept, changes = _settled(field, written, how)
        if len(kept) > LIMITS[field]:  # one character may become many
            kept, changes = _clean_long(field, written, how)
    if kept and field in MAY_BE_BLANK and is_blank(field, kept):
        return None, (*changes, altered(field, kept, None, f"{field}.placeholder"))
    return kept or None, changes


def _is_plain(text: str) -> bool:
    """Whether the text is words of ASCII letters and digits with one space between them."""
    if text.isalnum():
        return text.isascii()
    return (
        text.replace(" ", "").isalnum()
        and text.isascii()
        and "  " not in text
        and text[0] != " "
        and text[-1] != " "
    )


def _settled(field: str, written: str, how: Callable[[str], str]) -> tuple[str, tuple[Change, ...]]:
    """The text mended and after *how*, and the changes."""
    if not is_doubtful(written):
        kept = how(written)
        if kept == written:
            return kept, NO_CHANGES
        if not is_doubtful(kept):
            return kept, (altered(field, written, kept or None, "text.clean"),)
    steps = mend(field, written, how)
    changes = [altered(field, before, after or None, rule) for rule, before, after in steps]
    return (steps[-1][2] if steps else written), tuple(changes)


def _clean_long(
    field: str, written: str, how: Callable[[str], str]
) -> tuple[str, tuple[Change, ...]]:
    """`_settled` for a long field, which is cut before and after it is normalised."""
    limit, truncate = LIMITS[field], f"{field}.truncate"
    ellipsis = how("…")  # three full stops in NFKC
    changes: list[Change] = []
    short = _visible(written).strip()
    if len(short) > limit:
        short = cut(short, limit, ellipsis)
        changes.append(altered(field, written, short, truncate))
    elif short != written:
        changes.append(altered(field, written, short or None, "text.clean"))
    kept, of_text = _settled(field, short, how)
    changes += of_text
    if len(kept) > limit:
        short = cut(kept, limit, ellipsis)
        changes.append(altered(field, kept, short, truncate))
        kept = short
    return kept, tuple(changes)


def words(listed: str, separator: str | None = None) -> frozenset[str]:
    """The words in *listed* as a set."""
    return frozenset(listed.split(separator))


def encodable(custom: dict[str, Any]) -> dict[str, Any]:
    """The custom fields, unchanged if they can be encoded as JSON, which they can if `read_json`
    read them.

    Otherwise lone surrogates become U+FFFD, and values that are nested too deeply, too large
    numbers or not JSON become "…".
    """
    if not custom:
        return custom
    try:
        msgspec.json.encode(custom)
    except (ValueError, TypeError, RecursionError):
        return {_well_formed(str(key)): _carried(value) for key, value in custom.items()}
    return custom


def _normal(form: Literal["NFC", "NFKC"], text: str) -> str:
    return unicodedata.normalize(form, stream_safe(text))


def _is_settled(text: str) -> bool:
    return (
        stream_safe(text) is text
        and unicodedata.is_normalized("NFC", text)
        and _FOLDED.search(text) is None
        and _BLANK.search(text) is None
    )


def _visible(text: str) -> str:
    if text.isprintable():  # neither surrogates, nor invisible characters, nor joiners
        return text if text.isascii() else _BLANK.sub(" ", text)
    text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
    return _BLANK.sub(" ", _STRAY_JOINER.sub("", text))


def _compatible(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())


def _well_formed(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [_well_formed(item) for item in value]
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(item) for key, item in value.items()}
    return value


def _carried(value: Any) -> Any:
    try:
        mended = _well_formed(value)
        msgspec.json.encode(mended)
    except (ValueError, TypeError, RecursionError):
        return "…"
    return mended
