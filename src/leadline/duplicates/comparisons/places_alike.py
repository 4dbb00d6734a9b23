"""Compares the postal addresses of two leads, and further facts about them."""

from leadline.duplicates.comparisons.addressing import sex_of
from leadline.duplicates.comparisons.names_alike import Finding
from leadline.duplicates.comparisons.strings import edits, is_typo, ratio, words_alike
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Traits
from leadline.model.texts.patterns import late
from leadline.refine import text

_FINE = late(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}|\d{4}[a-z]{2}|[a-z]\d[a-z]\d[a-z]\d|\d{9}")
"""Postcodes of a part of a street: of the United Kingdom, the Netherlands, Canada, and ZIP+4."""

_KINDS = text.words(
    "st str street ave av avenue rd road blvd boulevard dr drive ln lane pl place ct court hwy "
    "highway pkwy parkway sq square ter terrace cir circle circuit cl close crescent cres way rue "
    "calle via rua strasse"
)

_OF_AREA = 2
"""The characters at the end of a postcode that tell the streets of an area apart."""


def places_alike(one: Traits, other: Traits, weights: Weights) -> list[Finding]:
    """What the postal addresses say, part by part."""
    found: list[Finding] = []
    a, b = one.place, other.place
    if not a or not b:
        return found
    if one.place.get("street") != b.get("street") and _is_turned(a, b):
        found.append(("street.near", weights.levels["street.near"]))
        a = {part: value for part, value in a.items() if part not in ("street", "extra")}
    for part, compare in _PARTS:
        mine, theirs = a.get(part), b.get(part)
        if mine and theirs:
            code = compare(mine, theirs)
            found.append((code, weights.levels[code]))
    return found


def _is_turned(a: dict[str, str], b: dict[str, str]) -> bool:
    """Whether the lines of the address stand in each other's place."""
    lines = (a.get("street"), b.get("extra")), (b.get("street"), a.get("extra"))
    alike = [_street(mine, theirs) for mine, theirs in lines if mine and theirs]
    return any(code != "street.other" for code in alike)


def _house(a: str, b: str) -> str:
    if a == b:
        return "house.same"
    return "house.near" if edits(a, b) <= 1 and max(len(a), len(b)) > 2 else "house.other"


def _street(a: str, b: str) -> str:
    if a == b or _without_kind(a) == _without_kind(b):
        return "street.same"
    if _figures(a) and _figures(b) and _figures(a) != _figures(b):
        return "street.other"  # another flat, or another numbered street
    alike = max(words_alike(a, b), ratio(a.replace(" ", ""), b.replace(" ", "")))
    return "street.near" if alike >= 0.85 else "street.other"


def _figures(street: str) -> list[str]:
    return [word for word in street.split() if any(map(str.isdigit, word))]


def _without_kind(street: str) -> str:
    """A street without the word for its kind, as far as anything is left."""
    words = street.split()
    kept = [word for word in words if word not in _KINDS]
    return " ".join(kept if any(len(word) > 1 for word in kept) else words)


def _extra(a: str, b: str) -> str:
    if a == b:
        return "extra.same"
    return "extra.near" if ratio(a, b) >= 0.88 else "extra.other"


def _postcode(a: str, b: str) -> str:
    if a == b:
        return "postcode.fine" if is_fine_postcode(a) else "postcode.same"
    area = len(a) == len(b) and a[:-_OF_AREA] == b[:-_OF_AREA]
    return "postcode.near" if area or edits(a, b) <= 1 else "postcode.other"


def is_fine_postcode(postcode: str) -> bool:
    """Whether a postcode is that of a part of a street."""
    return _FINE.fullmatch(postcode) is not None


def _city(a: str, b: str) -> str:
    if a == b:
        return "city.same"
    if is_typo(a, b) or ratio(a, b) >= 0.9 or set(a.split()) & set(b.split()):
        return "city.near"
    return "city.other"


def _region(a: str, b: str) -> str:
    return "region.same" if a == b else "region.other"


_PARTS = (
    ("house", _house),
    ("street", _street),
    ("extra", _extra),
    ("postcode", _postcode),
    ("city", _city),
    ("region", _region),
)


def facts_alike(one: Traits, other: Traits, weights: Weights) -> list[Finding]:
    """What further facts say: birth, gender, title, and whether it is a father or his son."""
    found: list[Finding] = []
    a, b = one.other, other.other
    if a and b:
        for name in ("birth", "gender", "title", "generation"):
            mine, theirs = a.get(name), b.get(name)
            if mine and theirs:
                code = f"{name}.same" if mine == theirs else f"{name}.other"
                if name == "birth" and mine != theirs and edits(mine, theirs) <= 1:
                    code = "birth.near"
                found.append((code, weights.levels[code]))
    if not (a.get("gender") and b.get("gender")) and _contradict(one, other):
        found.append(("gender.other", weights.levels["gender.other"]))
    return found


def _contradict(one: Traits, other: Traits) -> bool:
    """Whether one lead has a form of address and at most the initial of a first name, and the first
    name of the other is hardly any of that sex: Frau P. Maiwald, and Peter Maiwald."""
    for mine, theirs in ((one, other), (other, one)):
        said = mine.other.get("gender", "")
        if said and len(mine.first) < 2 and {said, sex_of(theirs.first)} == {"m", "f"}:
            return True
    return False
