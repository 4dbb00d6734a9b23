"""Person names: put in order and usual case, and split into first and last name if that is sure."""

import re

import msgspec

from leadline.model.lead import Change
from leadline.model.names import PARTICLES
from leadline.refine import mending, text
from leadline.refine.blank import without_unfilled
from leadline.refine.casing import recase, recase_last
from leadline.refine.damage import is_lost
from leadline.refine.name_words import (
    PLACEHOLDERS,
    is_degree,
    is_honorific,
    is_suffix,
)
from leadline.refine.nulls import without_null_words, without_nulls

_SPANISH = text.words("AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PY SV UY VE")
"""Countries where two family names are usual."""

_FAMILY_FIRST = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_LINK = re.compile(
    r"@|://|\bwww\.|\.(?:com|net|org|info|biz|io|ru|cn|xyz|top|site|online|shop|club)\b", re.I
)
_COMPANY = re.compile(r"\b(?:inc|llc|ltd|gmbh|corp|co|plc|s\.?a|b\.?v|ag|trust|estate)\b\.?$", re.I)
_NICKNAME = re.compile(r"\s(?:\".+?\"|“.+?”|\(.+?\)|‘.+?’|'.+?')(?=\s)")
_COUPLE = text.words("and & und + / or")
_LETTER = re.compile(r"[^\W\d_]")
_NO_NAME = re.compile(r"[\d@/:]")
_DIGIT = re.compile(r"\d")
_VIETNAMESE = text.words("nguyen nguyễn tran trần pham phạm le lê hoang hoàng vu vũ")
_LONGEST = 200
_PARTS = ("first_name", "last_name")
_LATIN_END = "\u0250"


class Name(msgspec.Struct, frozen=True):
    """The whole name, first and last name (None if unknown), problems and changes."""

    whole: str | None = None
    first: str | None = None
    last: str | None = None
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def refine_name(whole: str | None, first: str | None, last: str | None, region: str) -> Name:
    """Refine a name from the parts that the source gave; *region* is the ISO code of the lead's
    country or "", because in some countries two family names are usual.

    Honorifics and suffixes stay in the whole name, but are not part of first and last name.
    """
    changes: list[Change] = []
    whole = _kept("name", whole, changes)
    first, last = _refined_parts(first, last, changes)
    family = 0
    if whole is None:
        whole, first, last = _taken_apart(first, last, changes)
    elif bool(first) != bool(last):
        whole, first, last = _completed(whole, first, last, changes)
    if whole is None and (first or last):
        whole = _joined(first, last)
        changes.append(text.altered("name", None, whole, "name.join"))
    elif (first is None and last is None) or _is_same(whole, f"{last}, {first}"):
        whole, family = _ordered(whole, changes)
    whole = _cased("name", whole, changes)
    if first and last and (plain := _without_honorific(first)) != first:
        changes.append(text.altered("first_name", first, plain, "name.honorific"))
        first = plain
    if whole is None:
        return Name(None, first, last, ("name.missing",), tuple(changes))
    if len(whole) > _LONGEST or (not whole.replace(" ", "").isalpha() and _LINK.search(whole)):
        return Name(whole, first, last, ("name.suspect",), tuple(changes))
    if first is None and last is None and (parts := _split(whole, region, family)):
        first, last = parts
        changes.append(text.altered("first_name", None, first, "name.split"))
        changes.append(text.altered("last_name", None, last, "name.split"))
    return Name(whole, first, last, (), tuple(changes))


def _refined_parts(
    first: str | None, last: str | None, changes: list[Change]
) -> tuple[str | None, str | None]:
    """First and last name, in usual case."""
    written = _kept("first_name", first, changes), _kept("last_name", last, changes)
    kept = without_nulls(*written)
    if kept != written:
        for field, before, after in zip(_PARTS, written, kept, strict=True):
            if before != after:
                changes.append(text.altered(field, before, None, "name.placeholder"))
    return _cased("first_name", kept[0], changes), _cased("last_name", kept[1], changes)


