"""Duplicates in plain words: how probable it is that two leads are about one person, and why."""

from collections.abc import Sequence
from datetime import UTC, datetime

from leadline.model.facts.likeness import Reason, Trust, ValueOrigin

JUDGED = "judged.same"
"""The code of the reason that people decided it."""
_WORDS = {
    "judged.same": "somebody decided that they are one person",
    "email.same": "same e-mail address",
    "email.shared": "same shared e-mail address",
    "email.near": "almost the same e-mail address",
    "email.tag": "same e-mail address but for its +tag",
    "email.slip": "a slip of the pen in the e-mail address",
    "email.similar": "similar e-mail address",
    "email.local": "same name in the e-mail address",
    "email.named": "both names in the e-mail address",
    "email.domain": "same e-mail domain",
    "email.numbered": "same e-mail address but for its number",
    "email.other": "other e-mail address",
    "phone.same": "same phone number",
    "phone.line": "same phone line",
    "phone.extension": "other extension of the same phone number",
    "phone.near": "almost the same phone number",
    "phone.other": "other phone number",
    "first.same": "same first name",
    "first.part": "part of the same first name",
    "first.nickname": "nickname of the same first name",
    "first.near": "almost the same first name",
    "first.initial": "same initial of the first name",
    "first.similar": "similar first name",
    "first.ending": "first name with another ending",
    "first.other": "other first name",
    "last.same": "same last name",
    "last.part": "part of the same last name",
    "last.near": "almost the same last name",
    "last.initial": "same initial of the last name",
    "last.similar": "similar last name",
    "last.other": "other last name",
    "name.swapped": "same name with first and last name swapped",
    "name.crossed": "similar name with first and last name swapped",
    "name.mixed": "first name of the one as last name of the other",
    "name.only": "nothing but the name is known",
    "company.same": "same company",
    "company.near": "almost the same company",
    "company.part": "part of the same company name",
    "company.similar": "similar company name",
    "company.other": "other company",
    "house.same": "same house number",
    "house.near": "almost the same house number",
    "house.other": "other house number",
    "street.same": "same street",
    "street.near": "almost the same street",
    "street.other": "other street",
    "extra.same": "same second line of the address",
    "extra.near": "almost the same second line of the address",
    "extra.other": "other second line of the address",
    "postcode.same": "same postcode",
    "postcode.fine": "same postcode of a few houses",
    "postcode.near": "almost the same postcode",
    "postcode.other": "other postcode",
    "city.same": "same city",
    "city.near": "almost the same city",
    "city.other": "other city",
    "region.same": "same region",
    "region.other": "other region",
    "birth.same": "same date of birth",
    "birth.near": "almost the same date of birth",
    "birth.other": "other date of birth",
    "gender.same": "same gender",
    "gender.other": "other gender",
    "generation.same": "same generation (Jr., Sr.)",
    "generation.other": "other generation (Jr., Sr.)",
    "site.other": "other place of the same company",
    "title.same": "same job title",
    "title.other": "other job title",
}
_MOST_REASONS = 6
_CHANCES = ((0.99, "almost certainly"), (0.95, "very probably"), (0.8, "probably"))


def reason_words(code: str) -> str:
    """A reason in words; a code that has none is returned as it is."""
    return _WORDS.get(code, code)


def reasons_in_words(reasons: Sequence[Reason]) -> str:
    """The weightiest reasons in words, those for one person first; "" if there are none."""
    known = [one for one in reasons if one.weight or one.code not in _SILENT]
    weighty = sorted(known, key=lambda one: -abs(one.weight))[:_MOST_REASONS]
    ordered = sorted(weighty, key=lambda one: one.weight < 0)
    return "; ".join(dict.fromkeys(reason_words(one.code) for one in ordered))


_SILENT = frozenset({"phone.extension", "first.similar"})
"""Reasons that are not told if they weigh nothing."""


def percent(probability: float) -> str:
    """A probability for people: "82 %"; never 100 %, because no comparison is certain."""
    return f"{min(99, round(probability * 100))} %"


def chance_in_words(probability: float) -> str:
    """How probable it is that two leads are about one person: "very probably (98 %)"."""
    word = next((word for least, word in _CHANCES if probability >= least), "possibly")
    return f"{word} ({percent(probability)})"


def same_person_words(probability: float, reasons: Sequence[Reason]) -> str:
    """Why a lead is about the person of its first lead: "very probably (98 %) the same person: same
    e-mail address"."""
    if any(one.code == JUDGED for one in reasons):
        return "somebody decided that it is the same person"
    why = reasons_in_words(reasons)
    return f"{chance_in_words(probability)} the same person{f': {why}' if why else ''}"


def day(at: datetime) -> str:
    """The day of a time in UTC: "3 May 2026"."""
    there = at.astimezone(UTC)
    return f"{there.day} {_MONTHS[there.month - 1]} {there.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


_TRUST = {
    Trust.FORM: "a public form",
    Trust.KEYED: "a sender with a key",
    Trust.SIGNED: "a sender that signs",
    Trust.CRM: "the CRM",
    Trust.EDITED: "edited by a person",
}


def origin_in_words(origin: ValueOrigin) -> str:
    """Where a value came from that fills a blank: "from the lead of 3 May 2026, a public form"."""
    trust = f", {_TRUST[origin.trust]}" if origin.trust is not None else ""
    return f"from the lead of {day(origin.captured_at)}{trust}"
