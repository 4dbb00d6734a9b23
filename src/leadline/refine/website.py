"""Web addresses: scheme and host in lower case, the path as it is (servers tell its case)."""

import re

from leadline.model.lead import Change
from leadline.refine import text

_SITE = re.compile(r"(?P<head>(?:[a-z][a-z0-9+.-]*://)?[^/?#@\s]+)(?P<tail>[/?#].*)?", re.I)


def refine_website(written: str | None) -> tuple[str | None, tuple[Change, ...]]:
    """The address as kept, and what was altered; text that is no address is only trimmed."""
    kept, changes = text.clean("website", written, text.bare)
    if kept is None or kept.islower() or not (site := _SITE.fullmatch(kept)):
        return kept, changes
    lowered = site["head"].lower() + (site["tail"] or "")
    if lowered == kept:
        return kept, changes
    return lowered, (*changes, text.altered("website", kept, lowered, "website.case"))
