"""What follows from the conditions of a rule taken together."""

from collections.abc import Iterable, Sequence

from leadline.settings.conditions.fields import FIELDS, FieldKind
from leadline.settings.conditions.parsing import Condition, parse
from leadline.settings.conditions.text import fold_text

_SINGLE = (FieldKind.TEXT, FieldKind.NUMBER, FieldKind.CHOICE, FieldKind.COUNTRY)
"""The kinds of fields that have one value at most."""


def is_among(lines: Iterable[str], others: Iterable[str]) -> bool:
    """Whether each of these lines of `when` stands among the others, however it is written."""
    known = {parse(line).means for line in others}
    return all(parse(line).means in known for line in lines)


def contradiction(lines: Sequence[str]) -> str:
    """Which two lines no lead meets at once, as far as it shows: a field with one value is said to
    be one thing and another, or to be missing; "" if there are none."""
    known: dict[str, tuple[str, frozenset[object]]] = {}
    for line in lines:
        condition = parse(line)
        values = _values(condition)
        if values is None:
            continue
        before = known.get(condition.field)
        if before is not None and before[1].isdisjoint(values):
            return f"no lead has both {before[0]} and {line}"
        known.setdefault(condition.field, (line, values))
    return ""


def _values(condition: Condition) -> frozenset[object] | None:
    """All values that a condition allows to its field, None among them if that may be missing;
    None in place of a set if that cannot be said, or the field may have several values."""
    kind = FIELDS[condition.field].kind
    if kind not in _SINGLE or condition.file is not None:
        return None
    if condition.op == "is empty":
        return frozenset({None})
    if condition.op not in ("=", "in"):
        return None
    if kind is FieldKind.NUMBER:
        return frozenset(map(float, condition.values))
    return frozenset(map(fold_text, condition.values))
