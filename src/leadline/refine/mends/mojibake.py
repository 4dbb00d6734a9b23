"""Text in UTF-8 that was read as windows-1252 or Latin-1: `MÃ¼ller`, `JosÃ©`, `itâ€™s`.

It is mended only where that is certain: all that is not ASCII goes back to valid UTF-8, and what it
becomes is usual where it stands. A `Ã` that somebody meant stays, because no word has the signs
behind it that would make it UTF-8.

The library ftfy (6.3.1) is not used. It measures how unlikely a text is, so it also mends what only
may be damaged ("ROMÃ®", "Ã " as "à"), leaves "Nguyá»…n", takes 28 µs for a name, and 60 ms to load.
"""

import re
from functools import cache

from leadline.model.texts.patterns import late

# The bytes 80 to 9F in windows-1252; where it has no character, that of Latin-1.
_SIGNS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"
_BYTES = {ord(sign): 0x80 + place for place, sign in enumerate(_SIGNS)}
_NEXT = "[\x80-\xbf" + "".join(map(chr, _BYTES)) + "]"
DOUBTFUL = late(f"[\xc2-\xf4]{_NEXT}")
"""What text in UTF-8 has at least once after it was read as windows-1252."""
_CONTROL = late("[\x80-\x9f]")
# What may rightly follow a word in capitals: "ROMÃ™" is a brand, "IRMÃ…" an unfinished sentence.
_AFTER_WORDS = "’”…–—™®»›·•°¹²³\xa0"
_ENDING = "…"
_MOST_TIMES = 4


@cache
def _run() -> re.Pattern[str]:
    """Characters in UTF-8, each read as several. Compiled when first needed, as the next two: they
    take 4 ms, and few leads need them."""
    return re.compile(
        f"(?:[\xc2-\xdf]{_NEXT}|[\xe0-\xef]{_NEXT}{_NEXT}|[\xf0-\xf4]{_NEXT}{_NEXT}{_NEXT})+"
    )


@cache
def _alone() -> re.Pattern[str]:
    """Characters that are certain even when they stand alone: Latin letters and signs, punctuation,
    symbols, emoji."""
    return re.compile(
        "[\x80-\u017f\u0192\u01a0\u01a1\u01af\u01b0\u02c6\u02dc\u0218-\u021b\u1e00-\u1eff\u2000-\u206f"
        "\u20a0-\u20bf\u2100-\u214f\u2190-\u21ff\u2460-\u27bf\ufe0f\ufeff\ufffd\U0001f000-\U0001faff]"
    )


@cache
def _in_pairs() -> re.Pattern[str]:
    """Characters that are certain in pairs: Greek, Cyrillic, Arabic, Chinese and others."""
    return re.compile("[\u0370-\u1cff\u2c00-\ud7ff\uf900-\ufdff\ufe30-\uffdc\U00020000-\U0003ffff]")


def restored(text: str) -> str:
    """The text as it was before it was read as windows-1252, perhaps several times; unchanged if
    that is not certain."""
    now = text
    for _ in range(_MOST_TIMES):
        before = _restored_once(now)
        if before == now:
            break
        now = before
    return text if _CONTROL.search(now) else now


def _restored_once(text: str) -> str:
    if text.isascii() or DOUBTFUL.search(text) is None:
        return text
    ending = _ENDING if text.endswith(_ENDING) else ""  # refinement cuts texts with it
    body = text[: len(text) - len(ending)]
    mended = _as_utf8(body)
    if mended is None or not all(_fits(body, run) for run in _run().finditer(body)):
        return text
    if _has_only_single_foreign_letters(body):
        return text
    return mended + ending


def _as_utf8(text: str) -> str | None:
    try:
        return text.translate(_BYTES).encode("latin-1").decode()
    except UnicodeError:
        return None


def _fits(text: str, run: re.Match[str]) -> bool:
    """Whether what a run becomes is usual where it stands."""
    mended = _as_utf8(run[0]) or ""
    if not all(_alone().match(one) or _in_pairs().match(one) for one in mended):
        return False
    return len(run[0]) > 2 or not _may_be_meant(text, run)


def _may_be_meant(text: str, run: re.Match[str]) -> bool:
    """Whether a capital letter with a sign behind it may be the end of a word in capitals."""
    letter, sign = run[0][0], run[0][1]
    if letter == "Â" or sign not in _AFTER_WORDS:
        return False
    before = text[max(run.start() - 1, 0) : run.start()]
    behind = text[run.end() : run.end() + 2]
    if before.isdigit() or before.islower():
        return False
    return not behind[:1].isalpha() or (sign == "’" and behind in ("S", "s", "S ", "s "))


def _has_only_single_foreign_letters(text: str) -> bool:
    runs = [_as_utf8(run[0]) or "" for run in _run().finditer(text)]
    foreign = [run for run in runs if _in_pairs().search(run)]
    return bool(foreign) and all(len(run) < 2 for run in foreign)
