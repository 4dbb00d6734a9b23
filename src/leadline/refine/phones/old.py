"""Forms of phone numbers that a country has given up, and the numbers that replaced them.

Address books, CRMs and WhatsApp still have them, and phonenumbers takes them for invalid. Only
changes that give each old number exactly one new one are here. Sources: ITU, National Numbering
Plans and the notices in its Operational Bulletin, https://www.itu.int/oth/T0202.aspx?parent=T0202.
"""

import re
from typing import TYPE_CHECKING

from leadline.model.texts.patterns import late

if TYPE_CHECKING:
    import phonenumbers

_Rule = tuple[re.Pattern[str], str]


def _rules(*pairs: tuple[str, str]) -> tuple[_Rule, ...]:
    return tuple((re.compile(old), new) for old, new in pairs)


# By calling code: what the national number was, and what it is now.
_OLD = {
    # Mexico, 3 August 2019: no prefix before mobile numbers or long distance (IFT).
    52: _rules((r"(?:1|01|044|045)([0-9]{10})", r"\1")),
    # Argentina: 15 is dialled within the country only, 9 from abroad only (ENACOM).
    54: _rules((r"9?(11)15([0-9]{8})", r"9\1\2"), (r"9?([23][0-9]{2})15([0-9]{7})", r"9\1\2"),
               (r"9?([23][0-9]{3})15([0-9]{6})", r"9\1\2")),
    # Brazil, 2012 to 2016: a ninth digit, 9, before mobile numbers (Anatel, resolution 553/2010).
    55: _rules((r"([1-9][0-9])([6-9][0-9]{7})", r"\g<1>9\2")),
    # Colombia, 1 September 2021: 60 before the area code of fixed lines (CRC, resolution 5826).
    57: _rules((r"([1-8][2-9][0-9]{6})", r"60\1")),
    # Viet Nam, September to November 2018: mobile numbers of 11 digits became 10 (MIC, 798/QD).
    84: _rules((r"16([2-9][0-9]{7})", r"3\1"), (r"120([0-9]{7})", r"70\1"),
               (r"121([0-9]{7})", r"79\1"), (r"122([0-9]{7})", r"77\1"),
               (r"126([0-9]{7})", r"76\1"), (r"128([0-9]{7})", r"78\1"),
               (r"12([345])([0-9]{7})", r"8\1\2"), (r"127([0-9]{7})", r"81\1"),
               (r"129([0-9]{7})", r"82\1"), (r"18([68])([0-9]{7})", r"5\1\2"),
               (r"199([0-9]{7})", r"59\1")),
    # Benin, 30 November 2024: 01 before all numbers (ARCEP).
    229: _rules((r"([24-69][0-9]{7})", r"01\1")),
}  # fmt: skip

_ARGENTINA = late(r"[^0-9]{0,3}(?:00)?54(?=[^0-9]{0,3}[0-8])")


def renewed(number: "phonenumbers.PhoneNumber") -> "phonenumbers.PhoneNumber | None":
    """The number of today for a number of an old form; None if it is of no old form, or gives no
    valid number. *number* is as phonenumbers parsed it, and not valid."""
    import phonenumbers

    rules = _OLD.get(number.country_code or 0)
    if rules is None:
        return None
    national = phonenumbers.national_significant_number(number)
    for old, new in rules:
        if old.fullmatch(national):
            return _valid(f"+{number.country_code}{old.sub(new, national)}", number.extension)
    return None


def is_mixed(e164: str, written: str) -> bool:
    """Whether an Argentine number was written with its country code and the 15 that is dialled
    within the country only. phonenumbers reads such a number, too."""
    return e164.startswith("+549") and _ARGENTINA.match(written) is not None


def _valid(e164: str, extension: str | None) -> "phonenumbers.PhoneNumber | None":
    import phonenumbers

    number = phonenumbers.parse(e164, None)
    number.extension = extension
    return number if phonenumbers.is_valid_number(number) else None
