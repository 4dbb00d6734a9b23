"""Values in the wrong field: an e-mail address for a company, a label repeated before a value, a
phone number behind a name.

A value is moved only if it can be nothing else, and the field where it belongs is empty or has the
same. Otherwise it stays where it was written.
"""

import re
from collections.abc import Callable

import msgspec

from leadline.model.labels import read_label
from leadline.model.lead import Change, Contact, LeadFields
from leadline.model.texts.patterns import late
from leadline.refine.limits import altered
from leadline.refine.mends.blank import shows_something
from leadline.refine.text import code

_EMAIL = late(r"[^\s@<>,;:\"()/]{1,64}@[^\s@<>,;:\"()/]{1,200}\.[^\W\d_]{2,24}")
_MAILTO = late(r"mailto:(?://)?([^?\s]{3,320})(?:\?\S*)?", re.IGNORECASE)
_PHONE = late(r"\+[1-9][0-9 ().\-/]{6,24}|\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .\-][0-9]{4}")
_DIGITS = late(r"\(?[+0-9][0-9 ().\-/]{6,24}")
_MANY_DIGITS = late(r"[0-9](?:[ ().\-/]{0,3}[0-9]){6}")
_TEL = late(
    r"tel:(?://)?\+?[0-9 ().\-/]{7,30}|(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send)\S+", re.I
)
_TEL_LABEL = late(
    r"^(?:tel|phone|telephone|telefon|mobile|mob|cell|handy|whatsapp|ph)\b[\s.:]*(?=[+(0-9])", re.I
)
_BESIDE = late("[: ,/]")
_SIGN = late(r"[@0-9.]")
_SITE = late(r"(?:https?://(?:www\.)?|www\.)[^\s/@]+\.[^\W\d_]{2,24}(?:[/?#]\S*)?", re.I)
_LONGEST = 320  # characters of an e-mail address (RFC 5321, section 4.5.3.1)
_LONGEST_LABEL = 40
_COLON = late("[:\uff1a]")
_LABELLED = ("name", "first_name", "last_name", "email", "company", "title", "country")
_FIRST = frozenset("wWhH")  # what a web address and labels of numbers begin with
_LINKED = late(r"[0-9]|^(?:htt|www|wa\.)", re.I)
_WIDE = late("[\uff01-\uff5e\ufe52-\ufe6b\u200b-\u200f]")  # wide signs, hidden characters
_NAMES = frozenset({"name", "first_name", "last_name"})

Looks = Callable[[str, str], str | None]


def _as_email(value: str, _region: str) -> str | None:
    link = _MAILTO.fullmatch(value)
    value = link[1] if link else value
    return value if _EMAIL.fullmatch(value) else None


def _as_phone(value: str, region: str) -> str | None:
    """A value that is a phone number, of the lead's country or international; else None."""
    value = _TEL_LABEL.sub("", value)
    if _PHONE.fullmatch(value):
        return value
    if not _DIGITS.fullmatch(value) or value.isdigit():
        return None  # digits alone may be anybody's number: of a tax payer, a customer
    from leadline.refine.phones.number import number_in

    number = number_in(value, region)
    return value if number.shown and not number.problems else None


def _as_digits(value: str, _region: str) -> str | None:
    value = _TEL_LABEL.sub("", value)
    return value if _DIGITS.fullmatch(value) and _MANY_DIGITS.search(value) else None


def _as_call(value: str, region: str) -> str | None:
    return value if _TEL.fullmatch(value) else _as_phone(value, region)


def _as_site(value: str, _region: str) -> str | None:
    return value if _SITE.fullmatch(value) else None


class _Move(msgspec.Struct, frozen=True):
    """Values that look like *looks* in *field* belong to *to*. `leave`: they also stay, where there
    is no other name."""

    field: str
    to: str
    looks: Looks
    leave: bool = False


_MOVES = (  # what leaves a field comes before what comes into it
    _Move("email", "phone", _as_digits),
    _Move("phone", "email", _as_email),
    _Move("website", "email", _as_email),
    _Move("website", "phone", _as_call),
    _Move("title", "email", _as_email),
    _Move("title", "phone", _as_phone),
    _Move("country", "email", _as_email),
    _Move("country", "phone", _as_phone),
    _Move("company", "email", _as_email),
    _Move("company", "website", _as_site),
    _Move("company", "phone", _as_call),
    _Move("name", "email", _as_email, leave=True),  # a lead without any name says less
    _Move("last_name", "email", _as_email, leave=True),
    _Move("first_name", "email", _as_email, leave=True),
    _Move("name", "phone", _as_phone),
    _Move("last_name", "phone", _as_phone),
    _Move("first_name", "phone", _as_phone),
)


_OPENING = ("{", "[", "<", "%", "$")


def put_right(fields: LeadFields, usual: str = "") -> tuple[LeadFields, tuple[Change, ...]]:
    """The fields with every value in its field, and the changes. *usual* is the ISO code of the
    country of phone numbers if the lead names none, or ""."""
    if not may_be_wrong(fields):
        return fields, ()
    changes: list[Change] = []
    found: dict[str, str | None] = {}
    for field in _LABELLED:
        written = getattr(fields, field)
        if written and _has_colon(written) and (bare := _unlabelled(field, written)):
            changes.append(altered(field, written, bare, f"{field}.label"))
            found[field] = bare
    region = _region(fields, usual)
    _exchange(fields, found, changes)
    for move in _MOVES:
        written = found.get(move.field, getattr(fields, move.field))
        if written and _may_move(written):
            _moved(move, written, fields, region, found, changes)
    if _may_be_mixed(fields):
        from leadline.refine.misplaced.mixed_values import taken_out

        taken_out(fields, region, found, changes)
    if not found:
        return fields, ()
    return msgspec.structs.replace(fields, **found), tuple(changes)


