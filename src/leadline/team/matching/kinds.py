"""The kind of a lead, by which a team with the order `learned` tells leads apart.

Only what the settings may name (`settings.notation.lists.KIND_FIELDS`) makes a kind: the score in
four bands, the country, the source. Who the person is, such as a name or a title, never does.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from leadline.model.facts.scored_leads import score_of
from leadline.model.lead import RefinedLead

_BANDS = ((75, "75+"), (50, "50-74"), (25, "25-49"))
_NONE = "none"


def kind_values(lead: RefinedLead, fields: Collection[str]) -> Mapping[str, str]:
    """The values of a lead by these of the fields that kinds may be made of."""
    return {field: _VALUES[field](lead) or _NONE for field in fields}


def kind_by(fields: Sequence[str], values: Mapping[str, str]) -> str:
    """The kind by these fields, such as "score=75+ country=DE"; "" without fields."""
    return " ".join(f"{one}={_word(values.get(one, _NONE))}" for one in fields)


def fields_of_kind(kind: str) -> tuple[str, ...]:
    """The fields that a kind is made of."""
    return tuple(part.partition("=")[0] for part in kind.split())


def _band(score: float | None) -> str:
    if score is None:
        return _NONE
    return next((name for least, name in _BANDS if score >= least), "0-24")


def _country(lead: RefinedLead) -> str:
    """The ISO 3166 code; what a sender wrote that is no country is none."""
    from leadline.refine.country_context import region_in  # few teams tell countries apart

    return region_in(lead.contact.country, lead.contact.phone_e164, lead.custom)


def _source(lead: RefinedLead) -> str:
    return lead.received_from


def _scored(lead: RefinedLead) -> str:
    return _band(score_of(lead))


_VALUES: Mapping[str, Callable[[RefinedLead], str]] = {
    "score": _scored,
    "country": _country,
    "source": _source,
}


def _word(value: str) -> str:
    return "_".join(value.split())[:40] or _NONE
