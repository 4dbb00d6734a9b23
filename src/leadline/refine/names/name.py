"""Person names: put in order and usual case, and split into first and last name if that is sure."""
# Long because the steps of one name follow each other, and each needs the one before.

import re

import msgspec

from leadline.model.lead import Change
from leadline.model.texts.names import PARTICLES
from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.mends import mending
from leadline.refine.mends.blank import without_unfilled
from leadline.refine.mends.damage import is_lost
from leadline.refine.mends.nulls import without_null_words, without_nulls
from leadline.refine.names.beside import login_as_name
from leadline.refine.names.casing import is_one_case, recase, recase_last
from leadline.refine.names.company import is_company
from leadline.refine.names.halves import bare_parts, has_both_names
from leadline.refine.names.parts import SEVERAL, are_two_people
from leadline.refine.names.split import is_couple, is_eastern, split
from leadline.refine.names.titled import titles_before
from leadline.refine.names.words import (
    PLACEHOLDERS,
    is_born,
    is_degree,
    is_honorific,
    is_place_at_work,
    is_suffix,
    without_suffix,
)

_LINK = late(
    r"@|://|\bwww\.|\.(?:com|net|org|info|biz|io|ru|cn|xyz|top|site|online|shop|club)\b", re.I
)
_COMPANY = late(r"\b(?:inc|llc|ltd|gmbh|corp|co|plc|s\.?a|b\.?v|ag|trust|estate)\b\.?$", re.I)
_LETTER = late(r"[^\W\d_]")
_INITIALS = late(r"[^\W\d_]\.(?: ?[^\W\d_]\.)?")
_NO_NAME = late(r"[\d@/:]")
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
    first, last = _refined_parts(first, last, region, changes)
    family = 0
    if whole is None:
        whole, first, last = _taken_apart(first, last, region, changes)
    elif bool(first) != bool(last):
        whole, first, last = _completed(whole, first, last, region, changes)
    if whole is None and (first or last):
        whole = _joined(first, last)
        changes.append(text.altered("name", None, whole, "name.join"))
    elif (first is None and last is None) or _is_same(whole, f"{last}, {first}"):
        whole, family = _ordered(whole, changes)
    whole = _cased("name", whole, region, changes)
    first, last = bare_parts(first, last, changes)
    if whole is None:
        return Name(None, first, last, ("name.missing",), tuple(changes))
    if len(whole) > _LONGEST or (not whole.replace(" ", "").isalpha() and _LINK.search(whole)):
        return Name(whole, first, last, ("name.suspect",), tuple(changes))
    problem = None
    if first is None and last is None:
        if is_company(whole):
            return Name(whole, problems=("name.company",), changes=tuple(changes))
        first, last, problem = _split(whole, region, family, changes)
    elif first and is_couple(first):
        problem = SEVERAL
    return Name(whole, first, last, (problem,) if problem else (), tuple(changes))


def name_as_written(whole: str | None, first: str | None, last: str | None) -> Name:
    """A name as it was written, but without what says nothing. The parts make a whole name, if
    there is none; a whole name is not taken apart."""
    changes: list[Change] = []
    whole = _kept("name", whole, changes)
    kept = _without_nulls(
        _kept("first_name", first, changes), _kept("last_name", last, changes), changes
    )
    if whole is None and any(kept):
        whole = _joined(*kept)
        changes.append(text.altered("name", None, whole, "name.join"))
    return Name(whole, *kept, (), tuple(changes))


def _split(
    whole: str, region: str, family: int, changes: list[Change]
) -> tuple[str | None, str | None, str | None]:
    """First and last name, and a problem code if they are unsure."""
    parts = split(whole, region, family)
    if parts is None:
        return None, None, None
    first, last = without_nulls(parts.first, parts.last)
    for field, part in zip(_PARTS, (first, last), strict=True):
        if part:
            changes.append(text.altered(field, None, part, "name.split"))
    return first, last, parts.problem


def _refined_parts(
    first: str | None, last: str | None, region: str, changes: list[Change]
) -> tuple[str | None, str | None]:
    """First and last name, in usual case."""
    written = _kept("first_name", first, changes), _kept("last_name", last, changes)
    kept = _without_nulls(*written, changes)
    return (
        _cased("first_name", kept[0], region, changes),
        _cased("last_name", kept[1], region, changes),
    )


