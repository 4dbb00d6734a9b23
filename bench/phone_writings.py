"""Writings of phone numbers that people use, with their right values, and how many are read right,
beside plain phonenumbers. The numbers are phonenumbers' own examples.

`wrong` counts valid numbers that are not the right one, and of which nothing is said.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import phonenumbers

from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.refine.phones.phone import refine_phone

Judged = tuple[bool, str]
Told = tuple[str | None, str | None, bool]
"""The E.164 form of a valid number, its extension, and whether something doubtful is said of it."""

REGIONS = (
    "US CA GB DE FR ES IT BR MX IN AU AT CH NL BE SE NO DK FI PL PT RU JP CN ZA AR".split()  # noqa: SIM905
)
EXTENSIONS = (
    "{} x42", "{} ext. 42", "{} extn 42", "{} extension 42", "{} #42", "{};ext=42", "{} DW 42",
    "{} Durchwahl 42", "{} ramal 42", "{} interno 42", "{} poste 42", "{} доб. 42", "{} anexo 42",
    "{} (ext. 42)", "{} Nst. 42",
)  # fmt: skip
REMARKS = (
    "{} (office)", "{} call after 5", "{} WhatsApp", "WhatsApp: {}", "{} - evenings", "mobile {}",
    "{} (9-17 h)", "{} ask for Jo",
)  # fmt: skip
SEVERAL = ("{0} / {1}", "{0} or {1}", "{0}, {1}", "{0}; {1}", "{0} {1}", "{0} (home) {1} (work)")
OLD = (
    ("+52 1 55 1234 5678", "+525512345678"), ("+5213312345678", "+523312345678"),
    ("+55 11 9123-4567", "+5511991234567"), ("+55 (21) 8123-4567", "+5521981234567"),
    ("+54 9 11 15 2345-6789", "+5491123456789"), ("+57 1 3456789", "+576013456789"),
    ("+84 168 123 4567", "+84381234567"), ("+229 97 00 00 00", "+2290197000000"),
)  # fmt: skip
AT = datetime(2026, 1, 1, tzinfo=UTC)
MAIL, NUMBER, E164 = "jo@example.com", "+1 212 555 0147", "+12125550147"
MISPLACED = (
    LeadFields(name=MAIL), LeadFields(name=f"Jo Martin <{MAIL}>"), LeadFields(phone=MAIL),
    LeadFields(last_name=MAIL), LeadFields(company=MAIL), LeadFields(title=MAIL),
    LeadFields(country=MAIL), LeadFields(website=f"mailto:{MAIL}"),
    LeadFields(message=f"Write me: {MAIL}"), LeadFields(custom={"q7": MAIL}),
    LeadFields(name=NUMBER), LeadFields(name=f"Jo Martin {NUMBER}"), LeadFields(last_name=NUMBER),
    LeadFields(email=NUMBER), LeadFields(email="2125550147"), LeadFields(company=NUMBER),
    LeadFields(company="Brightmill (212) 555-0147"), LeadFields(title=NUMBER),
    LeadFields(country=NUMBER), LeadFields(website="tel:+12125550147"),
    LeadFields(website="https://wa.me/12125550147"), LeadFields(message=f"Call me on {NUMBER}"),
    LeadFields(message="my cell is 212-555-0147"),
    LeadFields(custom={"billing_phone": "2125550147"}), LeadFields(custom={"q7": NUMBER}),
    LeadFields(email=NUMBER, phone=MAIL),
)  # fmt: skip


def measures() -> Iterator[tuple[str, Iterator[Judged]]]:
    """The name and the judged cases of each measure, ours and those of phonenumbers in turn."""
    for name, reads in (("ours", ours), ("phonenumbers", library)):
        yield f"phone, extensions, 15 writings of 26 ({name})", extensions(reads)
        yield f"phone, remarks, 8 writings of 26 ({name})", remarks(reads)
        yield f"phone, several in one field ({name})", several(reads)
        yield f"phone, old forms ({name})", ((reads(w, "")[0] == e, w) for w, e in OLD)
        yield f"phone, code without plus: right ({name})", plusless(reads, wrong=False)
        yield (
            f"phone, code without plus: not silently another ({name})",
            plusless(reads, wrong=True),
        )
    yield "phone or e-mail, in the wrong field: reachable", misplaced()


def ours(written: str, region: str) -> Told:
    """What refinement says."""
    phone = refine_phone(written, region)
    valid = phone.e164 if "phone.invalid" not in phone.problems else None
    return valid, phone.extension, bool(phone.problems)


def library(written: str, region: str) -> Told:
    """What phonenumbers says, which never doubts."""
    try:
        number = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return None, None, False
    if not phonenumbers.is_valid_number(number):
        return None, None, False
    extension, number.extension = number.extension, None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), extension, False


Reads = Callable[[str, str], Told]


def examples() -> Iterator[tuple[str, str, str]]:
    """The region, the E.164 form and the national writing of one number a region."""
    for region in REGIONS:
        number = phonenumbers.example_number(region)
        assert number is not None
        forms = phonenumbers.PhoneNumberFormat
        e164 = phonenumbers.format_number(number, forms.E164)
        yield region, e164, phonenumbers.format_number(number, forms.NATIONAL)


def extensions(reads: Reads) -> Iterator[Judged]:
    for region, e164, national in examples():
        for writing in EXTENSIONS:
            written = writing.format(national)
            yield reads(written, region)[:2] == (e164, "42"), f"{region} {written}"


def remarks(reads: Reads) -> Iterator[Judged]:
    for region, e164, national in examples():
        for writing in REMARKS:
            written = writing.format(national)
            yield reads(written, region)[0] == e164, f"{region} {written}"


def several(reads: Reads) -> Iterator[Judged]:
    for region, e164, national in examples():
        for writing in SEVERAL:
            written = writing.format(national, e164[:-1] + ("1" if e164[-1] != "1" else "2"))
            yield reads(written, region)[0] == e164, f"{region} {written}"


def plusless(reads: Reads, *, wrong: bool) -> Iterator[Judged]:
    """Whether the digits of a number with its country code are read right, or (*wrong*) are not
    taken for another number without a word."""
    for home in ("US", "DE", "FR", "BR", ""):
        for region, e164, _ in examples():
            told, _, doubted = reads(e164[1:], home)
            good = told == e164 or (wrong and (told is None or doubted))
            yield good, f"{e164[1:]} of {region} in {home}: {told}"


def misplaced() -> Iterator[Judged]:
    for fields in MISPLACED:
        contact = refine(fields, About("x", AT, AT, "generic", "US")).contact
        has_mail = any(MAIL in str(getattr(fields, name)) for name in fields.__struct_fields__)
        good = contact.email == MAIL if has_mail else contact.phone_e164 == E164
        yield good, f"{fields} -> {contact.email} {contact.phone}"
