"""The check of `doctor` for how long personal data is kept."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

from leadline import wiring
from leadline.entrypoints.cli.look._state import Check
from leadline.model.errors import LeadlineError
from leadline.model.personal_data.retiring import DataKind
from leadline.operations.personal_data.retention import candidates
from leadline.privacy.terms import Term, terms_of
from leadline.settings.top.general import Settings

_YEAR = Term(DataKind.RAW, timedelta(days=365), frozenset(), others=True)


def check_retention(settings: Settings) -> list[Check]:
    """A note if personal data is older than a year and nothing is ever deleted; else what is."""
    if terms := terms_of(settings):
        kinds = ", ".join(dict.fromkeys(str(term.kind) for term in terms))
        return [("ok", "retention", f"what is too old is deleted daily: {kinds}")]
    try:
        with closing(wiring.store(settings)) as store:
            pages = candidates(store, [_YEAR], datetime.now(UTC))
            oldest = next((page[0] for _, page in pages if page), None)
    except LeadlineError:
        return []  # reported by the check of the data folder
    if oldest is None:
        return []
    since = f"{oldest.captured_at:%Y-%m-%d}"
    return [("note", "retention", f"personal data since {since} is kept, and nothing is ever "
             "deleted; set [retention], see docs/how-to/protect-personal-data.md")]  # fmt: skip
