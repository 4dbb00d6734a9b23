"""Where the suppression list and the audit log stand, embedded and on AWS."""

from leadline.privacy.places.place import NEVER_SHOWN, SHOWN, WHOLE, Place, PlaceKind

_LISTED = "keyed hashes of addresses, numbers and domains; useless without the key"
_WHY = {"reason": "why, in the words of whoever set it: name no people in it"}
_LIST_READ = "`suppress`, refining, sending"
_LIST_ERASED = "kept: an erased person can stay on the list; `suppress remove` takes them off"
_LIST_KEPT = "until `suppress remove`"
_ACTOR = "who did it, and what: ids, codes and names of options, no people of leads"
_LOG_READ = "`audit`"
_LOG_ERASED = "kept: it names nobody of whom there are leads"
_LOG_KEPT = "`retention_audit`"


def _suppressed(kind: PlaceKind, name: str, hashes: str, others: str) -> Place:
    return Place(
        kind=kind,
        name=name,
        what="who is not to be contacted",
        person=_WHY,
        hashes={hashes: _LISTED},
        others=tuple(others.split()),
        read=_LIST_READ,
        masked=NEVER_SHOWN,
        erased=_LIST_ERASED,
        kept=_LIST_KEPT,
        left=("reason",),
    )


def _logged(kind: PlaceKind, name: str, what: str, part: str, others: str = "") -> Place:
    return Place(
        kind=kind,
        name=name,
        what=what,
        staff={part: _ACTOR},
        others=tuple(others.split()),
        read=_LOG_READ,
        masked=SHOWN,
        erased=_LOG_ERASED,
        kept=_LOG_KEPT,
    )


_ITEM = "pk sk rev write"
LIST_PLACES = (
    _suppressed(PlaceKind.TABLE, "suppressed", "hash", "kind key_id at"),
    _suppressed(PlaceKind.ITEM, "X#* listed", "pk", "sk rev write kind key_id at"),
    Place(
        kind=PlaceKind.OBJECT,
        name="suppressions/*",
        what="the changes of the suppression list",
        person={WHOLE: "why, in the words of whoever set it: name no people in it"},
        hashes={WHOLE: _LISTED},
        read="`suppress`, `rebuild`",
        masked=NEVER_SHOWN,
        erased=_LIST_ERASED,
        kept="for ever",
        left=(WHOLE,),
    ),
    _logged(PlaceKind.FILE, "audit.jsonl*", "the audit log", WHOLE),
    _logged(PlaceKind.COPY, "backup/audit.jsonl*", "the audit log in a backup", WHOLE),
    _logged(PlaceKind.ITEM, "A#audit entry#*", "an entry of the audit log", "line", _ITEM),
    *(
        Place(
            kind=PlaceKind.ITEM,
            name=f"A#audit {name}",
            what=what,
            others=(*_ITEM.split(), *others.split()),
            read=_LOG_READ,
            masked=SHOWN,
            kept="for ever",
        )
        for name, what, others in (
            ("head", "the end of the audit log", "n hash"),
            ("cut", "what was deleted of it by age", "n hash at key_id signature"),
        )
    ),
)
