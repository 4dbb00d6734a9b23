"""Slips of the keyboard in the domains of mail providers: "gmial.com", "hotmail.co.ik".

A domain is suspect if one edit makes it that of a large provider: a letter left out, added or
changed, or two swapped. Whether it is real all the same is told by the lists of free providers and
by `REAL` (decision 44). Nearly every name of up to four letters is somebody's, so in these only
swapped and doubled letters count, and keys beside the right one.
"""

from functools import cache, lru_cache

from leadline.model.geography.countries import COUNTRIES
from leadline.refine import text
from leadline.refine.emails.domains import FREE, LARGE
from leadline.refine.emails.lists import disposable_domains, free_domains

REAL = text.words(
    "accor aeb ail all amc ami ante apl bmx cello chapter charters cloud cxo fmx gmc gmd gms "
    "grange gree hello iam jail ksn laver libera life love man maul mca men msb msh msj msm nail "
    "never nsn paver photon range seb soho sol tellus tree wdb webb weg wsb wwb"
)
"""Names of real domains one edit away from a large provider's."""

LISTED = text.words(
    "duam.net gmial.com gotmail.com hitmail.com hotmai.com hotmail.co hotmial.com sbcglbal.net "
    "yaho.com yahoo.co"
)
"""Slips that lists of free or throw-away domains name: they are slips all the same."""

_WORDS = text.words(
    "aim.com alice.it att.net bell.net bol.com.br cox.net email.cz frontier.com globo.com hey.com "
    "home.nl inbox.ru juno.com list.ru mac.com mail.dk mynet.com nate.com online.de online.no "
    "passport.com planet.nl post.cz rogers.com sapo.pt sfr.fr shaw.ca sina.com sky.com spray.se "
    "telia.com terra.com.br tin.it uol.com.br volny.cz walla.com ziggo.nl"
)
"""Providers that are a word or a short name, so that others have one much like it."""

_ONE_DOMAIN = {"gmail": "gmail.com", "googlemail": "googlemail.com", "icloud": "icloud.com"}
"""Names of providers that have no other domain."""

_WORLDWIDE = text.words("gmx libero live mail orange yandex zoho")
"""Names of providers that others have in other countries."""

