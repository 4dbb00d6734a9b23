"""Where a lead's fields stand under which names."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from leadline.errors import NotUnderstood
from leadline.lead import LeadFields

_ALIASES = {
    "name": "name full_name fullname your_name contact_name lead_name display_name person_name "
    "person customer_name",
    "first_name": "first_name firstname fname given_name vorname prenom forename first",
    "last_name": "last_name lastname lname surname family_name nachname last",
    "email": "email email_address e_mail mail your_email work_email business_email email1 "
    "email_from email_id contact_email primary_email emails",
    "phone": "phone phone_number telephone tel mobile mobile_number mobile_phone mobile_no cell "
    "your_phone work_phone work_number phone_work phone_mobile phones phone_numbers contact_phone "
    "whatsapp primary_phone telefon",
    "company": "company company_name organization organisation organization_name account_name "
    "business business_name employer org org_name partner_name your_company firma orgname "
    "account",
    "title": "title job_title jobtitle position role designation function job your_title",
    "country": "country country_code country_name address_country primary_address_country "
    "countrycode country_region land",
    "website": "website web_site company_website domain homepage company_url site",
    "message": "message comments comment your_message enquiry inquiry question notes note "
    "description body text details nachricht how_can_we_help",
    "source": "source lead_source leadsource utm_source hs_analytics_source source_name "
    "origin channel platform",
    "campaign": "campaign utm_campaign campaign_name campaign_id",
    "owner": "owner lead_owner owner_email owner_name hubspot_owner_id owner_id assigned_to "
    "assignee assigned_user_name assigned_user_id ownerid sales_rep",
    "score": "score lead_score leadscore hubspotscore rating probability",
    "created": "created created_at createdat create_date created_time createdate created_date "
    "submitted_at date_created timestamp submittedat",
    "crm_url": "crm_url record_url profile_url",
}
_FIELD_OF = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}
# Inside these, "name" is not the person's.
_NAME_INSIDE = {
    "company": "company",
    "account": "company",
    "campaign": "campaign",
    "organization": "company",
    "owner": "owner",
    "utm": "",
    "form": "",
    "event": "",
    "item": "name",
}
_MOST_NODES = 2_000
_DEEPEST = 12


@lru_cache(maxsize=4096)
def normal(key: str) -> str:
    """A key in one style: `First Name`, `firstName` and `first-name` are `first_name`."""
    key = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.strip())
    return re.sub(r"[^0-9a-z]+", "_", key.lower()).strip("_")


@lru_cache(maxsize=4096)
def field_of(key: str) -> str | None:
    """The field of a lead that a key usually means, or None."""
    name = normal(key)
    return _FIELD_OF.get(name) or _FIELD_OF.get(re.sub(r"^q\d+_|_?\d+$", "", name))


def text(value: Any) -> str | None:
    """A scalar as text; None for what means nothing (null, false, "", "____", {}, [])."""
    if isinstance(value, str):
        return value if value.strip(" _\t\r\n") else None
    if value is None or isinstance(value, bool | dict | list):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return str(value)


def best(value: Any) -> str | None:
    """One text out of a scalar, a `{value: …}` or a list of them, the primary one first."""
    if isinstance(value, list):
        ordered = sorted(value, key=lambda v: not (isinstance(v, dict) and v.get("primary")))
        return next((found for v in ordered if (found := best(v)) is not None), None)
    if isinstance(value, dict):
        for key in ("value", "email", "phone", "number", "email_address", "full", "name", "raw"):
            if key in value and (found := best(value[key])) is not None:
                return found
        return None
    return text(value)


def number(value: Any) -> float | None:
    """A finite number, also when written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def pick(values: Mapping[str, Any], *keys: str) -> str | None:
    """The first of these keys that says something."""
    return next((found for k in keys if (found := best(values.get(k))) is not None), None)


