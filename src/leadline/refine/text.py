"""Whitespace and Unicode: what a field looks like once nothing invisible is left in it.

Printable, trimmed text comes back as the very same object, in a fraction of a microsecond.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from leadline.model.lead import Change
from leadline.refine.limits import CHANGE_LIMIT, LIMITS, SHORT, altered, cut, stream_safe

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

_SURROGATE = re.compile("[\ud800-\udfff]")

# Controls that are no whitespace, soft hyphens, zero-width and bidirectional marks, invisible
# operators, interlinear annotation, language tags, noncharacters (Unicode 16, chapter 23).
# Bidi overrides make a text read as another; none of these shows in a name or an address.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]+"
)
# Persian, Indic and Mongolian spelling needs the joiners after a letter, emoji after an emoji.
_STRAY_JOINER = re.compile(
    "(?<![\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdcf\ufe70-\ufefc"
    "\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
# Letters by category that show as blanks: people type them to get past required fields.
_BLANK = re.compile("[\u2800\u3164\uffa0]")
# Folded even in names: full-width and half-width forms, ligatures left over from PDF files, and
# the bold or script "letters" of mathematics. Anything else (², ™, ㈱) may be meant.
_FOLDED = re.compile("[\uff01-\uff9f\uffe0-\uffe2\uffe4-\uffe6\ufb00-\ufb06\U0001d400-\U0001d7ff]+")
_SPACES = re.compile(r"[^\S\n\t]")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n{3,}")


def line(text: str) -> str:
    """One visible line in NFC: no invisible characters, no doubled or outer spaces.

    For names, companies and everything else that a person wrote to be read.
    """
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        if text.isascii():
            return text
        if _is_settled(text):
            return text
    folded = _FOLDED.sub(_compatible, stream_safe(_visible(text)))
    return " ".join(_normal("NFC", folded).split())


def code(text: str) -> str:
    """Like `line`, but in NFKC: for e-mail addresses, phone numbers and codes, where ＠ is @."""
    if text.isascii():
        return line(text)
    return " ".join(_normal("NFKC", _visible(text)).split())


def bare(text: str) -> str:
    """Like `line`, but every visible character stays as it is: for links and ids."""
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip(" "):
        return text
    return " ".join(_visible(text).split())


def lines(text: str) -> str:
    """Visible text of several lines in NFC: lines end in \\n, at most one empty line in a row."""
    if (
        text.isascii()
        and text[:1] not in " \n"
        and text[-1:] not in " \n"
        and text.replace("\n", "").isprintable()
        and " \n" not in text
        and "\n\n\n" not in text
    ):
        return text
    whole = _normal("NFC", _visible(_LINE_END.sub("\n", text)))
    tight = "\n".join(one.rstrip(" \t") for one in _SPACES.sub(" ", whole).split("\n"))
    return _EMPTY_LINES.sub("\n\n", tight).strip()


def clean(
    field: str, written: str | None, how: Callable[[str], str] = line
) -> tuple[str | None, tuple[Change, ...]]:
    """What *how* makes of a field, None where nothing visible is left, and what was altered; of a
    field beyond its limit (`limits.LIMITS`) only the beginning is read and kept."""
    if not written:
        return None, ()
    if len(written) > SHORT and len(written) > LIMITS[field]:
        return _clean_long(field, written, how)
    kept = how(written)
    if kept == written:
        return kept, ()
    if len(kept) > SHORT and len(kept) > LIMITS[field]:  # one character may stand for many
        return _clean_long(field, written, how)
    return kept or None, (altered(field, written, kept or None, "text.clean"),)


def _clean_long(
    field: str, written: str, how: Callable[[str], str]
) -> tuple[str | None, tuple[Change, ...]]:
    """The same where the field is too long: it is cut before it is normalised, and after it."""
    limit, truncate = LIMITS[field], f"{field}.truncate"
    ellipsis = how("…")  # which is three full stops in NFKC
    changes: list[Change] = []
    short, began = _visible(written).strip(), written
    if len(short) > limit:
        short = began = cut(short, limit, ellipsis)
        changes.append(altered(field, written, short, truncate))
    kept = how(short)
    if kept != began:
        changes.append(altered(field, began, kept or None, "text.clean"))
    if len(kept) > limit:
        short = cut(kept, limit, ellipsis)
        changes.append(altered(field, kept, short, truncate))
        kept = short
    return kept or None, tuple(changes)


def words(listed: str, separator: str | None = None) -> frozenset[str]:
    """The set of the words in *listed*: how the rules write their vocabularies."""
    return frozenset(listed.split(separator))


def encodable(custom: dict[str, Any]) -> dict[str, Any]:
    """*custom* as it is, if JSON can carry it; our reader lets nothing else through.

    Otherwise lone surrogates become U+FFFD, and a value that is too deep, too large a number or
    no JSON at all becomes "…".
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
    text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
    return _BLANK.sub(" ", _STRAY_JOINER.sub("", text))


def _compatible(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found.group())


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
