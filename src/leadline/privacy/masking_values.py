"""How single values are masked, by the field in which they stand."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

import msgspec

from leadline.model.texts.patterns import late

HIDDEN = "•••"
_HIDDEN_DIGITS = "••••"
_MOST_WORDS = 4
_LONGEST = 200
_MOST_KNOWN = 200
_SHORTEST_SHOWN = 8
"""The fewest digits of a phone number of which some are shown."""
_LAST = 3
_SHORTEST_INSIDE = 4
"""The shortest name that is looked for inside of words; a shorter one must be a whole word."""

_ADDRESS = late(r"[^\s<>\"'(),;:=/?&]+[@＠][^\s<>\"'(),;:=/?&]+")
_ENCODED = late(r"\S*%(?:25)*40\S*")
_NUMBER = late(r"\+?\(?\d(?:[\s().\-/\u2010-\u2015]{0,3}\d){6,}")
_WORD = late(r"[^\W\d_]{2,}")
_TWO_DIGIT_CODES = frozenset((
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65",
    "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
))  # fmt: skip
"""The country codes of two digits (ITU-T E.164, list of assigned codes); 1 and 7 have one, and all
others three."""


class PersonWords(msgspec.Struct, frozen=True):
    """What is known of whom a lead is about, to be hidden in texts that stay: words of the name and
    of the e-mail address, in lower case."""

    words: frozenset[str] = frozenset()


NOBODY = PersonWords()


def known_of(names: Iterable[str | None], emails: Iterable[str | None] = ()) -> PersonWords:
    """What is known from names and e-mail addresses."""
    words = {word for name in names if name for word in _WORD.findall(name[:_LONGEST].lower())}
    for address in emails:
        if address:
            local = address[:_LONGEST].lower().replace("＠", "@").partition("@")[0]
            words |= {one for one in _WORD.findall(local) if len(one) >= _SHORTEST_INSIDE}
    return PersonWords(frozenset(words))


def masked_name(name: str) -> str:
    """The first letters of the words of a name; of a script without capitals none, because one
    letter may be the whole name."""
    words = [_initial(word) for word in name[:_LONGEST].split()[:_MOST_WORDS]]
    return " ".join(words) or HIDDEN


def masked_email(address: str, known: PersonWords = NOBODY) -> str:
    """The first letter and the domain of an e-mail address; words of the person in it are hidden in
    the domain, too. What is no address is hidden."""
    local, at, domain = address.strip().replace("＠", "@").rpartition("@")
    if not at or not local or "@" in local or len(domain) > _LONGEST or not _is_host(domain):
        return HIDDEN
    first = local[0] if local[0].isalpha() and len(local) > 1 else ""
    return f"{first}{HIDDEN}@{_host(domain, known)}"


def masked_phone(number: str) -> str:
    """The country code, if there is one, and the last three digits; neither of a short number."""
    digits = "".join(one for one in number[:_LONGEST] if one.isdigit())
    if len(digits) < _SHORTEST_SHOWN:
        return _HIDDEN_DIGITS
    code = _country_code(digits) if number.lstrip().startswith("+") else ""
    return f"{f'+{code} ' if code else ''}{_HIDDEN_DIGITS} {digits[-_LAST:]}"


def masked_text(text: str, known: PersonWords = NOBODY) -> str:
    """A text that stays, such as a company's name, without addresses, numbers and the person's
    names; no more than 200 characters of it."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    if "%" in cut:
        cut = _ENCODED.sub(HIDDEN, cut)
    cut = _ADDRESS.sub(lambda found: masked_email(found.group(), known), cut)
    cut = _NUMBER.sub(lambda found: masked_phone(found.group()), cut)
    return _without_words(cut, known)


def masked_url(url: str, known: PersonWords = NOBODY) -> str:
    """The host of a web address; its path may name a person."""
    written = url.strip()[:_LONGEST]
    try:
        host = urlsplit(written if "://" in written else f"//{written}").hostname
    except ValueError:
        return HIDDEN
    if not host or not _is_host(host):
        return HIDDEN
    more = written.rstrip("/").lower().removesuffix(host) not in ("", "http://", "https://")
    return f"{_host(host, known)}{f'/{HIDDEN}' if more else ''}"


def masked_field(field: str, value: str, known: PersonWords = NOBODY) -> str:
    """The value of a field of a lead (`LeadFields`, `Contact`, `LeadDetails`); hidden if the field
    is not known."""
    mask = _FIELDS.get(field)
    return HIDDEN if mask is None else mask(value, known)


def _initial(word: str) -> str:
    """The first letter of a word of at least two letters, as far as its script has capitals."""
    first = word[0]
    is_shown = len(word) > 1 and first.isalpha() and first.lower() != first.upper()
    return f"{first if is_shown else ''}{HIDDEN}"


def _is_host(text: str) -> bool:
    return "." in text and all(one.isalnum() or one in ".-" for one in text)


def _host(host: str, known: PersonWords) -> str:
    """A host without the person's numbers and names."""
    return _without_words(_NUMBER.sub(HIDDEN, host), known)


def _country_code(digits: str) -> str:
    if digits[0] in "17":
        return digits[0]
    return digits[:2] if digits[:2] in _TWO_DIGIT_CODES else digits[:3]


def _without_words(text: str, known: PersonWords) -> str:
    """The text with what is known of the person hidden."""
    if not known.words:
        return text
    if len(known.words) > _MOST_KNOWN:  # nobody has so many names; looking for each takes long
        return HIDDEN
    lower = text.lower()
    if len(lower) != len(text):  # a letter with a longer small form: places would not agree
        text = lower
    spans = [
        span for word in known.words for span in _places(lower, word)
    ]  # fmt: skip
    for start, end in reversed(_joined(sorted(spans))):
        text = f"{text[:start]}{HIDDEN}{text[end:]}"
    return text


def _places(lower: str, word: str) -> Iterable[tuple[int, int]]:
    """Where a word stands in a text: inside of others, too, unless it is short."""
    start = lower.find(word)
    while start >= 0:
        end = start + len(word)
        around = lower[start - 1 : start] + lower[end : end + 1]
        if len(word) >= _SHORTEST_INSIDE or not any(map(str.isalpha, around)):
            yield start, end
        start = lower.find(word, start + 1)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, in order, with those that overlap joined."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _stays(value: str, known: PersonWords) -> str:
    del known
    return value


def _name(value: str, known: PersonWords) -> str:
    del known
    return masked_name(value)


def _phone(value: str, known: PersonWords) -> str:
    del known
    return masked_phone(value)


_FIELDS: Mapping[str, Callable[[str, PersonWords], str]] = {
    **dict.fromkeys(("name", "first_name", "last_name", "owner_claimed"), _name),
    **dict.fromkeys(("email", "email_canonical"), masked_email),
    **dict.fromkeys(("phone", "phone_e164"), _phone),
    **dict.fromkeys(("company", "title", "country", "source", "campaign"), masked_text),
    **dict.fromkeys(("company_domain", "crm_record"), masked_text),
    **dict.fromkeys(("website", "crm_url"), masked_url),
    **dict.fromkeys(("owner", "owner_id", "owner_email", "email_kind"), _stays),
}
"""How each field is masked; every other one is hidden."""
