"""Where a lead was won: UTM parameters and click ids, wherever a sender puts them.

They are read from fields of their names (`utm_source`, `UTM_Source__c`, `hs_google_click_id`), from
objects such as `utm: {source: …}`, from answers with a name and a value, and from the addresses of
pages. All other parameters of an address are left where they are. UTM parameters of one lead come
from one place, so that a campaign is never put beside the source of another visit.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from leadline.model.facts.attribution import Attribution
from leadline.model.lead import Change, RefinedLead
from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.limits import cut

UTM_RULES = ("campaign.utm", "source.utm")
"""The rules that fill a lead's campaign and source from its UTM parameters."""

NAMES = Attribution.__struct_fields__
_UTM = tuple(name for name in NAMES if name.startswith("utm_"))
_LONGEST_UTM, _LONGEST_ID, _LONGEST_ADDRESS = 200, 500, 8_000
_MOST_VALUES, _DEEPEST = 2_000, 12

_HINTS = (
    b"utm", b"clid", b"cl_id", b"click", b"braid", b"fbc", b"fbp", b"fat_id", b"fatid", b'"medium"'
)  # fmt: skip
"""What the JSON of an event with any of it has in it, in lower case; looking for each takes a third
of the time of one pattern for all."""
# HubSpot: "Default contact properties" (hs_google_click_id, hs_facebook_click_id); Google: "Receive
# lead form data by webhook" (gcl_id); Meta: "fbp and fbc parameters" (_fbp, _fbc).
_KEYS = {
    **{name.replace("_", ""): name for name in NAMES},
    "utmname": "utm_campaign",  # Segment: "Spec: Common fields", context.campaign.name
    "hsgoogleclickid": "gclid",
    "googleclickid": "gclid",
    "hsfacebookclickid": "fbclid",
    "facebookclickid": "fbclid",
    "microsoftclickid": "msclkid",
    "linkedinclickid": "li_fat_id",
    "tiktokclickid": "ttclid",
}
_ENDINGS = tuple(key for key in _KEYS if len(key) > 4)
_EARLIER = ("first", "initial", "original", "previous")
"""What the key of a parameter has in it if the parameter is of an earlier visit."""
_WITHIN = frozenset({"utm", "utms", "utmparams", "utmparameters", "utmtags"})
"""Objects in which the parameters go without "utm_"."""
_NAMED = ("name", "key", "id", "field", "label", "ref", "title", "question")
_VALUED = ("value", "values", "answer", "text", "rawvalue", "raw_value")
_NO_PAGE = frozenset({"website", "companywebsite", "homepage", "message", "comments", "crmurl"})
"""Keys of addresses that are the lead's own, not those of pages that it visited."""
_QUERY = frozenset({"querystring", "query", "urlparams", "urlparameters", "queryparams"})
_BLANK = late(
    r"\{.*\}|\[.*\]|<.*>|%.*%|\(not[ _]set\)|\(none\)|undefined|null|none|nil|n/?a|x{3,}|-+", re.I
)
_ADDRESS = late(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_BARE_ADDRESS = late(
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?::\d{1,5})?(?:/[^?#]*)?[?#]"
)
"""An address without its scheme, up to its query or fragment."""
_ID = late(r"[!-~]+")
_PARTS = late(r"[.\[\]/]+")
_ODD = late(r"[^a-z0-9]+")


def may_have_attribution(raw: bytes) -> bool:
    """Whether an event's JSON may hold a UTM parameter or a click id; fast, and seldom wrong."""
    low = raw.lower()
    return any(hint in low for hint in _HINTS)


def attribution_in(said: Any) -> dict[str, str]:
    """The UTM parameters and click ids in the JSON of an event, by the names of `Attribution`."""
    fields: tuple[dict[str, str], ...] = ({}, {}, {})
    pages: list[tuple[bool, dict[str, str]]] = []
    for key, inside, value in _values(said):
        name = _name_of(key, inside)
        if name:
            if (known := _known(name, value)) is not None:
                fields[_likeness(key)].setdefault(name, known)
        elif (found := _in_address(key, value)) is not None:
            pages.append(("refer" in key.lower(), found))
    ordered = [found for _, found in sorted(pages, key=lambda page: page[0])]
    exact, longer, earlier = fields
    return _together({**longer, **exact}, *ordered, earlier)


def _together(*places: Mapping[str, str]) -> dict[str, str]:
    """What the places say, the first ones first; UTM parameters from one of them only."""
    told: dict[str, str] = {}
    for place in places:
        has_utm = not told.keys().isdisjoint(_UTM)
        for name, value in place.items():
            if not (has_utm and name in _UTM):
                told.setdefault(name, value)
    return told


def over(newer: Mapping[str, str], older: Mapping[str, str]) -> dict[str, str]:
    """What two events of a lead say together; the UTM parameters of the newer, if it has any."""
    return _together(newer, older)


def with_attribution(lead: RefinedLead, said: Mapping[str, str]) -> RefinedLead:
    """The refined lead with its UTM parameters and click ids. They also name its campaign and its
    source, where the sender names none: by a change each."""
    told = {name: known for name in NAMES if (known := _known(name, said.get(name))) is not None}
    if not told:
        return lead
    details, changes = lead.lead_details, lead.changes
    for field, rule in zip(("campaign", "source"), UTM_RULES, strict=True):
        value = told.get(f"utm_{field}")
        if value and getattr(details, field) is None:
            details = msgspec.structs.replace(details, **{field: value})
            changes = (*changes, Change(field, None, value, rule))
    return msgspec.structs.replace(
        lead, attribution=Attribution(**told), lead_details=details, changes=changes
    )


def _known(name: str, value: Any) -> str | None:
    """The value as it is kept; None for a blank, a variable that was not filled in, an e-mail
    address, and a click id that was cut or is none."""
    while isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    written = text.line(str(value)[:_LONGEST_ADDRESS]) if value != "" else ""
    if not written or _BLANK.fullmatch(written):
        return None
    if name not in _UTM:
        return written if len(written) <= _LONGEST_ID and _ID.fullmatch(written) else None
    return None if _ADDRESS.search(written[:_LONGEST_ID]) else cut(written, _LONGEST_UTM)


def _in_address(key: str, value: Any) -> dict[str, str] | None:
    """What the address of a page says; None for any other value. Links keep parameters in front of
    the fragment, some pages behind it."""
    if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS or "=" not in value:
        return None
    bare = value.strip()
    word = _plain(_PARTS.split(key)[-1] if key else "")
    if word in _NO_PAGE or any(one.isspace() for one in bare):
        return None
    is_address = bare.startswith(("http://", "https://", "/", "?")) or _BARE_ADDRESS.match(bare)
    if not is_address and word not in _QUERY:
        return None
    bare = bare.replace("&amp;", "&")  # as an address stands in the HTML of a page
    try:
        parts = urlsplit(bare if "?" in bare or "#" in bare else f"?{bare}")
        pairs = [
            pair
            for query in (parts.query, parts.fragment.rpartition("?")[2])
            for pair in parse_qsl(query, max_num_fields=300)
        ]
    except ValueError:
        return None
    found: dict[str, str] = {}
    for parameter, written in pairs:
        name = _KEYS.get(_plain(parameter))
        if name and (known := _known(name, written)) is not None:
            found.setdefault(name, known)
    return found or None


def _values(said: Any) -> Iterator[tuple[str, str, Any]]:
    """Each value with its key, and the key of the object in which it is; answers by their names."""
    waiting: list[tuple[str, str, Any, int]] = [("", "", said, 0)]
    for seen, (key, inside, value, depth) in enumerate(waiting):
        if seen > _MOST_VALUES:
            return
        if isinstance(value, dict) and depth < _DEEPEST:
            answer = _answer(value)
            if answer is not None:
                yield answer[0], key, answer[1]
            elif _name_of(key, inside) and (inner := _valued(value)) is not None:
                yield key, inside, inner
            within = "utm" if key == "campaign" and "medium" in value else key
            waiting += [(str(name), within, one, depth + 1) for name, one in value.items()]
        elif isinstance(value, list) and depth < _DEEPEST:
            if value and not isinstance(value[0], dict | list):
                yield key, inside, value
            waiting += [(key, inside, one, depth + 1) for one in value if isinstance(one, dict)]
        else:
            yield key, inside, value


def _answer(value: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The name and the value of an answer to a hidden field; None if it is none."""
    if (inner := _valued(value)) is None:
        return None
    for one in _NAMED:
        name = value.get(one)
        if isinstance(name, str) and _name_of(name, ""):
            return name, inner
    return None


def _valued(value: Mapping[str, Any]) -> Any:
    return next((value[one] for one in _VALUED if value.get(one)), None)


def _name_of(key: str, inside: str) -> str:
    """The name of what a key holds; "" if it is none of ours."""
    if len(key) > _LONGEST_UTM or len(inside) > _LONGEST_UTM:
        return ""
    return _name(key, _plain(inside))


@lru_cache(4096)
def _name(key: str, inside: str) -> str:
    parts = [part for part in _PARTS.split(key) if part]
    while len(parts) > 1 and parts[-1].lower() in _VALUED:
        parts.pop()
    if not parts:
        return ""
    word = _plain(parts[-1].removesuffix("__c"))
    within = _plain(parts[-2]) if len(parts) > 1 else inside
    if within in _WITHIN and f"utm{word}" in _KEYS:
        return _KEYS[f"utm{word}"]
    if word in _KEYS:
        return _KEYS[word]
    return next((_KEYS[one] for one in _ENDINGS if word.endswith(one)), "")


@lru_cache(4096)
def _likeness(key: str) -> int:
    """How a key is like the name that it was known by: 0 as it is, 1 with something before it
    (`lead_utm_source`), 2 it is that of an earlier visit (`first_utm_source`)."""
    parts = [part for part in _PARTS.split(key) if part.lower() not in _VALUED]
    word = _plain(parts[-1].removesuffix("__c")) if parts else ""
    if any(one in word for one in _EARLIER):
        return 2
    return int(word not in _KEYS and word.endswith(_ENDINGS))


@lru_cache(4096)
def _plain(key: str) -> str:
    return _ODD.sub("", key.lower())
