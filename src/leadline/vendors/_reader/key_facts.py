"""What the reader asks about the keys of an object, looked up once for all objects with the same
keys: most senders send the same keys in the same order for ever.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from leadline.model.labels import Reading
from leadline.model.texts.patterns import late
from leadline.vendors._answers.keys import may_have_value
from leadline.vendors._answers.questions import GROUPS, HOLDERS
from leadline.vendors._reader.aliases import Role, role, understood
from leadline.vendors._reader.dial_labels import LONGEST_LABEL, Tells, tells

# An object with one of these keys and no address is a form or a page; its name is not a person's.
_OF_A_FORM = frozenset({"form_id", "formId", "formID", "triggerType", "siteId", "page_url"})
_ANY_TEXT = frozenset(
    ("name", "first_name", "last_name", "company", "country", "website", "message", "source",
     "campaign", "owner", "created")
)  # fmt: skip
LONGEST_YES_OR_NO = 5
"""A text that is longer is no "yes" or "no" in place of an e-mail address or a phone number."""
_DIGIT = late(r"\d")
_OF_LISTS = HOLDERS | GROUPS
# Keys are a sender's, so what is kept is bounded: 512 objects with up to 1,000 characters of keys.
_MOST_KEYS = 60
_LONGEST = 1_000


class KeyFacts(NamedTuple):
    """What one key says: its meaning as a label (`reading`), with the field that it asks for (""
    if none) and its rank, the field that it asks for or speaks of (`asks`, None if none), the role
    of an object under it, whether it may be a dial code's (`dials`), and whether it is one of a
    form or a page. `silent`: nothing of all that for a value that is no container. `least`: a text
    that begins with a letter and has so many characters is a value of a person's field, whatever it
    says; 0 if that depends on the text."""

    reading: Reading
    field: str
    rank: int
    asks: str | None
    role: Role | None
    dials: bool
    of_a_form: bool
    silent: bool
    least: int


class ObjectFacts(NamedTuple):
    """What the keys of an object say: each by itself, whether any has a digit (`numbered`), whether
    any is one under which forms list questions or pages (`lists`), and whether the object may be an
    answer or a question (`may_answer`; `answers.answer_in` finds nothing in others)."""

    keys: tuple[KeyFacts, ...]
    numbered: bool
    lists: bool
    may_answer: bool


def facts_of_key(key: str) -> KeyFacts:
    """What a key says; of a long one, its beginning decides."""
    return _of_key(key[:_LONGEST])


def facts_of_object(value: Mapping[str, Any]) -> ObjectFacts:
    """What the keys of an object say, in their order."""
    keys = tuple(value)
    if len(keys) <= _MOST_KEYS and len("".join(keys)) <= _LONGEST:
        return _of_keys(keys)
    return _of_keys.__wrapped__(keys)


@lru_cache(maxsize=512)
def _of_keys(keys: tuple[str, ...]) -> ObjectFacts:
    numbered = _DIGIT.search("".join(keys)) is not None
    told = "text" in keys or "type" in keys or may_have_value(keys)
    lists = not _OF_LISTS.isdisjoint(keys)
    return ObjectFacts(tuple(map(facts_of_key, keys)), numbered, lists, told)


@lru_cache(maxsize=2048)
def _of_key(key: str) -> KeyFacts:
    reading = understood(key)
    asks = reading.field or reading.likely
    dials = len(key) <= LONGEST_LABEL and tells(key) > 0
    of_a_form = key in _OF_A_FORM
    return KeyFacts(
        reading=reading,
        field=reading.field or "",
        rank=reading.rank,
        asks=asks,
        role=role(key),
        dials=dials,
        of_a_form=of_a_form,
        silent=not (asks or dials or of_a_form),
        least=_least(key, reading),
    )


def _least(key: str, reading: Reading) -> int:
    field = reading.field
    if field == "email":
        return 0 if len(key) <= LONGEST_LABEL and tells(key) else LONGEST_YES_OR_NO + 1
    if field not in _ANY_TEXT:
        return 0
    return 1 if len(key) > LONGEST_LABEL or tells(key) <= Tells.WITH_PLUS else 0
