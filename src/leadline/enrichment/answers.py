"""What an answer in JSON says: values at the places that the settings name."""

import math
from collections.abc import Mapping
from typing import Any

from leadline.model.facts.enrichment import Scalar
from leadline.model.texts.json_places import placed
from leadline.refine import text
from leadline.refine.limits import cut

LONGEST = 300
"""The longest text of a value; what is longer is cut."""
CONFIDENCE = "confidence"
"""The name in `map` of how sure an answer is."""
_MOST_OF_A_LIST = 10
_LARGEST = 10**15


def mapped(answer: Any, places: Mapping[str, str]) -> dict[str, Scalar]:
    """The values of the fields that the answer has; what is no text, number or yes or no, or a list
    of texts, is left out."""
    found = ((name, kept_value(placed(answer, path))) for name, path in places.items())
    return {n: value for n, value in found if value is not None and n != CONFIDENCE}


def confidence_in(answer: Any, places: Mapping[str, str]) -> float | None:
    """How sure the answer says it is, 0 to 1. Services count to 1, to 10 or to 100."""
    path = places.get(CONFIDENCE)
    value = placed(answer, path) if path else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return float(value if value <= 1 else value / 10 if value <= 10 else value / 100)


def kept_value(value: Any) -> Scalar | None:
    """A value as it is kept; None for anything else, and for blanks."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else None
    if isinstance(value, float):
        return value if math.isfinite(value) and abs(value) < _LARGEST else None
    if isinstance(value, list):
        value = ", ".join(one for one in value[:_MOST_OF_A_LIST] if isinstance(one, str) and one)
    if not isinstance(value, str):
        return None
    written = text.line(value[: LONGEST * 4]) if value.strip() else ""
    return cut(written, LONGEST) or None
