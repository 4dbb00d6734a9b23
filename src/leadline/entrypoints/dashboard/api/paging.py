"""Pages of leads after a cursor, newest first, without their number.

The list is gone through up to the cursor each time; a store that can begin there takes this place.
"""

from itertools import islice

from leadline.operations.browsing import Browser, Wanted
from leadline.operations.listing import Listed


def page_after(
    browser: Browser, wanted: Wanted, size: int, cursor: str
) -> tuple[tuple[Listed, ...], str]:
    """At most *size* leads after the one whose id is the *cursor* ("": the newest), and the cursor
    of the next page, "" at the end. A lead that is wanted no more is no end: older ones follow."""
    leads = browser.matching(wanted)
    is_there = not cursor or any(one.row.lead_id == cursor for one in leads)  # which goes up to it
    some = list(islice(leads, size + 1))
    if not is_there:
        older = (one for one in browser.matching(wanted) if one.row.lead_id < cursor)
        some = list(islice(older, size + 1))
    return tuple(some[:size]), some[size - 1].row.lead_id if len(some) > size else ""
