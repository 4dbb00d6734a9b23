"""The one list of places where personal data stands: what each holds, who reads it, how it is
masked and erased, and how long it is kept.

Tests compare it with the schema of the data file, the items, objects and queues on AWS, the files
that are written and the channels there are, and search all of them for a marked person.
`docs/reference/where-data-stands.md` is written from it.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from leadline.privacy.places.aws import AWS_PLACES
from leadline.privacy.places.copies import COPY_PLACES
from leadline.privacy.places.files import FILE_PLACES
from leadline.privacy.places.lists import LIST_PLACES
from leadline.privacy.places.outside import OUTSIDE_PLACES
from leadline.privacy.places.place import Place, PlaceKind
from leadline.privacy.places.tables import TABLE_PLACES

PLACES: Sequence[Place] = (
    *TABLE_PLACES,
    *LIST_PLACES,
    *FILE_PLACES,
    *COPY_PLACES,
    *AWS_PLACES,
    *OUTSIDE_PLACES,
)
"""All places, in the order of their kinds."""


def places_in(kind: PlaceKind) -> tuple[Place, ...]:
    """The places of a kind."""
    return tuple(one for one in PLACES if one.kind is kind)


def place_of(kind: PlaceKind, name: str) -> Place | None:
    """The place of a kind that has this name, or whose pattern it fits; None if there is none."""
    some = places_in(kind)
    same = (one for one in some if one.name == name)
    return next(same, None) or next((one for one in some if fnmatchcase(name, one.name)), None)
