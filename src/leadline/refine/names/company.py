"""Companies in the field for a person's name."""

import re

import msgspec

from leadline.model.lead import Change, LeadFields
from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.names.parts import given_anywhere, word_key
from leadline.refine.names.words import is_honorific

_FORMS = text.words(
    "gmbh mbh llc llp inc incorporated ltd limited plc corp corporation ltda srl sarl bvba aps oy "
    "oyj kft zrt nyrt ооо зао оао a/s"
)
"""Legal forms, however they are written."""
_TRADES = text.words(
    "holding holdings group gruppe solutions technologies consulting construction services verein "
    "insurance realty properties enterprises logistics systems industries foundation university "
    "restaurant ventures agency software marketing management international stiftung versicherungen"
)
"""What only companies are called at the end."""
_NAMES = text.words("group holding limited aps oy")
"""Forms that may be family names, too; they count only behind two other words."""
_DOTTED = text.words("sa sas sl slu srl spa bv nv kk ev ek eu cv rl oo sro aş doo co pc")
"""What is a company's with dots; Sa and Co are family names."""
_BEHIND_AND = text.words(
    "co company sons söhne sohn partner partners associates assoc cie fils hijos kg"
)
_AND = text.words("& and und et y e +")
_CAPITALS = text.words("AG SE KG OHG GbR UG SA SAS SL BV NV AB AS KK SNC")
"""Forms that are family names, too (Ana Sa), unless they alone are in capitals."""
_FAMILIES = ("SA", "AS", "AB", "SE", "AG")
"""Those that are behind a given name the family's, which many write in capitals: "Mehmet AS"."""
_OPENING = text.words(
    "hotel restaurant ristorante restaurante trattoria osteria pizzeria gasthof gasthaus pension "
    "autohaus apotheke bäckerei metzgerei kanzlei praxis steuerkanzlei zahnarztpraxis gemeinde "
    "kindergarten schreinerei tischlerei ingenieurbüro architekturbüro planungsbüro malerbetrieb "
    "university universität université universidad universidade università hochschule école "
    "boulangerie boucherie pharmacie mairie garage cabinet clinique ayuntamiento colegio clínica "
    "clinica farmacia talleres construcciones transportes grupo comune farmácia prefeitura"
)
"""What stands first in names of companies and institutions; nobody's given name."""
_CLOSING = text.words(
    "hospital university clinic institute ministry council krankenhaus universität"
)
"""What stands last in names of institutions; hardly anybody's family name."""
_FIRST = late(
    '(?:ооо|зао|оао|пао|ип|тов)[ «"]+(?=\\S{2})|株式会社|有限会社|合同会社|[(]주[)]|주식회사', re.I
)
_EASTERN = late(
    ".{2}(?:公司|集团|集團|株式会社|有限会社|商店|銀行|银行|大学|大學|病院|주식회사|[(]주[)])$"
)
_BESIDE = late(
    r"[,|]|\s[-–—/@]\s|\s(?:c/o|bei|from|chez|presso|z\. ?hd\.|attn:?)\s|"
    r"\s\((?=[^()]{1,200}\)$)",
    re.I,
)
_LONGEST = 200


def is_company(name: str) -> bool:
    """Whether a name is a company's, by its legal form or by what only companies are called."""
    if len(name) > _LONGEST:
        return False
    if not name.isascii() and (_EASTERN.search(name) or _FIRST.match(name)):
        return True
    words = name.split()
    if len(words) < 2:
        return False
    if words[0].lower() in _OPENING or words[-1].lower() in _CLOSING:
        return True
    last = words[-1].strip(",")
    form = last.replace(".", "").lower()
    if form in _FORMS or form in _TRADES:
        return form not in _NAMES or len(words) > 2
    if words[-2] in _AND and len(words) > 2:
        return form in _BEHIND_AND
    if "." in last:
        return form in _DOTTED and (last.count(".") > 1 or form == "co")
    if last not in _CAPITALS or words[0].isupper():
        return False
    return not may_be_company(name)


def may_be_company(name: str) -> bool:
    """Whether a name of two words is as well a company's as a person's: a given name, and a family
    name in capitals that is a legal form, too ("Amadou SA", "Mehmet AS")."""
    words = name.split() if len(name) <= _LONGEST else []
    if len(words) != 2 or words[1] not in _FAMILIES or words[0].isupper():
        return False
    return word_key(words[0]) in given_anywhere()


def person_and_company(name: str) -> tuple[str, str] | None:
    """A person and a company that stand in one field, "Anna Weber, Brightmill GmbH" or the other
    way round; None unless a usual given name and what only companies have tell which is which."""
    beside = _BESIDE.search(name)
    if beside is None:
        return None
    one, other = name[: beside.start()].strip(), name[beside.end() :].strip()
    if beside[0].strip() == "(" and other[-1:] == ")":
        other = other[:-1]
    for person, company in ((one, other), (other, one)):
        if is_company(company) and not is_company(person) and _is_person(person):
            return person, company
    return None


def _is_person(name: str) -> bool:
    words = name.split()
    while words and is_honorific(words[0]):
        del words[0]
    plain = all(part.isalpha() for word in words for part in word.strip(".").split("-"))
    return 1 < len(words) < 4 and plain and word_key(words[0]) in given_anywhere()


def company_from_name(fields: LeadFields) -> tuple[LeadFields, tuple[Change, ...]]:
    """The fields with a company that stands in the fields for a person's name in its own, and the
    changes. It stays where it is if there is another company, or both a whole name and parts."""
    parts = " ".join(part.strip() for part in (fields.first_name, fields.last_name) if part)
    written = parts if not fields.name else fields.name if not parts else ""
    if not written:
        return fields, ()
    is_plain = written.replace(" ", "").isalpha()
    is_whole = len(written) <= _LONGEST and fields.name is not None
    if is_whole and not is_plain and (both := person_and_company(written)):
        return _parted(fields, *both)
    if not is_company(name := written.strip()):
        return fields, ()
    if is_whole and is_plain and (both := person_and_company(written)):
        return _parted(fields, *both)
    if parts and name.rsplit(" ")[-1].lower() in _TRADES:  # of "Sales" and "Marketing"
        return fields, ()
    company = fields.company
    if company and company.strip().casefold() != name.casefold():
        return fields, ()
    changes = [
        text.altered(field, value, None, "name.is_company")
        for field in ("name", "first_name", "last_name")
        if (value := getattr(fields, field))
    ]
    if not company:
        changes.append(text.altered("company", None, name, "name.is_company"))
    fields = msgspec.structs.replace(
        fields, name=None, first_name=None, last_name=None, company=company or name
    )
    return fields, tuple(changes)


def _parted(fields: LeadFields, person: str, company: str) -> tuple[LeadFields, tuple[Change, ...]]:
    """The fields with a person and a company from the name, if there is no other company."""
    there = (fields.company or "").strip()
    if there and there.casefold() != company.casefold():
        return fields, ()
    changes = [text.altered("name", fields.name, person, "name.has_company")]
    if not there:
        changes.append(text.altered("company", None, company, "name.has_company"))
    fields = msgspec.structs.replace(fields, name=person, company=fields.company or company)
    return fields, tuple(changes)
