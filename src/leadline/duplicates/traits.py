"""Takes from a refined lead what is compared with other leads."""

from leadline.duplicates.columns import columns_of
from leadline.duplicates.folding import folded_text, folded_words
from leadline.duplicates.merging import without_fills
from leadline.duplicates.reaching import emails_of, phones_of
from leadline.model.lead import Contact, RefinedLead
from leadline.model.likeness import Traits
from leadline.refine import text
from leadline.refine.company_key import without_legal_form


def traits_of(refined: RefinedLead) -> Traits:
    """What of the lead is compared. Values that a merge filled in are left out, so that a lead is
    always judged by what it said itself; so are placeholders."""
    own = without_fills(refined)
    contact = own.contact
    first, last = _names(contact)
    place, other = columns_of(own.custom)
    if generation := _generation(contact):
        other["generation"] = generation
    if contact.title:
        other["title"] = folded_text(contact.title)
    return Traits(
        first=first,
        last=last,
        emails=emails_of(own),
        phones=phones_of(own),
        company=folded_text(without_legal_form(contact.company)[0]) if contact.company else "",
        country=(contact.country or "").casefold(),
        place=place,
        other=other,
    )


def _generation(contact: Contact) -> str:
    """ "jr" of "Peter Hall Jr.": what tells a father from his son; "" without."""
    words = folded_words(contact.name or contact.last_name or "")
    return _GENERATIONS.get(words[-1], "") if len(words) > 1 else ""


def _names(contact: Contact) -> tuple[str, str]:
    """First and last name, folded; the last word of an undivided name of several is the last."""
    if contact.first_name or contact.last_name:
        return _named(contact.first_name or ""), _named(contact.last_name or "")
    words = [word for word in folded_words(contact.name or "") if word not in _TITLES]
    return (words[0] if words else ""), (words[-1] if len(words) > 1 else "")


def _named(written: str) -> str:
    words = folded_text(written)
    if _TITLES.isdisjoint(words.split()):
        return words
    return " ".join(word for word in words.split() if word not in _TITLES)


_GENERATIONS = {"junior": "jr", "senior": "sr"} | {
    one: one for one in ("jr", "sr", "ii", "iii", "iv")
}
_TITLES = text.words(
    "sir lord lady dame baron baronet bt dr prof herr frau mr mrs ms miss mx jr sr ii iii iv esq "
    "phd md 1st 2nd 3rd 4th 5th 6th 7th 8th 9th rev reverend professor captain colonel"
)
"""Words around names that are no part of them."""
