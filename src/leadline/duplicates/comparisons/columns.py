"""Finds a lead's address and other identifying facts among its custom fields, by their names."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from leadline.duplicates.comparisons.folding import folded_text, folded_words
from leadline.model.texts.patterns import late

_ROLES: tuple[tuple[str, str], ...] = (
    ("postcode", "postcode zip zipcode postalcode postal plz postleitzahl cep cap eircode"),
    (
        "house",
        "streetnumber street_number housenumber house_number house_no street_no hausnummer "
        "hausnr haus_nr numero_civico civico huisnummer",
    ),
    (
        "extra",
        "address2 address_2 address_line_2 addressline2 street2 street_2 line2 suite unit "
        "apartment building adresszusatz complement complemento",
    ),
    (
        "street",
        "street address address1 address_1 address_line_1 addressline1 streetaddress "
        "streetname strasse anschrift adresse rue via indirizzo calle direccion rua endereco "
        "morada straat adres ulica gata",
    ),
    ("city", "city town suburb locality ort stadt ville citta ciudad cidade stad plaats miasto "
     "place municipality"),
    ("region", "state province county region bundesland provincia estado departement"),
    ("birth", "dob birth birthdate birthday dateofbirth geburtsdatum geburtstag naissance "
     "nascimento nacimiento nascita"),
    ("gender", "gender sex geschlecht genero sexe genere salutation anrede civilite tratamiento "
     "tratamento aanhef"),
    ("title", "occupation profession beruf"),
)  # fmt: skip
_PLACES = frozenset({"street", "house", "extra", "postcode", "city", "region"})
_NO_PLACE = frozenset(
    [
        "email",
        "mail",
        "e",
        "web",
        "ip",
        "site",
        "url",
        "website",
        "mac",
        "wallet",
        "bitcoin",
        "name",
        "first",
        "last",
        "mobile",
        "phone",
        "company_id",
        "utm",
        "page",
        "referrer",
    ]
)
_MOST = 60
_CAMEL = late(r"(?<=[a-z])(?=[A-Z0-9])")
_HOUSE = late(r"^(\d{1,5}[a-z]?)\s+(?=\D)|(?<=\D)\s+(\d{1,5}[a-z]?)$")
_DATE = late(r"\D")


def columns_of(custom: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """What custom fields say about the address ("street", "house", "extra", "postcode", "city",
    "region") and of other facts ("birth" as digits, "gender", "title"), folded."""
    place: dict[str, str] = {}
    other: dict[str, str] = {}
    for name, value in _facts(custom):
        role = _role(name)
        if role in _PLACES:
            if words := folded_text(value):
                place.setdefault(role, words)
        elif role == "birth":
            if len(digits := _DATE.sub("", value[:40])) >= 6:
                other.setdefault("birth", digits)
        elif role and (words := folded_text(value)):
            other.setdefault(role, words)
    _split_house(place)
    if "street" in place:
        place["street"] = _plain_street(place["street"])
    if "postcode" in place:
        place["postcode"] = place["postcode"].replace(" ", "")
    return place, other


def _split_house(place: dict[str, str]) -> None:
    """Take the house number out of the street, if it stands at its beginning or end."""
    street = place.get("street", "")
    if "house" not in place and (found := _HOUSE.search(street)):
        place["house"] = found[1] or found[2]
        place["street"] = (street[: found.start()] + street[found.end() :]).strip()


def _plain_street(street: str) -> str:
    """A street with short directions ("North Oak Street": "n oak street")."""
    words = [_DIRECTIONS.get(word, word) for word in street.split()]
    return " ".join(words).replace("strasse", "str")


_DIRECTIONS = {"north": "n", "south": "s", "east": "e", "west": "w"}


def _facts(custom: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and texts, also those in one object ("address": {"city": …}); a limited number."""
    for name, value in list(custom.items())[:_MOST]:
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield name, str(value)
        elif isinstance(value, dict):
            for inner, one in list(value.items())[:_MOST]:
                if isinstance(one, str | int) and not isinstance(one, bool):
                    yield str(inner), str(one)


@lru_cache(1024)  # the columns of a source are few, and each of its leads has them
def _role(name: str) -> str:
    words = folded_words(_CAMEL.sub(" ", name[:60]).replace("_", " "))
    if not words or not _NO_PLACE.isdisjoint(words):
        return ""
    joined = f"_{'_'.join(words)}_"
    for role, phrases in _TABLE:
        if any(phrase in joined for phrase in phrases):
            return role
    return ""


_TABLE = tuple((role, tuple(f"_{one}_" for one in phrases.split())) for role, phrases in _ROLES)