def may_be_wrong(fields: LeadFields | Contact) -> bool:
    """A quick test, which few leads pass whose values are where they belong."""
    f = fields
    company, email, website = f.company, f.email, f.website
    if email and _may_hold_more(email):
        return True
    if company and not company[0].isalnum():
        return True
    if company and company[0] in _FIRST and _LINKED.search(company) is not None:
        return True
    told = f"{f.name}{f.first_name}{f.last_name}{company}{f.title}{f.country}"
    if ":" in told or "@" in told or (f.phone and ("@" in f.phone or ":" in f.phone)):
        return True
    if website is not None and ("@" in website or _is_call(website)):
        return True
    if _MANY_DIGITS.search(told) is not None:
        return True
    return not (told.isascii() and (f.phone or "").isascii()) and (
        _WIDE.search(f"{told}{f.phone}") is not None
    )


def _may_hold_more(email: str) -> bool:
    """Whether the field of the address may have a number, or a label before a colon: nothing else
    leaves it."""
    if "@" in email and _BESIDE.search(email) is None:
        return False
    return ":" in email or not email.isascii() or _MANY_DIGITS.search(email) is not None


def _is_call(website: str) -> bool:
    return (
        website[:4].lower() == "tel:" or "wa.me/" in website or website[:1] in tuple("+(0123456789")
    )


def _may_be_mixed(fields: LeadFields) -> bool:
    """Whether an address or a number may stand beside something else in one field."""
    names = f"{fields.name} {fields.first_name} {fields.last_name} {fields.company} {fields.title}"
    told = f"{names} {fields.phone}"
    return "@" in told or _MANY_DIGITS.search(f"{names} {fields.email}") is not None


def _region(fields: LeadFields, usual: str) -> str:
    from leadline.refine.country_context import region_in

    return region_in(fields.country, fields.phone, fields.custom, usual)


def _has_colon(written: str) -> bool:
    return ":" in written or "\uff1a" in written


def _may_move(written: str) -> bool:
    """Whether a value may be an address, a number or a link: a quick test."""
    return not written.isascii() or _SIGN.search(written) is not None


def _moved(
    move: _Move,
    written: str,
    fields: LeadFields,
    region: str,
    found: dict[str, str | None],
    changes: list[Change],
) -> None:
    """Carry out a move, if the value looks like one and there is no other where it belongs."""
    if len(written) > _LONGEST:
        return
    if move.field == "name" and _is_joined(written, fields):
        return
    value = move.looks(code(written).rstrip(" ,;"), region)
    there = _visible(found.get(move.to, getattr(fields, move.to)))
    if value is not None and (not there or _is_same(there, value)):
        _note(move, value, found, changes, fields)


def _exchange(fields: LeadFields, found: dict[str, str | None], changes: list[Change]) -> None:
    """Exchange the phone number and the e-mail address, where each is in the other's field."""
    email, phone = found.get("email", fields.email), fields.phone
    if not email or not phone or len(email) > _LONGEST or len(phone) > _LONGEST:
        return
    if phone.isascii() and "@" not in phone:
        return
    number, address = code(email), code(phone)
    if _as_digits(number, "") and _EMAIL.fullmatch(address):
        found["email"], found["phone"] = address, number
        changes.append(altered("email", email, address, "phone.is_email"))
        changes.append(altered("phone", phone, number, "email.is_phone"))


def _note(
    move: _Move,
    value: str,
    found: dict[str, str | None],
    changes: list[Change],
    fields: LeadFields,
) -> None:
    rule = f"{move.field}.is_{move.to}"
    before = found.get(move.to, getattr(fields, move.to))
    if not (move.leave and _is_only_name(move.field, value, found, fields)):
        written = found.get(move.field, getattr(fields, move.field))
        found[move.field] = None
        changes.append(altered(move.field, written, None, rule))
    if not _visible(before):
        found[move.to] = value
        changes.append(altered(move.to, before or None, value, rule))


def _is_joined(name: str, fields: LeadFields) -> bool:
    """Whether a name is its two parts, so that only the parts are to be judged."""
    first, last = fields.first_name, fields.last_name
    return bool(first and last and first != last and first in name and last in name)


def _is_only_name(field: str, value: str, found: dict[str, str | None], fields: LeadFields) -> bool:
    """Whether the fields for names have nothing but this value."""
    others = (_visible(found.get(one, getattr(fields, one))) for one in _NAMES - {field})
    return all(one is None or _is_same(_address_in(one), value) for one in others)


def _address_in(written: str) -> str:
    """The e-mail address that a value is, as a move takes it ("mailto:"); else the value."""
    return _as_email(code(written).rstrip(" ,;"), "") or written


def _visible(value: str | None) -> str | None:
    """A value that shows something; None for ":" and the like, which refinement removes."""
    return value if value and shows_something(value) else None


def _is_same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.casefold()


def _unlabelled(field: str, written: str) -> str | None:
    """The value of "Firstname: Jo" in a field for a first name; None if it repeats no label."""
    label, value = _parted(written)
    if label.lstrip()[:1] in _OPENING:
        return None  # a merge tag that was not filled in: "{Name (First):1.3}"
    return value if value and _is_label(label, field) and not _parted(value)[1] else None


def _parted(written: str) -> tuple[str, str]:
    """What stands before and after a colon near the beginning; two empty texts without one."""
    colon = _COLON.search(written, 0, _LONGEST_LABEL)
    if colon is None or written.startswith("//", colon.end()):
        return "", ""
    return written[: colon.start()], written[colon.end() :].strip()


def _is_label(label: str, field: str) -> bool:
    asked = read_label(label).field
    return asked == field or (asked in _NAMES and field in _NAMES)
