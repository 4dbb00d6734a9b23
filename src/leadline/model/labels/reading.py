"""Reading a label to the field of a lead that it asks for.

A label counts only if every word in it is known, because "company size" asks for no company and
"name of your pet" for nobody's name. Where just the words for e-mail or phone are known, the value
decides (`Reading.likely`).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from leadline.model.labels.vocabulary import HEADS, Word
from leadline.model.labels.words import Said, is_id, said_in, without_accents
from leadline.model.texts.patterns import late

__all__ = ["Reading", "read_label"]

_LONGEST = 160
_MOST_WORDS = 32
_UNKNOWN = "\x00"
_MOST_BARE = 4
_CAMEL = late(r"(?<=[a-z0-9])(?=[A-Z])")
_PARTS = late(r"[/|(){}<>\[\]:;,?!\n•·／｜、。，]| [-–—] ")
_RUN = late(r"[^\W_]+")
_TOKEN = late(r"[^\W\d_]+|\d+")
_PREFIXES = {"field:": "", "0-1/": "contact ", "0-2/": "company "}
"""What Wix writes before a label, and HubSpot for contacts (object type 0-1) and companies (0-2)
(HubSpot docs, "Forms")."""
_SHORTEST_ID = 4
_CUSTOM = "__c"  # Salesforce's fields of one's own

_PERSON = Word.PERSON | Word.BILLING
_WHOLE = Word.FULL_NAME | Word.FULL
_REACH = _PERSON | Word.USER | Word.WORK | Word.BUSINESS | Word.HOME | Word.MAIN | Word.SECOND
_REACH |= Word.COMPANY | Word.FULL | Word.DETAILS


def _row(field: str, may: int, *cores: int) -> list[tuple[int, int, str]]:
    """The words of one of *cores*, and any of *may*, ask for the field."""
    return [(int(core), int(may & ~core), field) for core in cores]


_ROWS = (
    *_row("first_name", _PERSON | Word.USER, Word.FIRST_NAME, Word.FIRST | Word.NAME),
    *_row("last_name", _PERSON | Word.USER, Word.LAST_NAME, Word.LAST | Word.NAME),
    *_row(
        "name",
        _PERSON | _WHOLE,
        Word.NAME,
        Word.FULL_NAME,
        Word.FIRST | Word.LAST,
        Word.FIRST | Word.LAST | Word.NAME,
        Word.FIRST | Word.LAST_NAME,
        Word.FIRST_NAME | Word.LAST_NAME,
        Word.NAME | Word.FIRST_NAME,
        Word.NAME | Word.LAST_NAME,
        Word.NAME | Word.FIRST_NAME | Word.LAST_NAME,
        Word.NAME | Word.PERSON | Word.MAIN,
    ),
    *_row("email", _REACH | Word.ADDRESS, Word.EMAIL),
    *_row("phone", _REACH | Word.NUMBER, Word.PHONE, Word.MOBILE, Word.PHONE | Word.MOBILE),
    *_row(
        "company",
        _PERSON | Word.WORK | Word.FULL | Word.BUSINESS | Word.MAIN,
        Word.COMPANY,
        Word.COMPANY | Word.NAME,
        Word.COMPANY | Word.THING_NAME,
    ),
    *_row("company", _PERSON | Word.FULL, Word.BUSINESS | Word.NAME),
    *_row("title", Word.COMPANY | Word.WORK | Word.BUSINESS | Word.JOB | Word.MAIN, Word.TITLE),
    *_row(
        "country",
        _PERSON | Word.USER | Word.HOME | Word.COMPANY | Word.ADDRESS | Word.REGION,
        Word.COUNTRY,
        Word.COUNTRY | Word.NAME,
    ),
    *_row(
        "website",
        _PERSON | Word.COMPANY | Word.WORK | Word.HOME | Word.BUSINESS | Word.ADDRESS | Word.URL,
        Word.WEBSITE,
    ),
    *_row("website", Word.COMPANY, Word.URL),
    *_row("message", Word.PERSON | Word.DETAILS, Word.MESSAGE),
)
_NAMES = frozenset({"name", "first_name", "last_name"})
_ASKS, _OTHER = int(HEADS), int(Word.OTHER)
_EMAIL, _PHONE = int(Word.EMAIL), int(Word.PHONE | Word.MOBILE)
_WHOLES, _BOTH = int(_WHOLE), int(Word.FIRST | Word.LAST)
_OF_WHOM = int(Word.PERSON | Word.COMPANY | Word.NAME)
_LATER = tuple(
    (int(word), worse)
    for word, worse in (
        (Word.SECOND, 60),
        (Word.COMPANY, 40),
        (Word.BILLING, 10),
        (Word.HOME, 5),
    )
)
"""Words in a label for e-mail or phone by which others are preferred to it."""


class Reading(NamedTuple):
    """What a label asks for.

    `field` is a field of `LeadFields`, or None. `rank` orders labels for one field, the best first.
    `likely` is "email" or "phone" if the label speaks of it in words that are not all known: the
    value decides. `others` says that it speaks of somebody who is not the lead, and `whole` that it
    asks for the whole name. `bare` are the words of a label without a field that say something,
    joined by "_"; "" if there are many.
    """

    field: str | None = None
    rank: int = 0
    likely: str | None = None
    others: bool = False
    whole: bool = False
    bare: str = ""


def read_label(label: str) -> Reading:
    """What a label asks for; only its beginning is read."""
    return _read(label[:_LONGEST])


@lru_cache(maxsize=4096)
def _read(label: str) -> Reading:
    for prefix, words in _PREFIXES.items():
        if label.startswith(prefix):
            label = words + label.removeprefix(prefix)
    plain = without_accents(_CAMEL.sub("_", label.removesuffix(_CUSTOM)))
    parts = [tokens for part in _PARTS.split(plain) if (tokens := _tokens(part))]
    if sum(map(len, parts)) > _MOST_WORDS:
        parts = [[*parts[0][:_MOST_WORDS], _UNKNOWN]]
    said = [said_in(tokens) for tokens in parts]
    whole = 0
    for one in said:
        whole |= one.meaning
    if whole & _OTHER:
        return Reading(others=True)
    field = _field(said, whole) if whole and all(one.known for one in said) else None
    if field is None:
        bare = [word for one in said for word in one.words][: _MOST_BARE + 1]
        return Reading(
            likely=_likely(whole), bare="_".join(bare) if len(bare) <= _MOST_BARE else ""
        )
    full = whole & _WHOLES or whole & _BOTH == _BOTH
    rank = sum(worse for word, worse in _LATER if whole & word)
    return Reading(field, rank, whole=bool(full) and field == "name")


def _tokens(part: str) -> list[str]:
    """The words and numbers of a part of a label, without an id at its end ("name_a1b2")."""
    runs: list[str] = _RUN.findall(part)
    if len(runs) > 1 and len(runs[-1]) >= _SHORTEST_ID and is_id(runs[-1]):
        runs.pop()
    return [token for run in runs for token in _TOKEN.findall(run)]


def _field(said: Sequence[Said], whole: int) -> str | None:
    """The field that parts of a label ask for, which have to agree. Several parts of a name are the
    whole name."""
    asking = [one for one in said if one.meaning & _ASKS]
    if len(asking) < 2:
        return _meant(whole, asking[0].words if asking else ())
    fields = {_meant(one.meaning, one.words) for one in asking}
    if len(fields) == 1:
        return fields.pop()
    return "name" if fields <= _NAMES else None


def _meant(meaning: int, words: Sequence[str]) -> str | None:
    """The field that words ask for together."""
    if meaning & _OF_WHOM == _OF_WHOM:
        return _whose_name(words)
    return next((field for core, may, field in _ROWS if meaning & ~may == core), None)


def _whose_name(words: Sequence[str]) -> str | None:
    """ "company contact name" is the person's, "contact company name" the company's."""
    meanings = [said_in([word]).meaning for word in words]
    people = [place for place, one in enumerate(meanings) if one & Word.PERSON]
    companies = [place for place, one in enumerate(meanings) if one & Word.COMPANY]
    if len(people) != 1 or len(companies) != 1:
        return None
    return "name" if people[0] > companies[0] else "company"


def _likely(whole: int) -> str | None:
    email, phone = whole & _EMAIL, whole & _PHONE
    if bool(email) == bool(phone):
        return None
    return "email" if email else "phone"
