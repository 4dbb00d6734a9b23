"""Takes an e-mail address or a phone number out of a field that holds something else, too:
"Jo Martin <jo@example.com>", "Jo Martin +1 212 555 0147", "jo@example.com / 212 555 0147"."""

import re

from leadline.model.lead import Change, LeadFields
from leadline.model.texts.patterns import late
from leadline.refine.limits import altered
from leadline.refine.text import code

_NAMES = ("name", "first_name", "last_name")
_FIELDS = (*_NAMES, "company", "title")
_EMAIL = late(r"(?<![\w.+\-@/:])[\w.+\-']{1,64}@(?:[\w\-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@\-])")
_PHONE = late(r"(?<![\w.,/@#$+\-])(?:\+ ?)?\(?\+?[0-9](?:[ ().\-/]{0,3}[0-9]){6,16}(?![\w@%])")
_EMPTY = late(r"\(\s*\)|\[\s*\]|<\s*>|\{\s*\}|\b(?:tel|phone|e-?mail|mob|mobile)\b[.:\s]*$", re.I)
_EDGE = " \t\r\n,;:/|-·•=&<>"
_LONGEST = 320
_LEAST_BARE = 9  # digits in a row behind a name that are taken for a phone number


def taken_out(
    fields: LeadFields, region: str, found: dict[str, str | None], changes: list[Change]
) -> None:
    """Take addresses and numbers out of names, company and title, an address out of the phone and a
    number out of the e-mail field. *found* has the values that were changed already."""
    for field in (*_FIELDS, "phone"):
        _take(fields, field, "email", _EMAIL, region, found, changes)
    for field in (*_FIELDS, "email"):
        _take(fields, field, "phone", _PHONE, region, found, changes)


def _take(
    fields: LeadFields,
    field: str,
    to: str,
    looks: re.Pattern[str],
    region: str,
    found: dict[str, str | None],
    changes: list[Change],
) -> None:
    written = found.get(field, getattr(fields, field))
    if not written or len(written) > _LONGEST or ("@" not in written and to == "email"):
        return
    text = code(written)
    values = list(looks.finditer(text))
    if len(values) != 1 or (to == "phone" and not _is_phone(values[0][0], field, region)):
        return
    value = values[0][0]
    rest = _EMPTY.sub("", text[: values[0].start()] + text[values[0].end() :]).strip(_EDGE)
    there = found.get(to, getattr(fields, to))
    if not _says_something(rest, field) or (
        there and there.strip(_EDGE).casefold() != value.casefold()
    ):
        return
    changes.append(altered(field, written, rest, f"{field}.has_{to}"))
    found[field] = rest
    if not there:
        changes.append(altered(to, there or None, value, f"{field}.has_{to}"))
        found[to] = value


def _says_something(rest: str, field: str) -> bool:
    """Whether what is left is a value of the field: words, a number, an address."""
    if field == "phone":
        return sum(map(str.isdigit, rest)) > 6
    return "@" in rest if field == "email" else any(map(str.isalpha, rest))


def _is_phone(written: str, field: str, region: str) -> bool:
    """Whether the digits are a valid number that is written as one, or stand where none else do."""
    from leadline.refine.phones.number import number_in

    number = number_in(written, region)
    if not number.shown or number.problems:
        return False
    bare = written.isdigit()
    return not bare or field == "email" or (field in _NAMES and len(written) >= _LEAST_BARE)
