"""The value of an answer as text, a list of texts, or an object with the parts of a name."""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.vendors._answers.keys import words_in
from leadline.vendors._reader.aliases import normal

_FIRST = frozenset(("first", "first_name", "firstname", "given", "given_name"))
_LAST = frozenset(("last", "last_name", "lastname", "family", "family_name", "surname"))
_NAME = frozenset(
    words_in(
        "middle middle_name middle_initial initial prefix suffix title salutation honorific full "
        "full_name first_and_last pretty_format type id"
    )
)
_ADDRESS = frozenset(words_in("address address2 city state zip country"))
_WRAPPERS = words_in(
    "value values answer answers text content plain_text label labels choice selected name "
    "text_question_answer"
)
_OF_A_CHOICE = frozenset(
    words_in(
        "id ids ref refs key type label labels other option_value option_id primary is_selected "
        "annotations href plain_text position image_url text value name choice_id row_id"
    )
)
_CHOICES = frozenset(("options", "choices", "rows", "columns"))
_IDS = ("id", "value", "key", "ref", "uuid")
_TEXTS = ("text", "label", "name", "title", "value")
_FILE = frozenset(words_in("url mime_type mimetype size content_type file_url href download_url"))
_OF_A_CONTACT = ("first_name", "last_name", "email", "phone", "company")
_CODES = frozenset(
    words_in(
        "dial_code calling_code country_code country_calling_code isd_code phone_code phone_prefix "
        "country_prefix prefix area_code area country country_iso iso2"
    )
)
_LONGEST = 2_000
_DEEPEST = 5


class _Wrapped(msgspec.Struct, forbid_unknown_fields=True):
    value: str


_wrapped = msgspec.json.Decoder(_Wrapped)


def value_shown(value: Any, element: Mapping[str, Any] = {}) -> Any:
    """The answer as it is read: choices by their texts instead of their ids, what is wrapped in an
    object or a list of one without it, names by their parts. *element* has the choices."""
    if type(value) is str and _CHOICES.isdisjoint(element) and not _may_be_packed(value):
        return value
    return _simple(_chosen(value, element), 0)


def _may_be_packed(text: str) -> bool:
    """Whether a text may hold parts of a name or JSON; quickly, because most do not."""
    return text[:1] == "{" or " =" in text


def _simple(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return labelled_lines(value) or _unwrapped(value)
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        each = [_simple(one, depth + 1) for one in value]
        return each[0] if len(each) == 1 else each
    if isinstance(value, dict):
        return _of_object(value, depth)
    return value


def _unwrapped(text: str) -> str:
    """The text in JSON of `{"value": …}` and nothing else (OhMyForm keeps answers so)."""
    if not text.startswith('{"value"') or len(text) > _LONGEST:
        return text
    try:
        return _wrapped.decode(text).value
    except msgspec.MsgspecError:
        return text


def _of_object(value: dict[str, Any], depth: int) -> Any:
    keys = {normal(str(key)): key for key in value}
    if parts := name_parts(value):
        return parts
    for name in ("international", "e164"):  # a phone number in several spellings
        if name in keys and str(value[keys[name]]).startswith("+"):
            return value[keys[name]]
    if "name" in keys and not _FILE.isdisjoint(keys) and "email" not in keys:
        return {("filename" if key == keys["name"] else key): v for key, v in value.items()}
    if "labels" in keys and isinstance(value[keys["labels"]], list):  # Typeform's choices
        other = value.get("other")
        return [*value[keys["labels"]], *([other] if other else [])]
    full = {name for name, key in keys.items() if value[key] not in (None, "", [], {})}
    wrapper = next((name for name in _WRAPPERS if name in full), None)
    if wrapper and full <= _OF_A_CHOICE | {wrapper}:
        return _simple(value[keys[wrapper]], depth + 1)
    if len(value) == 1 and next(iter(keys)).endswith(("_answer", "_answers")):
        return _simple(next(iter(value.values())), depth + 1)  # LinkedIn, Google Forms
    return value


def with_dial_code(value: Any, element: Mapping[str, Any]) -> Any:
    """A phone number together with the dial code or country that stands beside it."""
    codes = {key: element[key] for key in element if normal(key) in _CODES and element[key]}
    return {"value": value, **codes} if codes and isinstance(value, str | int) else value


def name_parts(value: Mapping[str, Any]) -> dict[str, Any]:
    """`first_name`, `last_name` and the rest of an object that holds the parts of a name; {} for
    other objects."""
    keys = {normal(str(key)): key for key in value}
    if not set(keys) <= _FIRST | _LAST | _NAME or (_FIRST | _LAST).isdisjoint(keys):
        return {}
    renamed = {**dict.fromkeys(_FIRST, "first_name"), **dict.fromkeys(_LAST, "last_name")}
    renamed |= {"title": "prefix", "full": "full_name", "type": "kind"}
    return {renamed.get(name, name): value[key] for name, key in keys.items() if value[key]}


def contact_in(value: Any) -> dict[str, Any]:
    """The person in a list of first name, last name, e-mail address, phone and company, where only
    the third is an address (Formbricks docs, "Contact info"); {} for other lists."""
    if type(value) is not list or not 3 <= len(value) <= len(_OF_A_CONTACT):
        return {}
    if [isinstance(one, str) and "@" in one for one in value[:4]] != [False, False, True, False][
        : len(value)
    ]:
        return {}
    return {name: one for name, one in zip(_OF_A_CONTACT, value, strict=False) if one}


def full_name(parts: Mapping[str, Any]) -> str:
    """The name in parts as one text."""
    words = (parts.get(key) for key in ("first_name", "middle", "last_name"))
    return " ".join(word for word in words if isinstance(word, str) and word)


def labelled_lines(text: str) -> dict[str, Any] | None:
    """The parts in Formstack's lines, `first = Ada` and `last = Vance` or those of an address; None
    for other texts (Formstack docs, "Webhook examples")."""
    if " =" not in text or len(text) > _LONGEST:
        return None
    parts: dict[str, Any] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            parts[name.strip()] = value.strip()
        elif line.strip():
            return None
    if set(parts) <= _ADDRESS and len(parts) > 1:
        return parts
    return name_parts(parts) or None


def _chosen(value: Any, element: Mapping[str, Any]) -> Any:
    """The value with the texts of choices instead of their ids."""
    if _CHOICES.isdisjoint(element):
        return value
    texts: dict[str, Any] = {}
    for name in _CHOICES:
        texts |= _texts_by_id(element.get(name))
    return _by_text(value, texts) if texts else value


def _by_text(value: Any, texts: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_by_text(one, texts) for one in value]
    if isinstance(value, dict):  # a matrix: the columns chosen in each row
        return {str(texts.get(key, key)): _by_text(one, texts) for key, one in value.items()}
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    return texts.get(str(value), value)


def _texts_by_id(choices: Any) -> dict[str, Any]:
    if isinstance(choices, dict):
        return {str(key): text for key, text in choices.items() if isinstance(text, str)}
    found: dict[str, Any] = {}
    for one in choices if isinstance(choices, list) else ():
        if not isinstance(one, dict):
            continue
        text = next((one[key] for key in _TEXTS if isinstance(one.get(key), str)), None)
        for key in _IDS:
            if text and isinstance(one.get(key), str | int):
                found.setdefault(str(one[key]), text)
    return found
