"""How the dates of a column are written."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

FORMS = (
    "", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d",
    "%d-%m-%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M", "%Y/%m/%d %H:%M",
    "%d-%m-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
)  # fmt: skip
"""The forms of `strptime` that are tried, "" being ISO 8601; of two that fit, the first."""
_LOOKED_AT = 2000
_ENOUGH = 0.95


def form_of_dates(values: Sequence[str]) -> str | None:
    """The form in which nearly all of the values are dates; None if there is none. Mere digits are
    numbers, not dates."""
    some = [value for value in values if value.strip()]
    some = some[:: max(1, len(some) // _LOOKED_AT)]
    if not some or sum(value.strip().isdigit() for value in some) > len(some) / 2:
        return None
    for form in FORMS:
        if _fits(form, some[:1]) and _fits(form, some):
            return form
    return next((form for form in FORMS if _fits(form, some)), None)


def time_in_form(value: str, form: str, zone: tzinfo) -> datetime | None:
    """A time in a form, in *zone* if it names none; None if it is not in that form."""
    text = value.strip().upper()
    try:
        at = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _fits(form: str, values: Sequence[str]) -> bool:
    good = sum(time_in_form(value, form, UTC) is not None for value in values)
    return good >= _ENOUGH * len(values)
