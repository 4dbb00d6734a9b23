"""Makes the keys under which candidates for duplicates are found."""

from collections.abc import Iterator
from hashlib import blake2b

from leadline.duplicates.comparisons.mailboxes import firm_name, is_shared_mailbox, untagged
from leadline.duplicates.comparisons.places_alike import is_fine_postcode
from leadline.duplicates.comparisons.sounds import rough_sound, sound
from leadline.model.facts.likeness import Traits

MOST_KEYS = 10
"""The greatest number of keys of a lead."""
CAP = 32
"""The number of leads under one key that stores return (`ports.store_parts.duplicates.CAP`)."""
_LEAST_LOCAL, _LEAST_DIGITS = 5, 2
"""The fewest characters of a local part that is a key, and the fewest figures in a shorter one."""


def candidate_keys(traits: Traits) -> dict[str, bytes]:
    """The keys of a lead by name, at most `MOST_KEYS`, the most telling first. Leads that share
    one are compared; none links by itself."""
    keys: dict[str, bytes] = {}
    for name, value in _values(traits):
        if len(keys) < MOST_KEYS:
            keys[name] = _digest(name.rstrip("_234"), value)
    return keys


def _digest(kind: str, value: str) -> bytes:
    return blake2b(f"{kind}\0{value}".encode(), digest_size=16).digest()


def _values(traits: Traits) -> Iterator[tuple[str, str]]:
    yield from zip(_numbered("email"), traits.emails, strict=False)
    for name, phone in zip(_numbered("phone"), traits.phones, strict=False):
        yield name, phone.partition(";")[0].lstrip("+")[-7:]
    yield from _of_the_name(traits)
    yield from _of_the_place(traits)
    if traits.emails and not is_shared_mailbox(traits.emails[0]):
        yield from _of_the_mailbox(*traits.emails[0].rpartition("@")[::2])
    yield from _of_initials(traits)


def _numbered(name: str) -> tuple[str, ...]:
    """The names of the keys of several values of a field, each under the same keys as the first."""
    return (name, f"{name}_2", f"{name}_3", f"{name}_4")


def _of_the_mailbox(written: str, domain: str) -> Iterator[tuple[str, str]]:
    """The local part, at whatever domain, and what most misspelt writings of an address have in
    common: the first letter and the figures of the local part, and how both parts sound."""
    local = untagged(written)
    figures = "".join(filter(str.isdigit, local))
    if len(local) >= _LEAST_LOCAL or len(figures) >= _LEAST_DIGITS:
        yield "local", local
    if not local:  # "@ada", which no mailbox is
        return
    at = rough_sound(domain.rpartition(".")[0], 2)
    yield "slip", f"{local[0]}{rough_sound(local[1:], 3)}{figures}@{at}"


def _of_the_name(traits: Traits) -> Iterator[tuple[str, str]]:
    first, last = traits.first, traits.last
    firm = traits.company.replace(" ", "") or (firm_name(traits.emails[0]) if traits.emails else "")
    if firm and (first or last):
        yield "name_company", f"{last or first} {firm}"
    elif firm:
        yield "company", "".join(sorted(traits.company.split(), key=len)[-2:]) or firm
    if first and last:
        if "street" not in traits.place:  # an address has more telling keys
            yield "name", " ".join(sorted((first, last)))
        yield "sound", " ".join(sorted((sound(first), sound(last))))
    if firm:
        for name in _parts_of_last(traits):
            yield "name_company_2", f"{name} {firm}"


def _parts_of_last(traits: Traits) -> list[str]:
    """The parts of a double last name, and names between the first and the last name."""
    parts = traits.last.split() if " " in traits.last else []
    parts += traits.other.get("middle", "").split()
    return [part for part in parts if len(part) > 3][:1]


def _of_the_place(traits: Traits) -> Iterator[tuple[str, str]]:
    if not traits.place:  # most leads: nothing is worked out for them
        return
    place = traits.place
    house, street = place.get("house"), _main_word(place.get("street", ""))
    postcode, city = place.get("postcode"), sound(place.get("city", ""))
    family = sound(traits.last or traits.first)
    values = (
        ("address", house, street),
        ("house_postcode", house, postcode),
        ("street_city", street, city),
        ("lines", *sorted((street, _main_word(place.get("extra", ""))))),
        ("last_postcode", family, postcode),
        ("first_postcode", sound(traits.first), postcode),
        ("house_city", house, city),
        ("last_city", family, city),
        ("first_city", sound(traits.first), city),
    )
    for name, one, other in values:
        if one and other:
            yield name, f"{one} {other}"


def _of_initials(traits: Traits) -> Iterator[tuple[str, str]]:
    """The key of leads with a misspelt name and a misspelt city, and that of a part of a street."""
    place = traits.place
    if is_fine_postcode(postcode := place.get("postcode", "")):
        yield "postcode", postcode
    if traits.first and traits.last and (city := place.get("city", "").replace(" ", "")):
        initials = sorted((traits.first[0], traits.last[0]))
        yield "initials_city", f"{''.join(initials)} {city[:2]}"


def _main_word(line: str) -> str:
    """The sound of the longest word of a line of an address."""
    return sound(max(line.split(), key=len, default=""))
