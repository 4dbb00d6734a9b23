"""Finds the ISO 3166-1 code of a country as people, forms and CRMs write it.

Names are looked up whole, in `model.geography.country_names`; nothing is searched by likeness. A
text of several parts ("IN - India", "India (+91)", "Paris, France") counts if its parts agree.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from leadline.model.geography.countries import COUNTRIES, SEVERAL
from leadline.model.geography.country_key import country_key
from leadline.model.texts.patterns import late
from leadline.refine import text

_FLAG = late("([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])")
_TO_LETTER = 0x1F1E6 - ord("A")
_DIAL_CODE = late(r"(?:\+|\b00) ?([0-9]{1,3})[0-9\- ]{0,6}")
_BREAK = late(
    r"[()\[\]|:/,;]|(?<!\S)-(?!\S)|[–—]|(?<=\A[A-Z]{2})\s|(?<=\A[A-Z]{3})\s|\s(?=[A-Z]{2,3}\Z)"
)
_TURNED = late(r"([^(),]+)[(,]([^(),]+)\)?")
_CODED = late(r"([A-Z]{2})-[A-Z0-9]{1,3}|[a-z]{2}[_-]([A-Z]{2})")  # ISO 3166-2, a locale

_ABBREVIATED = {
    "rep": "republic", "dem": "democratic", "fed": "federated", "sts": "states",
    "is": "islands", "isl": "islands", "isls": "islands", "terr": "territory",
    "n": "north", "s": "south", "e": "east", "w": "western", "eq": "equatorial",
    "herz": "herzegovina",
}  # fmt: skip
_UMLAUT = late("(?<=[aou])e")
# What official names add to the usual ones, in the languages of most forms.
_FORMS = text.words(
    "republic kingdom state federal federation federative democratic people s islamic socialist "
    "union commonwealth principality sultanate plurinational "
    "republik bundesrepublik konigreich furstentum republique royaume principaute "
    "republica reino federativa bolivariana plurinacional principado repubblica regno "
    "koninkrijk republiek republika rzeczpospolita krolestwo kungariket konungariket kongeriket "
    "kongeriget republiken республика королевство cumhuriyeti "
    "de del la las el los du des le les l d da do dos das di della degli der van het det den"
)
_NO_COUNTRY = text.words(
    "none|null|undefined|unknown|not specified|not set|country|select|choose|no country", "|"
)
_NOT_GIVEN = ("n/a", "n.a.")  # NA is Namibia
_ASKS = ("select ", "please select", "choose ", "please choose", "pick ", "bitte ", "veuillez ")


def region_of(country: str) -> str:
    """The ISO code (two capitals) of a country given as code or name; "" if it is unknown, or the
    text may stand for several countries."""
    meant = regions_of(country)
    if len(meant) == 1:
        return meant[0]
    return "GE" if meant == ("GE", "US") else ""  # a state only where something points to it


@lru_cache(maxsize=1024)
def regions_of(country: str) -> tuple[str, ...]:
    """The ISO codes of all countries that the text may stand for: none if it is not understood,
    several for "Congo", "Guinea", "Korea" and the other names in
    `model.geography.countries.SEVERAL`."""
    if country in COUNTRIES:
        return (country,)
    written = text.code(country[:100])
    if written.casefold() in _NOT_GIVEN:
        return ()
    bare = _DIAL_CODE.sub(" ", _FLAG.sub(" ", written))
    if bare == written and (whole := _whole(written)):
        return whole
    return _agreed(written, bare)


def names_a_country(country: str) -> bool:
    """Whether the text is meant to name a country: "Select a country…", "N/A" and "-" are not."""
    key = country_key(country)
    if not key or country.strip().casefold() in _NOT_GIVEN:
        return _FLAG.search(country) is not None
    return key not in _NO_COUNTRY and not f"{key} ".startswith(_ASKS)


def _whole(written: str) -> tuple[str, ...]:
    """What the text stands for as one name: a country, else a part of a country."""
    key = country_key(written)
    found = _named(key)
    if not found and (turned := _TURNED.fullmatch(written)):  # "Korea (Republic of)"
        found = _named(country_key(f"{turned[2]} {turned[1]}"))
    if not found and (coded := _CODED.fullmatch(written)):
        found = _named((coded[1] or coded[2]).lower())
    if not found and (part := _parts().get(key)):
        found = (part,)
    return found


def _agreed(written: str, bare: str) -> tuple[str, ...]:
    """What the parts of the text stand for, as far as they agree. A code of two letters counts
    beside a name of its country, or alone: "Springfield, IL" is not in Israel."""
    meant: list[tuple[str, ...]] = [(_flagged(flag),) for flag in _FLAG.finditer(written)]
    codes: set[str] = set()
    unknown: list[str] = []
    key = ""
    for piece in filter(None, map(str.strip, _BREAK.split(bare))):
        key = country_key(piece)
        if len(key) == 2 and key.isascii() and key.upper() in COUNTRIES:
            codes.add(key.upper())
        elif found := _named(key):
            meant.append(found)
        elif key and not key.isdecimal():
            unknown.append(key)
    parts: list[tuple[str, ...]] = [(_parts()[one],) for one in unknown if one in _parts()]
    if meant and key in _parts() and key in unknown:
        meant.append((_parts()[key],))  # "Jordan, Minnesota" is a town in the US
    elif not meant:
        meant, unknown = parts, [one for one in unknown if one not in _parts()]
    if not meant:
        return tuple(codes) if len(codes) == 1 and not unknown else ()
    common = set.intersection(*map(set, meant))
    common = common & codes if codes else common
    if len(common) > 1 and (dialled := _DIAL_CODE.findall(written)):
        common = {code for code in common if _calling_code(code, meant) in dialled}
    return () if len(common) > 1 and unknown else tuple(sorted(common))


def _calling_code(code: str, meant: list[tuple[str, ...]]) -> str:
    """The calling code of one of the several countries that a name stands for."""
    found = (one[code] for one in SEVERAL.values() if tuple(sorted(one)) in meant and code in one)
    return next(found, "")


def _flagged(flag: re.Match[str]) -> str:
    return "".join(chr(ord(letter) - _TO_LETTER) for letter in flag.groups())


def _named(key: str) -> tuple[str, ...]:
    """The countries that a key names, also with abbreviations, "ae" for "ä" or a form of state
    ("Republic of …")."""
    if key in SEVERAL:
        return tuple(sorted(SEVERAL[key]))
    if code := _known(key):
        return (code,)
    return next(((code,) for other in _variants(key) if (code := _known(other))), ())


def _variants(key: str) -> Iterator[str]:
    words = key.split()
    yield " ".join(_ABBREVIATED.get(word, word) for word in words)
    yield _UMLAUT.sub("", key)
    short = [word for word in words if word not in _FORMS]
    if short and len(" ".join(short)) > 3:  # not a code
        yield " ".join(short)


def _known(key: str) -> str:
    return "" if key in SEVERAL else _common().get(key) or _all_names().get(key, "")


@lru_cache(maxsize=1)
def _common() -> dict[str, str]:
    """Codes of two and three letters and English names: nearly all that is asked."""
    names = {country_key(name): code for code, (_, name) in COUNTRIES.items()}
    names |= {three.lower(): code for code, (three, _) in COUNTRIES.items()}
    return names | {code.lower(): code for code in COUNTRIES}


@lru_cache(maxsize=1)
def _all_names() -> dict[str, str]:
    """The names in all languages: loaded at the first name that is not English."""
    from leadline.model.geography.country_names import COUNTRY_ROWS

    names = {}
    for row in COUNTRY_ROWS.split("\n")[1:-1]:
        code, by_language, others = row.split("=")
        for name in (*by_language.split("|"), *others.split("|")):
            names[name] = code
    names.pop("", None)
    return names


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    from leadline.model.geography.country_names import PART_ROWS

    rows = (row.split("=") for row in PART_ROWS.strip().split("\n"))
    return {name: code for code, names in rows for name in names.split("|")}