def _kept(field: str, written: str | None, changes: list[Change]) -> str | None:
    if not written:
        return None
    kept, cleaned = text.clean(field, written)
    changes += cleaned
    if kept is None or (kept.isalpha() and field != "name"):
        return kept
    if (tidy := without_unfilled(kept)) != kept:
        changes.append(text.altered(field, kept, tidy, "name.unfilled"))
        kept = tidy
    named = without_null_words(field, kept)
    if named is not None and named != kept:
        changes.append(text.altered(field, kept, named, "name.placeholder"))
        kept = named
    if kept[-1] in ",;" and (shorter := kept.rstrip(" ,;")):
        changes.append(text.altered(field, kept, shorter, "name.punctuation"))
        kept = shorter
    if named is None or kept.casefold() in PLACEHOLDERS or is_lost(kept):
        changes.append(text.altered(field, kept, None, "name.placeholder"))
        return None
    return kept


def _cased(field: str, name: str | None, changes: list[Change]) -> str | None:
    if name is None or not (name.isupper() or name.islower()) or len(name) > _LONGEST:
        return name
    # An address has its own case.
    if ("." in name or "@" in name or ":" in name) and _LINK.search(name):
        return name
    cased = recase_last(name) if field == "last_name" else recase(name)
    if cased != name and mending.mended(field, cased) == cased:
        changes.append(text.altered(field, name, cased, "name.case"))
        return cased
    return name


def _ordered(name: str | None, changes: list[Change]) -> tuple[str | None, int]:
    """ "Last, First" as "First Last", with the number of words of the last name (0: unknown).

    A suffix or a company's legal form after the comma is not taken for a first name.
    """
    if name is None or "," not in name:
        return name, 0
    parts = [part.strip() for part in name.split(",")]
    suffix = f", {parts.pop()}" if len(parts) == 3 and is_suffix(parts[2]) else ""
    if len(parts) != 2 or not _is_reversed(*parts) or _COMPANY.search(name):
        return name, 0
    ordered = f"{parts[1]} {parts[0]}{suffix}"
    changes.append(text.altered("name", name, ordered, "name.order"))
    return ordered, len(_without_suffix(parts[0].split()))


def _is_reversed(last: str, first: str) -> bool:
    if (
        not _LETTER.search(last)
        or not _LETTER.search(first)
        or is_suffix(first)
        or is_degree(first)
        or _NO_NAME.search(last)
    ):
        return False
    if first.isupper() and len(first) < 6 and not last.isupper():
        return False  # "Ada Lovelace, BSN": a degree
    words = _without_suffix(last.split())
    if len(words) > 3 or len(first.split()) > 4 or _NO_NAME.search(first):
        return False
    closing = words[-1].strip(".")  # "Ada K, Lovelace": the comma follows the first name
    return len(words) == 1 or (len(closing) > 1 and not is_honorific(closing))


def _without_suffix(words: list[str]) -> list[str]:
    """The words without the suffixes at the end; at least one word is kept."""
    kept = len(words)
    while kept > 1 and is_suffix(words[kept - 1]):
        kept -= 1
    return words[:kept]


def _taken_apart(
    first: str | None, last: str | None, changes: list[Change]
) -> tuple[str | None, str | None, str | None]:
    """The whole name, where it stands in the field of one part or in both; else the parts."""
    if first and last:
        if " " not in first or not _is_same(first, last):
            return None, *_without_each_other(first, last, changes)
    elif "," not in (first or last or "") or not _is_last_and_first(first or last or ""):
        return None, first, last
    whole = first or last
    changes.append(text.altered("name", None, whole, "name.whole"))
    for field, part in (("first_name", first), ("last_name", last)):
        if part:
            changes.append(text.altered(field, part, None, "name.whole"))
    return whole, None, None


