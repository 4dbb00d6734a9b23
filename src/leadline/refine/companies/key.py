"""Names of companies for comparing: the legal form apart, and a key that other writings share.

A legal form is taken off at the end of a name ("Example GmbH & Co. KG"), or at its start where that
is usual ("ООО Пример", "PT Contoh"), and never if nothing else would be left: SAS Institute and
Limited Brands keep all their words. What people read keeps its form; see
`leadline.refine.companies.company`.
"""

import re
import unicodedata
from functools import cache, lru_cache

import msgspec

from leadline.model.texts.patterns import late
from leadline.refine import text

_TOKEN = late(r"[^\s,;_\-–—]+")
# Vowels of Indic scripts, Thai and Khmer are marks and belong to the word.
_MARKS = late(r"[^\w&+\u0900-\u109f\u1780-\u17ff]+|_+")
_LETTERS = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ħ": "h",
}
_VOICED = "\u3099\u309a"  # が is not か
_UMLAUTS = late("(?<=[aou])e")  # "Mueller" is Müller
_THE = late(r"^\W*the[\s,]+(?=\w)|,\s*the\W*$", re.IGNORECASE)
_AND_SPELLED = frozenset(("and", "und", "et", "og", "och", "en"))
_AND = frozenset(("y", "e"))
_AND_IN_FORMS = frozenset(("and", "und", "u", "et", "+"))
_NO_NAME = text.words("the die der das le la les el los co company")
_SHORT = {"corporation": "corp", "company": "co", "compagnie": "cie"} | dict.fromkeys(
    ("compania", "companhia"), "cia"
)
_PART_OF_NAME = frozenset(("corp", "co", "cie", "cia"))
"""Words at the end that a key leaves out, although they are often part of the name."""
_SPA = text.words(
    "day med medical medi hotel nail nails hair beauty wellness health salon resort massage skin "
    "skincare face facial foot thai lash laser pet dog pool hot tub car the luxury urban mobile "
    "serenity bliss zen retreat"
)
"""Words beside which a spa is a spa, and no società per azioni."""
_BOTH = ("pt", "oy")
"""Forms at the start beside which another stands at the end: PT … Tbk, Oy … Ab."""
_AND_WORD = late(rf"\b(?:{'|'.join(sorted(_AND_IN_FORMS - {'+'}))})\b|\+")
_NO_FORM = late(r"[^\w&|:\n]+|(?<=\|)\n")
_MOST_WORDS = 9  # of the longest form in the table
_AROUND = " \t,;:_-–—/|"
_QUOTES = "\"'«»„“”‘’‚‹›"


class _Table(msgspec.Struct, frozen=True):
    """The legal forms, as `_joined` writes them; `short` is the short spelling of words."""

    ends: frozenset[str]
    short: dict[str, str]
    starts: frozenset[str]
    dotted_starts: frozenset[str]
    unspaced: tuple[str, ...]
    words: frozenset[str]
    states: frozenset[str]
    dotted_only: frozenset[str]


class _Word(msgspec.Struct, frozen=True):
    """A word of a name: as written, where it begins and ends, and folded."""

    written: str
    start: int
    end: int
    folded: str
    after_comma: bool


def without_legal_form(name: str) -> tuple[str, str]:
    """The name of a company without its legal form, and the form as written ("" if it has none).

    ("Example", "GmbH & Co. KG") for "Example GmbH & Co. KG". "Company", "Co." and "Corporation"
    alone stay, because they are as often part of the name.
    """
    rest, form = _without_unspaced(name)
    if form:
        return rest, form
    words = _words(name)
    at_end = _length_at_end(words)
    at_start = _length_at_start(words[: len(words) - at_end], alone=not at_end)
    kept = words[at_start : len(words) - at_end]
    if len(kept) == len(words):
        return name, ""
    before = name[: kept[0].start].strip(_AROUND)
    behind = name[kept[-1].end :].strip(_AROUND)
    rest = _unquoted(name[kept[0].start : kept[-1].end])
    return rest, f"{before} {behind}".strip()


def company_key(name: str) -> str:
    """What the writings of a company's name have in common: small letters and digits, without
    accents, blanks, the legal form, "the", "and", and a last "Company" or "Corporation". "" only
    for a name without letters and digits. Never shown to anybody."""
    return _UMLAUTS.sub("", "".join(company_words(name)))


def company_words(name: str) -> tuple[str, ...]:
    """The words of `company_key`. Letters of an abbreviation are one word (A.B.C., A B C)."""
    rest, _ = without_legal_form(_THE.sub("", name))
    parts = [part for word in _words(rest) for part in re.split("[&+]", word.folded) if part]
    short = _table().short
    words = _without(_AND, _abbreviated(_without(_AND_SPELLED, parts)))
    words = [short.get(word, word) for word in words]
    while len(words) > 1 and (words[-1] in _PART_OF_NAME or words[-1] in _AND_SPELLED):
        words.pop()
    return tuple(_UMLAUTS.sub("", word) for word in words)


def _without(left_out: frozenset[str], words: list[str]) -> list[str]:
    """The words without those that stand for "and", unless they are the first or the last."""
    if left_out.isdisjoint(words):
        return words
    last = len(words) - 1
    return [one for place, one in enumerate(words) if one not in left_out or place in (0, last)]


