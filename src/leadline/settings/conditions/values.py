"""The values in conditions: numbers, the words of a field, and countries."""

from leadline.model.texts.patterns import late
from leadline.settings.conditions.fields import WEEKDAYS, ConditionField, FieldKind
from leadline.settings.conditions.text import fold_text

_NUMBER = late(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_MOST_SHOWN = 40


def is_number(text: str) -> bool:
    """Whether a text is a number as conditions know it: digits with a decimal point at most."""
    return _NUMBER.fullmatch(text) is not None


def checked_value(field: ConditionField, value: str, *, needs_number: bool = False) -> str:
    """The value as the field writes it: a word in small letters, a country by its code, everything
    else unchanged. Raises ValueError, whose text says what was expected."""
    shown = repr(value[:_MOST_SHOWN])
    if needs_number or field.kind is FieldKind.NUMBER:
        if not is_number(value):
            raise ValueError(f"expected a number such as 80 or 0.5, not {shown}")
        return value
    if field.kind is FieldKind.CHOICE:
        word = value.casefold()
        if field.words is WEEKDAYS and word.endswith("day"):
            word = word[:3]
        if word not in field.words:
            raise ValueError(f"expected one of {', '.join(field.words)}, not {shown}")
        return word
    if field.kind is FieldKind.COUNTRY:
        code = country_code(value)
        if not code:
            raise ValueError(f"expected a country such as DE or Germany, not {shown}")
        return code
    return value


def country_code(value: str) -> str:
    """The ISO 3166 code of a country given by its code or its English name; "" if it is none."""
    from leadline.model.geography.countries import (
        COUNTRIES,  # imported here: few conditions ask for it
    )

    if value.upper() in COUNTRIES:
        return value.upper()
    wanted = fold_text(value)
    for code, (three, name) in COUNTRIES.items():
        if wanted in (three.casefold(), fold_text(name)):
            return code
    return ""
