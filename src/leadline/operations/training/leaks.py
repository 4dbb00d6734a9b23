"""Columns that a model must not have: about single people, or filled in after the outcome.

Whatever `--allow` says, columns about people stay out; all others can be let in by it.
"""

from collections.abc import Sequence

from leadline.model.labels import read_label
from leadline.model.texts.patterns import late
from leadline.operations.training.dates import form_of_dates
from leadline.scoring.columns import CUSTOM, Value

SHARED_BY = 10
"""A value is known to a model only if this many leads share it."""
SUSPICIOUS_AUC = 0.9
GIVEN_AUC, GIVEN_DOUBT = 0.75, 0.6
"""From which AUC on "the column is given" alone drops it, or makes it doubtful."""
LATER_DATES = 0.02
"""Dates after the capture, as a part of a column's dates, from which on it was filled later."""
_PEOPLE = frozenset({"name", "first_name", "last_name", "email", "phone", "company", "message"})
_LOOKS_PERSONAL = late(r"@|\d[\d\s().+/-]{6,}\d")
_REACHES = late(r"@|^[+(]?\d[\d\s().+/-]{6,}\d$")
_FEW_ANSWERS = 5
"""A column such as "do not e-mail" has fewer values than one of addresses."""
_SPLIT = late(r"[^a-z0-9]+")
_ABOUT_PEOPLE = (
    "name surname firstname lastname fullname email mail phone mobile telephone fax address street "
    "ip birthdate birthday birth dob ssn iban passport password linkedin facebook twitter url "
    "website"
)
_PEOPLE_WORDS = frozenset(_ABOUT_PEOPLE.split())
_ARE_NUMBERS = "phone mobile telephone fax birthdate birthday birth dob ssn passport"
_NUMBER_WORDS = frozenset(_ARE_NUMBERS.split())
_LONG = 100_000.0
_AFTERWARDS = (
    "quality tag tags disposition stage status closed closing close won win lost loss converted "
    "conversion outcome result reason feedback remark remarks note notes duration contract revenue "
    "invoice paid payment churn churned last latest recent modified updated owner assigned rep "
    "attempts responded rating grade qualified disqualified deal opportunity"
)
_AFTERWARDS_WORDS = frozenset(_AFTERWARDS.split())


def is_about_people(name: str, values: Sequence[Value]) -> bool:
    """Whether a column tells who somebody is: by its name, or by its values."""
    if not name.startswith(CUSTOM):
        return False  # these are what `capture_columns` makes of a lead
    label = name.removeprefix(CUSTOM)
    words = _words(label)
    if read_label(label).field in _PEOPLE:
        return True
    if words and words[-1] in _NUMBER_WORDS and _are_long(values):
        return True
    texts = [value for value in values if isinstance(value, str)]
    if words and words[-1] in _PEOPLE_WORDS and len(set(texts)) > _FEW_ANSWERS:
        return True
    reaching = sum(_REACHES.search(text) is not None for text in texts)
    return reaching > len(texts) / 10 and form_of_dates(texts) is None


def _are_long(values: Sequence[Value]) -> bool:
    """Whether most of the values are numbers as long as those of phones, passes or birthdays: a
    sender may write them without any other sign. How many calls there were is shorter."""
    long = sum(isinstance(value, float) and abs(value) >= _LONG for value in values)
    return long > len(values) / 2


def looks_personal(text: str) -> bool:
    """Whether a text may hold an e-mail address or a phone number."""
    return _LOOKS_PERSONAL.search(text) is not None and form_of_dates([text]) is None


def word_of_afterwards(name: str) -> str:
    """The word in a column's name that says that it is filled in later ("last", "closed"); "" if
    there is none."""
    if not name.startswith(CUSTOM):
        return ""
    found = [word for word in _words(name.removeprefix(CUSTOM)) if word in _AFTERWARDS_WORDS]
    return found[0] if found else ""


def _words(label: str) -> list[str]:
    return [word for word in _SPLIT.split(label.lower()) if word]
