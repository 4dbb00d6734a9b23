"""Reading a lead's fields from decoded JSON by their names or paths."""

import math
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from leadline.model.errors import NotUnderstood
from leadline.model.facts.attribution import Attribution
from leadline.model.lead import PLACEABLE, LeadFields
from leadline.model.texts.json_places import placed
from leadline.model.texts.patterns import late

_DEEPEST = 12
LONGEST_PATH = 200  # as long as refinement keeps names (`refine.limits`)
# The keys under which an object has its value, by field of the lead.
_VALUES = ("value", "name", "label", "full", "text", "raw")
_VALUES_OF = {
    "email": ("value", "email", "email_address", "address", "primaryEmail", "primary_email"),
    "phone": (
        *("e164", "international", "value", "phone", "number", "phone_number", "phoneNumber"),
        *("full", "primaryPhoneNumber", "national", "national_number", "nationalNumber", "raw"),
        *("nummer", "numero"),
    ),
    "country": (
        *("name", "value", "label", "full", "text", "raw", "code", "iso2", "iso", "iso_code"),
        *("country_code", "countryCode", "alpha2", "alpha_2", "iso3"),
    ),
    "company": ("name", "value", "label", "title"),
    "owner": ("email", "value", "name", "label", "full_name"),
    "message": ("value", "label", "full", "text", "raw", "content", "body"),
}
ATTRIBUTION = frozenset(Attribution.__struct_fields__)
"""The names of UTM parameters and click ids that the settings can map."""
_SECRET = late(
    r"pass(?:word|wd|phrase)|secret|token|api_?key|google_key|card_?number|\bcvv\b|\bssn\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def secret(path: str) -> bool:
    """Whether a value with this name may be a credential, which alerts leave out. The raw lead
    keeps it."""
    return _SECRET.search(path) is not None


def text(value: Any) -> str | None:
    """A scalar as text; None for empty values (null, false, "", "____", {}, [])."""
    if isinstance(value, str):
        return value if value.replace("_", " ").strip() else None
    if value is None or isinstance(value, bool | dict | list):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return str(value)


def text_of_field(field: str, value: Any) -> str | None:
    """The text of a field from a scalar, an object that contains it, or a list, where an element
    marked as primary comes first; None if there is none."""
    if isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str):
            return text(value[1])  # Odoo's `[4, "Search engine"]`
        ordered = sorted(value, key=lambda v: not (isinstance(v, dict) and v.get("primary")))
        return next((one for v in ordered if (one := text_of_field(field, v)) is not None), None)
    if not isinstance(value, dict):
        return text(value)
    for key in _VALUES_OF.get(field, _VALUES):
        inner = value.get(key)
        if (
            one := text_of_field(field, inner) if isinstance(inner, list) else text(inner)
        ) is not None:
            return _whole_phone(value, one) if field == "phone" else one
    return None


def _whole_phone(value: Mapping[str, Any], number: str) -> str:
    from leadline.vendors._reader.dial_codes import within_object  # imported here: few need it

    return within_object(value, number)


