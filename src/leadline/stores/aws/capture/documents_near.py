"""The raw documents of events that came at about the same time."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leadline.model.formats import key_of
from leadline.model.ids import lowest_id

if TYPE_CHECKING:
    from leadline.stores.aws.bucket import Bucket

_LATER = timedelta(seconds=1)
"""So much later than it came an id of an event may be, if many came at that moment."""


def ids_near(bucket: "Bucket", at: datetime) -> set[str]:
    """The ids of events that came on the same day and whose ids are of this time, or a little
    later. Raises AwsFailed."""
    first, last = (key_of("raw", lowest_id(when), at) for when in (at, at + _LATER))
    folder = first.rpartition("/")[0] + "/"
    found: set[str] = set()
    for key in bucket.keys(folder, first):
        if key > last:
            break
        found.add(key.removeprefix(folder).removesuffix(".json"))
    return found
