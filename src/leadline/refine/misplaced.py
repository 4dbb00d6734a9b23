"""Values in the wrong field: an e-mail address for a company, a label repeated before a value.

A value is moved only if it can be nothing else, and the field where it belongs is empty or has the
same. Otherwise it stays where it was written.
"""

import re

import msgspec

from leadline.model.labels import read_label
from leadline.model.lead import Change, LeadFields
from leadline.refine.limits import altered
from leadline.refine.text import code

_EMAIL = re.compile(r"[^\s@<>,;:\"()/]{1,64}@[^\s@<>,;:\"()/]{1,200}\.[^\W\d_]{2,24}")
_PHONE = re.compile(r"\+[1-9][0-9 ().\-/]{6,24}|\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .\-][0-9]{4}")
_SITE = re.compile(r"(?:https?://(?:www\.)?|www\.)[^\s/@]+\.[^\W\d_]{2,24}(?:[/?#]\S*)?", re.I)
_LONGEST = 320  # characters of an e-mail address (RFC 5321, section 4.5.3.1)
_LONGEST_LABEL = 40
_COLON = re.compile("[:\uff1a]")
_LABELLED = ("name", "first_name", "last_name", "email", "company", "title", "country")
_FIRST = frozenset("+(wWhH")  # what a phone number or a web address begins with
_WIDE = re.compile("[\uff01-\uff5e\ufe52-\ufe6b\u200b-\u200f]")  # wide signs, hidden characters
_NAMES = frozenset({"name", "first_name", "last_name"})


class _Move(msgspec.Struct, frozen=True):
    """Values that look like *looks* in *field* belong to *to*. `leave`: they also stay."""

    field: str
    to: str
    looks: re.Pattern[str]
    leave: bool = False


_MOVES = (  # what leaves a field comes before what comes into it
    _Move("email", "phone", _PHONE),
    _Move("phone", "email", _EMAIL),
    _Move("website", "email", _EMAIL),
    _Move("title", "email", _EMAIL),
    _Move("company", "email", _EMAIL),
    _Move("company", "website", _SITE),
    _Move("company", "phone", _PHONE),
    _Move("name", "email", _EMAIL, leave=True),  # a lead without any name says less
    _Move("last_name", "email", _EMAIL, leave=True),
    _Move("first_name", "email", _EMAIL, leave=True),
)


_OPENING = ("{", "[", "<", "%", "$")


def put_right(fields: LeadFields) -> tuple[LeadFields, tuple[Change, ...]]:
    """The fields with every value in its field, and the changes."""
    if not _may_be_wrong(fields):
        return fields, ()
    changes: list[Change] = []
    found: dict[str, str | None] = {}
    for field in _LABELLED:
        written = getattr(fields, field)
        if written and (bare := _unlabelled(field, written)):
            changes.append(altered(field, written, bare, f"{field}.label"))
            found[field] = bare
    _exchange(fields, found, changes)
    for move in _MOVES:
        written = found.get(move.field, getattr(fields, move.field))
        if not written or len(written) > _LONGEST:
            continue
        value = code(written)
        there = _visible(found.get(move.to, getattr(fields, move.to)))
        if move.looks.fullmatch(value) and (not there or _is_same(there, value)):
            _note(move, value, found, changes, fields)
    if not found:
        return fields, ()
    return msgspec.structs.replace(fields, **found), tuple(changes)


def _may_be_wrong(fields: LeadFields) -> bool:
    """A quick test, which few leads pass whose values are where they belong."""
    f = fields
    company, email = f.company, f.email
    if email and ("@" not in email or ":" in email):
        return True
    if company and (company[0] in _FIRST or not company[0].isalnum()):
        return True
    told = f"{f.name}{f.first_name}{f.last_name}{f.phone}{company}{f.title}{f.country}"
    if ":" in told or "@" in told or (f.website is not None and "@" in f.website):
        return True
    return not told.isascii() and _WIDE.search(told) is not None


def _exchange(fields: LeadFields, found: dict[str, str | None], changes: list[Change]) -> None:
    """Exchange the phone number and the e-mail address, where each is in the other's field."""
    email, phone = found.get("email", fields.email), fields.phone
    if not email or not phone or len(email) > _LONGEST or len(phone) > _LONGEST:
        return
    number, address = code(email), code(phone)
    if _PHONE.fullmatch(number) and _EMAIL.fullmatch(address):
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
    if not move.leave:
        written = found.get(move.field, getattr(fields, move.field))
        found[move.field] = None
        changes.append(altered(move.field, written, None, rule))
    if not _visible(before):
        found[move.to] = value
        changes.append(altered(move.to, before or None, value, rule))


def _visible(value: str | None) -> str | None:
    """A value with letters or digits; None for ":" and the like, which refinement removes."""
    return value if value and any(map(str.isalnum, value)) else None


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
