"""Person names: whole, in order, in their usual case; first and last name where they are sure."""

import re

import msgspec

from leadline.lead import Change
from leadline.refine import text
from leadline.refine.casing import recase, recase_last

PLACEHOLDERS = text.words(
    "-|--|---|.|..|...|?|??|_|*|/|n/a|#n/a|n.a.|undefined|unknown|[unknown]|"
    "not provided|[not provided]|(not provided)",
    "|",
)
"""What systems and people put into a required field. Null, Na, No and None are people's names."""

HONORIFICS = text.words(
    "mr mrs ms miss mx dr prof professor sir dame rev hon herr frau hr fr ing dipl.-ing mag "
    "mme mlle monsieur madame sr sra srta dra sig dott dhr mevr capt sgt lt col"
)
SUFFIXES = text.words(
    "jr sr ii iii iv v phd md mba cpa dds dvm esq rn jd bsc msc cfa pmp llm facs mph edd"
)
_DEGREES = text.words("ma ba ms bs do pe")
"""Degrees that are also names: taken for degrees only after a comma."""

PARTICLES = text.words(
    "van von vom vander der den de del della delle dello di da dal dos das do du des la le lo "
    "los las ter ten te zu zur zum ibn bin bint al el abu st st. saint san santa mac mc o y "
    "op af av 't"
)
_SPANISH = text.words("AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PY SV UY VE")
"""Regions where two family names are the rule."""

_FAMILY_FIRST = re.compile("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff]")
_LINK = re.compile(
    r"@|://|\bwww\.|\.(?:com|net|org|info|biz|io|ru|cn|xyz|top|site|online|shop|club)\b", re.I
)
_COMPANY = re.compile(r"\b(?:inc|llc|ltd|gmbh|corp|co|plc|s\.?a|b\.?v|ag|trust|estate)\b\.?$", re.I)
_QUOTED = re.compile(r"[\"“”(‘'].*[\"“”)’']")
_LONGEST = 200


class Name(msgspec.Struct, frozen=True):
    """The whole name, its first and last part where they are known, and what was found."""

    whole: str | None = None
    first: str | None = None
    last: str | None = None
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def refine_name(whole: str | None, first: str | None, last: str | None, region: str) -> Name:
    """A name from whatever parts a source gave; *region* tells where two family names are usual.

    Honorifics and suffixes stay in the whole name, and are no part of first and last name.
    """
    changes: list[Change] = []
    whole = _cased("name", _ordered(_kept("name", whole, changes), changes), changes)
    first = _cased("first_name", _kept("first_name", first, changes), changes)
    last = _cased("last_name", _kept("last_name", last, changes), changes)
    if whole is None and (first or last):
        whole = _joined(first, last)
        changes.append(text.altered("name", None, whole, "name.join"))
    if first and last and (plain := _without_honorific(first)) != first:
        changes.append(text.altered("first_name", first, plain, "name.honorific"))
        first = plain
    if whole is None:
        return Name(None, first, last, ("name.missing",), tuple(changes))
    if not whole.replace(" ", "").isalpha() and (len(whole) > _LONGEST or _LINK.search(whole)):
        return Name(whole, first, last, ("name.suspect",), tuple(changes))
    if first is None and last is None and (parts := _split(whole, region)):
        first, last = parts
        changes.append(text.altered("first_name", None, first, "name.split"))
        changes.append(text.altered("last_name", None, last, "name.split"))
    return Name(whole, first, last, (), tuple(changes))


def _kept(field: str, written: str | None, changes: list[Change]) -> str | None:
    if not written:
        return None
    kept, cleaned = text.clean(field, written)
    changes += cleaned
    if kept is not None and kept.casefold() in PLACEHOLDERS:
        changes.append(text.altered(field, kept, None, "name.placeholder"))
        return None
    return kept


def _cased(field: str, name: str | None, changes: list[Change]) -> str | None:
    if name is None or not (name.isupper() or name.islower()) or len(name) > _LONGEST:
        return name
    if _LINK.search(name):  # an address has its own case
        return name
    cased = recase_last(name) if field == "last_name" else recase(name)
    if cased != name:
        changes.append(text.altered(field, name, cased, "name.case"))
    return cased


def _ordered(name: str | None, changes: list[Change]) -> str | None:
    """ "Last, First" the other way round; a suffix or a company's legal form stays behind."""
    if name is None or "," not in name:
        return name
    parts = [part.strip() for part in name.split(",")]
    suffix = ""
    if len(parts) == 3 and _is_suffix(parts[2]):
        suffix = f", {parts.pop()}"
    if len(parts) != 2 or not all(parts) or any(_is_suffix(part) for part in parts):
        return name
    if parts[1].lower() in _DEGREES:
        return name
    last, first = parts
    if len(last.split()) > 3 or len(first.split()) > 4 or re.search(r"[\d@/:]", name):
        return name
    if _COMPANY.search(name):
        return name
    ordered = f"{first} {last}{suffix}"
    changes.append(text.altered("name", name, ordered, "name.order"))
    return ordered


def _joined(first: str | None, last: str | None) -> str:
    if first is None or last is None:
        return first or last or ""
    if first.endswith(f" {last}"):  # the whole name was typed into the field for the first
        return first
    if _FAMILY_FIRST.search(first) and _FAMILY_FIRST.search(last):
        return last + first
    return f"{first} {last}"


def _without_honorific(first: str) -> str:
    title, gap, rest = first.partition(" ")
    return rest if gap and _is_honorific(title) else first


def _split(name: str, region: str) -> tuple[str, str] | None:
    """First and last name; None where a rule would be a guess: single names, couples, names
    whose family comes first, and whatever holds digits."""
    words = name.partition(",")[0].split(" ")
    while len(words) > 1 and _is_honorific(words[0]):
        del words[0]
    while len(words) > 2 and _is_suffix(words[-1]):
        del words[-1]
    if len(words) > 2 and not name.isalpha():
        words = [word for word in words if not _QUOTED.fullmatch(word)]
    if not 2 <= len(words) <= 6 or not _is_sure(name, words):
        return None
    start = len(words) - 1
    if region in _SPANISH and len(words) in (3, 4) and len(words[start - 1].strip(".")) > 1:
        start -= 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    return words[0], " ".join(words[start:])


def _is_sure(name: str, words: list[str]) -> bool:
    if not name.isascii() and _FAMILY_FIRST.search(name):
        return False
    lowered = [word.lower() for word in words]
    if {"and", "&", "und", "+", "/", "or"}.intersection(lowered):
        return False
    if lowered[1] in ("van", "văn", "thi", "thị") and lowered[0] in ("nguyen", "nguyễn", "tran"):
        return False
    return all(word[:1].isalpha() or word[:1] in "'’" for word in words) and not re.search(
        r"\d", name
    )


def _is_honorific(word: str) -> bool:
    return word.rstrip(".").lower() in HONORIFICS


def _is_suffix(word: str) -> bool:
    return word.replace(".", "").lower() in SUFFIXES