def _abbreviated(parts: list[str]) -> list[str]:
    """The words with each run of single letters as one."""
    words: list[str] = []
    is_run = False
    for part in parts:
        if len(part) == 1 and is_run:
            words[-1] += part
        else:
            words.append(part)
        is_run = len(part) == 1
    return words


def _words(name: str) -> list[_Word]:
    found = []
    end = 0
    for match in _TOKEN.finditer(name):
        if folded := _folded(match.group()):
            found.append(
                _Word(
                    match.group(),
                    match.start(),
                    match.end(),
                    folded,
                    "," in name[end : match.start()],
                )
            )
        end = match.end()
    return found


def _folded(word: str) -> str:
    """The letters, digits, "&" and "+" of a word, in small letters without accents."""
    lowered = word.casefold()
    if not lowered.isascii():
        lowered = "".join(map(_plain, lowered))
    return lowered if lowered.isalnum() else _MARKS.sub("", lowered)


@lru_cache(maxsize=1024)
def _plain(character: str) -> str:
    """One character without accents. Sequences are not normalised: that could take long."""
    apart = unicodedata.normalize("NFKD", _LETTERS.get(character, character))
    return "".join([one for one in apart if one in _VOICED or not unicodedata.combining(one)])


def _joined(words: list[_Word]) -> str:
    """Words in the writing of the table of legal forms."""
    return "".join(
        ["&" if word.folded in _AND_IN_FORMS else word.folded for word in words]
    ).replace("+", "&")


def _length_at_end(words: list[_Word]) -> int:
    """How many words at the end are a legal form; 0 if none is, or nothing else would be left."""
    ends = _table().ends
    for length in range(min(len(words) - 1, _MOST_WORDS), 0, -1):
        form, kept = words[-length:], words[:-length]
        joined = _joined(form)
        if joined in ends and _is_name(kept) and (length > 1 or _is_meant(joined, form[0], kept)):
            return length
    return 0


def _is_name(kept: list[_Word]) -> bool:
    """Whether the words can be a whole name: not "The", not "Example and"."""
    return kept[-1].folded not in _AND_IN_FORMS | {"&"} and any(
        word.folded not in _NO_NAME for word in kept
    )


def _is_meant(form: str, word: _Word, kept: list[_Word]) -> bool:
    """Whether one word is a legal form here, and not a word or the name of a state."""
    table = _table()
    if "." in word.written.rstrip(".") or "/" in word.written:
        return True
    if form in table.dotted_only or (form in table.states and word.after_comma):
        return False
    if form not in table.words:
        return True
    if word.written == "SpA" or (form == "as" and word.after_comma):
        return True
    if form == "spa" and not _SPA.isdisjoint(one.folded for one in kept):
        return False
    if word.written.islower():
        return all(one.written == one.written.lower() for one in kept)
    return word.written.strip(".,()").isupper() or form == "as"


def _length_at_start(words: list[_Word], *, alone: bool) -> int:
    """How many words at the start are a legal form; not *alone* if another stands at the end."""
    table = _table()
    for length in range(min(len(words) - 1, _MOST_WORDS), 0, -1):
        joined = _joined(words[:length])
        if joined in table.dotted_starts:
            spelled = length > 1 and len(words[length].folded) > 1  # "A B Example", not "A B C D"
            is_form = alone and (spelled or not words[0].written.isalpha())
        else:
            is_form = joined in table.starts and (alone or joined in _BOTH or not joined.isascii())
        if is_form:
            return length
    return 0


def _without_unspaced(name: str) -> tuple[str, str]:
    """Like `without_legal_form`, for scripts without blanks."""
    if name.isascii():
        return name, ""
    for form in _table().unspaced:
        if form in name:
            rest = name.removesuffix(form).removeprefix(form).strip(_AROUND)
            if rest and rest != name:
                return rest, form
    return name, ""


def _unquoted(name: str) -> str:
    """A name without the quotation marks around it (ООО «Пример»)."""
    bare = name.strip(_QUOTES)
    is_quoted = len(name) - len(bare) == 2 and name[0] in _QUOTES and name[-1] in _QUOTES
    return bare if is_quoted and bare else name


@cache
def _table() -> _Table:
    from leadline.refine.companies import (
        forms as company_forms,  # large, and not every process compares names
    )

    ends: dict[str, str] = {}
    for row in _forms(company_forms.ROWS).split("\n"):
        short, _, others = row.partition(":")
        for form in (short, *others.split("|")):
            ends.setdefault(form, short)
    del ends[""]
    starts = _forms(company_forms.AT_THE_START)
    dotted = _forms(company_forms.DOTTED_AT_THE_START)
    return _Table(
        ends=frozenset(ends),
        short=ends | _SHORT,
        starts=frozenset(starts.split("|")),
        dotted_starts=frozenset(dotted.split("|")),
        unspaced=tuple(company_forms.UNSPACED.split()),
        words=frozenset(company_forms.WORDS_TOO.split()),
        states=frozenset(company_forms.STATES_TOO.split()),
        dotted_only=frozenset(company_forms.DOTTED_ONLY.split()),
    )


def _forms(table: str) -> str:
    """Rows of the table, each form as `_joined` writes it; all at once, because there are many."""
    plain = "".join(map(_plain, table.strip().casefold()))
    return _NO_FORM.sub("", _AND_WORD.sub("&", plain))
