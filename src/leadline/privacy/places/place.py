"""What is said of a place where personal data may stand."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class PlaceKind(StrEnum):
    """Where a place is: a TABLE of the data file, a FILE in or beside the data folder, a COPY that
    somebody makes, something on AWS (an ITEM of the table, an OBJECT of the bucket, a RESOURCE of
    the stack), or OUTSIDE of the installation."""

    TABLE = "table"
    FILE = "file"
    COPY = "copy"
    ITEM = "item"
    OBJECT = "object"
    RESOURCE = "resource"
    OUTSIDE = "outside"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place and its parts (columns, attributes, fields).

    `name` is that of the table, a pattern of file names or object keys, or for an item its keys
    with a `*` for what differs. `person` are the parts that can hold personal data about the people
    of leads, with words for what it is. `hashes` are parts by which somebody can be recognised who
    is known already. `staff` are parts about one's own people. `others` hold nothing about anybody.

    `read` says who reads it, `masked` how it is shown to those who may not see people, `erased`
    what an erasure does, `kept` for how long it is there. `left` are the parts of `person` that an
    erasure leaves as they are; `erased` says why.
    """

    kind: PlaceKind
    name: str
    what: str
    person: Mapping[str, str] = {}
    hashes: Mapping[str, str] = {}
    staff: Mapping[str, str] = {}
    others: tuple[str, ...] = ()
    read: str = ""
    masked: str = ""
    erased: str = ""
    kept: str = ""
    left: tuple[str, ...] = ()

    @property
    def parts(self) -> frozenset[str]:
        """The names of all parts."""
        return frozenset((*self.person, *self.hashes, *self.staff, *self.others))

    @property
    def holds_people(self) -> bool:
        """Whether it can hold anything about anybody."""
        return bool(self.person or self.hashes or self.staff)


WHOLE = "*"
"""The part of a place that has no parts: all of it."""
FIELDS = "field by field, as a refined lead"
VALUES = "labels stay, values are hidden"
HIDDEN = "hidden"
SHOWN = "shown: nothing about the people of leads"
NEVER_SHOWN = "never shown"

WITH_LEAD = "as long as the row of the lead, which is never deleted"
RAW, REFINED = "`retention_raw`", "`retention_refined`"
DEAD, TIMELINE = "`retention_dead`", "`retention_timeline`"
