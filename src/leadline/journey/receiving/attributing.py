"""The fields of an event, with the UTM parameters and click ids that stand anywhere in it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.lead import LeadFields
from leadline.ports.source import Source


def fields_said(source: Source, raw: bytes) -> LeadFields:
    """The believed fields of an event, with its UTM parameters and click ids; what the settings map
    goes first. A source that only says how the lead came gives way to `utm_source`.

    Raises NotUnderstood, as `Source.believed_fields` does.
    """
    from leadline.refine.attribution import attribution_in, may_have_attribution, over

    fields = source.believed_fields(raw)
    found: Mapping[str, str] = {}
    if may_have_attribution(raw):
        from leadline.model.texts.json_text import decode  # most leads need neither

        try:
            found = attribution_in(decode(raw))
        except LeadlineError:
            found = {}
    if not found and not fields.attribution:
        return fields
    told = over(fields.attribution, found) if fields.attribution else dict(found)
    more: dict[str, Any] = {"attribution": told}
    if "utm_source" in told and fields.source == source.usual_source:
        more["source"] = None
    return msgspec.structs.replace(fields, **more)


def newer_attribution(newer: Mapping[str, str], older: Mapping[str, str]) -> dict[str, str]:
    """What two events of a lead say of its attribution; the newer goes first."""
    if not newer or not older:
        return dict(newer or older)
    from leadline.refine.attribution import over

    return over(newer, older)
