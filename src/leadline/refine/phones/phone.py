"""Phone numbers: E.164 for comparison, the international format for display, and the extension.

An invalid number is kept as written and flagged. What is said beside a number ("office", "call
after 5") is shown in brackets behind it.
"""

import msgspec

from leadline.model.lead import Change
from leadline.refine import text
from leadline.refine.phones.number import (
    OLD_FORM,
    PLUS_UNSURE,
    UNPARSEABLE,
    Number,
    number_in,
    of_unknown_country,
    quick_extended,
    stands_alone,
)

_LONGEST = 250  # phonenumbers accepts no longer text


class Phone(msgspec.Struct, frozen=True):
    """A number as displayed (with its extension and remark), in E.164 (given if the length is
    possible, even if the number is invalid), its extension, problems and changes."""

    written: str | None = None
    e164: str | None = None
    extension: str | None = None
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def refine_phone(written: str | None, region: str) -> Phone:
    """Refine the number in *written*. *region* is the ISO code of the country of numbers without a
    country code, or ""."""
    if not written:
        return Phone()
    if not written.endswith((".0", ".00")):
        found = quick_extended(written, region)
        if found is not None:
            return _shown(written, found, ())
    if stands_alone(written):
        return _shown(written, number_in(written, region), ())
    kept, changes = text.clean("phone", written, text.code)
    if kept is None:
        return Phone(changes=changes)
    if len(kept) > _LONGEST:
        return Phone(kept, None, None, (UNPARSEABLE,), changes)
    from leadline.refine.phones.reading import read_number  # most leads don't need it

    number, remark = read_number(kept, region)
    return _shown(kept, number, changes, remark)


def by_mail(phone: Phone, written: str | None, email: str | None) -> Phone:
    """The phone of a lead that names no country. Bare digits that are a valid number of the usual
    country, and with a plus sign one of the country of its mail domain, are the latter, and that is
    said: "3253142536" of somebody at a .be domain."""
    if not (written and email and phone.e164 and written.isdecimal()):
        return phone
    if phone.problems or written[0] == "0":
        return phone
    from leadline.refine.phones.code import of_domain

    other = of_domain(written, email.rpartition("@")[2], phone.e164)
    if other is None:
        return phone
    return _shown(written, Number(other[0], other[1], None, (PLUS_UNSURE,)), ())


def in_unknown_country(phone: Phone) -> Phone:
    """The phone of a lead whose country is named, but not understood."""
    return msgspec.structs.replace(phone, problems=of_unknown_country(phone.problems))


def _shown(kept: str, number: Number, changes: tuple[Change, ...], remark: str = "") -> Phone:
    """The phone as displayed; an invalid number is kept as written."""
    if not number.shown:
        return Phone(kept, number.e164, number.extension, number.problems, changes)
    shown = number.shown
    if number.extension:  # as "ext.", because some countries' own marks ("#", "int") can't be read
        shown = f"{shown} ext. {number.extension}"
    if remark:
        shown = f"{shown} ({remark})"
    if shown != kept:
        rule = OLD_FORM if OLD_FORM in number.problems else "phone.format"
        changes = (*changes, text.altered("phone", kept, shown, rule))
    return Phone(shown, number.e164, number.extension, number.problems, changes)