def _without_nulls(
    first: str | None, last: str | None, changes: list[Change]
) -> tuple[str | None, str | None]:
    written = first, last
    kept = without_nulls(first, last)
    if kept != written:
        for field, before, after in zip(_PARTS, written, kept, strict=True):
            if before != after:
                changes.append(text.altered(field, before, None, "name.placeholder"))
    return kept


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


def _cased(field: str, name: str | None, region: str, changes: list[Change]) -> str | None:
    if name is None or len(name) > _LONGEST:
        return name
    # An address has its own case.
    if ("." in name or "@" in name or ":" in name) and _LINK.search(name):
        return name
    cased = recase_last(name, region) if field == "last_name" else recase(name, region)
    if cased != name and not is_one_case(name) and is_company(name):
        return name
    if cased != name and mending.mended(field, cased) == cased:
        changes.append(text.altered(field, name, cased, "name.case"))
        return cased
    return name


def _ordered(name: str | None, changes: list[Change]) -> tuple[str | None, int]:
    """ "Last, First" as "First Last", with the number of words of the last name (0: unknown).

    A suffix or a company's legal form after the comma is not taken for a first name.
    """
    if name is None or "," not in name:
        return login_as_name(name, changes) if name else None, 0
    parts = [part.strip() for part in name.split(",")]
    suffix = ""
    if len(parts) == 3 and is_suffix(parts[2]):
        suffix = f", {parts.pop()}"
    elif len(parts) > 2 and all(map(is_suffix, parts[1:-1])):  # "Lovelace, PhD, Ada"
        suffix = ", " + ", ".join(parts[1:-1])
        del parts[1:-1]
    if len(parts) != 2 or not _is_reversed(*parts) or _COMPANY.search(name):
        return name, 0
    last = parts[0].split()
    titles = titles_before(last)
    given = parts[1].split()
    kept = without_suffix(given) if given[-1].lower() != "v" else given  # "Smith, John V"
    behind = given[len(kept) :]  # "Smith, John III"
    ordered = " ".join((*last[:titles], *kept, *last[titles:], *behind)) + suffix
    changes.append(text.altered("name", name, ordered, "name.order"))
    return ordered, len(without_suffix(last[titles:]))


def _is_reversed(last: str, first: str) -> bool:
    if (
        not _LETTER.search(last)
        or not _LETTER.search(first)
        or is_suffix(first)
        or is_degree(first)
        or is_place_at_work(first)
        or is_born(first.split()[0])
        or _NO_NAME.search(last)
        or is_company(last)
    ):
        return False
    if (
        first.isupper()
        and len(first) < 6
        and not _is_shouted(last)
        and not _INITIALS.fullmatch(first)
    ):
        return False  # "Ada Lovelace, BSN": a degree
    words = without_suffix(last.split())
    if len(words) > 1 and are_two_people(words, first.split()):
        return False
    if len(words) > 3 or len(first.split()) > 4 or _NO_NAME.search(first):
        return False
    closing = words[-1].strip(".")  # "Ada K, Lovelace": the comma follows the first name
    return len(words) == 1 or (len(closing) > 1 and not is_honorific(closing))


def _is_shouted(name: str) -> bool:
    return not name.islower() and is_one_case(name)


def _taken_apart(
    first: str | None, last: str | None, region: str, changes: list[Change]
) -> tuple[str | None, str | None, str | None]:
    """The whole name, where it stands in the field of one part or in both; else the parts."""
    if first and last:
        if " " not in first or not _is_same(first, last):
            return None, *_without_each_other(first, last, changes)
    elif not _is_last_and_first(first or last or "") and not (
        last and has_both_names(last, region)
    ):
        return None, first, last
    whole = first or last
    changes.append(text.altered("name", None, whole, "name.whole"))
    for field, part in (("first_name", first), ("last_name", last)):
        if part:
            changes.append(text.altered(field, part, None, "name.whole"))
    return whole, None, None


def _completed(
    whole: str, first: str | None, last: str | None, region: str, changes: list[Change]
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
    half = _cased(field, whole, region, changes)
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
    elif is_eastern(first) and is_eastern(last):
        whole = last + first
    else:
        whole = f"{first} {last}"
    return whole.rstrip(" ,;") or whole