_COUNTRIES = {code.lower() for code in COUNTRIES} | {"uk", "eu"}
_ENDS = ("com", "net", "org")
_OTHER_ENDS = text.words("bet biz cam com dev info mom nec net new next ntt ong org pet vet")
"""Other top-level domains that are much like a usual one (IANA, Root Zone Database)."""
_USUAL = ("com", "co.uk", "com.br", "de", "fr", "it", "es", "co.in")
_NO_END = ("cm", "co", "om")  # of Cameroon, Colombia and Oman; a mail provider has none there
_KEYBOARDS = (
    ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("1234567890-", "qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("1234567890-", "azertyuiop", "qsdfghjklm", "wxcvbn"),
)
_SHORT = 4
_LONGEST = 24


@lru_cache(1024)
def suggested_domain(domain: str) -> str | None:
    """The domain that was probably meant by one in lower case, "gmail.com" for "gmial.com"; None if
    it is real, or like none that is known."""
    if domain in LARGE or domain in FREE or domain.partition(".")[0] in REAL:
        return None
    if domain in LISTED or not (domain in free_domains() or domain in disposable_domains()):
        found = _other_end(domain) or _nearest(domain)
        if found:
            return found
    name, _, end = domain.rpartition(".")
    if (usual := _meant_end(end)) is None:
        return None
    meant = f"{name}.{usual}"
    return suggested_domain(meant) or meant


def suggested_address(address: str) -> str | None:
    """The address with the domain that was probably meant; None if it is not suspect, or nothing is
    known that is like it."""
    local, _, domain = address.lower().rpartition("@")
    meant = suggested_domain(domain) if local else None
    return f"{local}@{meant}" if meant else None


@lru_cache(1024)
def is_suspect_domain(domain: str) -> bool:
    """Whether a domain in lower case may be mistyped: it is like a large provider's, or its end is
    no top-level domain."""
    top = domain.rpartition(".")[2]
    if not (top.isalpha() or top.startswith("xn--")):
        return True
    return suggested_domain(domain) is not None


def _other_end(domain: str) -> str | None:
    """The domain of the provider of the same name, if the end is none that it may have."""
    name, _, end = domain.removeprefix("www.").partition(".")
    if end == "example":  # RFC 2606
        return None
    if f"{name}.{end}" in LARGE:
        return f"{name}.{end}"
    if name in _ONE_DOMAIN:
        return _ONE_DOMAIN[name]
    com = f"{name}.com"
    return com if com in LARGE and (end in _NO_END or end == "com.com") else None


def _meant_end(end: str) -> str | None:
    """The usual end that one which is no top-level domain was meant to be."""
    if end in _COUNTRIES or end in _OTHER_ENDS:
        return None
    near = (usual for usual in _ENDS if not _shorter(end).isdisjoint(_shorter(usual)))
    return next((usual for usual in near if _one_edit(end, usual)), None)


def _nearest(domain: str) -> str | None:
    if not 4 <= len(domain) <= _LONGEST:
        return None
    forms = _shorter(domain)
    near = {
        found
        for length in range(len(domain) - 1, len(domain) + 2)  # no other has a form of its length
        for form in forms
        for found in _by_shorter(length).get(form, ())
    }
    slips = sorted((found for found in near if _is_slip(domain, found)), key=_rank)
    return slips[0] if slips else None


def _rank(known: str) -> tuple[int, str]:
    """The commonest end first."""
    end = known.partition(".")[2]
    return (_USUAL.index(end) if end in _USUAL else len(_USUAL)), known


def _is_slip(written: str, known: str) -> bool:
    name, _, end = written.partition(".")
    right, _, right_end = known.partition(".")
    if len(right) < 3 or end == "example" or not _one_edit(written, known):
        return False
    if name == right:
        return not _may_be_its_end(name, end)
    if end != right_end:
        return True
    if len(right) > _SHORT and known not in _WORDS:
        return _begins_like(name, right)
    if _is_swapped(name, right) or _is_doubled(name, right):
        return True
    return known not in _WORDS and _is_beside(name, right)


def _begins_like(name: str, right: str) -> bool:
    """Whether the first letter is right, left out, swapped with the second, or of a key beside it:
    pcloud.com and wahoo.com are real."""
    if name[0] == right[0] or name == right[1:] or _is_swapped(name, right):
        return True
    return name[0] in _beside()[right[0]]


def _may_be_its_end(name: str, end: str) -> bool:
    """Whether somebody else may have the name under this end, or the provider in a country."""
    if len(name) > _SHORT and name not in _WORLDWIDE:
        return end in _ENDS
    second, _, top = end.rpartition(".")
    if second:
        return second in ("co", "com", "net", "org") and top in _COUNTRIES
    return top in _COUNTRIES or top in _OTHER_ENDS


def _one_edit(one: str, other: str) -> bool:
    """Whether one letter left out, added or changed, or two neighbours swapped, make the other;
    that their shorter forms meet is known (`_by_shorter`)."""
    if len(one) != len(other):
        return True
    differing = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return len(differing) == 1 or _is_swapped(one, other)


def _is_swapped(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    at = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return (
        len(at) == 2
        and at[1] == at[0] + 1
        and one[at[0]] == other[at[1]] != one[at[1]]
        and (one[at[1]] == other[at[0]])
    )


def _is_doubled(name: str, right: str) -> bool:
    """Whether a letter is twice in a row in one of them and once in the other."""
    longer, shorter = (name, right) if len(name) > len(right) else (right, name)
    doubled = (at for at in range(1, len(longer)) if longer[at] == longer[at - 1])
    return any(longer[:at] + longer[at + 1 :] == shorter for at in doubled)


def _is_beside(name: str, right: str) -> bool:
    """Whether one letter is that of a key beside the right one."""
    if len(name) != len(right):
        return False
    differing = [(a, b) for a, b in zip(name, right, strict=True) if a != b]
    return len(differing) == 1 and differing[0][0] in _beside()[differing[0][1]]


def _shorter(domain: str) -> set[str]:
    """The domain, and with each one of its letters left out."""
    return {domain} | {domain[:at] + domain[at + 1 :] for at in range(len(domain))}


@cache
def _by_shorter(length: int) -> dict[str, list[str]]:
    """The large providers of one length by their shorter forms: two that share one are at most two
    edits apart, of which a swap counts as two."""
    found: dict[str, list[str]] = {}
    for known in LARGE:
        if len(known) == length:
            for form in _shorter(known):
                found.setdefault(form, []).append(known)
    return found


@cache
def _beside() -> dict[str, set[str]]:
    """The keys beside each key of the keyboards in use, by letter."""
    found: dict[str, set[str]] = {key: set() for rows in _KEYBOARDS for row in rows for key in row}
    for rows in _KEYBOARDS:
        places = {key: (at, line) for line, row in enumerate(rows) for at, key in enumerate(row)}
        for key, (at, line) in places.items():
            around = {(at - 1, line), (at + 1, line), (at, line - 1), (at + 1, line - 1)}
            around |= {(at, line + 1), (at - 1, line + 1)}
            found[key] |= {other for other, place in places.items() if place in around}
    return found
