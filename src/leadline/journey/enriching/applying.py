"""A lead with what was looked up about it. A value fills a blank, and never takes the place of what
a sender, a CRM or a person here has said; what a person here cleared stays empty."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from leadline.model.facts.enrichment import FILLED, RULE, Enrichment, Scalar
from leadline.model.lead import Change, RefinedLead
from leadline.refine import text
from leadline.refine.companies.company import refine_company
from leadline.refine.website import refine_website

_CLEAN: Mapping[str, Callable[[str], tuple[str | None, object]]] = {
    "company": refine_company,
    "website": refine_website,
    "title": partial(text.clean, "title"),
    "country": partial(text.clean, "country"),
}


def as_refined(field: str, value: Scalar) -> Scalar | None:
    """A value as refinement would write what a sender says of the field; None for what says
    nothing ("N/A")."""
    if field not in FILLED:
        return value
    return _CLEAN[field](str(value))[0]


def with_facts(
    lead: RefinedLead, found: Enrichment, corrected: Collection[str] = ()
) -> RefinedLead:
    """The lead with these values, each that fills a blank by a change; but for the fields that a
    person here *corrected*."""
    values = {n: one for n, one in found.values.items() if n not in corrected}
    kept: dict[str, Any] = {}
    changes: list[Change] = []
    for name in FILLED:
        one = values.get(name)
        if one is None or getattr(lead.contact, name) is not None:
            continue
        kept[name] = str(one.value)
        changes.append(Change(name, None, kept[name], f"{RULE}{one.provider}"))
    return replace(
        lead,
        contact=replace(lead.contact, **kept) if kept else lead.contact,
        changes=(*lead.changes, *changes),
        enrichment=replace(found, values=values),
    )
