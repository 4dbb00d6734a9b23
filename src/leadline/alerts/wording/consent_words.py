"""What messages say of who is not to be contacted, and how: before anybody calls."""

from collections.abc import Mapping
from datetime import UTC, datetime

from leadline.alerts.wording.phrases import line_of, short_id
from leadline.model.facts.consent import LISTED, SUPPRESSED, Consent, refused
from leadline.model.lead import RefinedLead

_DO_NOT: Mapping[str, str] = {
    "email": "Do not e-mail",
    "phone": "Do not call",
    "sms": "Do not text",
    "ads": "No advertising",
    "data": "No consent to the processing of the data",
}
_LIMIT = 160


def consent_remarks(lead: RefinedLead) -> list[str]:
    """Sentences on what the person refused, with source and time; none if nothing was."""
    found = refused(lead.consent)
    if SUPPRESSED in lead.problems and found:
        return [f"Do not contact: {_why(lead.consent[found[0]])}."]
    told: dict[str, list[str]] = {}
    for purpose in found:
        told.setdefault(_why(lead.consent[purpose]), []).append(_DO_NOT[purpose])
    return [f"{_joined(ways)}: {why}." for why, ways in told.items()]


def short_consent(lead: RefinedLead) -> str:
    """The same in few words, for one line of a digest; "" if nothing was refused."""
    found = refused(lead.consent)
    if SUPPRESSED in lead.problems and found:
        return "do not contact"
    return _joined([_DO_NOT[one] for one in found]).lower() if found else ""


def _why(said: Consent) -> str:
    """Who said so, and when: "no since 2026-11-01 (form: newsletter)"."""
    since = f" since {_day(said.at)}" if said.at is not None else ""
    if said.source == LISTED:
        reason = line_of(said.text, "", _LIMIT)
        return f"on the suppression list{since}{f' ({reason})' if reason else ''}"
    by = line_of(said.source, "unknown source", _LIMIT)
    text = line_of(said.text, "", _LIMIT)
    whose = f", lead {short_id(said.lead_id)}" if said.lead_id else ""
    begin = "refused or withdrawn"
    on = f" on {_day(said.at)}" if said.at is not None else ""
    return f"{begin}{on} ({by}{f': {text}' if text else ''}{whose})"


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def _joined(ways: list[str]) -> str:
    """ "Do not e-mail, do not call"."""
    first, *rest = ways
    return ", ".join([first, *(one[:1].lower() + one[1:] for one in rest)])
