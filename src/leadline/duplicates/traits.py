"""Takes from a refined lead what is compared with other leads."""

from functools import lru_cache

from leadline.duplicates.comparisons.addressing import gender_of
from leadline.duplicates.comparisons.columns import columns_of
from leadline.duplicates.comparisons.folding import folded_text, folded_words
from leadline.duplicates.comparisons.named_mailboxes import completed
from leadline.duplicates.comparisons.reaching import emails_of, phones_of
from leadline.duplicates.merging import as_said
from leadline.model.facts.likeness import Traits
from leadline.model.lead import Contact, RefinedLead
from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.companies.key import without_legal_form


def traits_of(refined: RefinedLead) -> Traits:
    """What of the lead is compared. Values that a merge or a look-up filled in are left out, so
    that a lead is always judged by what it said itself; so are placeholders."""
    own = as_said(refined)
    contact = own.contact
    first, last = _names(contact)
    emails = emails_of(own)
    if emails:
        first, last = completed(first, last, emails[0])
    place, other = columns_of(own.custom)
    if middle := _middle(contact, first, last):
        other["middle"] = middle
    if generation := _generation(contact):
        other["generation"] = generation
    if gender := gender_of(contact.name or "", other.get("gender", "")):
        other["gender"] = gender
    if contact.title:
        other["title"] = folded_text(contact.title)
    return Traits(
        first=first,
        last=last,
        emails=emails,
        phones=phones_of(own),
        company=_company(contact.company or ""),
        country=(contact.country or "").casefold(),
        place=place,
        other=other,
    )


def _middle(contact: Contact, first: str, last: str) -> str:
    """What stands between the first and the last name of a name written in one piece."""
    words = folded_words(contact.name or "")
    if len(words) < 3 or not last:
        return ""
    known = {*first.split(), *last.split(), *_TITLES}
    return " ".join(word for word in words if word not in known and len(word) > 1)


@lru_cache(1024)  # leads of one company come together
def _company(written: str) -> str:
    """The company's name, folded, without its legal form; "" for words that name none."""
    folded = folded_text(without_legal_form(written)[0]) if written else ""
    return "" if folded.replace(" ", "") in _NO_COMPANIES else folded


def _generation(contact: Contact) -> str:
    """ "jr" of "Peter Hall Jr.": what tells a father from his son; "" without."""
    words = folded_words(contact.name or contact.last_name or "")
    return _GENERATIONS.get(words[-1], "") if len(words) > 1 else ""


def _names(contact: Contact) -> tuple[str, str]:
    """First and last name, folded; the last word of an undivided name of several is the last."""
    if contact.first_name or contact.last_name:
        first, last = _named(contact.first_name or ""), _named(contact.last_name or "")
        return first or _given_beside(last, contact.name or ""), last
    words = [word for word in folded_words(contact.name or "") if word not in _TITLES]
    return (words[0] if words else ""), (words[-1] if len(words) > 1 else "")


def _given_beside(last: str, name: str) -> str:
    """The given names of a couple ("Anna & Peter Weber"), which no field has; "" without."""
    known = {*last.split(), *_TITLES, *_AND}
    return " ".join(word for word in folded_words(name) if last and word not in known)


def _named(written: str) -> str:
    if "ª" in written:
        written = _MARIA.sub("Maria", written)
    words = folded_text(written)
    if _TITLES.isdisjoint(words.split()):
        return words
    return " ".join(word for word in words.split() if word not in _TITLES)


_MARIA = late(r"\bM\.?ª")
"""How María is written short in Spain: "Mª José"."""
_GENERATIONS = {"junior": "jr", "senior": "sr"} | {
    one: one for one in ("jr", "sr", "ii", "iii", "iv")
}
_AND = text.words("and und et y e i en og och ja")
_NO_COMPANIES = text.words(
    "selfemployed selfemploy selfemployment freelance freelancer freelancing independent private "
    "privat privately personal individual home homeowner student retired unemployed consultant "
    "soletrader soleproprietor selbstandig selbststandig selbstaendig selbststaendig "
    "freiberufler freiberuflich privatperson rentner particulier independant retraite etudiant "
    "autonomo autonoma independiente particular jubilado jubilada estudiante autonomus privato "
    "liberoprofessionista pensionato studente zzp zzper eenmanszaak zelfstandig zelfstandige "
    "prive privatpersonne privatperson egenforetagare selvstendig selvstaendig test company "
    "mycompany business mybusiness na none"
)
"""What people write for a company who work for themselves, or for none."""
_TITLES = text.words(
    "sir lord lady dame baron baronet bt dr prof herr frau mr mrs ms miss mx jr sr ii iii iv esq "
    "phd md 1st 2nd 3rd 4th 5th 6th 7th 8th 9th rev reverend professor captain colonel"
)
"""Words around names that are no part of them."""