def number(value: Any) -> float | None:
    """A finite number, given as number or text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def scalar_or_text(value: Any) -> bool:
    """Whether a value is not empty: null, "", "____", [] and {} are empty, 0 and false are not."""
    if isinstance(value, str):
        return value[:1].isalnum() or text(value) is not None
    return value not in (None, [], {})


def several(value: Any) -> bool:
    """Whether the value is a list of more than one element."""
    return isinstance(value, list) and len(value) > 1


def with_source(fields: LeadFields, default: str) -> LeadFields:
    """The fields with *default* as source, unless the sender named one."""
    return fields if fields.source else msgspec.structs.replace(fields, source=default)


def drawn(
    values: Mapping[str, Any],
    where: Mapping[str, tuple[str, ...]],
    mapping: Mapping[str, str] = {},
    *,
    read: Container[str] = (),
    **known: Any,
) -> LeadFields:
    """The fields of a lead from *values*; unused values go to `custom`.

    *where* gives the keys of each field in order of preference. *known* are fields that the source
    has read itself, from the keys in *read*; they win over *where*. *mapping* are paths by field
    name from the settings; they win over both.
    """
    body: dict[str, Any] = {}
    used = set()
    for name, keys in where.items():
        key = next((k for k in keys if text_of_field(name, values.get(k)) is not None), None)
        if key is not None:
            body[name] = text_of_field(name, values[key])
            if not several(values[key]):
                used.add(key)
    custom = flat({k: v for k, v in values.items() if k not in used and k not in read})
    given = {name: value for name, value in known.items() if value is not None}
    for name, path in mapping.items():
        if name in PLACEABLE and (there := text_of_field(name, placed(values, path))) is not None:
            given[name] = there
    body = {**body, **given}
    body["custom"] = {**custom, **known.get("custom", {})}
    if any(name.startswith("consent.") for name in mapping):
        from leadline.vendors._webhooks.consents import mapped_consent  # few settings map it

        body["consent"] = {**body.get("consent", {}), **mapped_consent(values, mapping)}
    if mapping and (attribution := mapped_attribution(values, mapping)):
        body["attribution"] = attribution
    body["score"] = number(body.get("score"))
    return LeadFields(**body)


def mapped_attribution(values: Any, mapping: Mapping[str, str]) -> dict[str, str]:
    """The UTM parameters and click ids at the places that the settings name."""
    places = ((name, path) for name, path in mapping.items() if name in ATTRIBUTION)
    found = ((name, text_of_field(name, placed(values, path))) for name, path in places)
    return {name: value for name, value in found if value is not None}


def emptied(
    values: Mapping[str, Any],
    where: Mapping[str, tuple[str, ...]],
    mapping: Mapping[str, str] = {},
    *,
    whole: bool = False,
) -> tuple[str, ...]:
    """The fields that an update clears (`Source.cleared`).

    *whole*: the values are the complete record. Otherwise other paths of a field may still have a
    value, so only an empty first path clears it.
    """
    found = []
    for name in PLACEABLE:
        keys = (mapping[name],) if name in mapping else where.get(name, ())
        there = [key for key in keys if key in values]
        counts = there and (whole or there[0] == keys[0])
        if counts and all(text_of_field(name, values[key]) is None for key in there):
            found.append(name)
    leaves = (path for path, value in flat_with_empty(values) if not scalar_or_text(value))
    return (*found, *(f"custom.{path}" for path in leaves))


def demand_something(fields: LeadFields, raw_keys: Iterable[str]) -> LeadFields:
    """The fields, if they identify a person, company or record. Raises NotUnderstood otherwise."""
    if any(
        (
            fields.name,
            fields.first_name,
            fields.last_name,
            fields.email,
            fields.phone,
            fields.company,
            fields.record,
        )
    ):
        return fields
    seen = ", ".join(sorted({str(k)[:40] for k in raw_keys})[:12]) or "none"
    raise NotUnderstood(
        f"no name, e-mail, phone or company was found (keys: {seen}); "
        "map the fields with [sources.NAME.map]"
    )


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """A value as scalars and lists by dotted path; empty values and secrets are left out."""
    leaves = _leaves(value, prefix, 0)
    return {path: v for path, v in leaves if scalar_or_text(v) and not secret(path)}


def flat_with_empty(value: Any) -> Iterator[tuple[str, Any]]:
    """The dotted paths of all scalars, lists and empty containers."""
    return _leaves(value, "", 0)


def _leaves(value: Any, prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _leaves(inner, path_of(prefix, str(key)), depth + 1)
    else:
        yield prefix, value


def path_of(prefix: str, key: str) -> str:
    """The dotted path of a member. Long paths are cut with an ellipsis, because every value in an
    object repeats the object's path."""
    path = f"{prefix}.{key}" if prefix else key
    return path if len(path) <= LONGEST_PATH else path[: LONGEST_PATH - 1] + "…"
