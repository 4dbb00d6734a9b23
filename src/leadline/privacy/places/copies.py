"""The copies that commands and people make: where they are is up to whoever makes them."""

from leadline.privacy.places.place import (
    FIELDS,
    HIDDEN,
    NEVER_SHOWN,
    SHOWN,
    WHOLE,
    Place,
    PlaceKind,
)

_NOT_REACHED = "not reached: the result of `erase` names it; "
_YOURS = "as long as you keep it"


def _copy(name: str, what: str, person: str, read: str, masked: str, erased: str) -> Place:
    """A copy as a whole."""
    return Place(
        kind=PlaceKind.COPY,
        name=name,
        what=what,
        person={WHOLE: person},
        read=read,
        masked=masked,
        erased=_NOT_REACHED + erased,
        kept=_YOURS,
        left=(WHOLE,),
    )


_AGAIN = "nobody comes back when it is restored, imported or moved"

COPY_PLACES = (
    _copy(
        "backup/leadline.db*",
        "`leadline backup`: the data file",
        "all tables",
        "`restore`, and whoever has the file",
        NEVER_SHOWN,
        _AGAIN,
    ),
    _copy(
        "export/raw/*",
        "`leadline export`: what senders sent",
        "the event, the record's id, bodies that could not be read",
        "`import`, and whoever has the files",
        NEVER_SHOWN,
        _AGAIN,
    ),
    _copy(
        "export/refined/*",
        "`leadline export`: refined leads, with what was sent",
        "contact data, message, further fields, the event",
        "whoever has the files",
        NEVER_SHOWN,
        _AGAIN,
    ),
    _copy(
        "export/handling/*",
        "`leadline export`: what people and the CRM did",
        "values written to the CRM; owners",
        "`import`, and whoever has the files",
        NEVER_SHOWN,
        _AGAIN,
    ),
    _copy(
        "export/corrections/*",
        "`leadline export`: what people corrected",
        "contact data, message, further fields; who corrected them",
        "`import`, and whoever has the files",
        NEVER_SHOWN,
        _AGAIN,
    ),
    _copy(
        "export*.t*gz*",
        "`leadline export` as one file",
        "as in the folder",
        "`import`, and whoever has the file",
        NEVER_SHOWN,
        _AGAIN,
    ),
    _copy(
        "access*",
        "the answer to a request for access, where you wrote it to a file",
        "all that is held about one person",
        "whom you give it to",
        "not masked: it is for the person",
        "delete it once it was sent",
    ),
    _copy(
        "output*",
        "what commands print, where you wrote it to a file, and what a terminal remembers",
        "what `leads`, `show`, `dead`, `why`, `preview` and `duplicates` show",
        "whoever has the file",
        FIELDS,
        "delete it",
    ),
    _copy(
        "inbox*",
        "`leadline inbox --record FILE`: the alerts of a trial",
        "the alerts",
        "whoever has the file; the page of the inbox, on this machine",
        HIDDEN,
        "delete it",
    ),
    _copy(
        "records/*",
        'documents of leads (`kind = "document"`), where you use files as a CRM',
        "what the CRM's documents hold, and the fields that are written back",
        "whatever else reads the folder",
        NEVER_SHOWN,
        "erase it there",
    ),
    _copy(
        "demo-data*",
        "`make demo`: made-up people, but for what you send it",
        "a data folder",
        "whoever may read the folder",
        NEVER_SHOWN,
        "the next demo deletes it, and `make clean`",
    ),
    Place(
        kind=PlaceKind.COPY,
        name="receipt*",
        what="receipts of erasures",
        hashes={WHOLE: "keyed hashes of addresses, numbers and lead ids; lead ids and sources"},
        read="`erase verify`, and whoever has the file",
        masked=SHOWN,
        erased="kept: it proves the erasure",
        kept=_YOURS,
    ),
)