def drawn(
    values: Mapping[str, Any], where: Mapping[str, tuple[str, ...]], **known: Any
) -> LeadFields:
    """The fields that stand under the given keys; whatever nobody drew is kept in `custom`.

    *known* are fields that the source has found out by itself; they win.
    """
    found: dict[str, Any] = {name: pick(values, *keys) for name, keys in where.items()}
    used = {key for keys in where.values() for key in keys}
    custom = flat({key: v for key, v in values.items() if key not in used})
    given = {name: value for name, value in known.items() if value is not None}
    found = {**found, **given}
    found["custom"] = {**custom, **known.get("custom", {})}
    found["score"] = number(found.get("score"))
    return LeadFields(**found)


def demand_something(fields: LeadFields, raw_keys: Iterable[str]) -> LeadFields:
    """The fields, if they are enough to call somebody a lead; else NotUnderstood."""
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
        "say where they stand with [sources.NAME.map]"
    )


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """What is left over, as dotted paths to scalars and lists of them; empties are left out."""
    return {path: v for path, v in _leaves(value, prefix, 0) if v not in (None, "", [], {})}


def _leaves(value: Any, prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _leaves(inner, f"{prefix}.{key}" if prefix else str(key), depth + 1)
    else:
        yield prefix, value


def placed(value: Any, path: str) -> Any:
    """What stands at a JSON Pointer (`/a/0/b`) or a dotted path (`a.0.b`); None if nothing."""
    if path.startswith("/"):
        parts = [p.replace("~1", "/").replace("~0", "~") for p in path[1:].split("/")]
    else:
        if isinstance(value, dict) and path in value:
            return value[path]
        parts = path.split(".")
    for part in parts:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def guessed(value: Any, mapping: Mapping[str, str] = {}) -> LeadFields:
    """A lead out of JSON of any shape: the usual names at any depth; the outermost one counts.

    *mapping* says for some fields where they stand, and wins. Everything else is in `custom`.
    """
    found: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    _search(value, found, custom)
    for name, path in mapping.items():
        if name != "event_id" and (there := best(placed(value, path))) is not None:
            found[name] = there
    score = number(found.pop("score", None))
    return msgspec.convert({**found, "score": score, "custom": custom}, LeadFields)


def _search(value: Any, found: dict[str, Any], custom: dict[str, Any]) -> None:
    """Breadth first, so that what stands outside wins over what stands deep inside."""
    level: list[tuple[str, str, Any]] = [("", "", value)]
    visited = depth = 0
    while level and visited < _MOST_NODES:
        deeper: list[tuple[str, str, Any]] = []
        for path, parent, node in level:
            for key, inner in _members(node):
                visited += 1
                place = f"{path}.{key}" if path else key
                if _take(key, parent, inner, found):
                    continue
                if isinstance(inner, dict | list) and inner and depth < _DEEPEST and _nested(inner):
                    deeper.append((place, normal(key) if not key.isdigit() else parent, inner))
                elif inner not in (None, "", [], {}):
                    custom[place] = inner
        level, depth = deeper, depth + 1


def _members(node: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(node, dict):
        return node.items()
    if isinstance(node, list):
        return ((str(i), v) for i, v in enumerate(node))
    return ()


def _nested(value: Any) -> bool:
    return isinstance(value, dict) or any(isinstance(v, dict | list) for v in value)


def _take(key: str, parent: str, value: Any, found: dict[str, Any]) -> bool:
    """Note the value under the field that its key means; False if it means none, or is taken."""
    name = field_of(key)
    if parent in _NAME_INSIDE and name in ("name", "title", "source"):
        name = _NAME_INSIDE[parent] if name == "name" else None
    if parent == "utm" and key in ("source", "campaign"):
        name = key
    if not name or name in found:
        return False
    told = best(value)
    if name == "score" and number(told) is None:
        return False  # "Hot" is a rating, but no figure
    if told is None or (name == "company" and isinstance(value, dict) and "name" not in value):
        return False
    found[name] = told
    return not isinstance(value, dict | list)
