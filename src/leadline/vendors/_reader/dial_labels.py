"""What a label and its value say about the dial code of a phone number.

`country_code` with "+91" is a dial code, with "IN" a country: the value decides with the label.
"""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from leadline.model.geography.countries import CALLING_CODES
from leadline.model.texts.patterns import late


class Tells(IntEnum):
    """What a label tells of its value.

    NOTHING of dial codes; that it is one if it is written with "+" (WITH_PLUS, also labels of
    phones), or as any number (NUMBER); that it is one even as a country (DIAL_CODE); that it is the
    AREA code of a number, unless it is written with "+".
    """

    NOTHING = 0
    WITH_PLUS = 1
    NUMBER = 2
    DIAL_CODE = 3
    AREA = 4


class Label(NamedTuple):
    """What a label tells, and which of several phones it is about ("mobile", "2")."""

    tells: Tells
    whose: frozenset[str]


LONGEST_LABEL = 80
"""The longest label, in characters, that tells anything."""
_LONGEST_VALUE = 60
PHONE_DIGITS = 7
"""A text with so many digits is a phone number and no code."""
_UNKNOWN = Label(Tells.NOTHING, frozenset())
_CAMEL = late(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = late(r"[^\W\d_]+|\d+")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_PHONE = _words("phone phones tel telephone telefon telefono telefone telefoon телефон")
_OF_PHONES = _words("mobile mobil movil celular cell cellphone handy landline whatsapp fax")
_FILLERS = _words("number numbers numero nummer rufnummer telefonnummer no nr num the of de do du")
_CODE = _words("code codes cc prefix ccode cod codigo codice kod kode koodi")
_COUNTRY = _words("country land pays pais paese kraj maa intl international int iso")
_COUNTRY_CODE = _words(
    "countrycode countryprefix landercode laendercode landescode landcode landskod landkode "
    "landekode landeskennzahl"
)
_DIALLING = _words(
    "dial dialing dialling calling isd idd ddi dialcode callingcode isdcode dialingcode vorwahl "
    "landesvorwahl landervorwahl laendervorwahl telefonvorwahl indicatif indicativo prefijo "
    "prefisso prefixo landnummer landsnummer kierunkowy predvolba suuntanumero phonecode "
    "phoneprefix phonecc phonecountry phonecountrycode telcode telprefix mobilecode "
    "countrycallingcode countrydialcode"
)
_OTHER_SCRIPTS = late(
    r"код\s+страны|телефонный\s+код|国番号|国家代[码碼]|国际区号|國際區號|國碼|국가\s?번호|국가\s?코드",
    re.IGNORECASE,
)
_AREA = _words("area areacode ortsvorwahl ddd netnummer")
# Codes of other things: of one-time passwords, letters, prices, places.
_OTHERS = _words(
    "verification verify otp pin zip post postal postcode promo promotion referral coupon discount "
    "voucher state province region city currency language vat tax extension ext access invite "
    "product order campaign event error status qr bar source tracking security device model form "
    "name type id label bank iata swift sort company consent"
)
_KNOWN = _PHONE | _FILLERS | _CODE | _COUNTRY | _COUNTRY_CODE | _DIALLING | _AREA


def label(written: str) -> Label:
    """What a label tells about dial codes; nothing if it is longer than LONGEST_LABEL."""
    return _label(written) if len(written) <= LONGEST_LABEL else _UNKNOWN


@lru_cache(maxsize=4096)
def tells(written: str) -> int:
    """The `Tells` of a label of at most LONGEST_LABEL characters, quickly."""
    return int(_label(written).tells)


@lru_cache(maxsize=4096)
def _label(written: str) -> Label:
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", written))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = frozenset(word.casefold() for word in _WORD.findall(plain))
    kind = Tells.DIAL_CODE if _OTHER_SCRIPTS.search(written) else _told_by(words)
    return Label(kind, words - _KNOWN)


def _told_by(words: frozenset[str]) -> Tells:
    if words & _DIALLING:
        return Tells.DIAL_CODE
    if words & _OTHERS:
        return Tells.NOTHING
    about_phone = words & (_PHONE | _OF_PHONES)
    if words & _AREA:
        return Tells.AREA if about_phone or words & _CODE or len(words) == 1 else Tells.NOTHING
    if about_phone and words & (_CODE | _COUNTRY | _COUNTRY_CODE):
        return Tells.DIAL_CODE
    if words & _COUNTRY_CODE or words == {"cc"} or (words & _COUNTRY and words & _CODE):
        return Tells.NUMBER
    plain = words & (_CODE | _COUNTRY) and words <= _CODE | _COUNTRY | _FILLERS
    return Tells.WITH_PLUS if plain or about_phone else Tells.NOTHING


_DIGITS = late(r"\(?(\+|00)?[ ]?([0-9]{1,4}(?:[ \-][0-9]{3})?)\)?")
_WITHIN = late(r"(?:\+|(?<![0-9])00)[ ]?([0-9]{1,4}(?:[ \-][0-9]{3})?)(?![0-9])")
_ALONE = late(r"(?<![0-9])([0-9]{1,3})(?![0-9])")
_AREA_CODE = late(r"\(?0?[1-9][0-9]{0,5}\)?")
_ISO = late(r"[A-Za-z]{2}")
_FLAG = late("[\U0001f1e6-\U0001f1ff]{2}")
_NAME = late(r"[^\W\d_][^0-9+]*")
_NOT_CHOSEN = late(
    r"(?:please\s+)?(?:select|choose)\b|n/?a\Z|none\Z|null\Z|undefined\Z", re.IGNORECASE
)


def scalar(value: Any) -> str:
    """A text in NFKC or a whole number as text; "" for anything else, and for long text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, str) and len(value) > _LONGEST_VALUE:
        return ""
    written = str(value)
    return (written if written.isascii() else unicodedata.normalize("NFKC", written)).strip()


def count_digits(written: str) -> int:
    """How many of the characters are digits."""
    return sum(map(str.isdigit, written))


def dial_code(kind: Tells, value: Any) -> str:
    """The dial code in a value under such a label, as `refine.phones.dial_code` reads it: "+91",
    "IN", "+India"; "" if it is none."""
    written = scalar(value)
    if not written or not kind or count_digits(written) >= PHONE_DIGITS:
        return ""
    kind = Tells.WITH_PLUS if kind is Tells.AREA else kind
    if _NOT_CHOSEN.match(written):
        return ""
    if digits := _DIGITS.fullmatch(written):
        code = "".join(filter(str.isdigit, digits[2]))
        if not digits[1] and kind is Tells.WITH_PLUS:
            return ""
        code = code if digits[1] or not code.startswith("00") else code[2:]
        return f"+{code}" if _is_code(code, marked=digits[1] is not None) else ""
    if kind is Tells.WITH_PLUS:
        return ""
    within = _WITHIN.search(written) or (
        _ALONE.search(written) if kind is Tells.DIAL_CODE else None
    )
    if within is not None:
        code = "".join(filter(str.isdigit, within[1]))
        return f"+{code}" if _is_code(code, marked=True) else ""
    return _as_country(written) if kind is Tells.DIAL_CODE else ""


def _is_code(digits: str, *, marked: bool) -> bool:
    """Whether it is a calling code, alone or with the area of a country that shares it (+1 242).
    Without a mark such as "+" only North America's areas count."""
    if digits in CALLING_CODES:
        return True
    shared = ("1", "7", "39", "44", "47", "61", "262", "358", "590", "599")
    return len(digits) > 3 and digits.startswith(shared if marked else "1")


def _as_country(written: str) -> str:
    if _ISO.fullmatch(written):
        return written.upper()
    if flag := _FLAG.search(written):
        return "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in flag[0])
    if _NAME.fullmatch(written):
        return "+" + re.sub(r"[()]+", " ", written).strip()
    return ""


def area_code(value: Any) -> str:
    """The area code in a value; "" if it is none."""
    written = scalar(value)
    return written.strip("()") if _AREA_CODE.fullmatch(written) else ""
