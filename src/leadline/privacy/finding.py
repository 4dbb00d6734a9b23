"""By what people can be recognised in a text of any kind: e-mail addresses and phone numbers.

Each is written as it is hashed: "email:ADDRESS" in the canonical form of refinement,
"phone:+DIGITS" (E.164), and "national:DIGITS" for a number without its country code. Texts are read
as they are, with JSON escapes decoded, and with percent-encoding decoded; each of these also
without invisible characters and with ordinary ones for wide ones. Digits are those of any script.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import accumulate
from urllib.parse import unquote

from leadline.refine.emails.email import canonical_address
from leadline.refine.text import code

EMAIL, PHONE, NATIONAL = "email:", "phone:+", "national:"
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_MOST_GROUPS = 7
_ADDRESS = re.compile(r"[^\s\"'<>()\[\]{},;:=&?/\\|]+@[^\s\"'<>()\[\]{},;:=&?/\\|@]+")
_NUMBER = re.compile(r"\+?\(?\d(?:[\s().\-/\u2010-\u2015]{0,3}\d){6,}")
_GROUP = re.compile(r"\d+")
_TRUNK_ZERO = re.compile(r"\(0\)")
_CODE_POINT = re.compile(r"\\+u([0-9a-fA-F]{4})")
_ESCAPE = re.compile(r"\\+[nrtbf\"/\\]")


def known_by_in(text: bytes | str) -> frozenset[str]:
    """Everything by which a person could be recognised in a text."""
    found: set[str] = set()
    for form in _forms(text):
        if "@" in form:
            found.update(_addresses(form))
        for number in _NUMBER.finditer(form):
            found.update(_numbers(number.group()))
    return frozenset(found)


def known_by(texts: Iterable[bytes | str], e164: str | None = None) -> frozenset[str]:
    """The same of several texts about one lead. If its phone number is known (*e164*), its digits
    without the country code are not taken for a number of another country."""
    found = frozenset[str]().union(*map(known_by_in, texts))
    if not e164:
        return found
    return frozenset(
        one for one in found
        if not (one.startswith(NATIONAL) and e164.endswith(one.removeprefix(NATIONAL)))
    ) | _of_e164(e164)  # fmt: skip


def email_name(address: str) -> str | None:
    """What an e-mail address is known by; None if it is no valid address."""
    found = canonical_address(address.strip())
    return f"{EMAIL}{found}" if found else None


def phone_names(e164: str) -> frozenset[str]:
    """What a phone number (E.164) is known by: with and without its country code."""
    import phonenumbers  # searching for a person is rare

    national = str(phonenumbers.parse(e164, None).national_number)
    names = {f"{PHONE}{e164.removeprefix('+')}"}
    if len(national) >= _FEWEST_DIGITS:
        names.add(f"{NATIONAL}{national}")
    return frozenset(names)


def _of_e164(e164: str) -> frozenset[str]:
    return frozenset((f"{PHONE}{e164.removeprefix('+')}",))


def _forms(text: bytes | str) -> set[str]:
    """The text as it is and in every other way that it can be meant."""
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    forms = {text}
    if "\0" in text:  # UTF-16
        forms.add(text.replace("\0", "").replace("\ufffd", " "))
    for form in tuple(forms):
        if "\\" in form:
            decoded = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), form)
            forms.add(_ESCAPE.sub(" ", decoded))
    for form in tuple(forms):
        if "%" in form:
            forms |= {unquote(form), unquote(form.replace("+", " "))}
        elif "=" in form and "+" in form:
            forms.add(form.replace("+", " "))
        if "&" in form:
            forms.add(unescape(form))
    return forms | {code(form) for form in forms if not form.isascii()}


def _addresses(text: str) -> Iterator[str]:
    for found in _ADDRESS.finditer(text):
        if name := email_name(found.group().strip(".*_-!`")):
            yield name


def _ascii_digits(written: str) -> str:
    """A number whose digits are those of any script, in ASCII digits."""
    if written.isascii():
        return written
    return "".join(str(int(one)) if one.isdecimal() else one for one in written)


def _numbers(written: str) -> Iterator[str]:
    """The phone numbers that a run of digit groups can be: each part of it of whole groups."""
    is_international = written.startswith("+")
    groups = _GROUP.findall(_TRUNK_ZERO.sub(" ", _ascii_digits(written)))
    for start in range(len(groups)):
        for digits in accumulate(groups[start : start + _MOST_GROUPS]):
            whole = digits.removeprefix("00") if not (is_international and start == 0) else digits
            if _FEWEST_DIGITS <= len(whole) <= _MOST_DIGITS:
                yield f"{PHONE}{whole}"
                bare = whole.lstrip("0")
                if len(bare) >= _FEWEST_DIGITS:
                    yield f"{NATIONAL}{bare}"