def _completed(
    whole: str, first: str | None, last: str | None, changes: list[Change]
) -> tuple[str | None, str | None, str | None]:
    """The parts, where the whole name is one word and not the part that is given: "Name" beside
    "Vorname"; else as they are."""
    part = first or last or ""
    alike = whole.casefold().startswith(part.casefold()) or part.casefold() in PLACEHOLDERS
    if not whole.isalpha() or alike or (whole[0] < _LATIN_END) != (part[0] < _LATIN_END):
        return whole, first, last
    field = "last_name" if first else "first_name"
    changes.append(text.altered("name", whole, None, "name.half"))
    changes.append(text.altered(field, None, whole, "name.half"))
    half = _cased(field, whole, changes)
    return None, first or half, last or half


def _without_each_other(first: str, last: str, changes: list[Change]) -> tuple[str, str]:
    """The parts, where one field has the whole name and the other its part of it."""
    if " " not in first and " " not in last:
        return first, last
    if first.casefold().endswith(f" {last.casefold()}"):
        short = first[: -len(last)].strip()
        changes.append(text.altered("first_name", first, short, "name.whole"))
        return short, last
    if last.casefold().startswith(f"{first.casefold()} ") and first.lower() not in PARTICLES:
        short = last[len(first) :].strip()
        changes.append(text.altered("last_name", last, short, "name.whole"))
        return first, short
    return first, last


def _is_last_and_first(name: str) -> bool:
    parts = [part.strip() for part in name.split(",")]
    return len(parts) == 2 and _is_reversed(*parts) and not _COMPANY.search(name)


def _is_same(name: str | None, other: str) -> bool:
    return name is not None and name.casefold() == other.casefold()


def _joined(first: str | None, last: str | None) -> str:
    if first is None or last is None:
        whole = first or last or ""
    elif not first.isascii() and _FAMILY_FIRST.search(first) and _FAMILY_FIRST.search(last):
        whole = last + first
    else:
        whole = f"{first} {last}"
    return whole.rstrip(" ,;") or whole


def _without_honorific(first: str) -> str:
    if " " not in first:
        return first
    words = first.split(" ")
    titles = 0
    while titles < len(words) - 1 and is_honorific(words[titles]):
        titles += 1
    plain = " ".join(words[titles:])
    if plain == first or plain.casefold() in PLACEHOLDERS:
        return first
    return recase(plain)


def _split(name: str, region: str, family: int) -> tuple[str, str] | None:
    """The first and last name; None if splitting would be a guess: single names, couples, names
    with the family name first, and names with digits. *family* is the known number of words of the
    last name; 0 if unknown."""
    base, comma, rest = name.partition(",")
    if comma and not is_suffix(rest.strip()) and not is_degree(rest.strip()):
        return None
    words = (base if base.replace(" ", "").isalpha() else _NICKNAME.sub("", base)).split()
    while len(words) > 2 and is_honorific(words[0]):
        couple = len(words) > 4 and words[1].lower() in _COUPLE and is_honorific(words[2])
        del words[: 2 if couple else 1]  # "Mr. and Mrs. Ada Lovelace"
    words = _without_suffix(words)
    if not 2 <= len(words) <= 6 or not _is_sure(name, words):
        return None
    start = len(words) - 1
    if 0 < family < len(words):
        start = len(words) - family
    elif region in _SPANISH and len(words) in (3, 4) and len(words[start - 1].strip(".")) > 1:
        start -= 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return recase(words[0]), recase_last(" ".join(words[start:]))


def _is_sure(name: str, words: list[str]) -> bool:
    if not name.isascii() and _FAMILY_FIRST.search(name):
        return False
    lowered = [word.lower() for word in words]
    if lowered[1] in ("van", "văn", "thi", "thị") and lowered[0] in _VIETNAMESE:
        return False
    if not _COUPLE.isdisjoint(lowered) or not PLACEHOLDERS.isdisjoint(lowered):
        return False
    if without_nulls(words[0], words[-1]) != (words[0], words[-1]):
        return False
    if name.replace(" ", "").isalpha():
        return not is_honorific(words[0])
    letters = all(word[0].isalpha() or word[0] in "'’" for word in words)
    return (
        letters
        and "\ufffd" not in name
        and ";" not in name
        and not is_honorific(words[0])
        and _DIGIT.search(name) is None
    )
